# kill -9 of pgsluice at each named point of a run, then the same command again: what is in the database
# equals an undisturbed run, and every revision has run once. Needs a build with --enable-failpoints.
# timeout: 240 s
load lib/common

setup() {
    grep -q PGSLUICE_FAILPOINT "$(command -v pgsluice)" || skip 'this build has no failpoints'
    common_setup
    for i in 1 2 3 4; do
        make_revision "aaaa000$i" "$([ "$i" = 1 ] || echo "aaaa000$((i - 1))")" <<SQL
-- migrate:up
CREATE TABLE t$i (a int);
INSERT INTO t$i VALUES ($i);

-- migrate:down
DROP TABLE t$i;
SQL
    done
}

upgrade() {
    pgsluice --set migrations.directory="$migrations" upgrade head
}

# What must be the same whatever happened on the way.
picture() {
    sql "SELECT 'head ' || version_num FROM alembic_version
         UNION ALL SELECT 'applied ' || revision || ' ' || up_checksum || ' ' || event FROM pgsluice.applied
         UNION ALL SELECT 'ledger ' || event || ' ' || revision || ' ' || count(*) FROM pgsluice.ledger GROUP BY event, revision
         UNION ALL SELECT 'settled ' || listing || heads::text FROM pgsluice.settled
         ORDER BY 1"
    pg_dump --schema-only -d "$url" | grep -v '^\\\(un\)\?restrict'
    sql "SELECT a FROM t1 UNION ALL SELECT a FROM t2 UNION ALL SELECT a FROM t3 UNION ALL SELECT a FROM t4"
}

# kill_at POINT[:N]: the first run is killed there, the second one must put everything right.
kill_at() {
    create_database
    run env PGSLUICE_FAILPOINT="${1/:/:kill:}$([[ $1 == *:* ]] || echo :kill)" \
        pgsluice --set migrations.directory="$migrations" upgrade head
    if [ "$status" -ne 137 ]; then
        echo "not killed at $1: exit status $status, $output"
        return 1
    fi
    run upgrade
    if [ "$status" -ne 0 ]; then
        echo "after being killed at $1: exit status $status, $output"
        return 1
    fi
    picture >"after.$1"
    diff -u undisturbed "after.$1"
    [ "$(migration_locks)" = 0 ]
}

undisturbed() {
    create_database
    upgrade
    picture >undisturbed
}

@test "killed around the lock and the state schema" {
    undisturbed
    kill_at lock-decided
    kill_at state-created
    kill_at run-done
}

@test "killed with statements of each revision on their way" {
    undisturbed
    for n in 1 2 3 4; do kill_at statements-sent:$n; done
}

@test "killed with each revision sent" {
    undisturbed
    for n in 1 2 3 4; do kill_at revision-sent:$n; done
}

@test "killed when each revision's commit was heard of" {
    undisturbed
    for n in 1 2 3 4; do kill_at revision-committed:$n; done
}

@test "killed in a daemon, then started again" {
    undisturbed
    create_database
    PGSLUICE_FAILPOINT=revision-committed:kill:2 start_daemon first
    wait_for_exit first
    [ "$status" -eq 137 ]
    start_daemon second
    wait_until_ready second
    stop_daemon second
    [ "$status" -eq 0 ]
    picture >after
    diff -u undisturbed after
}
