-- case: a view
CREATE TABLE t (a integer, b text);
CREATE VIEW v AS SELECT a, b, a + 1 AS c FROM t WHERE b <> 'it''s';

-- case: views upon views in the wrong alphabetical order
CREATE VIEW z AS SELECT 1 AS a;
CREATE VIEW y AS SELECT a FROM z;
CREATE VIEW x AS SELECT y.a FROM y JOIN z USING (a);

-- case: a view with options and a check option
CREATE TABLE t (a integer);
CREATE VIEW v WITH (security_barrier = true) AS SELECT a FROM t WHERE a > 0 WITH LOCAL CHECK OPTION;
CREATE VIEW w WITH (security_invoker = true) AS SELECT a FROM t WHERE a > 0 WITH CASCADED CHECK OPTION;

-- case: a view with column names of its own
CREATE VIEW v ("First One", b) AS SELECT 1, 'x'::text;

-- case: a view with a default and comments
CREATE TABLE t (a integer, b text);
CREATE VIEW v AS SELECT a, b FROM t;
ALTER VIEW v ALTER b SET DEFAULT 'x';
COMMENT ON VIEW v IS 'a view';
COMMENT ON COLUMN v.a IS 'its column';

-- case: a recursive view
CREATE RECURSIVE VIEW v (n) AS SELECT 1 UNION ALL SELECT n + 1 FROM v WHERE n < 5;

-- case: a view that groups by a primary key
CREATE TABLE t (id integer PRIMARY KEY, a text);
CREATE VIEW v AS SELECT id, a, count(*) FROM t GROUP BY id;

-- case: a view of slices, casts and windows
CREATE TABLE t (a integer[], b text);
CREATE VIEW v AS SELECT a[1:2] AS s, b::varchar(3) AS c, row_number() OVER (PARTITION BY b ORDER BY a) AS n, b LIKE 'x\_%' AS l FROM t;

-- case: a materialized view
CREATE TABLE t (a integer, b text);
CREATE MATERIALIZED VIEW m WITH (fillfactor = 80) AS SELECT a, b FROM t WITH NO DATA;
COMMENT ON MATERIALIZED VIEW m IS 'kept';
COMMENT ON COLUMN m.a IS 'its column';
ALTER MATERIALIZED VIEW m ALTER a SET STATISTICS 99;
ALTER MATERIALIZED VIEW m ALTER b SET STORAGE EXTERNAL;

-- case: a materialized view clustered on an index
CREATE MATERIALIZED VIEW m AS SELECT 1 AS a;
CREATE INDEX i ON m (a);
ALTER MATERIALIZED VIEW m CLUSTER ON i;

-- case: a view of a materialized view, a function of a view
CREATE MATERIALIZED VIEW m AS SELECT 1 AS a;
CREATE VIEW a_view AS SELECT a FROM m;
CREATE FUNCTION f(a_view) RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE VIEW b_view AS SELECT f(a_view) FROM a_view;

-- case: rules
CREATE TABLE t (a integer, b text);
CREATE TABLE log (a integer);
CREATE RULE r AS ON INSERT TO t DO ALSO INSERT INTO log VALUES (NEW.a);
CREATE RULE s AS ON DELETE TO t WHERE OLD.a > 5 DO INSTEAD NOTHING;
CREATE RULE several AS ON UPDATE TO t DO ALSO (INSERT INTO log VALUES (1); DELETE FROM log WHERE a = 2);
ALTER TABLE t DISABLE RULE s;
COMMENT ON RULE r ON t IS 'a rule';

-- case: a rule that makes a view writable
CREATE TABLE t (a integer);
CREATE VIEW v AS SELECT a FROM t;
CREATE RULE r AS ON INSERT TO v DO INSTEAD INSERT INTO t VALUES (NEW.a) RETURNING t.a;
