-- upgrade: written by pgsluice VERSION from the revision files
-- from  aaaa1111
-- to    cccc3333
--
-- Run it with:  psql -X -f FILE URL          (psql 10 or newer; never with -1)
-- The ledger names the role that logs in as actor, or whom -v pgsluice_actor=NAME says.
--
-- It refuses a database that is not where it starts, and takes the migration lock.
-- Each revision commits together with its record. When one fails psql stops, status 3:
-- it is rolled back, those before it stay. Correct the file, then write a script that
-- starts where the database is. When any revision file changes: write it anew.

\set ON_ERROR_STOP on
\set ON_ERROR_ROLLBACK off
\set AUTOCOMMIT on
\set SINGLELINE off
\set SINGLESTEP off
\set FETCH_COUNT 0
\set QUIET on
\set VERBOSITY default
\set SHOW_CONTEXT never
\set pgsluice_given :pgsluice_actor
\set pgsluice_parameters '{"client_min_messages","warning","default_transaction_read_only","off","default_transaction_isolation","read committed","standard_conforming_strings","on","row_security","off","idle_in_transaction_session_timeout","0","client_connection_check_interval","1s","idle_session_timeout","0","statement_timeout","0us","lock_timeout","2000000us","application_name","pgsluice/offline","search_path","\\"$user\\", public"}'
\set pgsluice_namesake 'pgsluice'
\set pgsluice_namesake_search_path 'public'
SELECT pg_catalog.set_config('pgsluice.transaction', 'open', true) AS transaction
\gset pgsluice_
DISCARD ALL;
\encoding UTF8
SELECT pg_catalog.count(pg_catalog.set_config(p.key,
    CASE WHEN p.key = 'search_path' AND current_user = :'pgsluice_namesake' THEN :'pgsluice_namesake_search_path' ELSE p.value END, false)) AS how_many
FROM pg_catalog.jsonb_each_text(pg_catalog.jsonb_object(:'pgsluice_parameters'::text[])) p
WHERE pg_catalog.current_setting(p.key, true) IS NOT NULL
\gset pgsluice_
SET search_path = pg_catalog, pg_temp;

-- The lock, and whether this is the right database
SET pgsluice.version_schema = 'public';
SET pgsluice.version_table = 'alembic_version';
SET pgsluice.state_schema = 'pgsluice';
SET pgsluice.layout = '1';
SET pgsluice.lock_key = '8617505583741191223';
SET pgsluice.purpose = 'upgrade';
SET pgsluice.start_heads = '{"aaaa1111"}';
SET pgsluice.end_heads = '{"cccc3333"}';
SET pgsluice.environment = 'production';
SET pgsluice.command = 'pgsluice upgrade {}:cccc --sql';
\set SHOW_CONTEXT errors

-- pgsluice's own tables, where they are missing
SELECT CASE WHEN NOT pg_catalog.has_schema_privilege(
            pg_catalog.to_regnamespace(pg_catalog.quote_ident('public')), 'USAGE') THEN true
        ELSE pg_catalog.to_regclass(pg_catalog.format('%I.%I', 'public', 'alembic_version')) IS NOT NULL
        END AS has_version_table,
    CASE WHEN NOT pg_catalog.has_schema_privilege(
            pg_catalog.to_regnamespace(pg_catalog.quote_ident('pgsluice')), 'USAGE') THEN true
        ELSE pg_catalog.to_regclass(pg_catalog.format('%I.layout', 'pgsluice')) IS NOT NULL
        END AS has_state
\gset pgsluice_
BEGIN;
\if :pgsluice_has_version_table
\else
CREATE TABLE "public"."alembic_version" (
    version_num varchar(32) NOT NULL,
    CONSTRAINT "alembic_version_pkc" PRIMARY KEY (version_num)
);
\endif
\if :pgsluice_has_state
\else
INSERT INTO "pgsluice".environment (name) VALUES ('production') ON CONFLICT DO NOTHING;
COMMIT;

-- What the ledger keeps of this run
\set pgsluice_system_identifier ''
\set pgsluice_timeline_id ''
SELECT pg_catalog.has_function_privilege('pg_catalog.pg_control_system()', 'EXECUTE') AS may_identify
\gset pgsluice_
\if :pgsluice_may_identify
SELECT s.system_identifier::text,
    ('x' || pg_catalog.left(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_insert_lsn()), 8))::bit(32)::integer AS timeline_id
FROM pg_catalog.pg_control_system() s
\gset pgsluice_
\endif
SELECT ARRAY['plan_digest', '4b056b71a8faaa12214367a4101b6953295a3c69f99fd7a6bfae5eca15dd88f7', 'actor', coalesce(nullif(:'pgsluice_given', ':pgsluice_actor'), session_user::text),
    'host', pg_catalog.host(pg_catalog.inet_client_addr()), 'instance', 'offline',
    'backend_pid', pg_catalog.pg_backend_pid()::text, 'lock_key', '8617505583741191223', 'lock_class', '2006419371', 'lock_object', '3235300407',
    'channel', 'pgsluice', 'system_identifier', nullif(:'pgsluice_system_identifier', ''), 'timeline', nullif(:'pgsluice_timeline_id', ''),
    'reason', NULL]::text AS run
\gset pgsluice_
SELECT pg_catalog.count(pg_catalog.set_config(p.key,
    CASE WHEN p.key = 'search_path' AND current_user = :'pgsluice_namesake' THEN :'pgsluice_namesake_search_path' ELSE p.value END, false)) AS how_many
FROM pg_catalog.jsonb_each_text(pg_catalog.jsonb_object(:'pgsluice_parameters'::text[])) p
WHERE pg_catalog.current_setting(p.key, true) IS NOT NULL
\gset pgsluice_

-- Running upgrade aaaa1111 -> bbbb2222, revision bbbb2222
\echo 'Running upgrade aaaa1111 -> bbbb2222, revision bbbb2222'
BEGIN;
CREATE TABLE b (id bigint PRIMARY KEY);
SELECT "pgsluice".record_step('"public"."alembic_version"'::regclass, '{"aaaa1111"}'::text[], '{"bbbb2222"}'::text[], '{"aaaa1111"}'::text[], '{"bbbb2222"}'::text[],
    pg_catalog.jsonb_object(E'{"event","upgrade","revision","bbbb2222","up_checksum","4bcba3386b8a23e4a5db4b708534d172d43850093b94f389f64786b3456f4ae6","up_sql","CREATE TABLE b (id bigint PRIMARY KEY);","down_checksum","9d57da54d87384004f642a2f891d60061f31779723107ed252c2def501e33c1c","down_sql","DROP TABLE b;","message","revision bbbb2222","down_revisions","{\\"aaaa1111\\"}","depends_on","{}","labels","{}","is_transactional","yes"}'::text[]), pg_catalog.jsonb_object(:'pgsluice_run'::text[]))
\gset pgsluice_
COMMIT;

-- Running upgrade bbbb2222 -> cccc3333, revision cccc3333
\echo 'Running upgrade bbbb2222 -> cccc3333, revision cccc3333'
BEGIN;
CREATE TABLE c (id bigint PRIMARY KEY);
SELECT "pgsluice".record_step('"public"."alembic_version"'::regclass, '{"bbbb2222"}'::text[], '{"cccc3333"}'::text[], '{"bbbb2222"}'::text[], '{"cccc3333"}'::text[],
    pg_catalog.jsonb_object(E'{"event","upgrade","listing","25e8498804d9ac6e53bf0a0e8a7f1c7c34f61ef95d10fe0ed6c8e8d64ebda32d","is_last","yes","asks_lock_table","yes","revision","cccc3333","up_checksum","8fe30535234ec017bf71632d6ef88df93af8c75559ca340af4560b959e18ac4b","up_sql","CREATE TABLE c (id bigint PRIMARY KEY);","down_checksum","67c8186f342f2fcd0bd40d10cfc0942518259421ad90315c8e0cee5436549131","down_sql","DROP TABLE c;","message","revision cccc3333","down_revisions","{\\"bbbb2222\\"}","depends_on","{}","labels","{}","is_transactional","yes"}'::text[]), pg_catalog.jsonb_object(:'pgsluice_run'::text[]))
\gset pgsluice_
COMMIT;

-- Gives the lock back, and the session as it was
DISCARD ALL;
\echo 'The database is at cccc3333'
