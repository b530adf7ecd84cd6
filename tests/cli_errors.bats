# Bad input and bad days at the command line: a clear error, a hint, nothing lost.

load lib/common

role=

setup() {
    common_setup
    write_pgsluice_conf
}

teardown() {
    end_blockers
    common_teardown
    [ -z "$role" ] || sql "DROP ROLE $role" "$PGSLUICE_TEST_URL"
}

# A role that may log in and nothing else. Sets `role`, and SYNC_DATABASE_URL to that role's.
create_role() {
    role=r_$database
    sql "CREATE ROLE $role LOGIN ${1:-}"
    SYNC_DATABASE_URL=$(url_as "$role")
}

# url_as USER: $url as somebody else.
url_as() {
    if [[ $url == *user=* ]]; then
        sed -E "s/user=[^&]*/user=$1/" <<<"$url"
    else
        sed -E "s|//([^@/]*@)?|//$1@|" <<<"$url"
    fi
}

blockers=()

# Starts an upgrade whose first revision hangs on the server; returns when it holds the lock. Sets `blocker`.
start_blocker() {
    make_revision 5100 '' <<SQL
-- migrate:up
CREATE TABLE half_done ();
SELECT pg_sleep(600);
-- migrate:down
DROP TABLE half_done;
SQL
    pgsluice upgrade 5100 >blocker.out 2>&1 3>&- 4>&- &
    blocker=$!
    blockers+=("$blocker")
    wait_for '[ "$(sleeping)" = 1 ]'
}

sleeping() {
    sql "SELECT count(*) FROM pg_stat_activity
         WHERE datname = current_database() AND state = 'active' AND wait_event = 'PgSleep'"
}

end_blockers() {
    for pid in "${blockers[@]}"; do
        kill -KILL "$pid" 2>/dev/null || :
    done
}

# wait_for_end PID: sets `status`.
wait_for_end() {
    wait_for "! kill -0 $1 2>/dev/null"
    status=0
    wait "$1" || status=$?
}

# --- The command line and the configuration -------------------------------------------------------

@test "unknown verbs and options name what was probably meant" {
    run --separate-stderr pgsluice upgade
    [ "$status" -eq 2 ]
    [[ $stderr == *'no verb "upgade"'*"pgsluice upgrade"* ]]
    run --separate-stderr pgsluice upgrade --frobnicate
    [ "$status" -eq 2 ]
    [[ $stderr == *--frobnicate*"usage: pgsluice upgrade"* ]]
    run --separate-stderr pgsluice
    [ "$status" -eq 2 ]
    [ -z "$output" ]
}

@test "a mistyped configuration key is named with its line and the right one" {
    printf 'migrations: {\n  directry = "migrations";\n};\n' >pgsluice.conf
    run --separate-stderr pgsluice history
    [ "$status" -eq 2 ]
    [[ $stderr == *pgsluice.conf:2* ]]
    [[ $stderr == *directory* ]]
    : >pgsluice.conf
    run --separate-stderr pgsluice history --set gate.lock_wate=1s
    [ "$status" -eq 2 ]
    [[ $stderr == *lock_wait* ]]
}

@test "no database at all: the ways to name one" {
    unset SYNC_DATABASE_URL
    make_table_revision aaaa1111 '' a
    run --separate-stderr pgsluice upgrade
    [ "$status" -eq 2 ]
    [[ $stderr == *SYNC_DATABASE_URL* ]]
}

@test "with --json the error is a document on stdout and text on stderr" {
    make_table_revision aaaa1111 '' a
    run --separate-stderr pgsluice --json show zzzz
    [ "$status" -eq 2 ]
    [ "$(jq -r .error.kind <<<"$output")" = unknown-revision ]
    [[ $stderr == "pgsluice: error: "*zzzz* ]]
}

@test "output that cannot be written is an error" {
    make_table_revision aaaa1111 '' a
    run --separate-stderr bash -c 'pgsluice history >/dev/full'
    [ "$status" -eq 2 ]
    [[ $stderr == *"standard output"* ]]
}

# --- The revision files ---------------------------------------------------------------------------

@test "a broken revision file is named with its line" {
    make_table_revision aaaa1111 '' a
    sed -i 's/^-- Revises:/-- Revisess:/' migrations/versions/aaaa1111_test.sql
    run --separate-stderr pgsluice history
    [ "$status" -eq 2 ]
    [[ $stderr == *aaaa1111_test.sql:4* ]]
    [[ $stderr == *Revises* ]]
}

@test "duplicate ids, missing parents and loops name the files" {
    make_table_revision aaaa1111 '' a
    cp migrations/versions/aaaa1111_test.sql migrations/versions/copy.sql
    run --separate-stderr pgsluice heads
    [ "$status" -eq 2 ]
    [[ $stderr == *aaaa1111_test.sql* && $stderr == *copy.sql* ]]
    rm migrations/versions/copy.sql

    make_table_revision bbbb2222 gone1234 b
    run --separate-stderr pgsluice heads
    [ "$status" -eq 2 ]
    [[ $stderr == *gone1234* && $stderr == *bbbb2222_test.sql* ]]

    make_table_revision bbbb2222 bbbb2222 b
    run --separate-stderr pgsluice heads
    [ "$status" -eq 2 ]
    [[ $stderr == *bbbb2222* ]]
}

@test "two heads and head: both are named, heads works" {
    create_database
    make_table_revision aaaa1111 '' a
    make_table_revision bbbb2222 aaaa1111 b
    make_table_revision cccc3333 aaaa1111 c
    run --separate-stderr pgsluice upgrade head
    [ "$status" -eq 2 ]
    [[ $stderr == *"Multiple head revisions"* ]]
    [[ $stderr == *bbbb2222* && $stderr == *cccc3333* ]]
    run --separate-stderr pgsluice upgrade heads
    [ "$status" -eq 0 ]
    run --separate-stderr pgsluice downgrade -1
    [ "$status" -eq 2 ]
    [ "$(sql 'SELECT count(*) FROM alembic_version')" = 2 ]
}

@test "an irreversible revision is refused before anything is undone" {
    create_database
    make_revision aaaa1111 '' <<<$'-- migrate:up\nCREATE TABLE a ();'
    make_table_revision bbbb2222 aaaa1111 b
    pgsluice upgrade
    run --separate-stderr pgsluice downgrade base
    [ "$status" -eq 6 ]
    [[ $stderr == *aaaa1111* ]]
    [ "$(sql 'SELECT version_num FROM alembic_version')" = bbbb2222 ]
}

# --- The database ---------------------------------------------------------------------------------

@test "an unknown revision: current and status work, stamp --purge heals" {
    create_database
    make_table_revision aaaa1111 '' a
    pgsluice upgrade
    sql "UPDATE alembic_version SET version_num = 'feedbeef'"
    run --separate-stderr pgsluice current
    [ "$status" -eq 0 ]
    [ "$output" = "feedbeef (unknown)" ]
    run --separate-stderr pgsluice status
    [ "$status" -eq 0 ]
    [[ $output == *"unknown     feedbeef"*"stamp --purge"* ]]
    run --separate-stderr pgsluice upgrade
    [ "$status" -eq 2 ]
    [[ $stderr == *feedbeef* ]]
    pgsluice stamp --purge aaaa1111
    run --separate-stderr pgsluice current
    [ "$output" = "aaaa1111 (head)" ]
}

@test "a missing server, role or database: exit 3" {
    create_database
    make_table_revision aaaa1111 '' a
    SYNC_DATABASE_URL="postgresql:///x?host=$BATS_TEST_TMPDIR" run --separate-stderr pgsluice current
    [ "$status" -eq 3 ]
    SYNC_DATABASE_URL=$(url_as nobody_of_that_name) run --separate-stderr pgsluice upgrade
    [ "$status" -eq 3 ]
    [[ $stderr == *nobody_of_that_name* ]]
    SYNC_DATABASE_URL=$(url_of no_such_database) run --separate-stderr pgsluice upgrade
    [ "$status" -eq 3 ]
    [[ $stderr == *no_such_database* ]]
}

@test "upgrade goes on trying a missing server until connect_timeout" {
    make_table_revision aaaa1111 '' a
    export SYNC_DATABASE_URL="postgresql:///x?host=$BATS_TEST_TMPDIR"
    run --separate-stderr pgsluice upgrade --set database.connect_timeout=500ms
    [ "$status" -eq 3 ]
    [[ ${stderr_lines[0]} == *"trying again" ]]
}

@test "a role without CREATE is told which GRANT to run" {
    create_database
    create_role
    make_table_revision aaaa1111 '' a
    run --separate-stderr pgsluice upgrade
    [ "$status" -eq 5 ]
    [[ $stderr == *"GRANT CREATE ON SCHEMA \"public\" TO \"$role\""* ]]
    sql "GRANT CREATE ON SCHEMA public TO $role"
    run --separate-stderr pgsluice upgrade
    [ "$status" -eq 5 ]
    [[ $stderr == *"GRANT CREATE ON DATABASE \"$database\" TO \"$role\""* ]]
    sql "GRANT CREATE ON DATABASE $database TO $role"
    pgsluice upgrade
}

@test "a failing revision shows place, caret, SQLSTATE, DETAIL and what is in the database" {
    create_database
    make_table_revision aaaa1111 '' a
    make_revision bbbb2222 aaaa1111 <<SQL
-- migrate:up
INSERT INTO a VALUES (1);
INSERT INTO a VALUES (1);
-- migrate:down
-- nothing to undo
SQL
    run --separate-stderr pgsluice upgrade
    [ "$status" -eq 5 ]
    [[ $stderr == *bbbb2222_test.sql:9* ]]
    [[ $stderr == *"INSERT INTO a VALUES (1);"* ]]
    [[ $stderr == *"SQLSTATE: 23505"* ]]
    [[ $stderr == *"DETAIL: Key (id)=(1) already exists."* ]]
    [[ $stderr == *"database: "*aaaa1111* ]]
    [ "$(sql 'SELECT version_num FROM alembic_version')" = aaaa1111 ]
    [ "$(sql 'SELECT count(*) FROM a')" = 0 ]
}

@test "a mistake in SQL is under the caret, with the server's hint" {
    create_database
    make_revision aaaa1111 '' <<SQL
-- migrate:up
CREATE TABLE a (id bigint);

CREATE INDEX a_idx
    ON a (idd);
-- migrate:down
DROP TABLE a;
SQL
    run --separate-stderr pgsluice upgrade
    [ "$status" -eq 5 ]
    [[ $stderr == *aaaa1111_test.sql:11* || $stderr == *aaaa1111_test.sql:10* ]]
    [[ $stderr == *^* ]]
    [[ $stderr == *"SQLSTATE: 42703"* ]]
    [ "$(sql "SELECT to_regclass('a') IS NULL")" = t ]
}

# --- Locks and signals ----------------------------------------------------------------------------

@test "a lock held elsewhere: the holder is named, exit 4 at the deadline" {
    create_database
    start_blocker
    run --separate-stderr pgsluice upgrade --set gate.lock_wait=1500ms
    [ "$status" -eq 4 ]
    [[ $stderr == *"Waiting for the migration lock, held by pgsluice/"* ]]
    [[ $stderr == *"it is held by pgsluice/"* ]]
    [[ $stderr == *"nothing was changed"* ]]
    run --separate-stderr pgsluice status
    [[ $output == *"lock        held by pgsluice/"* ]]
}

@test "Ctrl-C while waiting for the lock: exit 130, nothing changed" {
    create_database
    start_blocker
    pgsluice upgrade >waiter.out 2>&1 3>&- 4>&- &
    waiter=$!
    blockers+=("$waiter")
    wait_for 'grep -q "Waiting for the migration lock" waiter.out'
    kill -INT "$waiter"
    wait_for_end "$waiter"
    [ "$status" -eq 130 ]
    grep -q "nothing was changed" waiter.out
}

@test "Ctrl-C while migrating: cancelled on the server, rolled back, said" {
    create_database
    start_blocker
    kill -INT "$blocker"
    wait_for_end "$blocker"
    [ "$status" -eq 130 ]
    grep -q "^pgsluice: error: " blocker.out
    grep -q "^  database: " blocker.out
    [ "$(sleeping)" = 0 ]
    [ "$(sql "SELECT to_regclass('half_done') IS NULL")" = t ]
    [ "$(migration_locks)" = 0 ]
}

@test "SIGTERM while migrating: the same, exit 143" {
    create_database
    start_blocker
    kill -TERM "$blocker"
    wait_for_end "$blocker"
    [ "$status" -eq 143 ]
    [ "$(sleeping)" = 0 ]
    [ "$(sql "SELECT to_regclass('half_done') IS NULL")" = t ]
}

@test "SIGINT ends wait" {
    create_database
    make_table_revision aaaa1111 '' a
    pgsluice wait >waiter.out 2>&1 3>&- 4>&- &
    waiter=$!
    blockers+=("$waiter")
    wait_for 'grep -q "the database is at" waiter.out'
    kill -INT "$waiter"
    wait_for_end "$waiter"
    [ "$status" -eq 130 ]
}

# --- Secrets --------------------------------------------------------------------------------------

@test "a password appears nowhere, however much is said" {
    create_database
    create_role "PASSWORD 'canary-7f3a'"
    sql "GRANT CREATE ON SCHEMA public TO $role; GRANT CREATE ON DATABASE $database TO $role"
    make_table_revision aaaa1111 '' a
    base=${url%%\?*}
    query=${url#*\?}
    cat >pgsluice.conf <<CONF
database:   { migration_url = "postgresql://$role:canary-7f3a@/${base##*/}?$(sed -E 's/&?user=[^&]*//' <<<"$query")"; };
migrations: { directory = "migrations"; };
CONF
    unset SYNC_DATABASE_URL
    {
        for verb in "upgrade" "current" "status" "history -i" "downgrade -1" "stamp head" "plan upgrade head" \
            "ensure_version" "show current"; do
            # shellcheck disable=SC2086 # a verb and its operands
            pgsluice -vvv $verb
            # shellcheck disable=SC2086
            pgsluice -vvv --json $verb || :
        done
        pgsluice -vvv current --set 'database.migration_url=postgresql://u:canary-7f3a@127.0.0.1:1/x' || :
        pgsluice -vvv current --set 'database.migration_url=postgresql://u:canary-7f3a@host/x?nonsense=1' || :
        pgsluice -vvv current --set 'database.migration_url=host=127.0.0.1 port=1 password=canary-7f3a' || :
        pgsluice -vvv current --set 'database.migration_urk=postgresql://u:canary-7f3a@127.0.0.1:1/x' || :
    } >everything.out 2>&1
    grep -q '\*\*\*' everything.out
    grep -q 'Running upgrade' everything.out
    run ! grep -n canary everything.out
    pg_dump -d "$url" >dump.sql
    run ! grep -n canary dump.sql
}
