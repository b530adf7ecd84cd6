# A server that is far away, and one that is not the one it was: round trips, what a role or database has
# set, and a ledger that was written elsewhere.
load lib/common

teardown() {
    stop_wire
    common_teardown || return
    [ -z "${role:-}" ] || sql "DROP ROLE $role" "$PGSLUICE_TEST_URL"
}

# A line of revisions: make_line COUNT.
make_line() {
    local i before=
    for ((i = 1; i <= $1; i++)); do
        make_revision "$(printf 'aaaa%04d' "$i")" "$before" <<SQL
-- migrate:up
CREATE TABLE t$i (a int);

-- migrate:down
DROP TABLE t$i;
SQL
        before=$(printf 'aaaa%04d' "$i")
    done
}

upgrade() {
    pgsluice --set migrations.directory="$migrations" "$@" upgrade head
}

# --- Round trips ----------------------------------------------------------------------------------
# So long a wire that a busy machine still sends everything before the first answer is back.

# Starts it and points SYNC_DATABASE_URL to its end.
start_wire() {
    local socket
    socket=$(sql 'SHOW unix_socket_directories')/.s.PGSQL.$(sql 'SHOW port')
    far-wire "$socket" "$1" >wire.out 2>&1 3>&- 4>&- &
    wire=$!
    wait_for '[ -s wire.out ]'
    export SYNC_DATABASE_URL
    SYNC_DATABASE_URL=postgresql://$(sql 'SELECT current_user')@127.0.0.1:$(head -n 1 wire.out)/$database
}

stop_wire() {
    [ -n "${wire:-}" ] || return 0
    kill "$wire"
    wait "$wire" || :
    wire=
}

# at_most COUNT: stops the wire; so many round trips were made, at most.
at_most() {
    local turns
    stop_wire
    read -r turns _ < <(tail -n 1 wire.out)
    echo "$turns round trips"
    [ "$turns" -gt 1 ] && [ "$turns" -le "$1" ]
}

@test "far: forty revisions and their tables take at most 10 round trips" {
    create_database
    make_line 40
    start_wire 150
    upgrade
    at_most 10
    [ "$(sql 'SELECT count(*) FROM pgsluice.applied')" = 40 ]
    # With the tables made, and another one pending.
    make_revision bbbb0001 aaaa0040 <<<$'-- migrate:up\nCREATE TABLE u ();\n-- migrate:down\nDROP TABLE u;'
    start_wire 100
    upgrade
    at_most 10
}

@test "far: nothing to do takes at most 5 round trips" {
    create_database
    make_line 1
    upgrade
    start_wire 50
    upgrade
    at_most 5
}

@test "far: an error in the middle of a pipeline names its statement, and only what came before is there" {
    create_database
    make_line 8
    make_revision aaaa0005 aaaa0004 <<'SQL'
-- migrate:up
CREATE TABLE t5 (a int);
ALTER TABLE t5
    ADD COLUMN a int;

-- migrate:down
DROP TABLE t5;
SQL
    start_wire 30
    run upgrade
    [ "$status" -eq 5 ]
    [[ $output == *'aaaa0005_test.sql:9:'* ]]
    [[ $output == *'statement 2'* ]]
    stop_wire
    [ "$(sql 'SELECT version_num FROM alembic_version')" = aaaa0004 ]
    [ "$(sql "SELECT count(*) FROM pg_class WHERE relname ~ '^t[0-9]'")" = 4 ]
    [ "$(sql "SELECT count(*) FILTER (WHERE event = 'upgrade'), count(*) FILTER (WHERE event = 'fail') FROM pgsluice.ledger")" = '4|1' ]
}

# --- The truth about the server -------------------------------------------------------------------

# The ledger's last word comes from another system, as after a dump that was restored elsewhere.
move_to_another_system() {
    sql "SELECT pgsluice.record_event('accept-server', NULL, '{aaaa0001}', NULL, NULL, NULL,
         '{\"system_identifier\": \"6000000000000000000\", \"timeline\": \"1\", \"channel\": \"pgsluice\"}')"
}

@test "server: what was written on another system is changed by nothing until that is accepted" {
    create_database
    make_line 1
    upgrade
    move_to_another_system
    make_revision bbbb0001 aaaa0001 <<<$'-- migrate:up\nCREATE TABLE u ();\n-- migrate:down\nDROP TABLE u;'
    export PGSLUICE_MIGRATIONS_DIRECTORY=$migrations
    for verb in 'upgrade head' 'downgrade base' 'stamp bbbb0001' 'hold' 'repair --applied aaaa0001:1'; do
        # shellcheck disable=SC2086 # words
        run pgsluice $verb
        echo "$verb: $status $output"
        [ "$status" -eq 6 ]
        [[ $verb == repair* || $output == *'6000000000000000000'* ]]
        [[ $verb == repair* || $output == *'repair --accept-server'* ]]
    done
    [ "$(sql 'SELECT count(*) FROM pgsluice.ledger')" = 2 ]
    [ "$(migration_locks)" = 0 ]
    # Nothing pending, nothing to refuse; reading is free.
    pgsluice status
    pgsluice upgrade aaaa0001

    run pgsluice repair --accept-server
    [ "$status" -eq 2 ]
    pgsluice repair --accept-server --reason 'staging gets a copy every night'
    pgsluice upgrade head
    pgsluice downgrade -1
    pgsluice audit --verify
    [ "$(sql "SELECT event, reason FROM pgsluice.ledger WHERE id = 3")" = 'accept-server|staging gets a copy every night' ]
    run -0 pgsluice repair --accept-server --reason again --json
    [[ $output == *'"accepted": false'* ]]
    [ "$(sql 'SELECT count(*) FROM pgsluice.ledger')" = 5 ]
}

@test "server: a script of --sql is refused by the ledger of another system" {
    create_database
    make_line 2
    upgrade --set gate.on_pending=wait
    pgsluice --set migrations.directory="$migrations" downgrade -1
    pgsluice --set migrations.directory="$migrations" upgrade aaaa0001:aaaa0002 --sql >script.sql
    move_to_another_system
    run psql -Xq -v ON_ERROR_STOP=1 -d "$url" -f script.sql
    [ "$status" -ne 0 ]
    [[ $output == *'repair --accept-server'* ]]
    [ "$(sql "SELECT to_regclass('t2') IS NULL")" = t ]
}

@test "server: a failover's new timeline is no reason to refuse" {
    create_database
    make_line 1
    upgrade
    sql "SELECT pgsluice.record_event('repair', NULL, '{aaaa0001}', NULL, NULL, NULL,
         jsonb_build_object('system_identifier', (SELECT system_identifier::text FROM pg_control_system()),
             'timeline', '77', 'channel', 'pgsluice'))"
    make_revision bbbb0001 aaaa0001 <<<$'-- migrate:up\nCREATE TABLE u ();\n-- migrate:down\nDROP TABLE u;'
    upgrade
}

@test "server: what role and database set is overridden, and said" {
    create_database
    make_line 1
    make_revision bbbb0001 aaaa0001 <<'SQL'
-- migrate:up
SELECT pg_sleep(0.2);
CREATE TABLE u ();

-- migrate:down
DROP TABLE u;
SQL
    role=far_role_$$
    sql "CREATE ROLE $role LOGIN SUPERUSER"
    sql "ALTER DATABASE $database SET statement_timeout = '90ms'; ALTER DATABASE $database SET work_mem = '5MB';
         ALTER ROLE $role SET search_path = pg_catalog; ALTER ROLE $role IN DATABASE $database SET statement_timeout = '100ms';
         ALTER DATABASE $database SET default_transaction_read_only = on"
    SYNC_DATABASE_URL="$url&user=$role"
    run --separate-stderr upgrade -v
    pgsluice --set migrations.directory="$migrations" status --json >status.json
    SYNC_DATABASE_URL=$url
    export PGOPTIONS='-c default_transaction_read_only=off'
    # shellcheck disable=SC2154 # set by run
    echo "$stderr"
    [ "$status" -eq 0 ]
    [[ $stderr == *'Overriding statement_timeout = 100ms, set for the role in database'* ]]
    [[ $stderr == *'Overriding search_path = pg_catalog, set for the role'* ]]
    [[ $stderr == *'Overriding default_transaction_read_only = on, set for the database'* ]]
    [[ $stderr != *work_mem* ]]
    [ "$(jq -c '.database.overridden[2]' status.json)" = '{"name":"statement_timeout","value":"100ms","source":"role in database"}' ]
    [ "$(sql "SELECT to_regclass('public.u') IS NOT NULL")" = t ]
}

# So it is where the service logs in as pgsluice: its tables are the application's, not the ledger's.
@test "server: a role that is called like the state schema makes its tables in public, with --sql too" {
    role=far_role_$$
    make_line 2
    export PGSLUICE_DATABASE_STATE_SCHEMA=$role
    create_database
    sql "CREATE ROLE $role LOGIN SUPERUSER"
    SYNC_DATABASE_URL="$url&user=$role"
    upgrade
    [ "$(sql "SELECT string_agg(tablename, ' ' ORDER BY tablename) FROM pg_tables WHERE schemaname = 'public'")" = \
        'alembic_version t1 t2' ]
    pgsluice --set migrations.directory="$migrations" upgrade base:head --sql >script.sql
    create_database
    psql -Xq -f script.sql "$url&user=$role"
    [ "$(sql "SELECT string_agg(tablename, ' ' ORDER BY tablename) FROM pg_tables WHERE schemaname = 'public'")" = \
        'alembic_version t1 t2' ]
    [ "$(sql "SELECT count(*) FROM $role.applied")" = 2 ]
}

@test "far: a schema of forty tables is read in at most 6 round trips, login and all" {
    create_database
    make_line 40
    upgrade
    start_wire 150
    pgsluice dump >dump.sql
    grep -q 'CREATE TABLE public.t40' dump.sql
    at_most 6
}

@test "server: what a revision leaves in its session does not reach the next one" {
    create_database
    make_revision aaaa0001 '' <<'SQL'
-- migrate:up
CREATE TABLE users (id int);
CREATE TEMP TABLE users (id int UNIQUE DEFERRABLE INITIALLY DEFERRED);
INSERT INTO users VALUES (1);
PREPARE mine AS SELECT 1;
DECLARE mine CURSOR WITH HOLD FOR SELECT 1;
CREATE INDEX CONCURRENTLY ON public.users (id);
INSERT INTO public.users SELECT id FROM pg_temp.users;

-- migrate:down
-- nothing to undo
SQL
    make_revision aaaa0002 aaaa0001 <<'SQL'
-- migrate:up
ALTER TABLE users ADD COLUMN name text;
CREATE TEMP TABLE kept (id int UNIQUE DEFERRABLE INITIALLY DEFERRED);
INSERT INTO kept VALUES (1);
INSERT INTO kept VALUES (1);
DELETE FROM kept;

-- migrate:down
-- nothing to undo
SQL
    make_revision aaaa0003 aaaa0002 <<'SQL'
-- migrate:up
CREATE TABLE kept (id int);
PREPARE mine AS SELECT 1;
DECLARE mine CURSOR WITH HOLD FOR SELECT 1;

-- migrate:down
-- nothing to undo
SQL
    upgrade
    [ "$(sql 'SELECT id, name IS NULL FROM users')" = '1|t' ]
    [ "$(sql 'SELECT count(*) FROM kept')" = 0 ]
    local url_online=$url
    create_database
    pgsluice upgrade base:head --sql >up.sql
    psql -Xq "$url" <up.sql
    [ "$(sql 'SELECT id, name IS NULL FROM users')" = "$(sql 'SELECT id, name IS NULL FROM users' "$url_online")" ]
}

@test "server: locks and registrations of a revision end with it, and ours stay" {
    create_database
    make_revision aaaa0001 '' <<'SQL'
-- migrate:up
LISTEN gossip;
SELECT pg_advisory_lock(-1), pg_advisory_lock(-1), pg_advisory_lock_shared(7), pg_advisory_lock(-2, 3);
SELECT pg_advisory_xact_lock(8);
DO $$ BEGIN PERFORM pg_advisory_lock_shared(-5, -6); END $$;

-- migrate:down
-- nothing to undo
SQL
    make_revision aaaa0002 aaaa0001 <<'SQL'
-- migrate:up
CREATE TABLE seen AS SELECT objsubid, mode, count(*) FROM pg_locks
    WHERE locktype = 'advisory' AND pid = pg_backend_pid() GROUP BY 1, 2;
CREATE TABLE heard AS SELECT c FROM pg_listening_channels() c;

-- migrate:down
-- nothing to undo
SQL
    run -0 upgrade
    [[ $output != *WARNING* && $output != *"don't own"* ]]
    [ "$(sql 'SELECT * FROM seen')" = '1|ExclusiveLock|1' ]
    [ -z "$(sql 'SELECT * FROM heard')" ]
}

@test "server: what a function sets in the session does not reach the next revision" {
    create_database
    make_revision aaaa0001 '' <<'SQL'
-- migrate:up
CREATE SCHEMA other;
CREATE TABLE t (a int);
CREATE FUNCTION moves() RETURNS int LANGUAGE plpgsql AS
    'BEGIN PERFORM set_config($$search_path$$, $$other$$, false); RETURN 1; END';

-- migrate:down
-- nothing to undo
SQL
    local before=aaaa0001 revision=aaaa0002 statement

    for statement in 'INSERT INTO t VALUES (moves())' 'UPDATE t SET a = moves()' \
        'DELETE FROM t WHERE a = moves()' 'CREATE TABLE u AS SELECT moves()'; do
        printf -- '-- migrate:up\n%s;\n\n-- migrate:down\n-- nothing to undo\n' "$statement" |
            make_revision "$revision" "$before"
        make_table_revision "b$revision" "$revision" "t$revision"
        before=b$revision revision=${revision%?}$((${revision: -1} + 1))
    done
    upgrade
    [ "$(sql "SELECT count(*) FROM pg_tables WHERE tablename LIKE 't_%' AND schemaname = 'public'")" = 4 ]
}

@test "server: a revision that pg_dump made empties the search_path and harms nobody" {
    create_database
    sql 'CREATE TABLE dumped (a int PRIMARY KEY); CREATE VIEW seen AS SELECT a FROM dumped'
    {
        echo '-- migrate:up'
        pg_dump --schema-only --no-owner -d "$url" | grep -v '^\\'
        printf -- '\n-- migrate:down\nDROP VIEW seen; DROP TABLE dumped;\n'
    } >sections
    grep -q "set_config('search_path', ''" sections
    grep -q 'SET default_table_access_method' sections
    create_database
    make_revision aaaa0001 <sections
    make_revision aaaa0002 aaaa0001 <<'SQL'
-- migrate:up
ALTER TABLE dumped ADD COLUMN b text;
INSERT INTO dumped (a) SELECT length(current_setting('search_path'));

-- migrate:down
ALTER TABLE dumped DROP COLUMN b;
SQL
    upgrade
    [ "$(sql 'SELECT a > 0 FROM dumped')" = t ]
    [ "$(sql 'SELECT version_num FROM alembic_version')" = aaaa0002 ]
}
