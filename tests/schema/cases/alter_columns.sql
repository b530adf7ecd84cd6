-- case: add a column
-- old
CREATE TABLE t (a integer);
-- new
CREATE TABLE t (a integer, b text);

-- case: add a column with a default and NOT NULL
-- old
CREATE TABLE t (a integer);
-- new
CREATE TABLE t (a integer, b text DEFAULT 'x' NOT NULL);

-- case: add a column that must have values
-- expect: ADD COLUMN b integer NOT NULL
-- old
CREATE TABLE t (a integer);
-- new
CREATE TABLE t (a integer, b integer NOT NULL);

-- case: add a column in the middle
-- never: CREATE TABLE
-- old
CREATE TABLE t (a integer, c integer);
-- new
CREATE TABLE t (a integer, b integer, c integer);

-- case: the order of columns alone
-- never: ;
-- old
CREATE TABLE t (a integer, b text);
-- new
CREATE TABLE t (b text, a integer);

-- case: drop a column
-- old
CREATE TABLE t (a integer, b text, c integer);
-- new
CREATE TABLE t (a integer, c integer);

-- case: drop a column with its index, check and comment
-- old
CREATE TABLE t (a integer, b integer CHECK (b > 0)); CREATE INDEX t_b ON t (b); COMMENT ON COLUMN t.b IS 'b';
-- new
CREATE TABLE t (a integer);

-- case: drop one column of an index of two
-- old
CREATE TABLE t (a integer, b integer); CREATE INDEX i ON t (a, b);
-- new
CREATE TABLE t (a integer); CREATE INDEX i ON t (a);

-- case: drop a column that a view has
-- old
CREATE TABLE t (a integer, b text); CREATE VIEW v AS SELECT a, b FROM t;
-- new
CREATE TABLE t (a integer); CREATE VIEW v AS SELECT a FROM t;

-- case: drop a column that a key has
-- old
CREATE TABLE t (a integer, b integer, PRIMARY KEY (a, b));
-- new
CREATE TABLE t (a integer PRIMARY KEY);

-- case: integer to bigint
-- old
CREATE TABLE t (a integer);
-- new
CREATE TABLE t (a bigint);

-- case: integer to bigint under a primary key and its references
-- old
CREATE TABLE t (a integer PRIMARY KEY); CREATE TABLE u (b integer REFERENCES t);
-- new
CREATE TABLE t (a bigint PRIMARY KEY); CREATE TABLE u (b bigint REFERENCES t);

-- case: text to integer, which needs USING
-- old
CREATE TABLE t (a text);
-- new
CREATE TABLE t (a integer);

-- case: text to jsonb, which needs USING
-- old
CREATE TABLE t (a text);
-- new
CREATE TABLE t (a jsonb);

-- case: text to an enum with a default
CREATE TYPE mood AS ENUM ('1', '2');
-- old
CREATE TABLE t (a text DEFAULT '2' NOT NULL);
-- new
CREATE TABLE t (a mood DEFAULT '2'::mood NOT NULL);

-- case: an enum to another enum
CREATE TYPE m AS ENUM ('a', 'b'); CREATE TYPE n AS ENUM ('a', 'b', 'c');
-- old
CREATE TABLE t (a m);
-- new
CREATE TABLE t (a n);

-- case: an enum to text with an index on it
CREATE TYPE m AS ENUM ('a', 'b');
-- old
CREATE TABLE t (a m DEFAULT 'a'); CREATE INDEX i ON t (a);
-- new
CREATE TABLE t (a text DEFAULT 'a'); CREATE INDEX i ON t (a);

-- case: a domain to its base type
CREATE DOMAIN d AS integer CHECK (VALUE > 0);
-- old
CREATE TABLE t (a d);
-- new
CREATE TABLE t (a integer);

-- case: an array of varchar to an array of text
-- old
CREATE TABLE t (a varchar(10)[]);
-- new
CREATE TABLE t (a text[]);

-- case: integer to boolean with a default
-- old
CREATE TABLE t (a integer DEFAULT 1);
-- new
CREATE TABLE t (a boolean DEFAULT true);

-- case: a timestamp gets a time zone
-- old
CREATE TABLE t (a timestamp DEFAULT '2026-01-01');
-- new
CREATE TABLE t (a timestamptz DEFAULT '2026-01-01 00:00:00+00');

-- case: varchar becomes wider
-- old
CREATE TABLE t (a varchar(10));
-- new
CREATE TABLE t (a varchar(20));

-- case: varchar becomes narrower
-- old
CREATE TABLE t (a varchar(20));
-- new
CREATE TABLE t (a varchar(10));

-- case: numeric gets other digits
-- old
CREATE TABLE t (a numeric(10,2));
-- new
CREATE TABLE t (a numeric(12,4));

-- case: a type that a view, a policy, a trigger and a rule look at
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
-- old
CREATE TABLE t (a integer, b integer); CREATE VIEW v AS SELECT a + 1 AS a FROM t; CREATE VIEW w AS SELECT * FROM v; CREATE POLICY p ON t USING (a > 0); CREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW WHEN (NEW.a > 1) EXECUTE FUNCTION f(); CREATE RULE r AS ON DELETE TO t WHERE old.a = 3 DO INSTEAD NOTHING;
-- new
CREATE TABLE t (a bigint, b integer); CREATE VIEW v AS SELECT a + 1 AS a FROM t; CREATE VIEW w AS SELECT * FROM v; CREATE POLICY p ON t USING (a > 0); CREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW WHEN (NEW.a > 1) EXECUTE FUNCTION f(); CREATE RULE r AS ON DELETE TO t WHERE old.a = 3 DO INSTEAD NOTHING;

-- case: a type below a materialized view with an index and a comment
-- old
CREATE TABLE t (a integer); CREATE MATERIALIZED VIEW v AS SELECT a FROM t; CREATE UNIQUE INDEX i ON v (a); COMMENT ON MATERIALIZED VIEW v IS 'm'; GRANT SELECT ON v TO schema_case_reader;
-- new
CREATE TABLE t (a bigint); CREATE MATERIALIZED VIEW v AS SELECT a FROM t; CREATE UNIQUE INDEX i ON v (a); COMMENT ON MATERIALIZED VIEW v IS 'm'; GRANT SELECT ON v TO schema_case_reader;

-- case: a type below a generated column with an index
-- old
CREATE TABLE t (a integer, b integer GENERATED ALWAYS AS (a * 2) STORED); CREATE INDEX i ON t (b);
-- new
CREATE TABLE t (a bigint, b integer GENERATED ALWAYS AS (a * 2) STORED); CREATE INDEX i ON t (b);

-- case: a type below a check, a unique key, a partial index and statistics
-- old
CREATE TABLE t (a integer CHECK (a > 0), b integer, UNIQUE (a)); CREATE INDEX i ON t (b) WHERE a > 5; CREATE STATISTICS s ON a, b FROM t;
-- new
CREATE TABLE t (a bigint CHECK (a > 0), b integer, UNIQUE (a)); CREATE INDEX i ON t (b) WHERE a > 5; CREATE STATISTICS s ON a, b FROM t;

-- case: a type that changes the text of an index and a check
-- old
CREATE TABLE t (a varchar(10) CHECK (a <> '')); CREATE INDEX i ON t (lower(a));
-- new
CREATE TABLE t (a text CHECK (a <> '')); CREATE INDEX i ON t (lower(a));

-- case: text to uuid under a foreign key
-- old
CREATE TABLE t (a text PRIMARY KEY); CREATE TABLE u (b text REFERENCES t);
-- rows
INSERT INTO t VALUES ('00000000-0000-0000-0000-000000000001'); INSERT INTO u VALUES ('00000000-0000-0000-0000-000000000001');
-- new
CREATE TABLE t (a uuid PRIMARY KEY); CREATE TABLE u (b uuid REFERENCES t);

-- case: a collation is set, and taken away
-- never: DROP COLUMN
-- old
CREATE TABLE t (a text, b text COLLATE "C");
-- new
CREATE TABLE t (a text COLLATE "C", b text);

-- case: a collation under an index and a default
-- old
CREATE TABLE t (a text DEFAULT 'x'); CREATE INDEX i ON t (a);
-- new
CREATE TABLE t (a text COLLATE "POSIX" DEFAULT 'x'); CREATE INDEX i ON t (a);

-- case: a default is set, changed and dropped
-- old
CREATE TABLE t (a integer, b integer DEFAULT 1, c integer DEFAULT 2);
-- new
CREATE TABLE t (a integer DEFAULT 5, b integer DEFAULT 2, c integer);

-- case: a default that calls a new function
-- old
CREATE TABLE t (a integer);
-- new
CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1'; CREATE TABLE t (a integer DEFAULT f());

-- case: a default whose function changes its result
-- old
CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1'; CREATE TABLE t (a integer DEFAULT f());
-- new
CREATE FUNCTION f() RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint'; CREATE TABLE t (a integer DEFAULT f());

-- case: a check whose function changes its result
-- old
CREATE FUNCTION f(integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 1'; CREATE TABLE t (a integer CHECK (f(a) = 1));
-- new
CREATE FUNCTION f(integer) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT 1::bigint'; CREATE TABLE t (a integer CHECK (f(a) = 1));

-- case: NOT NULL comes
-- expect: NOT VALID
-- expect: VALIDATE CONSTRAINT a_not_null
-- old
CREATE TABLE t (a integer);
-- new
CREATE TABLE t (a integer NOT NULL);

-- case: NOT NULL goes
-- old
CREATE TABLE t (a integer NOT NULL);
-- new
CREATE TABLE t (a integer);

-- case: NOT NULL of a column with the longest name
-- old
CREATE TABLE t ("ääääääääääääääääääääääääääääääa" integer);
-- new
CREATE TABLE t ("ääääääääääääääääääääääääääääääa" integer NOT NULL);

-- case: NOT NULL and a type at once
-- old
CREATE TABLE t (a integer);
-- new
CREATE TABLE t (a bigint NOT NULL);

-- case: NOT NULL of a view's column
-- never: VIEW
-- old
CREATE TABLE t (a integer); CREATE VIEW v AS SELECT a FROM t;
-- new
CREATE TABLE t (a integer NOT NULL); CREATE VIEW v AS SELECT a FROM t;

-- case: identity comes
-- old
CREATE TABLE t (a bigint, b text);
-- new
CREATE TABLE t (a bigint GENERATED ALWAYS AS IDENTITY, b text);

-- case: identity goes
-- old
CREATE TABLE t (a bigint GENERATED BY DEFAULT AS IDENTITY, b text);
-- new
CREATE TABLE t (a bigint, b text);

-- case: identity goes and NOT NULL stays
-- old
CREATE TABLE t (a bigint GENERATED BY DEFAULT AS IDENTITY);
-- new
CREATE TABLE t (a bigint NOT NULL);

-- case: identity by default to always, with other numbers
-- old
CREATE TABLE t (a bigint GENERATED BY DEFAULT AS IDENTITY);
-- new
CREATE TABLE t (a bigint GENERATED ALWAYS AS IDENTITY (INCREMENT BY 5 START WITH 10 CACHE 3));

-- case: identity whose sequence has another name
-- old
CREATE TABLE t (a bigint GENERATED BY DEFAULT AS IDENTITY (SEQUENCE NAME one));
-- new
CREATE TABLE t (a bigint GENERATED BY DEFAULT AS IDENTITY (SEQUENCE NAME two INCREMENT BY 2));

-- case: identity whose column becomes a bigint
-- old
CREATE TABLE t (a integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
-- new
CREATE TABLE t (a bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY);

-- case: an identity column is added
-- old
CREATE TABLE t (b text);
-- new
CREATE TABLE t (b text, a bigint GENERATED ALWAYS AS IDENTITY);

-- case: serial to identity
-- expect: setval
-- old
CREATE TABLE t (a serial, b text);
-- new
CREATE TABLE t (a integer GENERATED BY DEFAULT AS IDENTITY, b text);

-- case: serial to identity with a primary key
-- old
CREATE TABLE t (a serial PRIMARY KEY, b text);
-- new
CREATE TABLE t (a integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, b text);

-- case: a serial column is added
-- old
CREATE TABLE t (b text);
-- new
CREATE TABLE t (b text, a serial);

-- case: a serial column is dropped
-- old
CREATE TABLE t (b text, a serial);
-- new
CREATE TABLE t (b text);

-- case: plain to serial
-- expect: setval
-- old
CREATE TABLE t (a integer NOT NULL);
-- new
CREATE TABLE t (a serial);

-- case: serial to bigserial
-- old
CREATE TABLE t (a serial PRIMARY KEY);
-- new
CREATE TABLE t (a bigserial PRIMARY KEY);

-- case: generated to plain
-- expect: DROP EXPRESSION
-- old
CREATE TABLE t (a integer, b integer GENERATED ALWAYS AS (a * 2) STORED);
-- new
CREATE TABLE t (a integer, b integer);

-- case: plain to generated
-- old
CREATE TABLE t (a integer, b integer);
-- new
CREATE TABLE t (a integer, b integer GENERATED ALWAYS AS (a * 2) STORED);

-- case: generated from something else
-- old
CREATE TABLE t (a integer, b integer GENERATED ALWAYS AS (a * 2) STORED);
-- new
CREATE TABLE t (a integer, b integer GENERATED ALWAYS AS (a * 3) STORED);

-- case: generated from something else, with a view and an index on it
-- old
CREATE TABLE t (a integer, b integer GENERATED ALWAYS AS (a * 2) STORED); CREATE INDEX i ON t (b); CREATE VIEW v AS SELECT b FROM t;
-- new
CREATE TABLE t (a integer, b integer GENERATED ALWAYS AS (a * 3) STORED); CREATE INDEX i ON t (b); CREATE VIEW v AS SELECT b FROM t;

-- case: generated by a function that is rebuilt
-- old
CREATE FUNCTION f(integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 1'; CREATE TABLE t (a integer, b bigint GENERATED ALWAYS AS (f(a)) STORED);
-- new
CREATE FUNCTION f(integer) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT 1::bigint'; CREATE TABLE t (a integer, b bigint GENERATED ALWAYS AS (f(a)) STORED);

-- case: a generated column is added after the column it needs
-- old
CREATE TABLE t (a integer);
-- new
CREATE TABLE t (a integer, b integer DEFAULT 4, c integer GENERATED ALWAYS AS (a + b) STORED);

-- case: storage
-- old
CREATE TABLE t (a text, b text); ALTER TABLE t ALTER b SET STORAGE MAIN;
-- new
CREATE TABLE t (a text, b text); ALTER TABLE t ALTER a SET STORAGE EXTERNAL;

-- case: storage of a column that is added
-- old
CREATE TABLE t (a text);
-- new
CREATE TABLE t (a text, b text); ALTER TABLE t ALTER b SET STORAGE EXTERNAL;

-- case: storage and type at once
-- old
CREATE TABLE t (a integer);
-- new
CREATE TABLE t (a text); ALTER TABLE t ALTER a SET STORAGE EXTERNAL;

-- case: compression
-- old
CREATE TABLE t (a text, b text COMPRESSION pglz);
-- new
CREATE TABLE t (a text COMPRESSION pglz, b text);

-- case: statistics targets
-- old
CREATE TABLE t (a text, b text, c text); ALTER TABLE t ALTER a SET STATISTICS 10; ALTER TABLE t ALTER b SET STATISTICS 20;
-- new
CREATE TABLE t (a text, b text, c text); ALTER TABLE t ALTER b SET STATISTICS 30; ALTER TABLE t ALTER c SET STATISTICS 0;

-- case: options
-- old
CREATE TABLE t (a text, b text); ALTER TABLE t ALTER a SET (n_distinct = 5, n_distinct_inherited = 7); ALTER TABLE t ALTER b SET (n_distinct = -0.5);
-- new
CREATE TABLE t (a text, b text); ALTER TABLE t ALTER a SET (n_distinct = 6);

-- case: comments
-- old
CREATE TABLE t (a text, b text, c text); COMMENT ON COLUMN t.a IS 'a'; COMMENT ON COLUMN t.b IS 'b';
-- new
CREATE TABLE t (a text, b text, c text); COMMENT ON COLUMN t.b IS 'it''s b'; COMMENT ON COLUMN t.c IS 'c';

-- case: a comment and a grant on a column that is added
-- old
CREATE TABLE t (a text);
-- new
CREATE TABLE t (a text, b text); COMMENT ON COLUMN t.b IS 'b'; GRANT SELECT (b) ON t TO schema_case_reader;

-- case: grants on columns
-- old
CREATE TABLE t (a text, b text); GRANT SELECT (a), UPDATE (a) ON t TO schema_case_reader;
-- new
CREATE TABLE t (a text, b text); GRANT SELECT (a, b) ON t TO schema_case_reader;

-- case: names with quotes, dots and Unicode
-- old
CREATE TABLE "T a.b" ("Ä ""q""" integer, "x.y" text DEFAULT 'a'); CREATE INDEX "I ""x" ON "T a.b" ("x.y");
-- new
CREATE TABLE "T a.b" ("Ä ""q""" bigint NOT NULL, "x.y" text DEFAULT 'b', "neu; --" integer); CREATE INDEX "I ""x" ON "T a.b" ("Ä ""q""");

-- case: a type that is new for a column that is new
-- old
CREATE TABLE t (a integer);
-- new
CREATE TYPE m AS ENUM ('x', 'y'); CREATE TABLE t (a integer, b m DEFAULT 'x');

-- case: a domain that is new for a column that there is
-- old
CREATE TABLE t (a integer);
-- new
CREATE DOMAIN d AS integer CHECK (VALUE > 0); CREATE TABLE t (a d);

-- case: a column of a row type gets another
CREATE TYPE c AS (x integer); CREATE TYPE d AS (x integer);
-- old
CREATE TABLE t (a c);
-- new
CREATE TABLE t (a d);

-- case: what is too long for a type is not cut off
-- expect: USING a;
-- expect: USING b::text;
-- old
CREATE TABLE t (a varchar(20), b integer, c bit varying(8), d varchar(20)[]);
-- new
CREATE TABLE t (a varchar(1), b varchar(3), c bit varying(4), d varchar(10)[]);
