# How migrations hurt people elsewhere, one test a case; the numbers are those of the list that the project keeps.
load lib/common
load lib/wire

setup() {
    common_setup
    create_database
    helpers=()
}

teardown() {
    local pid

    for pid in "${helpers[@]}"; do kill -CONT "$pid" 2>/dev/null && kill "$pid" 2>/dev/null || :; done
    stop_wire
    common_teardown
}

migrate() {
    pgsluice --set migrations.directory="$migrations" "$@"
}

# start_migrate FILE ARG...: in the background; sets `started`.
start_migrate() {
    local file=$1

    shift
    pgsluice --set migrations.directory="$migrations" "$@" >"$file" 2>&1 </dev/null 3>&- 4>&- &
    started=$!
    helpers+=("$started")
}

# end_of PID FILE: waits, sets status and told.
end_of() {
    status=0
    wait "$1" || status=$?
    told=$(<"$2")
    echo "$told"
}

# session SQL: an administrator's session that stays; says what it answered, and takes more by `tell`.
session() {
    coproc SESSION { exec psql -XAtq -d "$url" 3>&- 4>&-; }
    helpers+=("$SESSION_PID")
    tell "$1"
}

tell() {
    echo "$1; SELECT 'told'" >&"${SESSION[1]}"
    echo ';' >&"${SESSION[1]}"
    local line=''
    until [ "$line" = told ]; do IFS= read -r -t 20 -u "${SESSION[0]}" line; done
}

# ours WHERE: how many of pgsluice's server processes fit.
ours() {
    sql "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
         AND application_name LIKE 'pgsluice/%' AND $1"
}

# plain_revision ID REVISES < up section: without a transaction.
plain_revision() {
    {
        printf -- '-- %s\n--\n-- Revision ID: %s\n-- Revises: %s\n-- Transaction: none\n\n-- migrate:up\n' "$1" "$1" "$2"
        cat
    } >"$migrations/versions/$1_plain.sql"
}

concurrent_index() {
    make_revision a1 <<'SQL'
-- migrate:up
CREATE TABLE t (a int);
-- migrate:down
DROP TABLE t;
SQL
    plain_revision a2 a1 <<'SQL'
CREATE INDEX CONCURRENTLY t_a ON t (a);
SQL
}

index_is_valid() {
    [ "$(sql "SELECT indisvalid FROM pg_index WHERE indexrelid = 't_a'::regclass")" = t ]
}

@test "row 1: CREATE INDEX CONCURRENTLY does not wait for those who wait for the migration lock" {
    local first

    concurrent_index
    migrate upgrade a1
    session 'BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM t'
    start_migrate first upgrade head
    first=$started
    wait_for '[ "$(ours "query LIKE '"'CREATE INDEX%'"' AND wait_event_type = '"'Lock'"'")" = 1 ]'
    start_migrate second upgrade head
    wait_for 'grep -q "Waiting for the migration lock" second'
    tell COMMIT
    end_of "$first" first
    [ "$status" -eq 0 ]
    end_of "$started" second
    [ "$status" -eq 0 ]
    index_is_valid
}

@test "row 2: the session that has the lock is the one that works" {
    concurrent_index
    migrate upgrade a1
    session 'BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM t'
    start_migrate told upgrade head
    wait_for '[ "$(ours "query LIKE '"'CREATE INDEX%'"' AND wait_event_type = '"'Lock'"'")" = 1 ]'
    [ "$(sql "SELECT count(DISTINCT l.pid) FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE l.locktype = 'advisory'
              AND a.datname = current_database() AND a.query LIKE 'CREATE INDEX%'")" = 1 ]
    [ "$(migration_locks)" = 1 ]
    tell COMMIT
    end_of "$started" told
    [ "$status" -eq 0 ]
    index_is_valid
}

@test "row 3: who loses the lock loses the work with it" {
    sql 'CREATE TABLE effects (a int)'
    make_revision a1 <<'SQL'
-- migrate:up
INSERT INTO effects VALUES (1);
SELECT pg_advisory_xact_lock(4711);
SQL
    session 'SELECT pg_advisory_lock(4711)'
    start_migrate first --set execution.lock_timeout=0 upgrade head
    wait_for '[ "$(ours "wait_event_type = '"'Lock'"'")" = 1 ]'
    sql "SELECT pg_terminate_backend(pid, 5000) FROM pg_locks WHERE locktype = 'advisory' AND objid <> 4711
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    end_of "$started" first
    [ "$status" -eq 5 ]
    [ "$(sql 'SELECT count(*) FROM effects')" = 0 ]
    tell 'SELECT pg_advisory_unlock(4711)'
    migrate upgrade head
    [ "$(sql 'SELECT count(*) FROM effects')" = 1 ]
}

@test "row 4: who waits for the migration lock is in no transaction and keeps no snapshot" {
    make_revision a1 <<'SQL'
-- migrate:up
SELECT pg_advisory_xact_lock(4711);
SQL
    local first

    session 'SELECT pg_advisory_lock(4711)'
    start_migrate first --set execution.lock_timeout=0 upgrade head
    first=$started
    wait_for '[ "$(ours "wait_event_type = '"'Lock'"'")" = 1 ]'
    start_migrate second upgrade head
    wait_for 'grep -q "Waiting for the migration lock" second'
    wait_for '[ "$(ours "state = '"'idle'"' AND xact_start IS NULL AND backend_xmin IS NULL AND backend_xid IS NULL")" = 1 ]'
    tell 'SELECT pg_advisory_unlock(4711)'
    end_of "$first" first
    [ "$status" -eq 0 ]
    end_of "$started" second
    [ "$status" -eq 0 ]
}

@test "row 8: the lock of a client that was killed is free soon, although its statement runs on" {
    make_revision a1 <<'SQL'
-- migrate:up
SELECT CASE WHEN to_regclass('slow') IS NOT NULL THEN pg_sleep(60) END;
SQL
    sql 'CREATE TABLE slow ()'
    start_migrate first upgrade head
    wait_for '[ "$(ours "wait_event = '"'PgSleep'"'")" = 1 ]'
    kill -KILL "$started"
    sql 'DROP TABLE slow'
    migrate --set gate.lock_wait=20s upgrade head
    [ "$(sql 'SELECT version_num FROM alembic_version')" = a1 ]
}

@test "row 11: many first runs at once: one makes the tables, none fails" {
    local i pids=()

    make_revision a1 <<'SQL'
-- migrate:up
CREATE TABLE t ();
SQL
    for i in 1 2 3 4 5 6; do
        start_migrate "told.$i" upgrade head
        pids+=("$started")
    done
    for i in 1 2 3 4 5 6; do
        end_of "${pids[$((i - 1))]}" "told.$i"
        [ "$status" -eq 0 ]
    done
    [ "$(sql "SELECT count(*) FROM pgsluice.ledger WHERE event = 'upgrade'")" = 1 ]
}

@test "row 12: after a failure nothing is dirty: the corrected file runs, and nobody has to force anything" {
    make_revision a1 <<'SQL'
-- migrate:up
CREATE TABLE t ();
SELECT 1 / 0;
SQL
    run migrate upgrade head
    [ "$status" -eq 5 ]
    [ "$(sql "SELECT to_regclass('t') IS NULL")" = t ]
    sed -i 's|1 / 0|1 / 1|' "$migrations/versions/a1_test.sql"
    run migrate upgrade head
    [ "$status" -eq 0 ]
}

@test "row 15: a COMMIT whose answer is lost in a failover is asked after, not guessed" {
    sql 'CREATE TABLE effects (a int)'
    make_revision a1 <<'SQL'
-- migrate:up
INSERT INTO effects VALUES (1);
SQL
    make_revision a2 a1 <<'SQL'
-- migrate:up
INSERT INTO effects VALUES (2);
SQL
    migrate ensure_version
    start_wire
    for when in before after; do
        wire cut $when COMMIT
        run migrate --set "database.migration_url=$wired_url" upgrade +1
        [ "$status" -eq 0 ]
        wire_says cut
    done
    [ "$(sql "SELECT string_agg(a::text, ' ' ORDER BY a) FROM effects")" = '1 2' ]
    [ "$(sql 'SELECT version_num FROM alembic_version')" = a2 ]
    [ "$(sql 'SELECT count(*) FROM pgsluice.ledger')" = 2 ]
}

@test "row 17: an ALTER behind a long reader does not make the readers after it wait" {
    local i

    sql 'CREATE TABLE t (a int)'
    make_revision a1 <<'SQL'
-- migrate:up
ALTER TABLE t ADD COLUMN b int;
SQL
    session 'BEGIN; SELECT count(*) FROM t'
    start_migrate told upgrade head
    wait_for 'grep -q "trying again" told'
    # A reader that had to wait for the ALTER, and so for the long reader, would never get through.
    for i in 1 2 3 4 5 6 7 8 9 10; do sql "SET statement_timeout = '5s'; SELECT count(*) FROM t" >/dev/null; done
    [ "$(sql "SELECT count(*) FROM pgsluice.applied")" = 0 ]
    tell COMMIT
    end_of "$started" told
    [ "$status" -eq 0 ]
    [ "$(sql "SELECT count(*) FROM information_schema.columns WHERE table_name = 't'")" = 2 ]
}

@test "row 18: a short lock_timeout does not break CREATE INDEX CONCURRENTLY" {
    concurrent_index
    migrate upgrade a1
    session 'BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM t'
    sql "ALTER ROLE postgres IN DATABASE $database SET lock_timeout = '1ms'"
    start_migrate told --set execution.lock_timeout=1ms upgrade head
    wait_for '[ "$(ours "query LIKE '"'CREATE INDEX%'"' AND wait_event_type = '"'Lock'"'
        AND state_change < clock_timestamp() - interval '"'50ms'"'")" = 1 ]'
    tell COMMIT
    end_of "$started" told
    [ "$status" -eq 0 ]
    index_is_valid
}

@test "row 23: an older binary that meets a newer schema stays up and says why it is closed" {
    make_revision a1 <<'SQL'
-- migrate:up
CREATE TABLE t ();
SQL
    make_revision a2 a1 <<'SQL'
-- migrate:up
CREATE TABLE u ();
SQL
    migrate upgrade head
    rm "$migrations/versions/a2_test.sql"
    start_daemon
    wait_for 'grep -q a2 daemon.stderr'
    daemon_runs
    grep -q 'a2' daemon.notify
    [ "$(sql 'SELECT version_num FROM alembic_version')" = a2 ]
    stop_daemon
    [ "$status" -eq 0 ]
}

@test "row 24: what was rolled back under a hold stays so through restarts, until it is released" {
    local i

    make_revision a1 <<'SQL'
-- migrate:up
CREATE TABLE t ();
SQL
    make_revision a2 a1 <<'SQL'
-- migrate:up
CREATE TABLE u ();
-- migrate:down
DROP TABLE u;
SQL
    migrate upgrade head
    migrate downgrade -1
    migrate hold --reason 'u was too much'
    for i in 1 2; do
        start_daemon
        wait_for 'grep -q "hold" daemon.notify'
        [ "$(sql 'SELECT version_num FROM alembic_version')" = a1 ]
        stop_daemon
    done
    migrate release --reason 'fixed'
    start_daemon
    wait_until_ready
    [ "$(sql 'SELECT version_num FROM alembic_version')" = a2 ]
    stop_daemon
}

@test "row 29: a file made by pg_dump, which empties search_path, harms neither the record nor the next revision" {
    make_revision a1 <<'SQL'
-- migrate:up
SET statement_timeout = 0;
SET lock_timeout = 0;
SELECT pg_catalog.set_config('search_path', '', false);
SET default_table_access_method = heap;
CREATE TABLE public.t (a integer);
SQL
    make_revision a2 a1 <<'SQL'
-- migrate:up
ALTER TABLE t ADD COLUMN b int;
SQL
    migrate upgrade head
    [ "$(sql 'SELECT version_num FROM alembic_version')" = a2 ]
    [ "$(sql 'SELECT count(*) FROM pgsluice.ledger')" = 2 ]
}

@test "row 30: a password in a failing statement is in no message and in no table" {
    make_revision a1 <<'SQL'
-- migrate:up
CREATE TABLE t ();
SQL
    make_revision a2 a1 <<SQL
-- migrate:up
ALTER ROLE nobody_$$ PASSWORD 'canary-4711';
SQL
    run migrate -vvv upgrade head
    [ "$status" -eq 5 ]
    [[ $output != *canary* ]]
    run migrate --json upgrade head
    [ "$status" -eq 5 ]
    [[ $output != *canary* ]]
    start_daemon
    wait_for_exit
    run grep -l canary daemon.stderr daemon.notify daemon.stdout
    [ "$status" -eq 1 ]
    run pg_dump -d "$url"
    [ "$status" -eq 0 ]
    [[ $output != *canary* ]]
}
