-- case: a label at the end of an enum
-- expect: ADD VALUE 'happy' AFTER 'ok'
-- never: ALTER TABLE
-- old
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE t (a mood);
-- rows
INSERT INTO t VALUES ('sad');
-- new
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE TABLE t (a mood);

-- case: labels before, between and behind those of an enum
-- expect: ADD VALUE 'a' BEFORE 'b'
-- old
CREATE TYPE mood AS ENUM ('b', 'e');
-- new
CREATE TYPE mood AS ENUM ('a', 'b', 'c', 'd', 'e', 'f');

-- case: labels for an enum that has none
-- old
CREATE TYPE mood AS ENUM ();
-- new
CREATE TYPE mood AS ENUM ('x', 'it''s', 'back\slash', '');

-- case: a new label that a new default uses
-- old
CREATE TYPE mood AS ENUM ('sad');
CREATE TABLE t (a mood DEFAULT 'sad', b text);
-- rows
INSERT INTO t (b) VALUES ('x');
-- new
CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE TABLE t (a mood DEFAULT 'happy', b text);

-- case: a new label that a view, a check and an index use
-- old
CREATE TYPE mood AS ENUM ('sad');
CREATE TABLE t (a mood);
-- new
CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE TABLE t (a mood, CONSTRAINT c CHECK (a <> 'happy'));
CREATE INDEX i ON t (a) WHERE a = 'happy';
CREATE VIEW v AS SELECT a FROM t WHERE a = 'happy';

-- case: an enum that loses a label
-- old
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE TABLE t (id integer PRIMARY KEY, a mood);
-- rows
INSERT INTO t VALUES (1, 'sad'), (2, 'happy'), (3, NULL);
-- new
CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE TABLE t (id integer PRIMARY KEY, a mood);

-- case: an enum whose labels change places
-- old
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE TABLE t (a mood NOT NULL DEFAULT 'ok', b mood);
-- rows
INSERT INTO t VALUES ('sad', 'happy');
-- new
CREATE TYPE mood AS ENUM ('happy', 'ok', 'sad');
CREATE TABLE t (a mood NOT NULL DEFAULT 'ok', b mood);

-- case: an enum that loses the label which a default names
-- old
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE TABLE t (a mood DEFAULT 'ok', b integer);
-- rows
INSERT INTO t VALUES ('sad', 1);
-- new
CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE TABLE t (a mood DEFAULT 'happy', b integer);

-- case: an enum in arrays loses a label
-- old
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE TABLE t (a mood[] DEFAULT '{sad,happy}', b mood[][]);
-- rows
INSERT INTO t VALUES (DEFAULT, '{{sad},{happy}}');
-- new
CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE TABLE t (a mood[] DEFAULT '{sad,happy}', b mood[][]);

-- case: an enum with indexes, keys and checks loses a label
-- old
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE TABLE t (a mood PRIMARY KEY, b mood UNIQUE, c mood CHECK (c <> 'happy'), CONSTRAINT d CHECK (a > b));
CREATE INDEX i ON t (b) WHERE b = 'sad';
CREATE INDEX j ON t ((c = 'sad'));
-- rows
INSERT INTO t VALUES ('happy', 'sad', 'sad');
-- new
CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE TABLE t (a mood PRIMARY KEY, b mood UNIQUE, c mood CHECK (c <> 'happy'), CONSTRAINT d CHECK (a > b));
CREATE INDEX i ON t (b) WHERE b = 'sad';
CREATE INDEX j ON t ((c = 'sad'));

-- case: an enum with a foreign key loses a label
-- old
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE TABLE t (a mood PRIMARY KEY);
CREATE TABLE u (a mood REFERENCES t);
-- rows
INSERT INTO t VALUES ('sad');
INSERT INTO u VALUES ('sad');
-- new
CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE TABLE t (a mood PRIMARY KEY);
CREATE TABLE u (a mood REFERENCES t);

-- case: an enum with views, functions and a policy loses a label
-- old
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE TABLE t (a mood, b integer);
CREATE VIEW v AS SELECT a FROM t WHERE a = 'sad';
CREATE VIEW w AS SELECT a, count(*) AS n FROM v GROUP BY a;
CREATE MATERIALIZED VIEW m AS SELECT a FROM t;
CREATE INDEX mi ON m (a);
CREATE FUNCTION f(mood) RETURNS mood LANGUAGE sql AS 'SELECT $1';
CREATE FUNCTION g() RETURNS SETOF t LANGUAGE sql AS 'SELECT * FROM t';
CREATE POLICY p ON t USING (a <> 'sad');
COMMENT ON FUNCTION f(mood) IS 'kept';
GRANT SELECT ON v TO schema_case_reader;
-- rows
INSERT INTO t VALUES ('happy', 1);
-- new
CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE TABLE t (a mood, b integer);
CREATE VIEW v AS SELECT a FROM t WHERE a = 'sad';
CREATE VIEW w AS SELECT a, count(*) AS n FROM v GROUP BY a;
CREATE MATERIALIZED VIEW m AS SELECT a FROM t;
CREATE INDEX mi ON m (a);
CREATE FUNCTION f(mood) RETURNS mood LANGUAGE sql AS 'SELECT $1';
CREATE FUNCTION g() RETURNS SETOF t LANGUAGE sql AS 'SELECT * FROM t';
CREATE POLICY p ON t USING (a <> 'sad');
COMMENT ON FUNCTION f(mood) IS 'kept';
GRANT SELECT ON v TO schema_case_reader;

-- case: an enum with a generated column and a trigger loses a label
-- old
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE TABLE t (a mood, g boolean GENERATED ALWAYS AS (a = 'sad') STORED);
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER r BEFORE UPDATE OF a ON t FOR EACH ROW WHEN (NEW.a = 'happy') EXECUTE FUNCTION f();
-- rows
INSERT INTO t (a) VALUES ('happy');
-- new
CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE TABLE t (a mood, g boolean GENERATED ALWAYS AS (a = 'sad') STORED);
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER r BEFORE UPDATE OF a ON t FOR EACH ROW WHEN (NEW.a = 'happy') EXECUTE FUNCTION f();

-- case: an enum with a generated column of its own type loses a label
-- old
CREATE TYPE e AS ENUM ('a', 'b', 'c');
CREATE FUNCTION f(e) RETURNS e IMMUTABLE LANGUAGE sql AS 'SELECT $1';
CREATE TABLE t (a e, g e GENERATED ALWAYS AS (f(a)) STORED);
INSERT INTO t VALUES ('a');
-- new
CREATE TYPE e AS ENUM ('c', 'a');
CREATE FUNCTION f(e) RETURNS e IMMUTABLE LANGUAGE sql AS 'SELECT $1';
CREATE TABLE t (a e, g e GENERATED ALWAYS AS (f(a)) STORED);

-- case: an enum in partitions loses a label
-- old
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE TABLE t (id integer, a mood DEFAULT 'sad') PARTITION BY RANGE (id);
CREATE TABLE t_1 PARTITION OF t FOR VALUES FROM (1) TO (10);
CREATE TABLE t_2 PARTITION OF t FOR VALUES FROM (10) TO (20);
ALTER TABLE t_2 ALTER a SET DEFAULT 'happy';
CREATE INDEX i ON t (a);
-- rows
INSERT INTO t VALUES (1, 'happy'), (10, 'sad');
-- new
CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE TABLE t (id integer, a mood DEFAULT 'sad') PARTITION BY RANGE (id);
CREATE TABLE t_1 PARTITION OF t FOR VALUES FROM (1) TO (10);
CREATE TABLE t_2 PARTITION OF t FOR VALUES FROM (10) TO (20);
ALTER TABLE t_2 ALTER a SET DEFAULT 'happy';
CREATE INDEX i ON t (a);

-- case: an enum in a table with children loses a label
-- old
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE TABLE p (a mood DEFAULT 'sad');
CREATE TABLE c (b mood) INHERITS (p);
-- rows
INSERT INTO c VALUES ('happy', 'sad');
-- new
CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE TABLE p (a mood DEFAULT 'sad');
CREATE TABLE c (b mood) INHERITS (p);

-- case: an enum under a domain loses a label
-- old
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE DOMAIN d AS mood DEFAULT 'sad' CHECK (VALUE <> 'happy');
CREATE TABLE t (a d, b d[], c mood);
-- rows
INSERT INTO t VALUES ('sad', '{sad}', 'happy');
-- new
CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE DOMAIN d AS mood DEFAULT 'sad' CHECK (VALUE <> 'happy');
CREATE TABLE t (a d, b d[], c mood);

-- case: an enum in a row type and a range loses a label
-- old
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE TYPE pair AS (a mood, b text);
CREATE TYPE moods AS RANGE (SUBTYPE = mood);
CREATE TABLE t (a pair, b pair[], c moods);
COMMENT ON TYPE pair IS 'two';
COMMENT ON COLUMN pair.a IS 'one';
GRANT USAGE ON TYPE pair TO schema_case_reader;
-- rows
INSERT INTO t VALUES (('sad', 'it''s "x", y')::pair, ARRAY[('happy', NULL)::pair], '[sad,happy]');
-- new
CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE TYPE pair AS (a mood, b text);
CREATE TYPE moods AS RANGE (SUBTYPE = mood);
CREATE TABLE t (a pair, b pair[], c moods);
COMMENT ON TYPE pair IS 'two';
COMMENT ON COLUMN pair.a IS 'one';
GRANT USAGE ON TYPE pair TO schema_case_reader;

-- case: an enum in a typed table loses a label
-- old
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE TYPE pair AS (a mood, b text);
CREATE TABLE t OF pair (b NOT NULL);
-- rows
INSERT INTO t VALUES ('sad', 'x');
-- new
CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE TYPE pair AS (a mood, b text);
CREATE TABLE t OF pair (b NOT NULL);

-- case: an enum loses a label while columns of it come and go
-- old
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE TABLE t (id integer, gone mood DEFAULT 'ok', kept mood, becomes mood);
CREATE TABLE u (a mood);
-- rows
INSERT INTO t VALUES (1, 'sad', 'sad', 'happy');
-- new
CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE TABLE t (id integer, kept mood, becomes text, fresh mood DEFAULT 'happy');
CREATE TABLE w (a mood);

-- case: an enum with comment, owner and grants loses a label
-- old
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
COMMENT ON TYPE mood IS 'how it goes';
GRANT USAGE ON TYPE mood TO schema_case_reader;
ALTER TYPE mood OWNER TO schema_case_owner;
CREATE TABLE t (a mood);
COMMENT ON COLUMN t.a IS 'now';
-- new
CREATE TYPE mood AS ENUM ('sad', 'happy');
COMMENT ON TYPE mood IS 'how it went';
GRANT USAGE ON TYPE mood TO "Schema case; odd";
ALTER TYPE mood OWNER TO schema_case_owner;
CREATE TABLE t (a mood);
COMMENT ON COLUMN t.a IS 'now';

-- case: an enum with an odd and long name loses a label
-- old
CREATE TYPE "Größe. ""x"" 890123456789012345678901234567890123456789012345" AS ENUM ('a', 'b', 'it''s');
CREATE TABLE "T t" ("C c" "Größe. ""x"" 890123456789012345678901234567890123456789012345" DEFAULT 'it''s');
-- rows
INSERT INTO "T t" VALUES ('a');
-- new
CREATE TYPE "Größe. ""x"" 890123456789012345678901234567890123456789012345" AS ENUM ('a', 'it''s');
CREATE TABLE "T t" ("C c" "Größe. ""x"" 890123456789012345678901234567890123456789012345" DEFAULT 'it''s');

-- case: an enum with a cast and an operator loses a label
-- old
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE FUNCTION weight(mood) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 1';
CREATE CAST (mood AS integer) WITH FUNCTION weight(mood);
CREATE FUNCTION same(mood, text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
CREATE OPERATOR === (FUNCTION = same, LEFTARG = mood, RIGHTARG = text);
CREATE TABLE t (a mood, CHECK (a === 'x'));
-- rows
INSERT INTO t VALUES ('sad');
-- new
CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE FUNCTION weight(mood) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 1';
CREATE CAST (mood AS integer) WITH FUNCTION weight(mood);
CREATE FUNCTION same(mood, text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
CREATE OPERATOR === (FUNCTION = same, LEFTARG = mood, RIGHTARG = text);
CREATE TABLE t (a mood, CHECK (a === 'x'));

-- case: two enums that lose labels, in one table
-- old
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE TYPE size AS ENUM ('s', 'm', 'l');
CREATE TYPE both_of AS (a mood, b size);
CREATE TABLE t (a mood, b size, c both_of);
-- rows
INSERT INTO t VALUES ('sad', 's', ('sad', 's')::both_of);
-- new
CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE TYPE size AS ENUM ('l', 's');
CREATE TYPE both_of AS (a mood, b size);
CREATE TABLE t (a mood, b size, c both_of);

-- case: an enum comes, and one goes
-- old
CREATE TYPE gone AS ENUM ('a');
CREATE TABLE t (id integer, a gone);
-- new
CREATE TYPE fresh AS ENUM ('b');
CREATE TABLE t (id integer, b fresh DEFAULT 'b');

-- case: a text column becomes an enum
-- old
CREATE TABLE t (a text DEFAULT 'sad');
-- rows
INSERT INTO t VALUES ('ok');
-- new
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE t (a mood DEFAULT 'sad');

-- case: a domain's default
-- never: DROP DOMAIN
-- old
CREATE DOMAIN d AS integer DEFAULT 1;
CREATE DOMAIN e AS text;
CREATE DOMAIN f AS text DEFAULT 'gone';
-- new
CREATE DOMAIN d AS integer DEFAULT 1 + 1;
CREATE DOMAIN e AS text DEFAULT 'it''s';
CREATE DOMAIN f AS text;

-- case: a domain that takes no nulls, and one that does
-- old
CREATE DOMAIN d AS integer;
CREATE DOMAIN e AS integer NOT NULL;
CREATE TABLE t (a d, b e);
-- rows
INSERT INTO t VALUES (1, 2);
-- new
CREATE DOMAIN d AS integer NOT NULL;
CREATE DOMAIN e AS integer;
CREATE TABLE t (a d, b e);

-- case: a domain's checks come, go and change
-- expect: VALIDATE CONSTRAINT fresh
-- never: DROP DOMAIN
-- never: DROP CONSTRAINT kept
-- old
CREATE DOMAIN d AS integer CONSTRAINT gone CHECK (VALUE <> 7) CONSTRAINT "Odd one" CHECK (VALUE > 0) CONSTRAINT kept CHECK (VALUE < 100);
CREATE TABLE t (a d);
-- rows
INSERT INTO t VALUES (5);
-- new
CREATE DOMAIN d AS integer CONSTRAINT fresh CHECK (VALUE <> 8) CONSTRAINT "Odd one" CHECK (VALUE > 1) CONSTRAINT kept CHECK (VALUE < 100);
CREATE TABLE t (a d);

-- case: a domain's check becomes valid
-- old
CREATE DOMAIN d AS integer;
ALTER DOMAIN d ADD CONSTRAINT c CHECK (VALUE < 100) NOT VALID;
CREATE DOMAIN e AS integer CONSTRAINT c CHECK (VALUE < 100);
CREATE TABLE t (a d, b e);
-- new
CREATE DOMAIN d AS integer CONSTRAINT c CHECK (VALUE < 100);
CREATE DOMAIN e AS integer;
ALTER DOMAIN e ADD CONSTRAINT c CHECK (VALUE < 100) NOT VALID;
CREATE TABLE t (a d, b e);

-- case: a domain's checks while arrays of it are in use
-- old
CREATE DOMAIN d AS integer CHECK (VALUE > 0);
CREATE TABLE t (a d[], b d);
-- rows
INSERT INTO t VALUES ('{5,6}', 7);
-- new
CREATE DOMAIN d AS integer NOT NULL CHECK (VALUE > 1);
CREATE TABLE t (a d[], b d);

-- case: a domain of another type
-- old
CREATE DOMAIN d AS integer CHECK (VALUE > 0);
CREATE TABLE t (a d, b d[] DEFAULT '{1}', c text);
CREATE VIEW v AS SELECT a FROM t;
CREATE INDEX i ON t (a);
-- rows
INSERT INTO t VALUES (5, '{6}', 'x');
-- new
CREATE DOMAIN d AS bigint CHECK (VALUE > 0);
CREATE TABLE t (a d, b d[] DEFAULT '{1}', c text);
CREATE VIEW v AS SELECT a FROM t;
CREATE INDEX i ON t (a);

-- case: a longer domain
-- old
CREATE DOMAIN d AS varchar(10) DEFAULT 'x';
CREATE TABLE t (a d DEFAULT 'y' NOT NULL);
-- rows
INSERT INTO t VALUES ('abc');
-- new
CREATE DOMAIN d AS varchar(20) DEFAULT 'x';
CREATE TABLE t (a d DEFAULT 'y' NOT NULL);

-- case: a domain with another collation
-- old
CREATE DOMAIN d AS text;
CREATE TABLE t (a d);
-- rows
INSERT INTO t VALUES ('x');
-- new
CREATE DOMAIN d AS text COLLATE "C";
CREATE TABLE t (a d);

-- case: a domain over a domain of another type
-- old
CREATE DOMAIN d AS integer;
CREATE DOMAIN e AS d CHECK (VALUE > 0);
CREATE TABLE t (a d, b e);
-- rows
INSERT INTO t VALUES (1, 2);
-- new
CREATE DOMAIN d AS numeric(10,2);
CREATE DOMAIN e AS d CHECK (VALUE > 0);
CREATE TABLE t (a d, b e);

-- case: comments of a domain and its checks
-- old
CREATE DOMAIN d AS integer CONSTRAINT c CHECK (VALUE > 0) CONSTRAINT e CHECK (VALUE > 1);
COMMENT ON DOMAIN d IS 'old';
COMMENT ON CONSTRAINT c ON DOMAIN d IS 'old';
-- new
CREATE DOMAIN d AS integer CONSTRAINT c CHECK (VALUE > 0) CONSTRAINT e CHECK (VALUE > 2);
COMMENT ON DOMAIN d IS 'new';
COMMENT ON CONSTRAINT e ON DOMAIN d IS 'new';

-- case: attributes of a row type come and go
-- old
CREATE TYPE pair AS (a integer, b text, gone date);
-- new
CREATE TYPE pair AS (a integer, b text, "New one" numeric(5,2), c text COLLATE "C");
COMMENT ON COLUMN pair.c IS 'new';

-- case: attributes of a row type in use come and go
-- never: DROP TYPE
-- old
CREATE TYPE pair AS (a integer, b text, gone date);
CREATE TABLE t (id integer, p pair, q pair[]);
-- rows
INSERT INTO t VALUES (1, (1, 'x', '2020-01-01')::pair, ARRAY[(2, 'y', NULL)::pair]);
-- new
CREATE TYPE pair AS (a integer, b text, fresh text);
CREATE TABLE t (id integer, p pair, q pair[]);

-- case: an attribute of another type
-- old
CREATE TYPE pair AS (a integer, b varchar(10));
-- new
CREATE TYPE pair AS (a bigint, b text COLLATE "C");

-- case: an attribute of another type, in use
-- never: DROP TYPE
-- old
CREATE TYPE pair AS (a integer, b varchar(10));
CREATE TABLE t (id integer, p pair, q pair[]);
CREATE VIEW v AS SELECT (p).a FROM t;
-- rows
INSERT INTO t VALUES (1, (1, 'it''s, "x"')::pair, ARRAY[(2, NULL)::pair]);
-- new
CREATE TYPE pair AS (a bigint, b text);
CREATE TABLE t (id integer, p pair, q pair[]);
CREATE VIEW v AS SELECT (p).a FROM t;

-- case: attributes of a typed table's type
-- old
CREATE TYPE pair AS (a integer, b varchar(10), gone date);
CREATE TABLE t OF pair (a NOT NULL);
-- rows
INSERT INTO t VALUES (1, 'x', NULL);
-- new
CREATE TYPE pair AS (a bigint, b varchar(20), fresh text);
CREATE TABLE t OF pair (a NOT NULL);

-- case: a row type in another order
-- old
CREATE TYPE pair AS (a integer, b text);
CREATE FUNCTION f(pair) RETURNS integer LANGUAGE sql AS 'SELECT 1';
-- new
CREATE TYPE pair AS (b text, c date, a integer);
CREATE FUNCTION f(pair) RETURNS integer LANGUAGE sql AS 'SELECT 1';

-- case: a row type that another contains gains an attribute
-- old
CREATE TYPE inner_one AS (a integer);
CREATE TYPE outer_one AS (i inner_one, list inner_one[]);
CREATE TABLE t (o outer_one);
-- rows
INSERT INTO t VALUES (ROW(ROW(1), ARRAY[ROW(2)::inner_one])::outer_one);
-- new
CREATE TYPE inner_one AS (a integer, b text);
CREATE TYPE outer_one AS (i inner_one, list inner_one[], c date);
CREATE TABLE t (o outer_one);

-- case: a range of another subtype
-- old
CREATE TYPE span AS RANGE (SUBTYPE = integer, MULTIRANGE_TYPE_NAME = spans);
CREATE TABLE t (a span, b spans, c span[]);
-- rows
INSERT INTO t VALUES ('[1,5)', '{[1,5)}', '{"[1,5)"}');
-- new
CREATE TYPE span AS RANGE (SUBTYPE = numeric, MULTIRANGE_TYPE_NAME = spans);
CREATE TABLE t (a span, b spans, c span[]);

-- case: a range with a difference function
-- old
CREATE TYPE span AS RANGE (SUBTYPE = float8);
CREATE TABLE t (a span);
CREATE INDEX i ON t USING gist (a);
-- rows
INSERT INTO t VALUES ('[1,5)');
-- new
CREATE TYPE span AS RANGE (SUBTYPE = float8, SUBTYPE_DIFF = float8mi);
CREATE TABLE t (a span);
CREATE INDEX i ON t USING gist (a);

-- case: a range with another operator class and collation
-- old
CREATE TYPE words AS RANGE (SUBTYPE = text);
CREATE FUNCTION f(words) RETURNS integer LANGUAGE sql AS 'SELECT 1';
-- new
CREATE TYPE words AS RANGE (SUBTYPE = text, COLLATION = "C", SUBTYPE_OPCLASS = text_pattern_ops);
CREATE FUNCTION f(words) RETURNS integer LANGUAGE sql AS 'SELECT 1';

-- case: a multirange of another name
-- never: DROP TYPE
-- old
CREATE TYPE span AS RANGE (SUBTYPE = float8, MULTIRANGE_TYPE_NAME = spans);
-- new
CREATE TYPE span AS RANGE (SUBTYPE = float8, MULTIRANGE_TYPE_NAME = "Many spans");

-- case: a collation of another locale
-- old
CREATE COLLATION c (LOCALE = 'C');
CREATE TABLE t (a text COLLATE c, b varchar(5) COLLATE c NOT NULL DEFAULT 'x');
CREATE INDEX i ON t (a);
-- rows
INSERT INTO t VALUES ('a', 'b');
-- new
CREATE COLLATION c (LOCALE = 'POSIX');
CREATE TABLE t (a text COLLATE c, b varchar(5) COLLATE c NOT NULL DEFAULT 'x');
CREATE INDEX i ON t (a);

-- case: a collation of another provider
-- old
CREATE COLLATION c (LC_COLLATE = 'C', LC_CTYPE = 'POSIX');
CREATE DOMAIN d AS text COLLATE c;
CREATE TABLE t (a text COLLATE c, b d);
CREATE VIEW v AS SELECT a FROM t ORDER BY a;
-- rows
INSERT INTO t VALUES ('a', 'b');
-- new
CREATE COLLATION c (PROVIDER = icu, LOCALE = 'de-u-co-phonebk', DETERMINISTIC = false);
CREATE DOMAIN d AS text COLLATE c;
CREATE TABLE t (a text COLLATE c, b d);
CREATE VIEW v AS SELECT a FROM t ORDER BY a;

-- case: types that come and go
-- old
CREATE TYPE a AS (x integer);
CREATE DOMAIN b AS integer;
CREATE TYPE c AS RANGE (SUBTYPE = float8);
CREATE COLLATION d (LOCALE = 'C');
-- new
CREATE TYPE e AS (x integer);
CREATE DOMAIN f AS e[];
CREATE TYPE g AS RANGE (SUBTYPE = float8);
CREATE COLLATION h (LOCALE = 'C');

-- case: a type of another kind
-- old
CREATE TYPE a AS ENUM ('x');
CREATE DOMAIN b AS text;
CREATE TYPE c AS (a integer);
-- new
CREATE DOMAIN a AS text;
CREATE TYPE b AS (a integer);
CREATE TYPE c AS ENUM ('x');

-- case: an enum loses a label that rows have
-- old
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE DOMAIN d AS mood;
CREATE TABLE t (a mood, b mood[], c d);
CREATE TABLE u (a mood);
-- rows
INSERT INTO t VALUES ('ok', '{sad}', 'sad'), ('sad', '{sad,ok}', 'sad'), ('sad', '{sad}', 'ok'), ('sad', '{happy}', NULL);
INSERT INTO u VALUES ('ok'), ('sad');
-- new
CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE DOMAIN d AS mood;
CREATE TABLE t (a mood, b mood[], c d);
CREATE TABLE u (a mood);

-- case: an enum that partitions a table loses a label
-- refused: is part of the partition key of its table
-- old
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE TABLE t (a mood) PARTITION BY LIST (a);
-- new
CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE TABLE t (a mood) PARTITION BY LIST (a);

-- case: an enum in defaults of arguments, aggregates and procedures loses a label
-- old
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE FUNCTION f(a mood DEFAULT 'sad', VARIADIC b mood[] DEFAULT '{}') RETURNS mood[] LANGUAGE sql AS 'SELECT b';
CREATE PROCEDURE p(INOUT a mood) LANGUAGE plpgsql AS 'BEGIN END';
CREATE FUNCTION least_of(mood, mood) RETURNS mood LANGUAGE sql IMMUTABLE AS 'SELECT $1';
CREATE AGGREGATE saddest(mood) (SFUNC = least_of, STYPE = mood, INITCOND = 'happy');
CREATE FUNCTION g() RETURNS TABLE (a mood) LANGUAGE sql BEGIN ATOMIC SELECT 'sad'::mood; END;
CREATE TABLE t (a mood DEFAULT least_of('sad', 'happy'));
-- new
CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE FUNCTION f(a mood DEFAULT 'sad', VARIADIC b mood[] DEFAULT '{}') RETURNS mood[] LANGUAGE sql AS 'SELECT b';
CREATE PROCEDURE p(INOUT a mood) LANGUAGE plpgsql AS 'BEGIN END';
CREATE FUNCTION least_of(mood, mood) RETURNS mood LANGUAGE sql IMMUTABLE AS 'SELECT $1';
CREATE AGGREGATE saddest(mood) (SFUNC = least_of, STYPE = mood, INITCOND = 'happy');
CREATE FUNCTION g() RETURNS TABLE (a mood) LANGUAGE sql BEGIN ATOMIC SELECT 'sad'::mood; END;
CREATE TABLE t (a mood DEFAULT least_of('sad', 'happy'));

-- case: an enum with statistics, an exclusion and a published condition loses a label
-- old
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE TABLE t (id integer PRIMARY KEY, a mood, b mood, EXCLUDE USING btree (a WITH =) WHERE (b = 'sad'));
CREATE STATISTICS s ON a, b FROM t;
CREATE STATISTICS x ON (a = 'sad'), b FROM t;
-- new
CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE TABLE t (id integer PRIMARY KEY, a mood, b mood, EXCLUDE USING btree (a WITH =) WHERE (b = 'sad'));
CREATE STATISTICS s ON a, b FROM t;
CREATE STATISTICS x ON (a = 'sad'), b FROM t;

-- case: a domain of another type in functions, views and checks
-- old
CREATE DOMAIN d AS integer;
CREATE TABLE t (a d CHECK (a > 5), b integer DEFAULT 5::d);
CREATE VIEW v AS SELECT b::d AS c FROM t;
CREATE FUNCTION f(d) RETURNS d LANGUAGE sql AS 'SELECT $1';
-- rows
INSERT INTO t VALUES (6, 7);
-- new
CREATE DOMAIN d AS bigint;
CREATE TABLE t (a d CHECK (a > 5), b integer DEFAULT 5::d);
CREATE VIEW v AS SELECT b::d AS c FROM t;
CREATE FUNCTION f(d) RETURNS d LANGUAGE sql AS 'SELECT $1';

-- case: a row type in functions and checks gives an attribute another type
-- old
CREATE TYPE pair AS (a integer, b text);
CREATE TABLE t (p pair CHECK ((p).a > 0), q pair DEFAULT '(1,x)');
CREATE FUNCTION f(pair) RETURNS pair LANGUAGE sql AS 'SELECT $1';
CREATE INDEX i ON t (((p).a));
-- rows
INSERT INTO t VALUES ((1, 'y'));
-- new
CREATE TYPE pair AS (a bigint, b text);
CREATE TABLE t (p pair CHECK ((p).a > 0), q pair DEFAULT '(1,x)');
CREATE FUNCTION f(pair) RETURNS pair LANGUAGE sql AS 'SELECT $1';
CREATE INDEX i ON t (((p).a));

-- case: a row type loses an attribute that a view and an index read
-- old
CREATE TYPE pair AS (a integer, gone text);
CREATE TABLE t (p pair);
CREATE VIEW v AS SELECT (p).gone AS x FROM t;
CREATE INDEX i ON t (((p).gone));
-- rows
INSERT INTO t VALUES ((1, 'y'));
-- new
CREATE TYPE pair AS (a integer);
CREATE TABLE t (p pair);
CREATE VIEW v AS SELECT (p).a::text AS x FROM t;
CREATE INDEX i ON t (((p).a));
