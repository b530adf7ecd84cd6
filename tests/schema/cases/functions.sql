-- case: an SQL function
CREATE FUNCTION f(a integer, b integer DEFAULT 2) RETURNS integer LANGUAGE sql AS 'SELECT a + b';

-- case: an SQL function with a standard body
CREATE TABLE t (a integer, b text);
CREATE FUNCTION f(x integer) RETURNS SETOF t LANGUAGE sql STABLE BEGIN ATOMIC SELECT a, b FROM t WHERE a = x; SELECT 1 AS a, 'x;y' AS b; END;
CREATE FUNCTION g(x integer) RETURNS integer LANGUAGE sql RETURN x + 1;

-- case: a standard body that needs a function of a later name
CREATE FUNCTION zz(x integer) RETURNS integer LANGUAGE sql RETURN x + 1;
CREATE FUNCTION aa(x integer) RETURNS integer LANGUAGE sql RETURN zz(x) + 1;

-- case: a PL/pgSQL function with dollars, quotes and backslashes
CREATE FUNCTION f() RETURNS text LANGUAGE plpgsql AS $outer$
DECLARE
    x text := 'it''s $$ a \ backslash';
BEGIN
    -- a comment; with a semicolon
    RETURN x || $function$inner$function$ || E'\n' || ':name';
END;
$outer$;

-- case: functions of one name
CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 0';
CREATE FUNCTION f(integer) RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION f(text) RETURNS integer LANGUAGE sql AS 'SELECT 2';
CREATE FUNCTION f(VARIADIC integer[]) RETURNS integer LANGUAGE sql AS 'SELECT 3';

-- case: attributes of functions
CREATE FUNCTION f(integer) RETURNS integer LANGUAGE sql IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE COST 5 SECURITY DEFINER AS 'SELECT 1';
CREATE FUNCTION g() RETURNS SETOF integer LANGUAGE sql STABLE ROWS 7 PARALLEL RESTRICTED AS 'SELECT 1';

-- case: settings of a function
CREATE FUNCTION f() RETURNS integer LANGUAGE sql SET search_path = pg_catalog, "odd schema" SET work_mem = '8MB' AS 'SELECT 1';

-- case: a function that returns a table
CREATE FUNCTION f(n integer) RETURNS TABLE (a integer, b text) LANGUAGE sql AS $$ SELECT 1, 'x' $$;

-- case: a function with OUT and INOUT parameters
CREATE FUNCTION f(a integer, OUT b integer, INOUT c text) LANGUAGE sql AS $$ SELECT 1, 'x' $$;

-- case: a procedure
CREATE PROCEDURE p(a integer, INOUT b text) LANGUAGE plpgsql AS 'BEGIN END';
COMMENT ON PROCEDURE p(integer, text) IS 'does nothing';

-- case: a procedure with an OUT parameter
CREATE PROCEDURE p(a integer, OUT b text) LANGUAGE plpgsql AS 'BEGIN END';
COMMENT ON PROCEDURE p(integer, OUT text) IS 'tells';

-- case: a window function and a function of the server's own code
CREATE FUNCTION own_rank() RETURNS bigint LANGUAGE internal WINDOW IMMUTABLE AS 'window_rank';
CREATE FUNCTION own_length(text) RETURNS integer LANGUAGE internal IMMUTABLE STRICT AS 'textlen';

-- case: a polymorphic function
CREATE FUNCTION f(anyelement, anyarray) RETURNS anyelement LANGUAGE sql AS 'SELECT $1';

-- case: a function whose default calls another
CREATE FUNCTION zz() RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION aa(x integer DEFAULT zz()) RETURNS integer LANGUAGE sql AS 'SELECT 1';

-- case: comments on functions
CREATE FUNCTION f(a integer, b text[]) RETURNS integer LANGUAGE sql AS 'SELECT 1';
COMMENT ON FUNCTION f(integer, text[]) IS 'one';

-- case: a plain aggregate
CREATE FUNCTION add(integer, integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT $1 + $2';
CREATE AGGREGATE total(integer) (SFUNC = add, STYPE = integer, INITCOND = '0');
COMMENT ON AGGREGATE total(integer) IS 'all of them';

-- case: an aggregate with everything
CREATE AGGREGATE average(float8) (SFUNC = float8_accum, STYPE = float8[], SSPACE = 64, FINALFUNC = float8_avg, FINALFUNC_MODIFY = SHAREABLE, COMBINEFUNC = float8_combine, INITCOND = '{0,0,0}', PARALLEL = SAFE);

-- case: a moving aggregate
CREATE FUNCTION plus(float8, float8) RETURNS float8 LANGUAGE sql AS 'SELECT $1 + $2';
CREATE FUNCTION minus(float8, float8) RETURNS float8 LANGUAGE sql AS 'SELECT $1 - $2';
CREATE AGGREGATE moving(float8) (SFUNC = plus, STYPE = float8, MSFUNC = plus, MINVFUNC = minus, MSTYPE = float8, MINITCOND = '0');

-- case: an aggregate without arguments, an ordered-set and a sorted one
CREATE FUNCTION one(bigint) RETURNS bigint LANGUAGE sql AS 'SELECT $1 + 1';
CREATE AGGREGATE counted(*) (SFUNC = one, STYPE = bigint, INITCOND = '0');
CREATE AGGREGATE greatest_of(integer) (SFUNC = int4larger, STYPE = integer, SORTOP = >);
CREATE AGGREGATE own_percentile(float8 ORDER BY anyelement) (SFUNC = ordered_set_transition, STYPE = internal, FINALFUNC = percentile_disc_final, FINALFUNC_EXTRA);

-- case: operators
CREATE FUNCTION same(integer, text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
CREATE FUNCTION emas(text, integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
CREATE FUNCTION negative(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT $1';
CREATE OPERATOR === (FUNCTION = same, LEFTARG = integer, RIGHTARG = text, COMMUTATOR = ===, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES);
CREATE OPERATOR === (FUNCTION = emas, LEFTARG = text, RIGHTARG = integer, COMMUTATOR = ===);
CREATE OPERATOR @#@ (FUNCTION = negative, RIGHTARG = text);
COMMENT ON OPERATOR @#@ (NONE, text) IS 'prefix';

-- case: an operator that is used by a check and an index
CREATE FUNCTION near(integer, integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
CREATE OPERATOR ~~~ (FUNCTION = near, LEFTARG = integer, RIGHTARG = integer);
CREATE TABLE t (a integer, CHECK (a ~~~ 5));
CREATE INDEX i ON t (a) WHERE a ~~~ 6;

-- case: an operator class with its own family
CREATE OPERATOR CLASS ints FOR TYPE integer USING btree AS OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 btint4cmp(integer, integer);
COMMENT ON OPERATOR CLASS ints USING btree IS 'the same again';
CREATE TABLE t (a integer);
CREATE INDEX i ON t (a ints);

-- case: an operator family with loose members
CREATE OPERATOR FAMILY wide USING btree;
CREATE OPERATOR CLASS ints FOR TYPE integer USING btree FAMILY wide AS OPERATOR 1 <, OPERATOR 3 =, FUNCTION 1 btint4cmp(integer, integer);
ALTER OPERATOR FAMILY wide USING btree ADD OPERATOR 1 < (integer, bigint), FUNCTION 1 (integer, bigint) btint48cmp(integer, bigint);
COMMENT ON OPERATOR FAMILY wide USING btree IS 'across types';

-- case: an operator class with storage
CREATE OPERATOR CLASS points FOR TYPE polygon USING gist AS OPERATOR 3 &&, FUNCTION 1 gist_poly_consistent, FUNCTION 2 gist_box_union, FUNCTION 3 gist_poly_compress, FUNCTION 5 gist_box_penalty, FUNCTION 6 gist_box_picksplit, FUNCTION 7 gist_box_same, STORAGE box;

-- case: casts
CREATE TYPE pair AS (a integer, b integer);
CREATE TYPE mood AS ENUM ('x');
CREATE FUNCTION to_number(pair) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 1';
CREATE CAST (pair AS integer) WITH FUNCTION to_number(pair) AS ASSIGNMENT;
CREATE CAST (mood AS text) WITH INOUT AS IMPLICIT;
COMMENT ON CAST (pair AS integer) IS 'the first';
