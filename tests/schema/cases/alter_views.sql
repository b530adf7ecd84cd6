-- case: a view's condition
-- expect: CREATE OR REPLACE VIEW
-- never: DROP VIEW
-- old
CREATE TABLE t (a integer, b text);
CREATE VIEW v AS SELECT a, b FROM t WHERE a > 0;
CREATE VIEW w AS SELECT a FROM v;
GRANT SELECT ON v TO schema_case_reader;
-- new
CREATE TABLE t (a integer, b text);
CREATE VIEW v AS SELECT a, b FROM t WHERE a > 1;
CREATE VIEW w AS SELECT a FROM v;
GRANT SELECT ON v TO schema_case_reader;

-- case: a view with columns behind the old ones
-- never: DROP VIEW
-- old
CREATE TABLE t (a integer, b text);
CREATE VIEW v AS SELECT a FROM t;
CREATE VIEW w AS SELECT a FROM v;
-- new
CREATE TABLE t (a integer, b text);
CREATE VIEW v AS SELECT a, b FROM t;
COMMENT ON COLUMN v.b IS 'new';
GRANT SELECT (b) ON v TO schema_case_reader;
CREATE VIEW w AS SELECT a FROM v;

-- case: a view whose columns are called otherwise
-- old
CREATE TABLE t (a integer, b text);
CREATE VIEW v AS SELECT a, b FROM t;
CREATE VIEW w AS SELECT b FROM v;
COMMENT ON VIEW v IS 'kept';
-- new
CREATE TABLE t (a integer, b text);
CREATE VIEW v AS SELECT a AS "Other name", b FROM t;
CREATE VIEW w AS SELECT b FROM v;
COMMENT ON VIEW v IS 'kept';

-- case: a view whose columns change their order
-- old
CREATE TABLE t (a integer, b text);
CREATE VIEW v AS SELECT a, b FROM t;
CREATE VIEW w AS SELECT b FROM v;
CREATE FUNCTION f(v) RETURNS integer LANGUAGE sql AS 'SELECT 1';
-- new
CREATE TABLE t (a integer, b text);
CREATE VIEW v AS SELECT b, a FROM t;
CREATE VIEW w AS SELECT b FROM v;
CREATE FUNCTION f(v) RETURNS integer LANGUAGE sql AS 'SELECT 1';

-- case: a view's column of another type
-- old
CREATE TABLE t (a integer);
CREATE VIEW v AS SELECT a, a::text AS b FROM t;
-- new
CREATE TABLE t (a integer);
CREATE VIEW v AS SELECT a, a::varchar(3) AS b FROM t;

-- case: a view's column with another collation
-- old
CREATE TABLE t (a text);
CREATE VIEW v AS SELECT a FROM t;
-- new
CREATE TABLE t (a text);
CREATE VIEW v AS SELECT a COLLATE "C" AS a FROM t;

-- case: a view loses a column, and a table loses it, too
-- old
CREATE TABLE t (a integer, b text);
CREATE VIEW v AS SELECT a, b FROM t;
-- new
CREATE TABLE t (a integer);
CREATE VIEW v AS SELECT a FROM t;

-- case: a view reads a new column, and a new table
-- never: DROP VIEW
-- old
CREATE TABLE t (a integer);
CREATE VIEW v AS SELECT a FROM t;
-- new
CREATE TABLE t (a integer, c integer);
CREATE TABLE zz (a integer);
CREATE VIEW v AS SELECT t.a, zz.a AS b, t.c FROM t JOIN zz USING (a);

-- case: a view over a column that changes its type
-- old
CREATE TABLE t (a integer, b integer);
CREATE VIEW v AS SELECT a FROM t;
CREATE VIEW w AS SELECT a + 1 AS b FROM v;
-- rows
INSERT INTO t VALUES (1, 2);
-- new
CREATE TABLE t (a bigint, b integer);
CREATE VIEW v AS SELECT a FROM t;
CREATE VIEW w AS SELECT a + 1 AS b FROM v;

-- case: options of a view
-- never: DROP VIEW
-- old
CREATE TABLE t (a integer);
CREATE VIEW v WITH (security_barrier = true) AS SELECT a FROM t WHERE a > 0 WITH LOCAL CHECK OPTION;
CREATE VIEW w AS SELECT a FROM t WHERE a > 0;
-- new
CREATE TABLE t (a integer);
CREATE VIEW v WITH (security_invoker = true) AS SELECT a FROM t WHERE a > 0 WITH CASCADED CHECK OPTION;
CREATE VIEW w AS SELECT a FROM t WHERE a > 0 WITH LOCAL CHECK OPTION;

-- case: options and query of a view
-- old
CREATE TABLE t (a integer);
CREATE VIEW v WITH (security_barrier = true) AS SELECT a FROM t WHERE a > 0;
-- new
CREATE TABLE t (a integer);
CREATE VIEW v WITH (security_invoker = true) AS SELECT a FROM t WHERE a > 1;

-- case: defaults and comments of a view's columns
-- never: DROP VIEW
-- old
CREATE TABLE t (a integer, b text);
CREATE VIEW v AS SELECT a, b FROM t;
ALTER VIEW v ALTER b SET DEFAULT 'x';
COMMENT ON COLUMN v.a IS 'old';
-- new
CREATE TABLE t (a integer, b text);
CREATE VIEW v AS SELECT a, b FROM t;
ALTER VIEW v ALTER a SET DEFAULT 5;
COMMENT ON COLUMN v.b IS 'new';

-- case: a view with a default, rebuilt
-- old
CREATE TABLE t (a integer, b text);
CREATE VIEW v AS SELECT a, b FROM t;
ALTER VIEW v ALTER b SET DEFAULT 'x';
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER r INSTEAD OF INSERT ON v FOR EACH ROW EXECUTE FUNCTION f();
CREATE RULE u AS ON UPDATE TO v DO INSTEAD NOTHING;
-- new
CREATE TABLE t (a integer, b text);
CREATE VIEW v AS SELECT b, a FROM t;
ALTER VIEW v ALTER b SET DEFAULT 'x';
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER r INSTEAD OF INSERT ON v FOR EACH ROW EXECUTE FUNCTION f();
CREATE RULE u AS ON UPDATE TO v DO INSTEAD NOTHING;

-- case: a view that reads itself
-- old
CREATE RECURSIVE VIEW v (n) AS SELECT 1 UNION ALL SELECT n + 1 FROM v WHERE n < 5;
-- new
CREATE RECURSIVE VIEW v (n) AS SELECT 1 UNION ALL SELECT n + 1 FROM v WHERE n < 6;

-- case: views change places
-- old
CREATE VIEW a AS SELECT 1 AS x;
CREATE VIEW b AS SELECT x FROM a;
-- new
CREATE VIEW b AS SELECT 1 AS x;
CREATE VIEW a AS SELECT x FROM b;

-- case: views come and go
-- old
CREATE TABLE t (a integer);
CREATE VIEW z AS SELECT a FROM t;
CREATE VIEW y AS SELECT a FROM z;
-- new
CREATE TABLE t (a integer);
CREATE VIEW x AS SELECT a FROM t;
CREATE VIEW w AS SELECT a FROM x;

-- case: a view becomes a table, and a table a view
-- old
CREATE TABLE t (a integer);
CREATE VIEW v AS SELECT a FROM t;
-- new
CREATE TABLE v (a integer);
CREATE VIEW t AS SELECT a FROM v;

-- case: a view becomes materialized
-- old
CREATE TABLE t (a integer);
CREATE VIEW v AS SELECT a FROM t;
CREATE VIEW w AS SELECT a FROM v;
-- new
CREATE TABLE t (a integer);
CREATE MATERIALIZED VIEW v AS SELECT a FROM t;
CREATE VIEW w AS SELECT a FROM v;

-- case: a materialized view's query
-- expect: REFRESH MATERIALIZED VIEW
-- old
CREATE TABLE t (a integer, b text);
CREATE MATERIALIZED VIEW m WITH (fillfactor = 80) AS SELECT a FROM t WHERE a > 0;
CREATE UNIQUE INDEX i ON m (a);
CREATE VIEW w AS SELECT a FROM m;
COMMENT ON MATERIALIZED VIEW m IS 'kept';
COMMENT ON INDEX i IS 'kept';
GRANT SELECT ON m TO schema_case_reader;
ALTER MATERIALIZED VIEW m ALTER a SET STATISTICS 99;
-- new
CREATE TABLE t (a integer, b text);
CREATE MATERIALIZED VIEW m WITH (fillfactor = 80) AS SELECT a, b FROM t WHERE a > 1;
CREATE UNIQUE INDEX i ON m (a);
CREATE VIEW w AS SELECT a FROM m;
COMMENT ON MATERIALIZED VIEW m IS 'kept';
COMMENT ON INDEX i IS 'kept';
GRANT SELECT ON m TO schema_case_reader;
ALTER MATERIALIZED VIEW m ALTER a SET STATISTICS 99;

-- case: options of a materialized view
-- never: DROP MATERIALIZED
-- old
CREATE MATERIALIZED VIEW m WITH (fillfactor = 80, autovacuum_enabled = false) AS SELECT 1 AS a;
-- new
CREATE MATERIALIZED VIEW m WITH (fillfactor = 70, toast.autovacuum_enabled = false) AS SELECT 1 AS a;

-- case: columns of a materialized view
-- never: DROP MATERIALIZED
-- old
CREATE MATERIALIZED VIEW m AS SELECT 1 AS a, 'x'::text AS b, 5::numeric AS c, 'y'::text AS d;
ALTER MATERIALIZED VIEW m ALTER a SET STATISTICS 99;
ALTER MATERIALIZED VIEW m ALTER c SET STORAGE EXTERNAL;
ALTER MATERIALIZED VIEW m ALTER d SET (n_distinct = 5);
-- new
CREATE MATERIALIZED VIEW m AS SELECT 1 AS a, 'x'::text AS b, 5::numeric AS c, 'y'::text AS d;
ALTER MATERIALIZED VIEW m ALTER b SET STORAGE EXTERNAL;
ALTER MATERIALIZED VIEW m ALTER b SET COMPRESSION pglz;
ALTER MATERIALIZED VIEW m ALTER c SET STATISTICS 50;
ALTER MATERIALIZED VIEW m ALTER d SET (n_distinct_inherited = 6);
COMMENT ON COLUMN m.d IS 'last';

-- case: a view of every column of a table that gains one
-- old
CREATE TABLE t (id integer PRIMARY KEY, a text);
CREATE VIEW v AS SELECT * FROM t;
CREATE VIEW n AS SELECT id, a, count(*) FROM t GROUP BY id;
-- new
CREATE TABLE t (id integer PRIMARY KEY, a text, b date);
CREATE VIEW v AS SELECT * FROM t;
CREATE VIEW n AS SELECT id, a, b, count(*) FROM t GROUP BY id;

-- case: a view that groups by a key which changes
-- old
CREATE TABLE t (id integer PRIMARY KEY, a text);
CREATE VIEW v AS SELECT id, a FROM t GROUP BY id;
-- new
CREATE TABLE t (id integer, a text PRIMARY KEY);
CREATE VIEW v AS SELECT a, id FROM t GROUP BY a;

-- case: views with odd names
-- old
CREATE TABLE "T t" ("A.b" integer, "Größe" text);
CREATE VIEW "V ""v"".w" AS SELECT "A.b", "Größe" FROM "T t";
ALTER VIEW "V ""v"".w" ALTER "Größe" SET DEFAULT 'x';
-- new
CREATE TABLE "T t" ("A.b" integer, "Größe" text);
CREATE VIEW "V ""v"".w" WITH (security_barrier = true) AS SELECT "A.b", "Größe" FROM "T t" WHERE "A.b" > 0;
ALTER VIEW "V ""v"".w" ALTER "A.b" SET DEFAULT 1;

-- case: a rule's action, condition and state
-- never: DROP RULE
-- old
CREATE TABLE t (a integer, b text);
CREATE TABLE log (a integer);
CREATE RULE r AS ON INSERT TO t DO ALSO INSERT INTO log VALUES (NEW.a);
CREATE RULE s AS ON DELETE TO t WHERE OLD.a > 5 DO INSTEAD NOTHING;
CREATE RULE x AS ON UPDATE TO t DO ALSO NOTHING;
ALTER TABLE t DISABLE RULE s;
COMMENT ON RULE r ON t IS 'kept';
-- rows
INSERT INTO t VALUES (1, 'x');
-- new
CREATE TABLE t (a integer, b text);
CREATE TABLE log (a integer);
CREATE RULE r AS ON INSERT TO t DO ALSO INSERT INTO log VALUES (NEW.a + 1);
CREATE RULE s AS ON DELETE TO t WHERE OLD.a > 6 DO INSTEAD NOTHING;
CREATE RULE x AS ON UPDATE TO t DO ALSO NOTHING;
ALTER TABLE t ENABLE ALWAYS RULE r;
ALTER TABLE t ENABLE REPLICA RULE x;
COMMENT ON RULE r ON t IS 'kept';

-- case: a rule for another event, and rules that come and go
-- old
CREATE TABLE t (a integer);
CREATE VIEW v AS SELECT a FROM t;
CREATE RULE "R r" AS ON INSERT TO v DO INSTEAD INSERT INTO t VALUES (NEW.a);
CREATE RULE gone AS ON DELETE TO v DO INSTEAD NOTHING;
-- new
CREATE TABLE t (a integer);
CREATE VIEW v AS SELECT a FROM t;
CREATE RULE "R r" AS ON UPDATE TO v DO INSTEAD INSERT INTO t VALUES (NEW.a);
CREATE RULE fresh AS ON DELETE TO v DO INSTEAD NOTHING;
