# Revisions that do not fit one transaction: what becomes of them, and how a run goes on that was cut off.
# timeout: 240 s
# shellcheck disable=SC2154,SC2016 # what common.bash and bats set; wait_for evaluates
load lib/common

setup() {
    common_setup
    make_revision aaaa0001 '' <<'SQL'
-- migrate:up
CREATE TABLE t (a int, b text);
CREATE TYPE colour AS ENUM ('red');
CREATE TABLE p (k int) PARTITION BY LIST (k);
CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);
CREATE TABLE log (line text);

-- migrate:down
DROP TABLE t, p, log;
DROP TYPE colour;
SQL
    make_revision aaaa0002 aaaa0001 <<'SQL'
-- migrate:up
INSERT INTO log VALUES ('one');
SET search_path = public, pg_temp;
CREATE INDEX CONCURRENTLY t_a ON t (a);
INSERT INTO log VALUES ('two');
ALTER TYPE colour ADD VALUE 'green';
CREATE TABLE painted (c colour DEFAULT 'green');
ALTER TABLE p DETACH PARTITION p1 CONCURRENTLY;
VACUUM t;
INSERT INTO log VALUES (current_setting('search_path'));

-- migrate:down
DROP INDEX CONCURRENTLY t_a;
INSERT INTO log VALUES ('down');
DROP TABLE painted;
ALTER TABLE p ATTACH PARTITION p1 FOR VALUES IN (1);
DELETE FROM log;
SQL
}

upgrade() {
    pgsluice --set migrations.directory="$migrations" upgrade head
}

picture() {
    sql "SELECT 'head ' || version_num FROM alembic_version
         UNION ALL SELECT 'applied ' || revision || ' ' || up_checksum FROM pgsluice.applied
         UNION ALL SELECT 'ledger ' || event || ' ' || coalesce(revision, '') || ' ' || count(*) FROM pgsluice.ledger
             GROUP BY event, revision
         UNION ALL SELECT 'journal ' || revision FROM pgsluice.journal
         UNION ALL SELECT 'log ' || line FROM log
         UNION ALL SELECT 'index ' || indexrelid::regclass::text || ' ' || indisvalid FROM pg_index
             WHERE indexrelid::regclass::text LIKE 't_a%'
         UNION ALL SELECT 'label ' || enumlabel FROM pg_enum
         UNION ALL SELECT 'table ' || relname || ' ' || relispartition FROM pg_class
             WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
         ORDER BY 1"
}

# run_killed POINT[:N] WORD...: pgsluice is killed when it passes the point (for the Nth time).
run_killed() {
    local point=$1

    shift
    run env PGSLUICE_FAILPOINT="${point/:/:kill:}$([[ $point == *:* ]] || echo :kill)" \
        pgsluice --set migrations.directory="$migrations" "$@"
    [ "$status" -eq 137 ] || echo "not killed at $point: exit status $status, $output"
    [ "$status" -eq 137 ]
}

# killed_between POINT COUNT VERB TARGET: is killed at each of its passes, and must end like an undisturbed run.
killed_between() {
    local n

    for n in $(seq "$2"); do
        create_database
        [ "$3" = upgrade ] || upgrade
        run_killed "$1:$n" "$3" "$4"
        run pgsluice --set migrations.directory="$migrations" "$3" "$4"
        echo "$1:$n: $status $output"
        [ "$status" -eq 0 ]
        picture >"after.$1.$n"
        diff -u undisturbed "after.$1.$n"
    done
}

# The server process that still holds the migration lock is ended, too.
end_migration() {
    sql "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
}

need_failpoints() {
    grep -q PGSLUICE_FAILPOINT "$(command -v pgsluice)" || skip 'this build has no failpoints'
}

@test "a revision is cut where a transaction cannot hold it" {
    create_database
    upgrade
    [ "$(sql 'SELECT string_agg(line, $$, $$) FROM log')" = 'one, two, public, pg_temp' ]
    [ "$(sql "SELECT count(*) FROM pg_index WHERE indexrelid = 't_a'::regclass AND indisvalid")" = 1 ]
    [ "$(sql 'SELECT count(*) FROM pgsluice.journal')" = 0 ]
    pgsluice --set migrations.directory="$migrations" downgrade aaaa0001
    [ "$(sql "SELECT to_regclass('t_a') IS NULL")" = t ]
}

@test "row 13: killed around each statement of an upgrade, it goes on where it was" {
    need_failpoints
    create_database
    upgrade
    picture >undisturbed
    killed_between segment-started 3 upgrade head
    killed_between segment-ran 3 upgrade head
    killed_between segment-finished 3 upgrade head
    killed_between segment-committed 3 upgrade head
}

@test "killed around each statement of a downgrade" {
    need_failpoints
    create_database
    upgrade
    pgsluice --set migrations.directory="$migrations" downgrade aaaa0001
    picture >undisturbed
    killed_between segment-started 1 downgrade aaaa0001
    killed_between segment-ran 1 downgrade aaaa0001
    killed_between segment-finished 1 downgrade aaaa0001
}

@test "row 14: an index that a cut-off build left invalid is dropped and built again" {
    create_database
    make_revision aaaa0003 aaaa0002 <<'SQL'
-- migrate:up
INSERT INTO log VALUES ('before');
CREATE UNIQUE INDEX CONCURRENTLY t_u ON t (a);
INSERT INTO log VALUES ('after');
-- migrate:down
DROP INDEX t_u;
SQL
    pgsluice --set migrations.directory="$migrations" upgrade aaaa0002
    sql 'INSERT INTO t VALUES (1), (1)'
    run upgrade
    [ "$status" -eq 5 ]
    [[ $output == *"aaaa0003_test.sql:9:1"* ]]
    [[ $output == *"statement 1 of aaaa0003's up section has run and stays"* ]]
    [ "$(sql "SELECT indisvalid FROM pg_index WHERE indexrelid = 't_u'::regclass")" = f ]
    run pgsluice --set migrations.directory="$migrations" status
    [[ $output == *'half-run    aaaa0003: 1 of its statements has run; statement 2 failed'* ]]
    run pgsluice --set migrations.directory="$migrations" status --json
    [ "$(jq -r '.half_run | "\(.revision) \(.direction) \(.statements_run) \(.in_doubt)"' <<<"$output")" = 'aaaa0003 upgrade 1 2' ]

    sql 'DELETE FROM t'
    run upgrade
    [ "$status" -eq 0 ]
    [[ $output == *'left the invalid index public.t_u: dropping it'* ]]
    [ "$(sql "SELECT indisvalid FROM pg_index WHERE indexrelid = 't_u'::regclass")" = t ]
    [ "$(sql "SELECT string_agg(line, ',') FROM log WHERE line IN ('before', 'after')")" = before,after ]
}

@test "an index without a name is told by the indexes that were there before" {
    need_failpoints
    make_revision aaaa0003 aaaa0002 <<'SQL'
-- migrate:up
CREATE UNIQUE INDEX CONCURRENTLY ON t (a);
-- migrate:down
DROP INDEX t_a_idx;
SQL
    create_database
    pgsluice --set migrations.directory="$migrations" upgrade aaaa0002
    # an invalid one that is not its own stays
    sql 'INSERT INTO t VALUES (1), (1)'
    sql 'CREATE UNIQUE INDEX CONCURRENTLY theirs ON t (a)' 2>/dev/null || :
    run upgrade
    [ "$status" -eq 5 ]
    sql 'DELETE FROM t'
    run_killed segment-started upgrade head
    [[ $output == *'left the invalid index public.t_a_idx: dropping it'* ]]
    run_killed segment-ran upgrade head
    run upgrade
    [ "$status" -eq 0 ]
    [[ $output == *'it has had its effect: going on behind it'* ]]
    [ "$(sql "SELECT string_agg(indexrelid::regclass || ' ' || indisvalid, ', ' ORDER BY indexrelid::regclass::text)
        FROM pg_index WHERE indrelid = 't'::regclass")" = 't_a true, t_a_idx true, theirs false' ]
    # somebody else's, built meanwhile, could be taken for it
    pgsluice --set migrations.directory="$migrations" downgrade -1
    run_killed segment-ran upgrade head
    end_migration
    sql 'CREATE INDEX elses ON t (b)'
    run upgrade
    [ "$status" -eq 6 ]
    [[ $output == *'whether statement 1 of aaaa0003 has had its effect is not known'* ]]
}

@test "a revision that gives the migration lock away is stopped at that statement" {
    make_revision aaaa0003 aaaa0002 <<'SQL'
-- Transaction: none

-- migrate:up
INSERT INTO log VALUES ('before');
SELECT pg_advisory_unlock_all();
INSERT INTO log VALUES ('after');
-- migrate:down
-- nothing to undo
SQL
    create_database
    run upgrade
    [ "$status" -eq 4 ] || [ "$status" -eq 5 ]
    [[ $output == *'no longer holds the migration lock'*'statement 1 of aaaa0003'*'pg_advisory_unlock_all'* ]]
    [ "$(sql "SELECT string_agg(line, ',') FROM log WHERE line IN ('before', 'after')")" = before ]
    sed -i 's/^SELECT .*/DISCARD ALL;/' "$migrations/versions/aaaa0003_test.sql"
    run upgrade
    [ "$status" -eq 2 ]
    [[ $output == *'must not DISCARD ALL'*'aaaa0003_test.sql:11:1'* ]]
}

@test "what comes after the finished part may be corrected, the finished part may not" {
    create_database
    make_revision aaaa0003 aaaa0002 <<'SQL'
-- migrate:up
INSERT INTO log VALUES ('before');
CREATE INDEX CONCURRENTLY t_x ON t (missing);
-- migrate:down
DROP INDEX t_x;
SQL
    run upgrade
    [ "$status" -eq 5 ]
    sed -i "s/'before'/'changed'/; s/missing/a/" "$migrations/versions/aaaa0003_test.sql"
    run upgrade
    [ "$status" -eq 6 ]
    [[ $output == *'what has run of it, up to statement 1, was changed'* ]]
    sed -i "s/'changed'/'before'/" "$migrations/versions/aaaa0003_test.sql"
    run upgrade
    [ "$status" -eq 0 ]
    [ "$(sql "SELECT count(*) FROM log WHERE line = 'before'")" = 1 ]
}

@test "a statement whose outcome nobody knows is not repeated until somebody says so" {
    need_failpoints
    make_revision aaaa0003 aaaa0002 <<'SQL'
-- Transaction: none

-- migrate:up
CREATE PROCEDURE work() LANGUAGE plpgsql AS $$ BEGIN INSERT INTO log VALUES ('work'); COMMIT; END $$;
CALL work();
INSERT INTO log VALUES ('after');
-- migrate:down
-- nothing to undo
SQL
    for said in applied not-applied; do
        create_database
        pgsluice --set migrations.directory="$migrations" upgrade aaaa0002
        run_killed segment-ran upgrade head
        run upgrade
        [ "$status" -eq 6 ]
        [[ $output == *'aaaa0003_test.sql:11:1'* ]]
        [[ $output == *'pgsluice repair --applied aaaa0003:2'* ]]
        run pgsluice --set migrations.directory="$migrations" status
        [[ $output == *'next '*'pgsluice repair --applied aaaa0003:2, or --not-applied'* ]]
        run pgsluice --set migrations.directory="$migrations" downgrade aaaa0001
        [ "$status" -eq 6 ]
        [[ $output == *'revision aaaa0003 is half applied'* ]]
        run pgsluice repair --applied aaaa0003:1
        [ "$status" -eq 6 ]
        pgsluice repair --$said aaaa0003:2 --reason 'looked'
        upgrade
        [ "$(sql "SELECT count(*) FROM log WHERE line = 'after'")" = 1 ]
        [ "$(sql "SELECT count(*) FROM pgsluice.ledger WHERE event = 'repair' AND reason = 'looked'")" = 1 ]
        [ "$(sql "SELECT count(*) FROM log WHERE line = 'work'")" = "$([ "$said" = applied ] && echo 1 || echo 2)" ]
    done
}

@test "nobody takes a half-undone database for one that is up to date" {
    need_failpoints
    create_database
    upgrade
    run_killed segment-ran downgrade aaaa0001
    run upgrade
    [ "$status" -eq 6 ]
    [[ $output == *'revision aaaa0002 is half undone'* ]]
    run pgsluice --set migrations.directory="$migrations" plan downgrade base
    [[ $output == *'Revision aaaa0002 is half-run'* ]]
    pgsluice --set migrations.directory="$migrations" downgrade aaaa0001
    [ "$(sql "SELECT to_regclass('t_a') IS NULL AND to_regclass('painted') IS NULL")" = t ]
}

@test "killed behind the making and the dropping of a database" {
    need_failpoints
    rm "$migrations/versions/aaaa0002_test.sql"
    create_database
    make_revision aaaa0002 aaaa0001 <<SQL
-- migrate:up
INSERT INTO log VALUES ('up');
CREATE DATABASE ${database}_more TEMPLATE template0 STRATEGY file_copy;
-- migrate:down
DROP DATABASE ${database}_more;
DELETE FROM log;
SQL
    databases+=("${database}_more")
    run_killed segment-ran upgrade head
    upgrade
    [ "$(sql 'SELECT count(*) FROM log')" = 1 ]
    run_killed segment-ran downgrade aaaa0001
    pgsluice --set migrations.directory="$migrations" downgrade aaaa0001
    [ "$(sql "SELECT count(*) FROM pg_database WHERE datname = '${database}_more'")" = 0 ]
    [ "$(sql 'SELECT count(*) FROM log')" = 0 ]
}

@test "a procedure that failed after it may have committed is not begun again by itself" {
    make_revision aaaa0003 aaaa0002 <<'SQL'
-- Transaction: none

-- migrate:up
DO $$ BEGIN INSERT INTO log VALUES ('half'); COMMIT; RAISE 'broken'; END $$;
-- migrate:down
-- nothing to undo
SQL
    create_database
    run upgrade
    [ "$status" -eq 5 ]
    [[ $output == *'--not-applied aaaa0003:1'* ]]
    run upgrade
    [ "$status" -eq 6 ]
    [[ $output == *'statement 1 of aaaa0003 failed, and it may have committed something'* ]]
    [ "$(sql "SELECT count(*) FROM log WHERE line = 'half'")" = 1 ]
    pgsluice repair --applied aaaa0003:1
    upgrade
    [ "$(sql "SELECT count(*) FROM log WHERE line = 'half'")" = 1 ]
}

@test "how a statement failed is told by what has run, not by what the file says since" {
    make_revision aaaa0003 aaaa0002 <<'SQL'
-- Transaction: none

-- migrate:up
DO $$ BEGIN INSERT INTO log VALUES ('half'); COMMIT; RAISE 'broken'; END $$;
-- migrate:down
-- nothing to undo
SQL
    create_database
    run upgrade
    [ "$status" -eq 5 ]
    sed -i 's/^DO .*/ALTER SUBSCRIPTION nobody ADD PUBLICATION p;/' "$migrations/versions/aaaa0003_test.sql"
    run upgrade
    [ "$status" -eq 6 ]
    [[ $output == *'statement 1 of aaaa0003 failed, and it may have committed something'* ]]
    pgsluice repair --not-applied aaaa0003:1
    run upgrade
    [ "$status" -eq 5 ]
    # That one has had no effect, and nobody needs to say so.
    sed -i "s/^ALTER .*/DO 'BEGIN COMMIT; END';/" "$migrations/versions/aaaa0003_test.sql"
    upgrade
    [ "$(sql "SELECT count(*) FROM log WHERE line = 'half'")" = 1 ]
}

@test "a label is used in the transaction behind the one that adds it, also by the verify section" {
    make_revision aaaa0003 aaaa0002 <<'SQL'
-- migrate:up
CREATE TABLE first (c colour);
ALTER TYPE colour ADD VALUE 'blue';
ALTER TYPE colour ADD VALUE 'pale' AFTER 'blue';
INSERT INTO first VALUES ('blue');
ALTER TYPE colour ADD VALUE 'dark';
-- migrate:verify
SELECT 'dark'::colour;
-- migrate:down
DROP TABLE first;
SQL
    create_database
    upgrade
    [ "$(sql "SELECT string_agg(enumlabel, ',' ORDER BY enumsortorder) FROM pg_enum")" = red,green,blue,pale,dark ]
    [ "$(sql 'SELECT c FROM first')" = blue ]
}

@test "a detached partition whose detaching was cut off half-way is finished" {
    make_revision aaaa0003 aaaa0001 <<'SQL'
-- migrate:up
ALTER TABLE p DETACH PARTITION p1 CONCURRENTLY;
-- migrate:down
ALTER TABLE p ATTACH PARTITION p1 FOR VALUES IN (1);
SQL
    rm "$migrations/versions/aaaa0002_test.sql"
    create_database
    pgsluice --set migrations.directory="$migrations" upgrade aaaa0001
    # A transaction that has read the table keeps the second half waiting.
    coproc reader { psql -XAtq -v ON_ERROR_STOP=1 -d "$url"; }
    echo "BEGIN; SELECT 'reads', count(*) FROM p;" >&"${reader[1]}"
    read -r line <&"${reader[0]}"
    [ "$line" = 'reads|0' ]
    pgsluice --set migrations.directory="$migrations" upgrade head 3>&- 4>&- 2>stderr &
    wait_for '[ "$(sql "SELECT count(*) FROM pg_inherits WHERE inhdetachpending")" = 1 ]'
    kill -9 $!
    wait $! || :
    end_migration
    wait_for '[ "$(migration_locks)" = 0 ]'
    [ "$(sql 'SELECT count(*) FROM pg_inherits WHERE inhdetachpending')" = 1 ]
    echo 'COMMIT; \q' >&"${reader[1]}"
    run upgrade
    echo "$output"
    [ "$status" -eq 0 ]
    [[ $output == *'cut off half-way: finishing it'* ]]
    [ "$(sql 'SELECT count(*) FROM pg_inherits')" = 0 ]
}

@test "psql runs the same segments, and a run goes on where it stopped" {
    create_database
    upgrade
    picture >undisturbed
    create_database
    pgsluice --set migrations.directory="$migrations" upgrade head --sql >script.sql
    psql -X -q -f script.sql -d "$url"
    picture >after
    diff -u undisturbed after

    create_database
    # psql is cut off between a statement and the row that says so.
    awk '/^SELECT "pgsluice".record_segment/ && ++n == 3 { print "\\q"; exit } { print }' script.sql >cut.sql
    psql -X -q -f cut.sql -d "$url"
    [ "$(sql 'SELECT count(*) FROM pgsluice.journal WHERE finished_at IS NULL')" = 1 ]
    run upgrade
    [ "$status" -eq 0 ]
    [[ $output == *'has had its effect: going on behind it'* ]]
    picture >after
    diff -u undisturbed after
}

@test "a mark above a statement ends the transaction before it, up, down and through psql" {
    make_revision aaaa0002 aaaa0001 <<'SQL'
-- migrate:up
-- pgsluice:commit
INSERT INTO log VALUES (txid_current());
/*
-- pgsluice:commit
*/
-- pgsluice:commits
INSERT INTO log VALUES (txid_current());
-- A reading of hours comes now.
-- pgsluice:commit: nobody waits for it
INSERT INTO log VALUES (txid_current()); INSERT INTO log VALUES ('-- pgsluice:commit
');

-- migrate:down
DELETE FROM log;
INSERT INTO log VALUES (txid_current());
-- pgsluice:commit
INSERT INTO log VALUES (txid_current());
SQL
    create_database
    upgrade
    [ "$(sql 'SELECT count(*), count(DISTINCT line) FROM log')" = '4|3' ]
    [ "$(sql 'SELECT count(*) FROM pgsluice.journal')" = 0 ]
    pgsluice --set migrations.directory="$migrations" downgrade -1
    [ "$(sql 'SELECT count(DISTINCT line) FROM log')" = 2 ]
    pgsluice --set migrations.directory="$migrations" upgrade base:head --sql >script.sql
    create_database
    psql -Xq -v ON_ERROR_STOP=1 -d "$url" -f script.sql >/dev/null
    [ "$(sql 'SELECT count(*), count(DISTINCT line) FROM log')" = '4|3' ]
    # What fails behind the mark leaves what stands before it.
    make_revision aaaa0003 aaaa0002 <<'SQL'
-- migrate:up
INSERT INTO log VALUES ('stays');
-- pgsluice:commit
SELECT 1 / 0;
SQL
    run upgrade
    [ "$status" -eq 5 ]
    [ "$(sql "SELECT count(*) FROM log WHERE line = 'stays'")" = 1 ]
    sed -i 's|1 / 0|1|' "$migrations"/versions/aaaa0003*
    upgrade
    [ "$(sql "SELECT count(*) FROM log WHERE line = 'stays'")" = 1 ]
}
