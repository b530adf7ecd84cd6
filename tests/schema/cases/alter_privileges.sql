-- case: grants on a table come, change and go
-- old
CREATE TABLE t (a integer);
GRANT SELECT, INSERT ON t TO schema_case_reader;
GRANT UPDATE ON t TO schema_case_owner WITH GRANT OPTION;
GRANT SELECT ON t TO PUBLIC;
-- new
CREATE TABLE t (a integer);
GRANT SELECT ON t TO schema_case_reader WITH GRANT OPTION;
GRANT UPDATE, DELETE ON t TO schema_case_owner;
GRANT TRUNCATE ON t TO "Schema case; odd";

-- case: all grants on a table go, and all come
-- old
CREATE TABLE t (a integer);
GRANT ALL ON t TO schema_case_reader;
CREATE TABLE u (a integer);
-- new
CREATE TABLE t (a integer);
CREATE TABLE u (a integer);
GRANT ALL ON u TO schema_case_reader WITH GRANT OPTION;

-- case: what is revoked from the owner comes back
-- old
CREATE TABLE t (a integer);
REVOKE DELETE, TRUNCATE ON t FROM CURRENT_USER;
CREATE TABLE u (a integer);
REVOKE ALL ON u FROM CURRENT_USER;
-- new
CREATE TABLE t (a integer);
REVOKE INSERT ON t FROM CURRENT_USER;
CREATE TABLE u (a integer);

-- case: grants on columns
-- old
CREATE TABLE t (a integer, "b c" text, d date);
GRANT SELECT (a), UPDATE (a, "b c") ON t TO schema_case_reader;
GRANT INSERT ("b c") ON t TO PUBLIC;
GRANT SELECT (d) ON t TO schema_case_owner WITH GRANT OPTION;
-- new
CREATE TABLE t (a integer, "b c" text, d date);
GRANT SELECT (a, "b c") ON t TO schema_case_reader;
GRANT INSERT ("b c") ON t TO "Schema case; odd";
GRANT SELECT (d) ON t TO schema_case_owner;

-- case: a grant on columns becomes one on the table
-- old
CREATE TABLE t (a integer, b text);
GRANT SELECT (a, b) ON t TO schema_case_reader;
-- new
CREATE TABLE t (a integer, b text);
GRANT SELECT ON t TO schema_case_reader;

-- case: grants on a new column, and on one that goes
-- old
CREATE TABLE t (a integer, gone text);
GRANT SELECT (a, gone) ON t TO schema_case_reader;
-- new
CREATE TABLE t (a integer, fresh text);
GRANT SELECT (a, fresh) ON t TO schema_case_reader;

-- case: grants on views, sequences and a schema
-- old
\set two :schema _two
CREATE VIEW v AS SELECT 1 AS a;
CREATE MATERIALIZED VIEW m AS SELECT 1 AS a;
CREATE SEQUENCE s;
CREATE SCHEMA :"two";
GRANT SELECT ON v, m TO schema_case_reader;
GRANT USAGE ON SEQUENCE s TO schema_case_reader;
GRANT USAGE ON SCHEMA :"two" TO schema_case_reader;
-- new
\set two :schema _two
CREATE VIEW v AS SELECT 1 AS a;
CREATE MATERIALIZED VIEW m AS SELECT 1 AS a;
CREATE SEQUENCE s;
CREATE SCHEMA :"two";
GRANT SELECT (a) ON v TO schema_case_reader;
GRANT SELECT ON m TO "Schema case; odd";
GRANT SELECT ON SEQUENCE s TO schema_case_owner;
GRANT CREATE ON SCHEMA :"two" TO PUBLIC;

-- case: functions that everybody may call, or not
-- old
CREATE FUNCTION f(integer) RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE PROCEDURE p() LANGUAGE sql AS '';
CREATE AGGREGATE total(integer) (SFUNC = int4larger, STYPE = integer);
CREATE AGGREGATE counted(*) (SFUNC = int8inc, STYPE = bigint, INITCOND = '0');
REVOKE ALL ON FUNCTION f(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION f(integer) TO schema_case_reader;
REVOKE ALL ON FUNCTION counted() FROM PUBLIC;
-- new
CREATE FUNCTION f(integer) RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE PROCEDURE p() LANGUAGE sql AS '';
CREATE AGGREGATE total(integer) (SFUNC = int4larger, STYPE = integer);
CREATE AGGREGATE counted(*) (SFUNC = int8inc, STYPE = bigint, INITCOND = '0');
REVOKE ALL ON PROCEDURE p() FROM PUBLIC;
REVOKE ALL ON FUNCTION total(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION counted() TO schema_case_reader;

-- case: types that everybody may use, or not
-- old
CREATE TYPE mood AS ENUM ('x');
CREATE DOMAIN d AS integer;
CREATE TYPE pair AS (a integer);
CREATE TYPE span AS RANGE (SUBTYPE = float8);
REVOKE ALL ON TYPE mood FROM PUBLIC;
GRANT USAGE ON DOMAIN d TO schema_case_reader;
-- new
CREATE TYPE mood AS ENUM ('x');
CREATE DOMAIN d AS integer;
CREATE TYPE pair AS (a integer);
CREATE TYPE span AS RANGE (SUBTYPE = float8);
REVOKE ALL ON DOMAIN d FROM PUBLIC;
REVOKE ALL ON TYPE pair FROM PUBLIC;
GRANT USAGE ON TYPE span TO schema_case_reader WITH GRANT OPTION;

-- case: grants that somebody else has made
-- old
CREATE TABLE t (a integer);
GRANT USAGE ON SCHEMA :"schema" TO schema_case_owner;
GRANT SELECT ON t TO schema_case_owner WITH GRANT OPTION;
SET ROLE schema_case_owner;
GRANT SELECT ON t TO "Schema case; odd";
RESET ROLE;
-- new
CREATE TABLE t (a integer);
GRANT USAGE ON SCHEMA :"schema" TO schema_case_owner;
GRANT SELECT, INSERT ON t TO schema_case_owner WITH GRANT OPTION;
SET ROLE schema_case_owner;
GRANT SELECT ON t TO schema_case_reader;
GRANT INSERT ON t TO "Schema case; odd";
RESET ROLE;

-- case: a right to grant goes, with what was granted by it
-- expect: REVOKE GRANT OPTION FOR SELECT
-- old
CREATE TABLE t (a integer);
GRANT USAGE ON SCHEMA :"schema" TO schema_case_owner;
GRANT SELECT ON t TO schema_case_owner WITH GRANT OPTION;
SET ROLE schema_case_owner;
GRANT SELECT ON t TO "Schema case; odd";
RESET ROLE;
-- new
CREATE TABLE t (a integer);
GRANT USAGE ON SCHEMA :"schema" TO schema_case_owner;
GRANT SELECT ON t TO schema_case_owner;

-- case: owners
-- never: DROP
-- old
CREATE TABLE t (a serial, b integer GENERATED ALWAYS AS IDENTITY);
CREATE VIEW v AS SELECT 1 AS a;
CREATE MATERIALIZED VIEW m AS SELECT 1 AS a;
CREATE SEQUENCE s;
CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE PROCEDURE p() LANGUAGE sql AS '';
CREATE TYPE mood AS ENUM ('x');
CREATE DOMAIN d AS integer;
CREATE TYPE pair AS (a integer);
CREATE AGGREGATE total(integer) (SFUNC = int4larger, STYPE = integer);
CREATE COLLATION c (LOCALE = 'C');
CREATE STATISTICS st ON a, b FROM t;
-- new
CREATE TABLE t (a serial, b integer GENERATED ALWAYS AS IDENTITY);
ALTER TABLE t OWNER TO schema_case_owner;
CREATE VIEW v AS SELECT 1 AS a;
ALTER VIEW v OWNER TO schema_case_owner;
CREATE MATERIALIZED VIEW m AS SELECT 1 AS a;
ALTER MATERIALIZED VIEW m OWNER TO schema_case_owner;
CREATE SEQUENCE s;
ALTER SEQUENCE s OWNER TO schema_case_owner;
CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1';
ALTER FUNCTION f() OWNER TO schema_case_owner;
CREATE PROCEDURE p() LANGUAGE sql AS '';
ALTER PROCEDURE p() OWNER TO schema_case_owner;
CREATE TYPE mood AS ENUM ('x');
ALTER TYPE mood OWNER TO "Schema case; odd";
CREATE DOMAIN d AS integer;
ALTER DOMAIN d OWNER TO schema_case_owner;
CREATE TYPE pair AS (a integer);
ALTER TYPE pair OWNER TO schema_case_owner;
CREATE AGGREGATE total(integer) (SFUNC = int4larger, STYPE = integer);
ALTER AGGREGATE total(integer) OWNER TO schema_case_owner;
CREATE COLLATION c (LOCALE = 'C');
ALTER COLLATION c OWNER TO schema_case_owner;
CREATE STATISTICS st ON a, b FROM t;
ALTER STATISTICS st OWNER TO schema_case_owner;

-- case: owners of operators, text search and foreign data
-- old
CREATE FUNCTION negative(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT $1';
CREATE OPERATOR @#@ (FUNCTION = negative, RIGHTARG = text);
CREATE OPERATOR CLASS ints FOR TYPE integer USING btree AS OPERATOR 1 <, OPERATOR 3 =, FUNCTION 1 btint4cmp(integer, integer);
CREATE TEXT SEARCH DICTIONARY d (TEMPLATE = simple);
CREATE TEXT SEARCH CONFIGURATION c (PARSER = pg_catalog.default);
CREATE FOREIGN DATA WRAPPER :"schema";
CREATE SERVER :"schema" FOREIGN DATA WRAPPER :"schema";
-- new
CREATE FUNCTION negative(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT $1';
CREATE OPERATOR @#@ (FUNCTION = negative, RIGHTARG = text);
ALTER OPERATOR @#@ (NONE, text) OWNER TO schema_case_owner;
CREATE OPERATOR CLASS ints FOR TYPE integer USING btree AS OPERATOR 1 <, OPERATOR 3 =, FUNCTION 1 btint4cmp(integer, integer);
ALTER OPERATOR CLASS ints USING btree OWNER TO schema_case_owner;
ALTER OPERATOR FAMILY ints USING btree OWNER TO schema_case_owner;
CREATE TEXT SEARCH DICTIONARY d (TEMPLATE = simple);
ALTER TEXT SEARCH DICTIONARY d OWNER TO schema_case_owner;
CREATE TEXT SEARCH CONFIGURATION c (PARSER = pg_catalog.default);
ALTER TEXT SEARCH CONFIGURATION c OWNER TO schema_case_owner;
CREATE FOREIGN DATA WRAPPER :"schema";
GRANT USAGE ON FOREIGN DATA WRAPPER :"schema" TO schema_case_owner;
CREATE SERVER :"schema" FOREIGN DATA WRAPPER :"schema";
ALTER SERVER :"schema" OWNER TO schema_case_owner;

-- case: an owner and grants change together
-- old
CREATE TABLE t (a integer);
ALTER TABLE t OWNER TO schema_case_owner;
GRANT SELECT ON t TO schema_case_reader;
REVOKE INSERT ON t FROM schema_case_owner;
GRANT SELECT (a) ON t TO "Schema case; odd";
-- new
CREATE TABLE t (a integer);
ALTER TABLE t OWNER TO schema_case_reader;
GRANT SELECT ON t TO schema_case_owner;
REVOKE DELETE ON t FROM schema_case_reader;
GRANT UPDATE (a) ON t TO "Schema case; odd";

-- case: an owner and definition change together
-- old
CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION g() RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE VIEW v AS SELECT 1 AS a;
REVOKE ALL ON FUNCTION g() FROM PUBLIC;
-- new
CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 2';
ALTER FUNCTION f() OWNER TO schema_case_owner;
REVOKE ALL ON FUNCTION f() FROM PUBLIC;
CREATE FUNCTION g() RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint';
ALTER FUNCTION g() OWNER TO schema_case_owner;
GRANT EXECUTE ON FUNCTION g() TO schema_case_reader;
CREATE VIEW v AS SELECT 1 AS b;
ALTER VIEW v OWNER TO schema_case_owner;
GRANT SELECT ON v TO schema_case_reader;

-- case: default privileges in a schema
-- old
ALTER DEFAULT PRIVILEGES IN SCHEMA :"schema" GRANT SELECT ON TABLES TO schema_case_reader;
ALTER DEFAULT PRIVILEGES FOR ROLE schema_case_owner IN SCHEMA :"schema" GRANT USAGE ON SEQUENCES TO schema_case_reader;
CREATE TABLE t (a integer);
-- new
ALTER DEFAULT PRIVILEGES IN SCHEMA :"schema" GRANT INSERT ON TABLES TO schema_case_reader WITH GRANT OPTION;
ALTER DEFAULT PRIVILEGES FOR ROLE schema_case_owner IN SCHEMA :"schema" GRANT EXECUTE ON FUNCTIONS TO "Schema case; odd";
CREATE TABLE t (a integer);
GRANT SELECT ON t TO schema_case_reader;
REVOKE INSERT ON t FROM schema_case_reader;

-- case: default privileges, and tables that are made under them
-- old
ALTER DEFAULT PRIVILEGES IN SCHEMA :"schema" GRANT SELECT ON TABLES TO schema_case_reader;
CREATE TABLE t (a integer);
-- new
ALTER DEFAULT PRIVILEGES IN SCHEMA :"schema" GRANT SELECT ON TABLES TO schema_case_reader;
CREATE TABLE t (a integer);
CREATE TABLE u (a integer);
CREATE TABLE w (a integer);
REVOKE ALL ON w FROM schema_case_reader;
CREATE VIEW v AS SELECT 1 AS a;

-- case: default privileges of types, functions and tables that go
-- old
ALTER DEFAULT PRIVILEGES IN SCHEMA :"schema" GRANT SELECT ON TABLES TO schema_case_reader;
ALTER DEFAULT PRIVILEGES IN SCHEMA :"schema" GRANT USAGE ON TYPES TO schema_case_reader;
ALTER DEFAULT PRIVILEGES IN SCHEMA :"schema" GRANT EXECUTE ON FUNCTIONS TO schema_case_reader;
-- new
CREATE TABLE t (a integer);
GRANT SELECT ON t TO schema_case_reader;
CREATE TYPE mood AS ENUM ('x');
CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1';

-- case: grants survive a rebuilt view and function
-- old
CREATE TABLE t (a integer);
CREATE VIEW v AS SELECT a FROM t;
CREATE FUNCTION f(v) RETURNS integer LANGUAGE sql AS 'SELECT 1';
GRANT SELECT ON v TO schema_case_reader WITH GRANT OPTION;
GRANT SELECT (a) ON v TO "Schema case; odd";
REVOKE ALL ON FUNCTION f(v) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION f(v) TO schema_case_reader;
ALTER FUNCTION f(v) OWNER TO schema_case_owner;
-- new
CREATE TABLE t (a bigint);
CREATE VIEW v AS SELECT a FROM t;
CREATE FUNCTION f(v) RETURNS integer LANGUAGE sql AS 'SELECT 1';
GRANT SELECT ON v TO schema_case_reader WITH GRANT OPTION;
GRANT SELECT (a) ON v TO "Schema case; odd";
REVOKE ALL ON FUNCTION f(v) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION f(v) TO schema_case_reader;
ALTER FUNCTION f(v) OWNER TO schema_case_owner;

-- case: comments come, change and go
-- old
CREATE TABLE t (a integer, b integer);
COMMENT ON TABLE t IS 'old';
COMMENT ON COLUMN t.a IS 'gone';
CREATE SEQUENCE s;
COMMENT ON SEQUENCE s IS 'gone';
CREATE TYPE pair AS (a integer, b integer);
COMMENT ON COLUMN pair.a IS 'gone';
CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE COLLATION c (LOCALE = 'C');
COMMENT ON COLLATION c IS 'gone';
CREATE AGGREGATE total(integer) (SFUNC = int4larger, STYPE = integer);
-- new
CREATE TABLE t (a integer, b integer);
COMMENT ON TABLE t IS E'it''s\nnew \\ ';
COMMENT ON COLUMN t.b IS 'new';
CREATE SEQUENCE s;
CREATE TYPE pair AS (a integer, b integer);
COMMENT ON COLUMN pair.b IS 'new';
CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1';
COMMENT ON FUNCTION f() IS 'new';
CREATE COLLATION c (LOCALE = 'C');
CREATE AGGREGATE total(integer) (SFUNC = int4larger, STYPE = integer);
COMMENT ON AGGREGATE total(integer) IS 'new';
