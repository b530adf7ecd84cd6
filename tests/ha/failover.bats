# A primary that dies in the middle of the work, under Patroni: pgsluice and pgsluiced go on at the new one, and
# nothing is lost or done twice. `make check-ha`; the packages are those of scripts/install-deps ha.
# timeout: 300 s
load ../lib/common
load patroni

setup_file() {
    start_pair
}

teardown_file() {
    stop_pair
}

# A database of its own with six revisions, of which the fourth never ends on the timeline of now.
setup() {
    local i before='' timeline='left(pg_walfile_name(pg_current_wal_lsn()), 8)'
    common_setup
    seconds_to_wait=60
    wait_for pair_is_whole 90
    database=ha_$BATS_TEST_NUMBER
    url=$(pair_url postgres)
    # On the standby as well when it returns: libpq asks no second host where the first lacks the database.
    PGOPTIONS='-c synchronous_commit=remote_apply' sql "CREATE DATABASE $database"
    url=$(pair_url "$database")
    export SYNC_DATABASE_URL=$url PGSLUICE_MIGRATIONS_DIRECTORY=$migrations
    sql "CREATE TABLE pace AS SELECT $timeline AS timeline"
    for i in 1 2 3 4 5 6; do
        make_revision "aaaa000$i" "$before" <<SQL
-- migrate:up
CREATE TABLE t$i (a int);
$([ "$i" != 4 ] || echo "SELECT pg_sleep(600) FROM pace WHERE timeline = $timeline;")
INSERT INTO t$i VALUES ($i);

-- migrate:down
DROP TABLE t$i;
SQL
        before=aaaa000$i
    done
}

# The fourth revision is under way.
sleeps_in_revision() {
    sql "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = '$database'" | grep -q 1
}

# Each revision has had its effect once, and the ledger tells the same.
all_is_there_once() {
    [ "$(sql 'SELECT string_agg(a::text, NULL) FROM (SELECT a FROM t1 UNION ALL SELECT a FROM t2 UNION ALL SELECT a FROM t3
        UNION ALL SELECT a FROM t4 UNION ALL SELECT a FROM t5 UNION ALL SELECT a FROM t6) t')" = 123456 ]
    [ "$(sql "SELECT count(*), count(DISTINCT revision) FROM pgsluice.ledger WHERE event = 'upgrade'
        AND revision ~ '^aaaa'")" = '6|6' ]
    pgsluice audit --verify
}

@test "failover in the middle of a migration: the same run finishes it at the new primary" {
    pgsluice upgrade head >run.out 2>&1 3>&- 4>&- &
    wait_for sleeps_in_revision
    kill_primary
    status=0
    wait $! || status=$?
    cat run.out
    [ "$status" -eq 0 ]
    all_is_there_once
    # The new primary is another history of the same system: no reason to refuse.
    [ "$(sql "SELECT count(DISTINCT system_identifier) FROM pgsluice.ledger")" = 1 ]
}

@test "failover in the middle of a daemon's migration: it goes on at the new primary, and opens" {
    start_daemon
    wait_for sleeps_in_revision
    kill_primary
    wait_until_ready daemon 90
    all_is_there_once
    stop_daemon
}

@test "failover under a serving daemon: it goes on at the new primary" {
    sql 'TRUNCATE pace'
    start_daemon
    wait_until_ready
    local before
    before=$(sql 'SELECT max(timeline) FROM pgsluice.ledger')
    kill_primary
    wait_for "sql 'SELECT 1' >/dev/null 2>&1"
    make_revision bbbb0001 aaaa0006 <<<$'-- migrate:up\nCREATE TABLE u AS SELECT 7 AS a;\n-- migrate:down\nDROP TABLE u;'
    kill -HUP "${daemon_pids[daemon]}"
    wait_for "[ \"\$(sql \"SELECT count(*) FROM pgsluice.ledger WHERE revision = 'bbbb0001'\")\" = 1 ]" 60
    [ "$(sql 'SELECT a FROM u')" = 7 ]
    [ "$(sql "SELECT timeline > $before FROM pgsluice.ledger WHERE revision = 'bbbb0001'")" = t ]
    all_is_there_once
    stop_daemon
}
