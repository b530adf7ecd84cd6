-- case: an unlogged table
CREATE UNLOGGED TABLE t (a integer);

-- case: storage parameters, also of the TOAST table
CREATE TABLE t (a text) WITH (fillfactor = 70, autovacuum_enabled = false, toast.autovacuum_enabled = false, autovacuum_vacuum_scale_factor = 0.2);

-- case: replica identity full and nothing
CREATE TABLE t (a integer);
CREATE TABLE u (a integer);
ALTER TABLE t REPLICA IDENTITY FULL;
ALTER TABLE u REPLICA IDENTITY NOTHING;

-- case: replica identity by an index
CREATE TABLE t (a integer NOT NULL);
CREATE UNIQUE INDEX t_a ON t (a);
ALTER TABLE t REPLICA IDENTITY USING INDEX t_a;

-- case: replica identity by the index of a constraint
CREATE TABLE t (a integer NOT NULL, CONSTRAINT t_a UNIQUE (a));
ALTER TABLE t REPLICA IDENTITY USING INDEX t_a;

-- case: row security enabled, forced
CREATE TABLE t (a integer);
CREATE TABLE u (a integer);
ALTER TABLE t ENABLE ROW LEVEL SECURITY;
ALTER TABLE u ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

-- case: row security forced but not enabled
CREATE TABLE t (a integer);
ALTER TABLE t FORCE ROW LEVEL SECURITY;

-- case: a clustered table
CREATE TABLE t (a integer);
CREATE INDEX t_a ON t (a);
ALTER TABLE t CLUSTER ON t_a;

-- case: a table clustered on its primary key
CREATE TABLE t (a integer PRIMARY KEY);
ALTER TABLE t CLUSTER ON t_pkey;

-- case: inheritance from one parent
CREATE TABLE p (a integer NOT NULL DEFAULT 1, b text);
CREATE TABLE c (d date) INHERITS (p);

-- case: inheritance from two parents, merged columns
CREATE TABLE p (a integer, b text);
CREATE TABLE q (b text, c date);
CREATE TABLE r (b text, e integer) INHERITS (p, q);

-- case: inheritance over three generations
CREATE TABLE p (a integer);
CREATE TABLE q (b text) INHERITS (p);
CREATE TABLE r (c date) INHERITS (q);

-- case: a child with another default and a null default
CREATE TABLE p (a integer DEFAULT 1, b text DEFAULT 'x', c integer);
CREATE TABLE c () INHERITS (p);
ALTER TABLE c ALTER a SET DEFAULT 2, ALTER b DROP DEFAULT, ALTER c SET DEFAULT 3;

-- case: a child that is stricter than its parent
CREATE TABLE p (a integer);
CREATE TABLE c () INHERITS (p);
ALTER TABLE c ALTER a SET NOT NULL;

-- case: checks that are inherited, local, and both
CREATE TABLE p (a integer, CONSTRAINT positive CHECK (a > 0), CONSTRAINT own CHECK (a < 100) NO INHERIT);
CREATE TABLE c (CONSTRAINT small CHECK (a < 10)) INHERITS (p);
CREATE TABLE d (a integer, CONSTRAINT positive CHECK (a > 0)) INHERITS (p);

-- case: a comment on an inherited check
CREATE TABLE zz (a integer, CONSTRAINT positive CHECK (a > 0));
CREATE TABLE aa () INHERITS (zz);
COMMENT ON CONSTRAINT positive ON aa IS 'from above';

-- case: a typed table
CREATE TYPE pair AS (a integer, b text);
CREATE TABLE t OF pair;
CREATE TABLE u OF pair (a WITH OPTIONS NOT NULL, b WITH OPTIONS DEFAULT 'x', PRIMARY KEY (a));

-- case: a column whose type is another table's row
CREATE TABLE zone (a integer);
CREATE TABLE area (z zone, list zone[]);

-- case: a table that needs a function that needs the table
CREATE TABLE t (a integer);
CREATE FUNCTION f(t) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 1';
ALTER TABLE t ADD CONSTRAINT c CHECK (f(t.*) = 1);

-- case: a default that needs a function that needs the table
CREATE TABLE t (a integer, b integer);
CREATE FUNCTION last_of() RETURNS t LANGUAGE sql AS 'SELECT 1, 2';
CREATE FUNCTION next_of(t) RETURNS integer LANGUAGE sql AS 'SELECT 1';
ALTER TABLE t ALTER b SET DEFAULT next_of(last_of());
