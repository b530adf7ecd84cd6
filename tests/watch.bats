# What people see of a migration that waits or takes long: who is in its way, how far it has come.
# Nothing here measures time: the obstacle stays until it has been seen.
# shellcheck disable=SC2154,SC2016
load lib/common
load lib/daemon

teardown() {
    [ -z "$psql_pid" ] || kill "$psql_pid" 2>/dev/null || :
    common_teardown
}

psql_pid= # of the session that is in the way

# in_the_way SQL: runs it in a session called a-reader, which then stays.
in_the_way() {
    PGAPPNAME=a-reader psql -XAtq -d "$url" -c "$1" -c "SELECT pg_sleep(300)" \
        </dev/null >/dev/null 2>&1 3>&- 4>&- &
    psql_pid=$!
    wait_for '[ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE application_name = '"'a-reader'"'
              AND datname = current_database() AND query LIKE '"'%300%'"'")" = 1 ]'
}

out_of_the_way() {
    sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE application_name = 'a-reader' AND datname = current_database()" >/dev/null
    wait "$psql_pid" || :
    psql_pid=
}

# An index of 1,000 rows that waits at the 700th until nobody holds the advisory lock 77.
make_watched_index() {
    sql "CREATE TABLE big AS SELECT generate_series(1, 1000) AS a;
         CREATE FUNCTION slowly(a int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS \$\$ BEGIN
             WHILE a = 700 AND NOT pg_try_advisory_xact_lock_shared(77) LOOP
                 PERFORM pg_sleep(0.005); END LOOP;
             RETURN a; END \$\$"
    make_revision aaaaaaaaaaaa <<'SQL'
-- migrate:up
SELECT 1;
CREATE INDEX big_a ON big (slowly(a));
SQL
}

make_busy_table() {
    sql "CREATE TABLE busy (a int)"
    make_revision aaaaaaaaaaaa <<'SQL'
-- migrate:up
ALTER TABLE busy ADD b int;
SQL
}

operation() {
    http_body /admin/migrations admin | jq -r "$1"
}

@test "the daemon tells phase and percentage of an index, in STATUS= and in the document" {
    create_database
    make_watched_index
    in_the_way "SELECT pg_advisory_lock(77)"
    start_daemon
    wait_for 'status_says "statement 2 of 2, .* [0-9]+ % of building index: scanning table"'
    wait_for '[ "$(operation .operation.phase)" = "building index: scanning table" ]'
    [ "$(operation '.operation | "\(.revision) \(.number)/\(.count) \(.statement)/\(.statements) \(.command)"')" = \
        'aaaaaaaaaaaa 1/1 2/2 CREATE INDEX' ]
    [ "$(operation '.operation.percent > 0 and .operation.percent < 100')" = true ]
    out_of_the_way
    wait_until_ready
    [ "$(operation .operation)" = null ]
}

@test "the daemon names who is in its way, in STATUS=, in the log and in the document" {
    create_database
    make_busy_table
    in_the_way "BEGIN; LOCK TABLE busy IN ACCESS SHARE MODE"
    start_daemon
    wait_for 'status_says "because of a lock of a-reader \(process [0-9]+, user "'
    logged 'warning: running 1 of 1: .* because of a lock of a-reader'
    wait_for '[ "$(operation ".operation.blockers[0] | .application_name == \"a-reader\" and .query_start != null")" = true ]'
    out_of_the_way
    wait_until_ready
}

@test "pgsluice upgrade names who is in its way, and goes on when that has left" {
    create_database
    make_busy_table
    in_the_way "BEGIN; LOCK TABLE busy IN ACCESS SHARE MODE"
    pgsluice -c /dev/null --set migrations.directory="$migrations" upgrade head 2>stderr 3>&- &
    local upgrade=$!
    wait_for 'grep -q "in its way: a-reader (process .*running for .*pg_sleep(300)); trying again" stderr'
    out_of_the_way
    wait "$upgrade"
    [ "$(sql "SELECT count(*) FROM pgsluice.applied")" = 1 ]
}

@test "a role that may not see others' queries still learns process and application" {
    local role="t_watch_poor_$$"
    create_database
    sql "CREATE ROLE $role LOGIN; GRANT CREATE ON DATABASE $database TO $role; GRANT ALL ON SCHEMA public TO $role"
    make_busy_table
    sql "ALTER TABLE busy OWNER TO $role"
    in_the_way "BEGIN; LOCK TABLE busy IN ACCESS SHARE MODE"
    PGUSER=$role pgsluice -c /dev/null --set migrations.directory="$migrations" \
        --set database.migration_url="$(sed -E 's/(user=)[^&]*/\1'"$role"'/' <<<"$url")" upgrade head 2>stderr 3>&- &
    local upgrade=$!
    wait_for 'grep -Eq "in its way: a-reader \(process [0-9]+, user [a-z]+\); trying again" stderr'
    out_of_the_way
    wait "$upgrade"
    sql "DROP OWNED BY $role CASCADE; DROP ROLE $role"
}

@test "Ctrl-C between two tries is an interruption, not somebody's lock" {
    create_database
    make_busy_table
    in_the_way "BEGIN; LOCK TABLE busy"
    pgsluice --set migrations.directory="$migrations" --set execution.lock_timeout=10ms upgrade head \
        2>told </dev/null 3>&- 4>&- &
    waiting=$!
    wait_for 'grep -q a-reader told'
    kill -INT "$waiting"
    status=0
    wait "$waiting" || status=$?
    cat told
    [ "$status" -eq 130 ]
    grep -q 'interrupted' told
    run ! grep 'find out who' told
    out_of_the_way
}

@test "an index that is built concurrently gives up behind an old transaction, says whose, and is repaired" {
    create_database
    sql "CREATE TABLE big (a int)"
    make_revision aaaaaaaaaaaa <<'SQL'
-- migrate:up
CREATE INDEX CONCURRENTLY big_a ON big (a);
SQL
    in_the_way "BEGIN; LOCK TABLE big IN ROW EXCLUSIVE MODE"
    run pgsluice --set migrations.directory="$migrations" --set execution.retry_deadline=100ms upgrade head
    echo "$output"
    [ "$status" -eq 5 ]
    [[ $output == *'it waited for others for as long as execution.retry_deadline says; in its way: a-reader'* ]]
    [[ $output == *'pg_terminate_backend'* ]]
    [ "$(sql "SELECT indisvalid FROM pg_index WHERE indexrelid = 'big_a'::regclass")" = f ]
    out_of_the_way
    pgsluice --set migrations.directory="$migrations" upgrade head
    [ "$(sql "SELECT indisvalid FROM pg_index WHERE indexrelid = 'big_a'::regclass")" = t ]
}
