-- case: a function's body
-- expect: CREATE OR REPLACE FUNCTION
-- never: DROP FUNCTION
-- old
CREATE FUNCTION f(a integer, b integer DEFAULT 2) RETURNS integer LANGUAGE sql AS 'SELECT a + b';
-- new
CREATE FUNCTION f(a integer, b integer DEFAULT 2) RETURNS integer LANGUAGE sql AS 'SELECT a - b';

-- case: a function that a view, an index and a check use
-- never: DROP
-- old
CREATE FUNCTION f(integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT $1';
CREATE TABLE t (a integer CHECK (f(a) > 0));
CREATE INDEX i ON t (f(a));
CREATE VIEW v AS SELECT f(a) FROM t;
-- rows
INSERT INTO t VALUES (1);
-- new
CREATE FUNCTION f(integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT $1 + 1';
CREATE TABLE t (a integer CHECK (f(a) > 0));
CREATE INDEX i ON t (f(a));
CREATE VIEW v AS SELECT f(a) FROM t;

-- case: a function's result, with all that uses it
-- old
CREATE FUNCTION f(integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT $1';
CREATE TABLE t (a integer CHECK (f(a) > 0), b integer DEFAULT f(1), c bigint GENERATED ALWAYS AS (f(a)) STORED);
CREATE INDEX i ON t (f(a));
CREATE VIEW v AS SELECT f(a) FROM t;
CREATE FUNCTION g() RETURNS bigint LANGUAGE sql RETURN f(1);
COMMENT ON FUNCTION f(integer) IS 'kept';
GRANT EXECUTE ON FUNCTION f(integer) TO schema_case_reader;
-- rows
INSERT INTO t VALUES (1);
-- new
CREATE FUNCTION f(integer) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT $1::bigint';
CREATE TABLE t (a integer CHECK (f(a) > 0), b integer DEFAULT f(1), c bigint GENERATED ALWAYS AS (f(a)) STORED);
CREATE INDEX i ON t (f(a));
CREATE VIEW v AS SELECT f(a) FROM t;
CREATE FUNCTION g() RETURNS bigint LANGUAGE sql RETURN f(1);
COMMENT ON FUNCTION f(integer) IS 'kept';
GRANT EXECUTE ON FUNCTION f(integer) TO schema_case_reader;

-- case: a function's names of arguments
-- old
CREATE FUNCTION f(a integer, b text) RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION g(integer) RETURNS integer LANGUAGE sql AS 'SELECT 1';
-- new
CREATE FUNCTION f("Odd name" integer, b text) RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION g(named integer) RETURNS integer LANGUAGE sql AS 'SELECT 1';

-- case: a function's modes of arguments
-- old
CREATE FUNCTION f(a integer, INOUT b text) LANGUAGE sql AS $$ SELECT 'x' $$;
CREATE FUNCTION g(a integer, OUT b text) LANGUAGE sql AS $$ SELECT 'x' $$;
-- new
CREATE FUNCTION f(a integer, b text, OUT c text) LANGUAGE sql AS $$ SELECT 'x' $$;
CREATE FUNCTION g(a integer, OUT b text, OUT c text) LANGUAGE sql AS $$ SELECT 'x', 'y' $$;

-- case: a function's arguments
-- old
CREATE FUNCTION f(integer) RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE VIEW v AS SELECT f(1);
-- new
CREATE FUNCTION f(integer, text) RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE VIEW v AS SELECT f(1, 'x');

-- case: a function's defaults come, change and go
-- old
CREATE FUNCTION f(a integer, b text DEFAULT 'it''s (', c text DEFAULT ' DEFAULT ') RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION g(a integer, "b DEFAULT (" text) RETURNS integer LANGUAGE sql AS 'SELECT 1';
-- new
CREATE FUNCTION f(a integer, b text, c text DEFAULT 'x') RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION g(a integer, "b DEFAULT (" text DEFAULT E'\\(') RETURNS integer LANGUAGE sql AS 'SELECT 1';

-- case: a function's attributes
-- never: DROP
-- old
CREATE FUNCTION f(integer) RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION g() RETURNS SETOF integer LANGUAGE sql STABLE ROWS 7 AS 'SELECT 1';
-- new
CREATE FUNCTION f(integer) RETURNS integer LANGUAGE sql IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE COST 5 SECURITY DEFINER AS 'SELECT 1';
CREATE FUNCTION g() RETURNS SETOF integer LANGUAGE sql ROWS 9 PARALLEL RESTRICTED AS 'SELECT 1';

-- case: a function's settings
-- old
CREATE FUNCTION f() RETURNS integer LANGUAGE sql SET search_path = pg_catalog SET work_mem = '8MB' AS 'SELECT 1';
-- new
CREATE FUNCTION f() RETURNS integer LANGUAGE sql SET search_path = pg_catalog, "odd schema" AS 'SELECT 1';

-- case: a function's language
-- never: DROP
-- old
CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE VIEW v AS SELECT f();
-- new
CREATE FUNCTION f() RETURNS integer LANGUAGE plpgsql AS 'BEGIN RETURN 1; END';
CREATE VIEW v AS SELECT f();

-- case: a function that becomes a procedure, and one that returns a table
-- old
CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION g() RETURNS TABLE (a integer) LANGUAGE sql AS 'SELECT 1';
-- new
CREATE PROCEDURE f() LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION g() RETURNS TABLE (a integer, b text) LANGUAGE sql AS $$ SELECT 1, 'x' $$;

-- case: a procedure's body and arguments
-- old
CREATE PROCEDURE p(a integer, INOUT b text) LANGUAGE plpgsql AS 'BEGIN END';
CREATE PROCEDURE q(a integer) LANGUAGE plpgsql AS 'BEGIN END';
-- new
CREATE PROCEDURE p(a integer, INOUT b text) LANGUAGE plpgsql AS 'BEGIN b := a; END';
CREATE PROCEDURE q(named integer) LANGUAGE plpgsql AS 'BEGIN END';

-- case: a function with dollars and quotes in its body
-- old
CREATE FUNCTION f() RETURNS text LANGUAGE plpgsql AS $a$ BEGIN RETURN 'x'; END $a$;
-- new
CREATE FUNCTION f() RETURNS text LANGUAGE plpgsql AS $a$ BEGIN RETURN $function$ '' \ $$;$$ $function$; END $a$;

-- case: a standard body that reads a new column
-- old
CREATE TABLE t (a integer);
CREATE FUNCTION f() RETURNS SETOF integer LANGUAGE sql BEGIN ATOMIC SELECT a FROM t; END;
-- new
CREATE TABLE t (a integer, b integer);
CREATE FUNCTION f() RETURNS SETOF integer LANGUAGE sql BEGIN ATOMIC SELECT b FROM t; END;

-- case: a standard body that stops to read a column which goes
-- old
CREATE TABLE t (a integer, b integer);
CREATE FUNCTION f() RETURNS SETOF integer LANGUAGE sql BEGIN ATOMIC SELECT b FROM t; END;
-- new
CREATE TABLE t (a integer);
CREATE FUNCTION f() RETURNS SETOF integer LANGUAGE sql BEGIN ATOMIC SELECT a FROM t; END;

-- case: a function whose text reads a new table
-- old
CREATE TABLE t (a integer);
-- new
CREATE TABLE t (a integer);
CREATE TABLE zz (b integer);
CREATE FUNCTION aa() RETURNS SETOF integer LANGUAGE sql AS 'SELECT b FROM zz';
CREATE FUNCTION ab(x zz) RETURNS integer LANGUAGE sql AS 'SELECT x.b';
CREATE PROCEDURE ac() LANGUAGE sql AS 'INSERT INTO zz VALUES (1)';

-- case: a function whose text reads a new column of a table
-- old
CREATE TABLE t (a integer);
CREATE FUNCTION f() RETURNS SETOF integer LANGUAGE sql AS 'SELECT a FROM t';
-- new
CREATE TABLE t (b integer);
CREATE FUNCTION f() RETURNS SETOF integer LANGUAGE sql AS 'SELECT b FROM t';

-- case: a default that calls a new function, which takes rows of the table
-- old
CREATE TABLE t (a integer);
-- rows
INSERT INTO t VALUES (1);
-- new
CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE TABLE t (a integer DEFAULT f());
CREATE FUNCTION g(t) RETURNS integer LANGUAGE sql AS 'SELECT $1.a';

-- case: a function of rows of a table that gains a column
-- old
CREATE TABLE t (a integer);
CREATE FUNCTION f(t) RETURNS t LANGUAGE sql AS 'SELECT $1';
-- rows
INSERT INTO t VALUES (1);
-- new
CREATE TABLE t (a integer, b text);
CREATE FUNCTION f(t) RETURNS t LANGUAGE sql AS 'SELECT $1';

-- case: functions that call each other come and go
-- old
CREATE FUNCTION za(x integer) RETURNS integer LANGUAGE sql RETURN x + 1;
CREATE FUNCTION aa(x integer) RETURNS integer LANGUAGE sql RETURN za(x) + 1;
-- new
CREATE FUNCTION zb(x integer) RETURNS integer LANGUAGE sql RETURN x + 1;
CREATE FUNCTION ab(x integer) RETURNS integer LANGUAGE sql RETURN zb(x) + 1;

-- case: an aggregate's parameters
-- expect: CREATE OR REPLACE AGGREGATE
-- never: DROP
-- old
CREATE AGGREGATE average(float8) (SFUNC = float8_accum, STYPE = float8[], FINALFUNC = float8_avg, INITCOND = '{0,0,0}');
CREATE VIEW v AS SELECT average(1.0::float8);
-- new
CREATE AGGREGATE average(float8) (SFUNC = float8_accum, STYPE = float8[], SSPACE = 64, FINALFUNC = float8_avg, FINALFUNC_MODIFY = SHAREABLE, COMBINEFUNC = float8_combine, INITCOND = '{0,0,0}', PARALLEL = SAFE);
CREATE VIEW v AS SELECT average(1.0::float8);

-- case: an aggregate's type of state
-- old
CREATE AGGREGATE total(integer) (SFUNC = int4pl, STYPE = integer, INITCOND = '0');
CREATE VIEW v AS SELECT total(1);
COMMENT ON AGGREGATE total(integer) IS 'all';
GRANT EXECUTE ON FUNCTION total(integer) TO schema_case_reader;
-- new
CREATE AGGREGATE total(integer) (SFUNC = int84pl, STYPE = bigint, INITCOND = '0');
CREATE VIEW v AS SELECT total(1);
COMMENT ON AGGREGATE total(integer) IS 'all';
GRANT EXECUTE ON FUNCTION total(integer) TO schema_case_reader;

-- case: an aggregate that moves, sorts, or takes nothing
-- old
CREATE AGGREGATE moving(float8) (SFUNC = float8pl, STYPE = float8);
CREATE AGGREGATE greatest_of(integer) (SFUNC = int4larger, STYPE = integer);
CREATE AGGREGATE counted(*) (SFUNC = int8inc, STYPE = bigint, INITCOND = '0');
-- new
CREATE AGGREGATE moving(float8) (SFUNC = float8pl, STYPE = float8, MSFUNC = float8pl, MINVFUNC = float8mi, MSTYPE = float8);
CREATE AGGREGATE greatest_of(integer) (SFUNC = int4larger, STYPE = integer, SORTOP = >);
CREATE AGGREGATE counted(*) (SFUNC = int8inc, STYPE = bigint, INITCOND = '5');

-- case: an ordered-set aggregate
-- old
CREATE AGGREGATE part(float8 ORDER BY anyelement) (SFUNC = ordered_set_transition, STYPE = internal, FINALFUNC = percentile_disc_final, FINALFUNC_EXTRA);
-- new
CREATE AGGREGATE part(float8 ORDER BY anyelement) (SFUNC = ordered_set_transition, STYPE = internal, FINALFUNC = percentile_disc_final, FINALFUNC_EXTRA, FINALFUNC_MODIFY = SHAREABLE);

-- case: a function becomes an aggregate
-- old
CREATE FUNCTION f(integer) RETURNS integer LANGUAGE sql AS 'SELECT $1';
-- new
CREATE AGGREGATE f(integer) (SFUNC = int4pl, STYPE = integer);

-- case: an operator's estimators
-- expect: SET (RESTRICT = eqsel, JOIN = NONE)
-- never: DROP OPERATOR
-- old
CREATE FUNCTION near(integer, integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
CREATE OPERATOR ~~~ (FUNCTION = near, LEFTARG = integer, RIGHTARG = integer, JOIN = eqjoinsel);
CREATE TABLE t (a integer, CHECK (a ~~~ 5));
-- new
CREATE FUNCTION near(integer, integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
CREATE OPERATOR ~~~ (FUNCTION = near, LEFTARG = integer, RIGHTARG = integer, RESTRICT = eqsel);
CREATE TABLE t (a integer, CHECK (a ~~~ 5));

-- case: an operator's function, with what uses it
-- old
CREATE FUNCTION near(integer, integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
CREATE FUNCTION far(integer, integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
CREATE OPERATOR ~~~ (FUNCTION = near, LEFTARG = integer, RIGHTARG = integer);
COMMENT ON OPERATOR ~~~ (integer, integer) IS 'close';
CREATE TABLE t (a integer, CHECK (a ~~~ 5));
CREATE INDEX i ON t (a) WHERE a ~~~ 6;
CREATE VIEW v AS SELECT a ~~~ 7 AS b FROM t;
-- rows
INSERT INTO t VALUES (1);
-- new
CREATE FUNCTION near(integer, integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
CREATE FUNCTION far(integer, integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
CREATE OPERATOR ~~~ (FUNCTION = far, LEFTARG = integer, RIGHTARG = integer, HASHES);
COMMENT ON OPERATOR ~~~ (integer, integer) IS 'close';
CREATE TABLE t (a integer, CHECK (a ~~~ 5));
CREATE INDEX i ON t (a) WHERE a ~~~ 6;
CREATE VIEW v AS SELECT a ~~~ 7 AS b FROM t;

-- case: an operator gains a commutator and a negator
-- old
CREATE FUNCTION same(integer, text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
CREATE FUNCTION emas(text, integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
CREATE OPERATOR === (FUNCTION = same, LEFTARG = integer, RIGHTARG = text);
-- new
CREATE FUNCTION same(integer, text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
CREATE FUNCTION emas(text, integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
CREATE OPERATOR === (FUNCTION = same, LEFTARG = integer, RIGHTARG = text, COMMUTATOR = ===, HASHES, MERGES);
CREATE OPERATOR === (FUNCTION = emas, LEFTARG = text, RIGHTARG = integer, COMMUTATOR = ===);

-- case: a prefix operator comes, and one goes
-- old
CREATE FUNCTION negative(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT $1';
CREATE OPERATOR @#@ (FUNCTION = negative, RIGHTARG = text);
-- new
CREATE FUNCTION negative(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT $1';
CREATE OPERATOR #@# (FUNCTION = negative, RIGHTARG = text);

-- case: an operator family's loose members
-- never: DROP OPERATOR FAMILY
-- old
CREATE OPERATOR FAMILY wide USING btree;
ALTER OPERATOR FAMILY wide USING btree ADD OPERATOR 1 < (integer, bigint), OPERATOR 3 = (integer, bigint), FUNCTION 1 (integer, bigint) btint48cmp(integer, bigint);
-- new
CREATE OPERATOR FAMILY wide USING btree;
ALTER OPERATOR FAMILY wide USING btree ADD OPERATOR 1 < (integer, bigint), OPERATOR 5 > (integer, bigint), FUNCTION 1 (bigint, integer) btint84cmp(bigint, integer);

-- case: an operator class's members, family and default, with an index of it
-- old
CREATE OPERATOR CLASS ints FOR TYPE integer USING btree AS OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 btint4cmp(integer, integer);
CREATE TABLE t (a integer);
CREATE INDEX i ON t (a ints);
-- rows
INSERT INTO t VALUES (1);
-- new
CREATE OPERATOR CLASS ints FOR TYPE integer USING btree AS OPERATOR 1 <, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 btint4cmp(integer, integer);
CREATE TABLE t (a integer);
CREATE INDEX i ON t (a ints);

-- case: an operator class in another family
-- old
CREATE OPERATOR FAMILY one USING btree;
CREATE OPERATOR FAMILY two USING btree;
CREATE OPERATOR CLASS ints FOR TYPE integer USING btree FAMILY one AS OPERATOR 1 <, OPERATOR 3 =, FUNCTION 1 btint4cmp(integer, integer);
-- new
CREATE OPERATOR FAMILY one USING btree;
CREATE OPERATOR FAMILY two USING btree;
CREATE OPERATOR CLASS ints FOR TYPE integer USING btree FAMILY two AS OPERATOR 1 <, OPERATOR 3 =, FUNCTION 1 btint4cmp(integer, integer);

-- case: an operator class of a new type becomes its default
-- old
CREATE TYPE pair AS (a integer, b integer);
CREATE FUNCTION compare(pair, pair) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 1';
CREATE OPERATOR CLASS pairs FOR TYPE pair USING btree AS FUNCTION 1 compare(pair, pair);
-- new
CREATE TYPE pair AS (a integer, b integer);
CREATE FUNCTION compare(pair, pair) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 1';
CREATE OPERATOR CLASS pairs DEFAULT FOR TYPE pair USING btree AS FUNCTION 1 compare(pair, pair);

-- case: a cast's context, function and way
-- old
CREATE TYPE pair AS (a integer, b integer);
CREATE TYPE mood AS ENUM ('x');
CREATE FUNCTION to_number(pair) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 1';
CREATE FUNCTION to_zero(pair) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 0';
CREATE CAST (pair AS integer) WITH FUNCTION to_number(pair) AS ASSIGNMENT;
CREATE CAST (mood AS text) WITH INOUT AS IMPLICIT;
COMMENT ON CAST (pair AS integer) IS 'the first';
CREATE VIEW v AS SELECT ROW(1, 2)::pair::integer AS n;
-- new
CREATE TYPE pair AS (a integer, b integer);
CREATE TYPE mood AS ENUM ('x');
CREATE FUNCTION to_number(pair) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 1';
CREATE FUNCTION to_zero(pair) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 0';
CREATE CAST (pair AS integer) WITH FUNCTION to_zero(pair);
CREATE CAST (mood AS text) WITH INOUT AS ASSIGNMENT;
COMMENT ON CAST (pair AS integer) IS 'the second';
CREATE VIEW v AS SELECT ROW(1, 2)::pair::integer AS n;

-- case: functions with odd names
-- old
CREATE FUNCTION "F (x"(a integer) RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION "größe.890123456789012345678901234567890123456789012345678901234"() RETURNS integer LANGUAGE sql AS 'SELECT 1';
COMMENT ON FUNCTION "F (x"(integer) IS 'old';
-- new
CREATE FUNCTION "F (x"(a integer DEFAULT 5) RETURNS integer LANGUAGE sql AS 'SELECT 2';
CREATE FUNCTION "größe.890123456789012345678901234567890123456789012345678901234"() RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint';
COMMENT ON FUNCTION "F (x"(integer) IS 'new';
