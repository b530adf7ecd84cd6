-- case: unlogged
-- old
CREATE TABLE t (a integer);
-- new
CREATE UNLOGGED TABLE t (a integer);

-- case: unlogged with a serial, an identity and a foreign key
-- old
CREATE TABLE t (a serial PRIMARY KEY, b integer GENERATED ALWAYS AS IDENTITY, c integer REFERENCES t);
-- new
CREATE UNLOGGED TABLE t (a serial PRIMARY KEY, b integer GENERATED ALWAYS AS IDENTITY, c integer REFERENCES t);

-- case: unlogged tables that refer to each other
-- old
CREATE TABLE t (a integer PRIMARY KEY); CREATE TABLE u (a integer REFERENCES t);
-- new
CREATE UNLOGGED TABLE t (a integer PRIMARY KEY); CREATE UNLOGGED TABLE u (a integer REFERENCES t);

-- case: an unlogged table whose sequence is logged
-- old
CREATE TABLE t (a integer); CREATE SEQUENCE s OWNED BY t.a;
-- new
CREATE UNLOGGED TABLE t (a integer); CREATE SEQUENCE s; ALTER SEQUENCE s OWNED BY t.a;

-- case: storage parameters
-- old
CREATE TABLE t (a text) WITH (fillfactor = 70, autovacuum_enabled = false, toast.autovacuum_enabled = false);
-- new
CREATE TABLE t (a text) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.3, toast.autovacuum_vacuum_threshold = 7);

-- case: replica identity
-- old
CREATE TABLE t (a integer); CREATE TABLE u (a integer); CREATE TABLE v (a integer); ALTER TABLE u REPLICA IDENTITY FULL; ALTER TABLE v REPLICA IDENTITY NOTHING;
-- new
CREATE TABLE t (a integer); CREATE TABLE u (a integer); CREATE TABLE v (a integer); ALTER TABLE t REPLICA IDENTITY FULL; ALTER TABLE v REPLICA IDENTITY FULL;

-- case: replica identity by an index that comes
-- old
CREATE TABLE t (a integer NOT NULL);
-- new
CREATE TABLE t (a integer NOT NULL); CREATE UNIQUE INDEX i ON t (a); ALTER TABLE t REPLICA IDENTITY USING INDEX i;

-- case: replica identity by an index that was there
-- old
CREATE TABLE t (a integer NOT NULL); CREATE UNIQUE INDEX i ON t (a);
-- new
CREATE TABLE t (a integer NOT NULL); CREATE UNIQUE INDEX i ON t (a); ALTER TABLE t REPLICA IDENTITY USING INDEX i;

-- case: replica identity by another index
-- old
CREATE TABLE t (a integer NOT NULL, b integer NOT NULL); CREATE UNIQUE INDEX i ON t (a); CREATE UNIQUE INDEX j ON t (b); ALTER TABLE t REPLICA IDENTITY USING INDEX i;
-- new
CREATE TABLE t (a integer NOT NULL, b integer NOT NULL); CREATE UNIQUE INDEX i ON t (a); CREATE UNIQUE INDEX j ON t (b); ALTER TABLE t REPLICA IDENTITY USING INDEX j;

-- case: row security
-- old
CREATE TABLE t (a integer); CREATE TABLE u (a integer); ALTER TABLE u ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
-- new
CREATE TABLE t (a integer); CREATE TABLE u (a integer); ALTER TABLE t ENABLE ROW LEVEL SECURITY; ALTER TABLE u FORCE ROW LEVEL SECURITY;

-- case: clustered on another index
-- old
CREATE TABLE t (a integer, b integer); CREATE INDEX i ON t (a); CREATE INDEX j ON t (b); CLUSTER t USING i;
-- new
CREATE TABLE t (a integer, b integer); CREATE INDEX i ON t (a); CREATE INDEX j ON t (b); CLUSTER t USING j;

-- case: no longer clustered
-- old
CREATE TABLE t (a integer); CREATE INDEX i ON t (a); CLUSTER t USING i;
-- new
CREATE TABLE t (a integer); CREATE INDEX i ON t (a);

-- case: owner
-- old
CREATE TABLE t (a serial, b integer GENERATED ALWAYS AS IDENTITY);
-- new
CREATE TABLE t (a serial, b integer GENERATED ALWAYS AS IDENTITY); ALTER TABLE t OWNER TO schema_case_owner;

-- case: owner with grants
-- old
CREATE TABLE t (a serial); GRANT SELECT ON t TO schema_case_reader;
-- new
CREATE TABLE t (a serial); ALTER TABLE t OWNER TO schema_case_owner; GRANT SELECT ON t TO schema_case_reader;

-- case: owner becomes one that had grants
-- old
CREATE TABLE t (a integer); GRANT SELECT ON t TO schema_case_owner; GRANT SELECT ON t TO schema_case_reader WITH GRANT OPTION;
-- new
CREATE TABLE t (a integer); ALTER TABLE t OWNER TO schema_case_owner; GRANT INSERT ON t TO schema_case_reader;

-- case: comment
-- old
CREATE TABLE t (a integer); CREATE TABLE u (a integer); CREATE TABLE v (a integer); COMMENT ON TABLE t IS 'one'; COMMENT ON TABLE u IS 'one';
-- new
CREATE TABLE t (a integer); CREATE TABLE u (a integer); CREATE TABLE v (a integer); COMMENT ON TABLE t IS 'two'; COMMENT ON TABLE v IS 'three';

-- case: grants
-- old
CREATE TABLE t (a integer); GRANT SELECT, INSERT ON t TO schema_case_reader; GRANT DELETE ON t TO PUBLIC;
-- new
CREATE TABLE t (a integer); GRANT SELECT ON t TO schema_case_reader WITH GRANT OPTION; GRANT UPDATE ON t TO schema_case_owner;

-- case: grants that another has given
-- old
CREATE TABLE t (a integer); GRANT SELECT ON t TO schema_case_owner WITH GRANT OPTION; GRANT USAGE ON SCHEMA :"schema" TO schema_case_owner; SET ROLE schema_case_owner; GRANT SELECT ON t TO schema_case_reader; RESET ROLE;
-- new
CREATE TABLE t (a integer); GRANT USAGE ON SCHEMA :"schema" TO schema_case_owner; GRANT SELECT ON t TO schema_case_owner WITH GRANT OPTION;

-- case: what the owner may not do
-- old
CREATE TABLE t (a integer); REVOKE DELETE ON t FROM postgres;
-- new
CREATE TABLE t (a integer); REVOKE INSERT ON t FROM postgres;

-- case: a typed table
CREATE TYPE y AS (a integer, b text);
-- old
CREATE TABLE t (a integer, b text);
-- new
CREATE TABLE t OF y;

-- case: a typed table with other options
CREATE TYPE y AS (a integer, b text);
-- old
CREATE TABLE t OF y (a NOT NULL);
-- new
CREATE TABLE t OF y (b DEFAULT 'x', PRIMARY KEY (a));

-- case: a table goes and another comes
-- old
CREATE TABLE t (a integer);
-- new
CREATE TABLE u (a date, b text);

-- case: a table becomes a view
-- old
CREATE TABLE t (a integer);
-- new
CREATE VIEW t AS SELECT 1 AS a;

-- case: tables with foreign keys in a circle come
-- old
-- new
CREATE TABLE t (a integer PRIMARY KEY, b integer); CREATE TABLE u (a integer PRIMARY KEY, b integer REFERENCES t); ALTER TABLE t ADD FOREIGN KEY (b) REFERENCES u;

-- case: tables with foreign keys in a circle to existing ones
-- old
CREATE TABLE t (a integer PRIMARY KEY);
-- new
CREATE TABLE t (a integer PRIMARY KEY, b integer); CREATE TABLE u (a integer PRIMARY KEY, b integer REFERENCES t); ALTER TABLE t ADD FOREIGN KEY (b) REFERENCES u;

-- case: a parent gets a column
-- old
CREATE TABLE p (a integer); CREATE TABLE c (b integer) INHERITS (p);
-- new
CREATE TABLE p (a integer, x text DEFAULT 'd' NOT NULL); CREATE TABLE c (b integer) INHERITS (p);

-- case: a parent gets a column that its child has
-- old
CREATE TABLE p (a integer); CREATE TABLE c (a integer, b integer) INHERITS (p);
-- new
CREATE TABLE p (a integer, b integer); CREATE TABLE c (a integer, b integer) INHERITS (p);

-- case: a parent loses a column
-- old
CREATE TABLE p (a integer, x text); CREATE TABLE c (b integer) INHERITS (p);
-- new
CREATE TABLE p (a integer); CREATE TABLE c (b integer) INHERITS (p);

-- case: a parent loses a column that its child keeps
-- old
CREATE TABLE p (a integer, x text); CREATE TABLE c (b integer, x text) INHERITS (p);
-- new
CREATE TABLE p (a integer); CREATE TABLE c (b integer, x text) INHERITS (p);

-- case: the type of a parent's column, with a view on the child
-- old
CREATE TABLE p (a integer); CREATE TABLE c (b integer) INHERITS (p); CREATE VIEW v AS SELECT a FROM c;
-- new
CREATE TABLE p (a bigint); CREATE TABLE c (b integer) INHERITS (p); CREATE VIEW v AS SELECT a FROM c;

-- case: defaults and NOT NULL of parent and child
-- old
CREATE TABLE p (a integer DEFAULT 1, b integer, d integer NOT NULL); CREATE TABLE c () INHERITS (p);
-- new
CREATE TABLE p (a integer DEFAULT 2, b integer NOT NULL, d integer); CREATE TABLE c () INHERITS (p); ALTER TABLE c ALTER a SET DEFAULT 3; ALTER TABLE c ALTER d SET NOT NULL;

-- case: the default of a child alone
-- old
CREATE TABLE p (a integer DEFAULT 1); CREATE TABLE c () INHERITS (p);
-- new
CREATE TABLE p (a integer DEFAULT 1); CREATE TABLE c () INHERITS (p); ALTER TABLE c ALTER a SET DEFAULT 3;

-- case: a new column with another default in the child
-- old
CREATE TABLE p (a integer); CREATE TABLE c () INHERITS (p);
-- new
CREATE TABLE p (a integer, b integer DEFAULT 1, d integer DEFAULT 5); CREATE TABLE c () INHERITS (p); ALTER TABLE c ALTER b SET DEFAULT 2; ALTER TABLE c ALTER d DROP DEFAULT;

-- case: a parent gets a check, and one goes
-- old
CREATE TABLE p (a integer, CONSTRAINT o CHECK (a > 0)); CREATE TABLE c (b integer) INHERITS (p);
-- new
CREATE TABLE p (a integer, CONSTRAINT n CHECK (a > -5)); CREATE TABLE c (b integer) INHERITS (p);

-- case: a check of a parent changes
-- old
CREATE TABLE p (a integer, CONSTRAINT o CHECK (a > 0)); CREATE TABLE c (b integer) INHERITS (p);
-- new
CREATE TABLE p (a integer, CONSTRAINT o CHECK (a > -5)); CREATE TABLE c (b integer) INHERITS (p);

-- case: a check without inheritance
-- old
CREATE TABLE p (a integer, CONSTRAINT o CHECK (a > 0) NO INHERIT); CREATE TABLE c (b integer) INHERITS (p);
-- new
CREATE TABLE p (a integer, CONSTRAINT o CHECK (a > 0)); CREATE TABLE c (b integer) INHERITS (p);

-- case: a child leaves its parent
-- old
CREATE TABLE p (a integer, CHECK (a > 0)); CREATE TABLE c (b integer) INHERITS (p);
-- new
CREATE TABLE p (a integer, CHECK (a > 0)); CREATE TABLE c (a integer CONSTRAINT p_a_check CHECK (a > 0), b integer);

-- case: a child with columns of its own gets a parent
-- old
CREATE TABLE p (a integer); CREATE TABLE c (a integer, b integer);
-- new
CREATE TABLE p (a integer); CREATE TABLE c (a integer, b integer) INHERITS (p);

-- case: a child gets another parent
-- old
CREATE TABLE p (a integer); CREATE TABLE q (a integer); CREATE TABLE c (a integer) INHERITS (p);
-- new
CREATE TABLE p (a integer); CREATE TABLE q (a integer); CREATE TABLE c (a integer) INHERITS (q);

-- case: three generations get a column
-- old
CREATE TABLE p (a integer); CREATE TABLE q () INHERITS (p); CREATE TABLE r () INHERITS (q);
-- new
CREATE TABLE p (a integer, b bigint); CREATE TABLE q () INHERITS (p); CREATE TABLE r () INHERITS (q);

-- case: a foreign table
\set other :schema _other
CREATE FOREIGN DATA WRAPPER :"schema";
CREATE SERVER :"schema" FOREIGN DATA WRAPPER :"schema";
CREATE SERVER :"other" FOREIGN DATA WRAPPER :"schema";
-- old
CREATE FOREIGN TABLE t (a integer OPTIONS (x '1'), b text) SERVER :"schema" OPTIONS (o '1', p '2'); CREATE FOREIGN TABLE u (a integer) SERVER :"schema";
-- new
CREATE FOREIGN TABLE t (a bigint OPTIONS (x '2', y '3'), c text NOT NULL) SERVER :"schema" OPTIONS (p '3', q '4'); CREATE FOREIGN TABLE u (a integer) SERVER :"other";

-- case: a function of a table's row, and a column
-- old
CREATE TABLE t (a integer); CREATE FUNCTION f(t) RETURNS integer LANGUAGE sql AS 'SELECT 1';
-- new
CREATE TABLE t (a integer, b text); CREATE FUNCTION f(t) RETURNS integer LANGUAGE sql AS 'SELECT 2';

-- case: parents in another order
-- old
CREATE TABLE p (a integer);
CREATE TABLE q (a integer);
CREATE TABLE c (a integer) INHERITS (p, q);
-- new
CREATE TABLE p (a integer);
CREATE TABLE q (a integer);
CREATE TABLE c (a integer) INHERITS (q, p);

-- case: a foreign table becomes a table
-- refused: the rows of a foreign table are not here
CREATE FOREIGN DATA WRAPPER :"schema";
CREATE SERVER :"schema" FOREIGN DATA WRAPPER :"schema";
-- old
CREATE FOREIGN TABLE t (a integer) SERVER :"schema";
-- new
CREATE TABLE t (a integer);

-- case: a table whose children inherit becomes partitioned
-- refused: it inherits from a table that must be made anew
-- old
CREATE TABLE t (a integer);
CREATE TABLE c () INHERITS (t);
-- new
CREATE TABLE t (a integer) PARTITION BY LIST (a);
CREATE TABLE c (a integer);
