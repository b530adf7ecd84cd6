# Folders of dbmate, golang-migrate and Flyway become revision files, and databases that these tools
# have migrated are taken over.

load lib/common

setup() {
    common_setup
    export SYNC_DATABASE_URL=postgresql://nobody@nowhere.invalid/none
    echo 'migrations: { directory = "db"; };' >pgsluice.conf
    mkdir theirs
}

# their FILE < TEXT
their() {
    cat >"theirs/$1"
}

make_dbmate() {
    their 20240101120000_make_pond.sql <<'SQL'
-- The first one.
-- migrate:up
CREATE TABLE pond (id int PRIMARY KEY, depth int);

-- migrate:down
DROP TABLE pond;
SQL
    their 20240301080000_index-depth.sql <<'SQL'
-- migrate:up transaction:false
CREATE INDEX CONCURRENTLY pond_depth ON pond (depth);

-- migrate:down transaction:false
DROP INDEX CONCURRENTLY pond_depth;
SQL
    their 20240215000000_deeper.sql <<'SQL'
-- migrate:up
UPDATE pond SET depth = depth + 1;

-- migrate:down

SQL
    their notes.sql <<<'-- only notes'
}

@test "dbmate: sections, options, order, and what it has applied" {
    create_database
    make_dbmate
    pgsluice import dbmate theirs >told 2>counts
    [ "$(ls db/versions)" = "20240101120000_make_pond.sql
20240215000000_deeper.sql
20240301080000_index_depth.sql" ]
    grep -F 'notes.sql: is not named like a migration of dbmate' told
    grep -F 'down: was empty' told
    run ! grep -F -- '-- migrate:down' db/versions/20240215000000_deeper.sql
    grep -Fx -- '-- Transaction: none' db/versions/20240301080000_index_depth.sql
    grep -Fx -- '-- Revises: 20240215000000' db/versions/20240301080000_index_depth.sql
    grep -Fx -- '-- Create Date: 2024-02-15 00:00:00+00:00' db/versions/20240215000000_deeper.sql

    # the database as dbmate leaves it after the first two
    sql "CREATE TABLE pond (id int PRIMARY KEY, depth int);
         CREATE TABLE schema_migrations (version varchar(128) PRIMARY KEY);
         INSERT INTO schema_migrations VALUES ('20240101120000'), ('20240215000000')"
    pgsluice -q import dbmate theirs --adopt
    [ "$(pgsluice current)" = 20240215000000 ]
    pgsluice -q upgrade
    run -6 pgsluice downgrade base
    pgsluice -q downgrade 20240215000000
    [ "$(sql "SELECT count(*) FROM schema_migrations")" = 2 ]
    pgsluice status --json | jq -e '.mismatched == [] and .unknown == []'

    # another environment's database is taken over only by its name, and before a file is written
    rm -r db/versions
    run -6 pgsluice import dbmate theirs --adopt --set environment.name=elsewhere
    [[ $output == *'--environment'* ]]
    [ ! -e db/versions ]
    run -2 pgsluice import dbmate theirs --environment elsewhere
    name=$(sql 'SELECT name FROM pgsluice.environment')
    pgsluice -q import dbmate theirs --adopt --environment "$name" --set environment.name=elsewhere

    # once pgsluice has gone on, their table says nothing new
    pgsluice -q upgrade
    run -6 pgsluice import dbmate theirs --adopt
    [[ $output == *'is at 20240301080000 already, where dbmate says 20240215000000'* ]]
}

@test "dbmate: a history with a gap, or with versions that the files lack, is refused before anything is written" {
    create_database
    make_dbmate
    sql "CREATE TABLE schema_migrations (version varchar(128) PRIMARY KEY);
         INSERT INTO schema_migrations VALUES ('20240101120000'), ('20240301080000')"
    run -6 pgsluice import dbmate theirs --adopt
    [[ $output == *'not applied, though later ones are: 20240215000000'* ]]
    sql "INSERT INTO schema_migrations VALUES ('20240215000000'), ('20250101000000')"
    run -6 pgsluice import dbmate theirs --adopt
    [[ $output == *'what the files do not have: 20250101000000'* ]]
    run -6 pgsluice import dbmate theirs --adopt --table theirs.elsewhere
    [[ $output == *'no table theirs.elsewhere of dbmate'* ]]
    [ ! -e db ]
    [ "$(sql "SELECT to_regclass('alembic_version') IS NULL")" = t ]
}

make_golang() {
    their 000001_make_pond.up.sql <<'SQL'
-- ponds
BEGIN;
CREATE TABLE pond (id int PRIMARY KEY, depth int);
COMMIT;
SQL
    their 000001_make_pond.down.sql <<<'DROP TABLE pond;'
    their 000002_index.up.sql <<<'CREATE INDEX CONCURRENTLY pond_depth ON pond (depth);'
    their 000010_split.up.sql <<'SQL'
BEGIN; UPDATE pond SET depth = 1; COMMIT;
BEGIN; UPDATE pond SET depth = 2; COMMIT;
SQL
    their 000010_split.down.sql <<<'UPDATE pond SET depth = 0;'
}

@test "golang-migrate: pairs, BEGIN and COMMIT, and the dirty flag" {
    create_database
    make_golang
    pgsluice import golang-migrate theirs >told
    grep -F 'up: its BEGIN and COMMIT are left out' told
    grep -F 'runs outside a transaction' told
    grep -F 'up, SQL line 1: BEGIN is refused' told
    run ! grep -wE 'BEGIN;|COMMIT;' db/versions/000001_*.sql
    run ! grep -F -- '-- migrate:down' db/versions/000002_*.sql

    sql "CREATE TABLE schema_migrations (version bigint PRIMARY KEY, dirty boolean NOT NULL);
         INSERT INTO schema_migrations VALUES (1, true); CREATE TABLE pond (id int PRIMARY KEY, depth int)"
    run -6 pgsluice import golang-migrate theirs --adopt
    [[ $output == *'failed half-way: 1'* ]]
    [[ $output == *'migrate force VERSION'* ]]
    sql "UPDATE schema_migrations SET version = 7, dirty = false"
    run -6 pgsluice import golang-migrate theirs --adopt
    [[ $output == *'what the files do not have: 7'* ]]
    sql "UPDATE schema_migrations SET version = 1"
    pgsluice import golang-migrate theirs --adopt --json 2>told | jq -e '.heads == ["000001"]'
    pgsluice -q upgrade 000002
    [ "$(sql "SELECT indisvalid FROM pg_index WHERE indexrelid = 'pond_depth'::regclass")" = t ]
    run -2 pgsluice upgrade
    [[ $output == *'must not begin or end transactions'* ]]
}

make_flyway() {
    their V1__Make_pond.sql <<<'CREATE TABLE pond (id int PRIMARY KEY, depth int);'
    their U1__Make_pond.sql <<<'DROP TABLE pond;'
    # shellcheck disable=SC2016 # Flyway's placeholder
    their V1_1__Who.sql <<<'INSERT INTO pond VALUES (${first}, 1);'
    their V1.10__Index.sql <<<'CREATE INDEX pond_depth ON pond (depth);'
    their V1.10__Index.sql.conf <<<'executeInTransaction = false'
    their V1.2__Deeper.sql <<<'UPDATE pond SET depth = 2;'
    their R__View.sql <<<'CREATE OR REPLACE VIEW ponds AS SELECT * FROM pond;'
    mkdir theirs/more
}

@test "flyway: dotted versions, undo, placeholders, repeatables, and its history table" {
    create_database
    make_flyway
    pgsluice import flyway theirs --json >document.json 2>told
    [ "$(jq -c '[.revisions[].revision]' document.json)" = '["1","1.1","1.2","1.10"]' ]
    jq -e '.left_out | length == 2' document.json
    jq -e '.revisions[1].up_blocked | contains("${first}")' document.json
    grep -Fx -- '-- Transaction: none' db/versions/1.10_index.sql
    sql "CREATE TABLE flyway_schema_history (installed_rank int PRIMARY KEY, version varchar(50), type varchar(20), success boolean);
         INSERT INTO flyway_schema_history VALUES (1, '1', 'BASELINE', true), (2, '1.1', 'SQL', true),
             (3, NULL, 'SQL', true), (4, '1.2', 'SQL', true), (5, '1.2', 'UNDO_SQL', true), (6, '1.10', 'SQL', false);
         CREATE TABLE pond (id int PRIMARY KEY, depth int)"
    run -6 pgsluice import flyway theirs --adopt
    [[ $output == *'failed half-way: 1.10'* ]]
    sql 'DELETE FROM flyway_schema_history WHERE NOT success'
    pgsluice -q import flyway theirs --adopt
    [ "$(pgsluice current)" = 1.1 ]
    pgsluice -q upgrade
    # the section with the placeholder does not run by accident
    pgsluice -q stamp --purge 1
    run -5 pgsluice upgrade 1.1
    [[ $output == *'revision 1.1 was imported unfinished'* ]]
}

# refused SOURCE MESSAGE: nothing is written.
refused() {
    run -2 pgsluice import "$1" theirs
    [[ $output == *"$2"* ]] || { echo "$output"; return 1; }
    [ ! -e db ]
}

@test "what no migration tool wrote is refused with the file's name, and nothing is written" {
    refused dbmate 'has no migrations of dbmate'
    their 1_a.sql <<<'SELECT 1;'
    refused dbmate 'there is no line -- migrate:up'
    printf -- '-- migrate:up\nSELECT 1;\n-- migrate:verify\n' >theirs/1_a.sql
    refused dbmate 'reads like a marker'
    printf -- '-- migrate:up\nSELECT \0;\n' >theirs/1_a.sql
    refused dbmate 'not text in UTF-8'
    printf -- '-- migrate:up\nSELECT \x27\xff\x27;\n' >theirs/1_a.sql
    refused dbmate 'not text in UTF-8'
    truncate -s 33M theirs/1_a.sql
    refused dbmate 'larger than 32 MiB'
    rm theirs/1_a.sql
    mkfifo theirs/1_a.sql
    refused dbmate 'it is not a file'
    rm theirs/1_a.sql
    their 111111111111111111111111111111111_long.sql <<<'-- migrate:up'
    refused dbmate 'longer than 32 characters'
    rm theirs/*
    their 1_a.up.sql <<<''
    their 01_b.up.sql <<<''
    refused golang-migrate 'version 1 is there twice: 01_b.up.sql and 1_a.up.sql'
    rm theirs/01_b.up.sql
    their 2_b.down.sql <<<''
    refused golang-migrate 'undoes version 2, which is not there'
    run -2 pgsluice import liquibase theirs
    [[ $output == *'it knows: alembic, dbmate, golang-migrate, flyway'* ]]
    run -2 pgsluice import dbmate theirs --alembic x
    run -2 pgsluice import dbmate nowhere
}

@test "line ends, a byte order mark and strange names do no harm" {
    printf '\xef\xbb\xbf-- migrate:up\r\nSELECT 1;\r\n-- migrate:down\r\nSELECT 2;\r\n' >theirs/1_crlf.sql
    printf -- '-- migrate:up\nSELECT 1;\n' >$'theirs/2_a\n-- Revision ID: 9\e[31m\xff.sql'
    printf -- '-- migrate:up\nSELECT 1;\n' >"theirs/3_\$(touch hacked);'; DROP TABLE x.sql"
    pgsluice import dbmate theirs >told
    [ "$(pgsluice history | wc -l)" = 3 ]
    run ! grep -rF $'\r' db
    run ! grep -F $'\e' told
    [ ! -e hacked ]
    # a second time there is nothing to do
    pgsluice import dbmate theirs >told
    [ ! -s told ]
    [ -z "$(find db -name '.*' -type f)" ]
}

@test "with several folders of revision files new ones go into the first, and all are looked at" {
    mkdir core more
    echo 'migrations: { version_locations = [ "core", "more" ]; };' >pgsluice.conf
    make_dbmate
    pgsluice -q import dbmate theirs
    mv core/20240215000000_deeper.sql more/
    pgsluice import dbmate theirs >told 2>counts
    grep -F '0 revisions imported' counts
    grep -F '3 there already, 0 of them different' counts
    [ "$(find core more -name '*.sql' | wc -l)" = 3 ]
}
