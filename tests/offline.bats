# --sql: what psql does with the script must be what pgsluice does with the files.
# timeout: 300 s

load lib/common

# psql cannot record the schema that a script leaves: neither side does.
export PGSLUICE_DRIFT_RECORD=false

setup() {
    common_setup
    unset SYNC_DATABASE_URL
    write_pgsluice_conf
    export PGSLUICE_CONFIG=$BATS_TEST_TMPDIR/pgsluice.conf
}

# Makes a database that only its URL names, in the variable $1: --sql must not find it by itself.
create_named() {
    create_database
    unset SYNC_DATABASE_URL
    printf -v "$1" %s "$url"
}

# online URL VERB...
online() {
    SYNC_DATABASE_URL=$1 pgsluice -q "${@:2}"
}

# offline URL VERB...: writes script.sql and runs it.
offline() {
    pgsluice "${@:2}" --sql >script.sql
    psql -Xq -f script.sql "$1"
}

# refused URL TEXT...: script.sql ends with status 3, says each TEXT, and changes nothing.
refused() {
    local before

    before=$(dump "$1")
    run psql -X -f script.sql "$1"
    [ "$status" -eq 3 ]
    for text in "${@:2}"; do
        [[ $output == *"$text"* ]] || { echo "not said: $text"; return 1; }
    done
    [ "$(dump "$1")" = "$before" ]
}

# Everything that is in a database but times and chances.
dump() {
    { pg_dump --schema-only "$1" && pg_dump --data-only -T 'pgsluice.*' "$1"; } | grep -v '^\\\(un\)\?restrict'
    [ "$(sql "SELECT to_regclass('pgsluice.ledger') IS NOT NULL" "$1")" = t ] || return 0
    sql "SELECT * FROM pgsluice.layout; SELECT * FROM pgsluice.settled; SELECT * FROM pgsluice.hold;
         SELECT revision, up_checksum, down_checksum, up_sql, down_sql, event, role, duration_us IS NULL,
             fingerprint FROM pgsluice.applied ORDER BY applied_at;
         SELECT id, event, revision, heads_before, heads_after, plan_digest, up_checksum, role, reason, sqlstate,
             message, duration_us IS NULL, system_identifier, timeline FROM pgsluice.ledger ORDER BY id" "$1"
}

# The ledger has rows, and none that does not fit its chain of hashes.
proves() {
    local proof

    proof=$(psql -XAtq -v state=pgsluice -f "$top_srcdir/src/engine/q/verify_ledger.sql" "$1")
    [[ $proof =~ ^[1-9][0-9]*\|\|\|[0-9a-f]{64}$ ]]
}

# make_special REV PARENTS HEADER-LINE < SECTIONS
make_special() {
    make_revision "$1" "$2"
    sed -i "s|^-- Create Date.*|&\n$3|" "migrations/versions/$1_test.sql"
}

make_line() {
    for step in 'aaaa1111  a' 'bbbb2222 aaaa1111 b' 'cccc3333 bbbb2222 c'; do
        IFS=' ' read -r id parent table <<<"${step/  / - }"
        make_revision "$id" "${parent#-}" <<SQL
-- migrate:up
CREATE TABLE $table (id bigint PRIMARY KEY);
-- migrate:down
DROP TABLE $table;
SQL
    done
}

# Transactional, not, verified, merged, dependent, with a password, with a session of its own.
make_graph() {
    make_revision aaaa1111 <<'SQL'
-- migrate:up
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE a (id bigint PRIMARY KEY, mood mood);
CREATE TABLE log (at int, what text);
-- migrate:verify
SELECT 1 / (count(*) + 1) FROM a;
INSERT INTO a VALUES (1);
-- migrate:down
DROP TABLE log, a;
DROP TYPE mood;
SQL
    make_special bbbb2222 aaaa1111 '-- Transaction: none' <<'SQL'
-- migrate:up
ALTER TYPE mood ADD VALUE IF NOT EXISTS 'happy';
CREATE INDEX CONCURRENTLY a_mood ON a (mood);
SET search_path = nowhere;
-- migrate:verify
SELECT 'happy'::public.mood;
-- migrate:down
DROP INDEX CONCURRENTLY a_mood;
SQL
    make_special cccc3333 aaaa1111 '-- Branch Labels: side' <<'SQL'
-- migrate:up
SET client_encoding = 'LATIN1';
SET client_encoding = 'UTF8';
SET search_path = pg_catalog;
SET standard_conforming_strings = off;
CREATE TABLE public.größe (id int);
COMMENT ON TABLE public.größe IS 'postgresql://ann:geheim123@host/db';
-- migrate:down
SET ROLE pg_monitor;
RESET ROLE;
DROP TABLE größe;
SQL
    make_revision dddd4444 'bbbb2222, cccc3333' <<'SQL'
-- migrate:up
INSERT INTO a VALUES (7, 'happy');
-- migrate:down
DELETE FROM a;
SQL
    make_special ffff6666 '' '-- Depends On: side' <<'SQL'
-- migrate:up
CREATE VIEW v AS SELECT * FROM größe;
-- migrate:down
DROP VIEW v;
SQL
    make_revision eeee5555 <<'SQL'
-- migrate:up
CREATE TABLE forever ();
SQL
}

@test "a database that was migrated by the script cannot be told from one that pgsluice migrated" {
    make_graph
    create_named here
    create_named there
    online "$here" upgrade heads
    offline "$there" upgrade heads
    diff <(dump "$here") <(dump "$there")
    proves "$there"
    [ "$(migration_locks "$there")" = 0 ]
    [[ "$(sql "SELECT up_sql FROM pgsluice.applied WHERE revision = 'cccc3333'" "$there")" == *'ann:***@'* ]]
    [[ "$(sql "SELECT obj_description('größe'::regclass)" "$there")" == *geheim123* ]]
    run online "$there" status
    [[ $output == *"pending"*"nothing"* ]]

    run --separate-stderr pgsluice downgrade heads:base --sql
    [ "$status" -eq 6 ]
    [ -z "$output" ]
    [[ $stderr == *"eeee5555"*"cannot be undone"* ]]

    online "$here" downgrade aaaa1111
    offline "$there" downgrade heads:aaaa1111
    diff <(dump "$here") <(dump "$there")
    offline "$here" upgrade eeee,aaaa:heads
    online "$there" upgrade heads
    diff <(dump "$here") <(dump "$there")
    proves "$here"
}

@test "an Alembic database is taken over by the script as by pgsluice" {
    make_line
    create_named here
    create_named there
    for at in "$here" "$there"; do
        sql "CREATE TABLE alembic_version (version_num varchar(32) CONSTRAINT alembic_version_pkc PRIMARY KEY);
             INSERT INTO alembic_version VALUES ('aaaa1111')" "$at"
    done
    online "$here" upgrade +1
    offline "$there" upgrade aaaa1111:+1
    diff <(dump "$here") <(dump "$there")
}

@test "stamp and ensure_version are the same offline" {
    make_line
    create_named here
    create_named there
    online "$here" ensure_version
    offline "$there" ensure_version
    diff <(dump "$here") <(dump "$there")
    offline "$there" ensure_version
    online "$here" stamp head
    offline "$there" stamp head
    diff <(dump "$here") <(dump "$there")
    online "$here" stamp aaaa
    offline "$there" stamp head:aaaa
    diff <(dump "$here") <(dump "$there")
    proves "$there"
    [ "$(sql "SELECT string_agg(revision, ' ') FROM pgsluice.applied" "$there")" = aaaa1111 ]
    refused "$there" "the database is at aaaa1111 already" "goes from cccc3333 to there"
    pgsluice stamp bbbb:cccc --sql >script.sql
    refused "$there" "is at aaaa1111, this script starts at bbbb2222" "pgsluice stamp aaaa1111:cccc --sql"
}

@test "psql sends the server what stands in the file, whatever variables, settings and .psqlrc it has" {
    make_revision aaaa1111 <<'SQL'
-- migrate:up
CREATE TABLE t (n int, "USER" int, größe int, a int[], what text);
INSERT INTO t VALUES (2, 3, 1, '{10,20,30,40}');
UPDATE t SET what = concat_ws(' ', a[1:n], a[n:"USER"], a [ größe : n ], a[1:t.n]::text, ':n', E'\':n\\', ':''n',
    'back\', 'two
\! touch hacked
lines\
;', $$ :n; $n$ \q $$, $größe$ ; $größe$, U&'\0441', /* ; :n /* nested ; */ \q */ 1); -- ; :n
UPDATE t SET what = what || :{value} || ':{value}';
CREATE FUNCTION begin(n int[]) RETURNS int LANGUAGE sql RETURN n[1] + 1;
CREATE FUNCTION f(n int[]) RETURNS int LANGUAGE sql BEGIN ATOMIC
    SELECT 1; -- ;
    SELECT CASE WHEN true THEN (n[1:2])[2] END;
END;
CREATE FUNCTION g() RETURNS text LANGUAGE plpgsql AS $body$ BEGIN RETURN ':n;'; END $body$;
CREATE RULE r AS ON DELETE TO t DO ALSO (SELECT 1; SELECT 2);
CREATE TABLE "a;b"":n" (":n;" int DEFAULT 1); SELECT set_config('a.b', E'1\n2', false) -- no end
;
-- migrate:down
-- nothing to undo
SQL
    create_named here
    create_named there
    online "$here" upgrade head -x 'value=it'\''s :n \ ; --'
    sql "ALTER DATABASE $database SET standard_conforming_strings = off" "$there"
    cat >psqlrc <<'RC'
\set AUTOCOMMIT off
\set ON_ERROR_ROLLBACK on
\set SINGLELINE on
\set FETCH_COUNT 1
\set ON_ERROR_STOP off
SET search_path = nowhere; SET default_transaction_read_only = on;
SET row_security = on; COMMIT;
RC
    pgsluice upgrade head --sql -x 'value=it'\''s :n \ ; --' >script.sql
    PSQLRC=psqlrc PGCLIENTENCODING=LATIN1 psql -q -v n=1 -v USER=x -v größe=y -v "a=';" "$there" <script.sql
    sql "ALTER DATABASE $database RESET ALL" "$there"
    diff <(dump "$here") <(dump "$there")
    [ ! -e hacked ]
    [ "$(sql 'SELECT f(ARRAY[1, 5]) + begin(ARRAY[1])' "$there")" = 7 ]
}

@test "the ledger says who ran a script, and why" {
    make_line
    create_named there
    offline "$there" upgrade aaaa1111
    pgsluice upgrade aaaa:bbbb --sql --tag "it's 42, password=geheim123" >script.sql
    psql -Xq -v "pgsluice_actor=Ann O'Hara \\x" -f script.sql "$there"
    [ "$(sql "SELECT string_agg(actor || '/' || instance, ' ' ORDER BY id) FROM pgsluice.ledger" "$there")" = \
        "postgres/offline Ann O'Hara \\x/offline" ]
    [ "$(sql "SELECT string_agg(reason, '') FROM pgsluice.ledger" "$there")" = "it's 42, password=***" ]
}

@test "a failing revision stops psql, and the next script goes on from there" {
    make_line
    sed -i 's/CREATE TABLE b/CREATE TABLE b (id int); SELECT nwo(); CREATE TABLE b2/' migrations/versions/bbbb2222_test.sql
    create_named there
    pgsluice upgrade head --sql >script.sql
    run psql -X -f script.sql "$there"
    [ "$status" -eq 3 ]
    [[ $output == *"Running upgrade aaaa1111 -> bbbb2222"*"function nwo() does not exist"* ]]
    [ "$(sql 'SELECT version_num FROM alembic_version' "$there")" = aaaa1111 ]
    [ -z "$(sql "SELECT to_regclass('b')" "$there")" ]
    refused "$there" "is at aaaa1111, this script starts at <base>" "pgsluice upgrade aaaa1111:head --sql"

    sed -i 's/SELECT nwo();//' migrations/versions/bbbb2222_test.sql
    offline "$there" upgrade aaaa1111:head
    [ "$(sql 'SELECT version_num FROM alembic_version' "$there")" = cccc3333 ]
    refused "$there" "the database is at cccc3333 already"
}

@test "the script refuses what pgsluice refuses" {
    make_line
    create_named there
    online "$there" upgrade aaaa1111
    pgsluice upgrade aaaa1111:+1 --sql --set execution.lock_timeout=0 >script.sql

    sql "INSERT INTO pgsluice.hold (target, actor, reason) VALUES ('aaaa1111', 'eve', 'a test')" "$there"
    refused "$there" "on hold at aaaa1111" "set by eve: a test" "pgsluice release"
    sql "DELETE FROM pgsluice.hold" "$there"

    run psql -X -1 -f script.sql "$there"
    [ "$status" -eq 3 ]
    [[ $output == *"must not run inside a transaction"*"without psql -1"* ]]

    sql "UPDATE pgsluice.layout SET version = 99" "$there"
    refused "$there" "has layout 99, this script knows layout 1"
    sql "UPDATE pgsluice.layout SET version = 1, version_table = 'public.other'" "$there"
    refused "$there" 'schema "pgsluice" keeps the records of version table public.other'
    sql "UPDATE pgsluice.layout SET version_table = 'public.alembic_version'" "$there"

    # Somebody else migrates: this one waits for a table that we lock.
    coproc blocker { psql -XAtq "$there"; }
    echo "BEGIN; LOCK TABLE alembic_version; SELECT 'locked';" >&"${blocker[1]}"
    read -r answer <&"${blocker[0]}"
    [ "$answer" = locked ]
    psql -Xq -f script.sql "$there" >first.log 2>&1 3>&- &
    first=$!
    wait_for '[ "$(migration_locks "$there")" = 1 ]'
    run psql -X -f script.sql "$there"
    echo "ROLLBACK; \\q" >&"${blocker[1]}"
    wait "$first"
    [ "$status" -eq 3 ]
    [[ $output == *"lock is held by pgsluice/offline (process "*"pg_terminate_backend("* ]]
    [ "$(sql 'SELECT version_num FROM alembic_version' "$there")" = bbbb2222 ]
}

@test "who may not record is refused before the work" {
    make_line
    create_named there
    online "$there" upgrade aaaa1111
    pgsluice upgrade aaaa1111:head --sql >script.sql
    sql "GRANT ALL ON SCHEMA public TO pg_monitor; GRANT USAGE ON SCHEMA pgsluice TO pg_monitor;
         GRANT SELECT ON ALL TABLES IN SCHEMA pgsluice, public TO pg_monitor" "$there"
    sed -i 's/^DISCARD ALL;$/&\nSET ROLE pg_monitor;/' script.sql
    refused "$there" 'role "pg_monitor" may not change' "GRANT USAGE ON SCHEMA pgsluice TO pg_monitor"
}

@test "nothing pending: a script that only checks" {
    make_line
    create_named there
    pgsluice upgrade head:head --sql >script.sql
    refused "$there" "the database is at <base>, this script starts at cccc3333"
    online "$there" upgrade head
    before=$(dump "$there")
    offline "$there" upgrade head:head
    [ "$(dump "$there")" = "$before" ]
    run grep -E '^BEGIN;|CREATE|record_' script.sql
    [ "$status" -eq 1 ]
}

@test "a daemon that waits opens its gate when the script has run" {
    make_line
    create_named there
    url=$there
    write_default_config daemon
    sed -i 's/controlled = true/controlled = false/' daemon.conf
    start_daemon
    wait_for 'grep -q "Gate .* -> closed" daemon.stderr'
    offline "$there" upgrade head
    wait_until_ready
    stop_daemon
}

@test "what cannot be written leaves nothing on stdout" {
    make_line
    make_revision dddd4444 cccc3333 <<'SQL'
-- migrate:up
SELECT 1 AS a \gset
SQL
    check() {
        run --separate-stderr pgsluice "${@:3}"
        [ "$status" -eq "$1" ] && [ -z "$output" ] && [[ $stderr == *"$2"* ]] || { echo "$* $stderr"; return 1; }
    }
    check 2 'a backslash outside of quotes' upgrade head --sql
    [[ $stderr == *dddd4444_test.sql:8:15* ]]
    check 2 'downgrade with --sql requires <fromrev>:<torev>' downgrade aaaa --sql
    check 2 "Can't use --purge with --sql mode" stamp --purge aaaa --sql
    check 2 'only supports a single starting revision' stamp aaaa:bbbb bbbb:cccc --sql
    check 2 'is not a range' upgrade a:b:c --sql
    check 2 'is not a range' upgrade aaaa: --sql
    check 2 "Can't locate revision" upgrade zzzz:bbbb --sql
    check 2 "'current' needs a database" upgrade current:head --sql
    check 2 "not a valid downgrade target" downgrade aaaa:bbbb --sql
    check 2 "didn't produce" upgrade aaaa:+9 --sql
    run --separate-stderr pgsluice upgrade bbbb --sql --json
    [ "$status" -eq 2 ]
    [ "$(jq -r .error.kind <<<"$output")" = usage ]
}

@test "names and messages can break nothing" {
    create_named there
    cat >pgsluice.conf <<'CONF'
migrations: { directory = "migrations"; };
database: { version_table = "o'ther \"v\""; state_schema = "st$pgsluice$a\\te :n"; };
execution: { search_path = "public, \"x'y\""; };
CONF
    make_revision aaaa1111 <<'SQL'
-- migrate:up
CREATE TABLE t ();
-- migrate:down
DROP TABLE t;
SQL
    printf "1s|.*|-- it's \\\\\\\\q \`touch hacked\` :n \r\\\\\\\\! touch hacked|" >edit.sed
    sed -i -f edit.sed migrations/versions/aaaa1111_test.sql
    pgsluice upgrade head --sql >script.sql
    psql -X -v n=x -f script.sql "$there"
    [ ! -e hacked ]
    run online "$there" current
    [ "$output" = 'aaaa1111 (head)' ]
    offline "$there" downgrade head:-1
    [ "$(sql 'SELECT count(*) FROM "o'\''ther ""v"""' "$there")" = 0 ]
}

@test "the same files give the same script, and this one" {
    make_line
    pgsluice upgrade aaaa:cccc --sql >script.sql
    (unset HOME USER && TZ=Asia/Tokyo pgsluice upgrade aaaa:cccc --sql) | cmp - script.sql
    # Without the state schema's own tables and the guard, which have files and tests of their own.
    sed -e '/^DO /,/^\$pgsluice\$;/d' -e '/^CREATE SCHEMA/,/^\\endif/d' -e 's/pgsluice [0-9.]* from/pgsluice VERSION from/' \
        script.sql >actual.sql
    diff -u "$BATS_TEST_DIRNAME/offline.expected.sql" actual.sql
}
