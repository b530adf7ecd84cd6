# COPY ... FROM stdin with its rows in the revision file, as pg_dump writes it.
# shellcheck disable=SC2154,SC2016 # what common.bash and bats set; wait_for evaluates
load lib/common

# In text format up and in CSV down, with what is special to either and to whoever reads SQL.
make_rows() {
    make_revision aaaa0001 '' <<'SQL'
-- migrate:up
CREATE TABLE t (a int PRIMARY KEY, b text);
CREATE TABLE undone (a int, b text);
COPY public.t (a, b) FROM stdin;
1	it's; "one" :{name} :b $$ /* --
2	\N
3	größe ☃ \\. a\tb\nc
4	\055- migrate:down
\.
COPY t FROM stdin;
\.
INSERT INTO t VALUES (5, 'behind');

-- migrate:down
COPY undone (a, b) FROM STDIN WITH (FORMAT csv, HEADER); -- its rows
a,b
1,"two
lines"
2,"\.x "", é"
\.
DELETE FROM t;
DROP TABLE t;

-- migrate:verify
COPY t FROM stdin CSV;
6,checked
\.
DO $$ BEGIN ASSERT (SELECT count(*) = 6 FROM t); END $$;
SQL
}

pgsluice_here() {
    pgsluice --set migrations.directory="$migrations" "$@"
}

rows_of() {
    sql "SELECT a, to_json(b) FROM $1 ORDER BY a" "${2:-$url}"
}

expected_up() {
    cat <<'ROWS'
1|"it's; \"one\" :{name} :b $$ /* --"
2|
3|"größe ☃ \\. a\tb\nc"
4|"-- migrate:down"
5|"behind"
ROWS
}

expected_down() {
    cat <<'ROWS'
1|"two\nlines"
2|"\\.x \", é"
ROWS
}

@test "rows go in with the revision, up and down, and the verify section's do not stay" {
    make_rows
    create_database
    pgsluice_here upgrade head
    diff -u <(expected_up) <(rows_of t)
    [ "$(sql 'SELECT count(*) FROM pgsluice.applied')" = 1 ]
    pgsluice_here check
    pgsluice_here show head | grep -q 'Rev: aaaa0001'
    pgsluice_here plan downgrade base --json | grep -q '"transactional": *true'
    pgsluice_here downgrade base
    diff -u <(expected_down) <(rows_of undone)
    [ "$(sql "SELECT to_regclass('t') IS NULL")" = t ]
    # from the database, where the text has been kept
    pgsluice_here upgrade head 2>stderr && false
    grep -q 'relation "undone" already exists' stderr
}

@test "offline, psql puts the same rows in" {
    local online

    make_rows
    create_database
    pgsluice_here upgrade head
    online=$url
    create_database
    pgsluice_here upgrade base:head --sql >up.sql
    psql -Xq -f up.sql "$url"
    diff -u <(rows_of t "$online") <(rows_of t)
    diff <(sql 'SELECT up_checksum, up_sql, down_sql FROM pgsluice.applied' "$online") \
        <(sql 'SELECT up_checksum, up_sql, down_sql FROM pgsluice.applied')
    pgsluice_here downgrade head:base --sql >down.sql
    psql -Xq "$url" <down.sql
    diff -u <(expected_down) <(rows_of undone)
}

@test "a bad row is named by its place in the file, and nothing of the revision stays" {
    create_database
    make_revision aaaa0001 '' <<'SQL'
-- migrate:up
CREATE TABLE t (a int);
-- migrate:down
DROP TABLE t;
SQL
    make_revision aaaa0002 aaaa0001 <<'SQL'
-- migrate:up
CREATE TABLE u (a int, b text);
COPY u FROM stdin WITH (FORMAT csv);
1,
2,"in
two lines"
three,
\.
-- migrate:down
DROP TABLE u;
SQL
    run --separate-stderr pgsluice_here upgrade head
    [ "$status" -eq 5 ]
    [[ $stderr == *'statement 2 of 2: invalid input syntax for type integer: "three"'* ]]
    [[ $stderr == *'aaaa0002_test.sql:13:1'*'three,'* ]]
    [ "$(sql "SELECT to_regclass('u') IS NULL, version_num FROM alembic_version")" = 't|aaaa0001' ]
    # a statement that fails before its rows are asked for
    sed -i 's/^COPY u /COPY nobody /' "$migrations/versions/aaaa0002_test.sql"
    run --separate-stderr pgsluice_here upgrade head
    [ "$status" -eq 5 ]
    [[ $stderr == *'relation "nobody" does not exist'*'aaaa0002_test.sql:9:'* ]]
}

@test "rows that have no end, or cannot be here, are refused before anything runs" {
    create_database
    make_table_revision aaaa0001 '' t
    refuses() {
        make_revision aaaa0002 aaaa0001
        cat >>"$migrations/versions/aaaa0002_test.sql"
        run --separate-stderr pgsluice_here upgrade head
        [ "$status" -eq 2 ] || echo "$status $stderr"
        [ "$status" -eq 2 ]
        [[ $stderr == *"aaaa0002_test.sql:$1"*"$2"* || $stderr == *"$2"*"aaaa0002_test.sql:$1"* ]]
        [ "$(sql "SELECT to_regclass('t') IS NULL")" = t ]
        run pgsluice_here check
        [ "$status" -ne 0 ]
    }
    refuses 8:1 'the rows of COPY ... FROM STDIN have no end' <<'SQL'
-- migrate:up
COPY t FROM stdin;
1
-- migrate:down
SELECT 1;
SQL
    refuses 9:9 'binary' <<'SQL'
-- migrate:up
SELECT
'COPY'; COPY t FROM stdin (FORMAT binary);
\.
SQL
    refuses 8:1 'TO STDOUT' <<'SQL'
-- migrate:up
COPY t TO STDOUT;
SQL
}

@test "a table that is locked is waited for, and the rows go in once" {
    local blocker

    create_database
    make_table_revision aaaa0001 '' t
    make_revision aaaa0002 aaaa0001 <<'SQL'
-- migrate:up
COPY t FROM stdin;
1
\.
-- migrate:down
DELETE FROM t;
SQL
    pgsluice_here upgrade +1
    psql -Xq -d "$url" -c 'BEGIN; LOCK TABLE t; SELECT pg_advisory_lock(1); SELECT pg_sleep(60)' 2>/dev/null &
    blocker=$!
    wait_for '[ "$(sql "SELECT count(*) FROM pg_locks WHERE locktype = \$\$advisory\$\$ AND objid = 1 AND
        database = (SELECT oid FROM pg_database WHERE datname = current_database())")" = 1 ]'
    pgsluice_here --set execution.lock_timeout=50ms upgrade head 2>progress 3>&- &
    wait_for 'grep -q "lock" progress'
    sql "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = 1 AND
        database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    wait "$blocker" || :
    wait %2
    [ "$(sql 'SELECT * FROM t')" = 1 ]
}

@test "100,000 rows go in, in segments and without a transaction, too" {
    create_database
    {
        printf -- '-- migrate:up\nCREATE TABLE t (a int, b text);\nCOPY t FROM stdin;\n'
        seq 100000 | sed 's/$/\tsomething of no great length, but some/'
        printf '\\.\nCREATE INDEX CONCURRENTLY t_a ON t (a);\n'
        printf 'COPY t FROM stdin CSV;\n0,last\n\\.\n-- migrate:down\nDROP TABLE t;\n'
    } | make_revision aaaa0001
    pgsluice_here upgrade head
    [ "$(sql 'SELECT count(*), sum(a), (SELECT count(*) FROM pg_index WHERE indrelid = $$t$$::regclass) FROM t')" = \
        '100001|5000050000|1' ]
    make_revision aaaa0002 aaaa0001 <<'SQL'
-- migrate:up
COPY t FROM stdin;
-1	x
\.
COPY t FROM stdin;
minus two	x
\.
-- migrate:down
DELETE FROM t WHERE a < 0;
SQL
    sed -i 's/^-- Create Date/-- Transaction: none\n&/' "$migrations/versions/aaaa0002_test.sql"
    run --separate-stderr pgsluice_here upgrade head
    [ "$status" -eq 5 ]
    [[ $stderr == *'statement 1 of aaaa0002'*'stays'* ]]
    # rows that have gone in are part of what must not change
    sed -i 's/^minus two/-2/; s/^-1\t/-3\t/' "$migrations/versions/aaaa0002_test.sql"
    run --separate-stderr pgsluice_here upgrade head
    [ "$status" -eq 6 ]
    [[ $stderr == *'was changed in the file since'* ]]
    sed -i 's/^-3\t/-1\t/' "$migrations/versions/aaaa0002_test.sql"
    pgsluice_here upgrade head
    [ "$(sql 'SELECT string_agg(a::text, $$ $$ ORDER BY a) FROM t WHERE a < 0')" = '-2 -1' ]
}

@test "Ctrl-C among the rows leaves nothing, and a label is not used before it is committed" {
    create_database
    make_revision aaaa0001 '' <<'SQL'
-- migrate:up
CREATE TYPE colour AS ENUM ('red');
CREATE TABLE t (c colour);
-- migrate:down
DROP TABLE t;
DROP TYPE colour;
SQL
    make_revision aaaa0002 aaaa0001 <<'SQL'
-- migrate:up
ALTER TYPE colour ADD VALUE 'green';
COPY t FROM stdin;
gre\145n
\.
-- migrate:down
DELETE FROM t;
SQL
    make_revision aaaa0003 aaaa0002 <<'SQL'
-- migrate:up
CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN PERFORM pg_advisory_lock(2); RETURN NEW; END';
CREATE TRIGGER slow BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION slow();
COPY t FROM stdin;
red
\.
-- migrate:down
DROP FUNCTION slow CASCADE;
SQL
    pgsluice_here upgrade +2
    [ "$(sql 'SELECT * FROM t')" = green ]
    psql -Xq -d "$url" -c 'SELECT pg_advisory_lock(2), pg_sleep(60)' >/dev/null 2>&1 &
    wait_for '[ "$(sql "SELECT count(*) FROM pg_locks WHERE locktype = \$\$advisory\$\$ AND objid = 2 AND
        database = (SELECT oid FROM pg_database WHERE datname = current_database())")" = 1 ]'
    pgsluice --set migrations.directory="$migrations" --set execution.lock_timeout=0 upgrade head 2>interrupted 3>&- &
    pid=$!
    wait_for '[ "$(sql "SELECT count(*) FROM pg_locks WHERE NOT granted AND objid = 2 AND
        database = (SELECT oid FROM pg_database WHERE datname = current_database())")" = 1 ]'
    kill -INT "$pid"
    wait "$pid" || :
    grep -q interrupted interrupted
    [ "$(sql "SELECT count(*), (SELECT version_num FROM alembic_version) FROM t")" = '1|aaaa0002' ]
    sql "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE objid = 2 AND locktype = 'advisory' AND
        database = (SELECT oid FROM pg_database WHERE datname = current_database())"
}
