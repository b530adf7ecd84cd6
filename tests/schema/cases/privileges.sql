-- case: grants on a table
CREATE TABLE t (a integer);
GRANT SELECT, INSERT ON t TO schema_case_reader;
GRANT UPDATE ON t TO schema_case_owner WITH GRANT OPTION;
GRANT SELECT ON t TO PUBLIC;

-- case: everything is revoked from the owner
CREATE TABLE t (a integer);
REVOKE ALL ON t FROM CURRENT_USER;

-- case: part is revoked from the owner
CREATE TABLE t (a integer);
REVOKE DELETE, TRUNCATE ON t FROM CURRENT_USER;

-- case: grants on columns
CREATE TABLE t (a integer, "b c" text);
GRANT SELECT (a), UPDATE (a, "b c") ON t TO schema_case_reader;
GRANT INSERT ("b c") ON t TO PUBLIC;

-- case: grants on a view, a materialized view and a sequence
CREATE VIEW v AS SELECT 1 AS a;
CREATE MATERIALIZED VIEW m AS SELECT 1 AS a;
CREATE SEQUENCE s;
GRANT SELECT ON v, m TO schema_case_reader;
GRANT USAGE ON SEQUENCE s TO schema_case_reader;
GRANT ALL ON SEQUENCE s TO schema_case_owner;

-- case: grants on the sequence of an identity
CREATE TABLE t (id integer GENERATED ALWAYS AS IDENTITY);
GRANT USAGE ON SEQUENCE t_id_seq TO schema_case_reader;

-- case: a function that not everybody may call
CREATE FUNCTION f(integer) RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE PROCEDURE p() LANGUAGE sql AS '';
REVOKE ALL ON FUNCTION f(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION f(integer) TO schema_case_reader;
REVOKE ALL ON PROCEDURE p() FROM PUBLIC;

-- case: an aggregate that not everybody may call
CREATE FUNCTION one(bigint) RETURNS bigint LANGUAGE sql AS 'SELECT $1 + 1';
CREATE AGGREGATE total(integer) (SFUNC = int4larger, STYPE = integer);
CREATE AGGREGATE counted(*) (SFUNC = one, STYPE = bigint, INITCOND = '0');
REVOKE ALL ON FUNCTION total(integer) FROM PUBLIC;
REVOKE ALL ON FUNCTION counted() FROM PUBLIC;

-- case: grants on types
CREATE TYPE mood AS ENUM ('x');
CREATE DOMAIN d AS integer;
CREATE TYPE pair AS (a integer);
REVOKE ALL ON TYPE mood FROM PUBLIC;
GRANT USAGE ON DOMAIN d TO schema_case_reader;
REVOKE USAGE ON TYPE pair FROM PUBLIC;

-- case: grants that somebody else has made
CREATE TABLE t (a integer);
GRANT SELECT ON t TO schema_case_owner WITH GRANT OPTION;
GRANT USAGE ON SCHEMA :"schema" TO schema_case_owner;
SET ROLE schema_case_owner;
GRANT SELECT ON t TO "Schema case; odd";
RESET ROLE;

-- case: a role with an odd name
CREATE TABLE t (a integer);
GRANT SELECT, UPDATE (a) ON t TO "Schema case; odd";

-- case: owners
CREATE TABLE t (a serial);
ALTER TABLE t OWNER TO schema_case_owner;
CREATE VIEW v AS SELECT 1 AS a;
ALTER VIEW v OWNER TO schema_case_owner;
CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1';
ALTER FUNCTION f() OWNER TO schema_case_owner;
CREATE TYPE mood AS ENUM ('x');
ALTER TYPE mood OWNER TO "Schema case; odd";

-- case: grants on a table of another owner
CREATE TABLE t (a integer);
ALTER TABLE t OWNER TO schema_case_owner;
GRANT SELECT ON t TO schema_case_reader;
REVOKE INSERT ON t FROM schema_case_owner;

-- case: the table of an identity has another owner
CREATE TABLE t (id integer GENERATED ALWAYS AS IDENTITY);
ALTER TABLE t OWNER TO schema_case_owner;
GRANT ALL ON SEQUENCE t_id_seq TO schema_case_reader;

-- case: grants on a schema of another owner
CREATE SCHEMA schema_case_owned AUTHORIZATION schema_case_owner;
GRANT USAGE ON SCHEMA schema_case_owned TO schema_case_reader;
COMMENT ON SCHEMA schema_case_owned IS 'somebody''s';
CREATE TABLE t (a integer);

-- case: default privileges in a schema
CREATE TABLE t (a integer);
ALTER DEFAULT PRIVILEGES IN SCHEMA :"schema" GRANT SELECT ON TABLES TO schema_case_reader;
ALTER DEFAULT PRIVILEGES FOR ROLE schema_case_owner IN SCHEMA :"schema" GRANT USAGE ON SEQUENCES TO schema_case_reader;
CREATE TABLE u (a integer);

-- case: default privileges everywhere
CREATE TABLE t (a integer);
ALTER DEFAULT PRIVILEGES FOR ROLE schema_case_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE schema_case_owner GRANT USAGE ON TYPES TO schema_case_reader;
ALTER DEFAULT PRIVILEGES FOR ROLE schema_case_owner GRANT ALL ON SCHEMAS TO schema_case_reader WITH GRANT OPTION;
