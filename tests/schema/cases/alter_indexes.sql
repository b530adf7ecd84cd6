-- case: an index comes
-- expect: CREATE INDEX CONCURRENTLY i
-- old
CREATE TABLE t (a integer);
-- new
CREATE TABLE t (a integer); CREATE INDEX i ON t (a);

-- case: an index goes
-- expect: DROP INDEX CONCURRENTLY
-- old
CREATE TABLE t (a integer); CREATE INDEX i ON t (a);
-- new
CREATE TABLE t (a integer);

-- case: an index of other columns is swapped
-- expect: CREATE INDEX CONCURRENTLY i_new
-- expect: i_new RENAME TO i
-- old
CREATE TABLE t (a integer, b integer); CREATE INDEX i ON t (a);
-- new
CREATE TABLE t (a integer, b integer); CREATE INDEX i ON t (b);

-- case: an index with a comment, targets and a cluster mark is swapped
-- old
CREATE TABLE t (a integer, b integer); CREATE INDEX i ON t ((a + 1)); COMMENT ON INDEX i IS 'c'; ALTER INDEX i ALTER COLUMN 1 SET STATISTICS 50; ALTER TABLE t CLUSTER ON i;
-- new
CREATE TABLE t (a integer, b integer); CREATE INDEX i ON t ((a + 2)); COMMENT ON INDEX i IS 'c'; ALTER INDEX i ALTER COLUMN 1 SET STATISTICS 50; ALTER TABLE t CLUSTER ON i;

-- case: an index becomes unique, partial, of another method
-- old
CREATE TABLE t (a integer, b integer, c integer); CREATE INDEX i ON t (a); CREATE INDEX j ON t (b); CREATE INDEX k ON t (c);
-- new
CREATE TABLE t (a integer, b integer, c integer); CREATE UNIQUE INDEX i ON t (a); CREATE INDEX j ON t (b) WHERE b > 0; CREATE INDEX k ON t USING hash (c);

-- case: an index with an expression, an operator class and INCLUDE
-- old
CREATE TABLE t (a text, b integer); CREATE INDEX i ON t (a);
-- new
CREATE TABLE t (a text, b integer); CREATE INDEX i ON t (lower(a) text_pattern_ops DESC NULLS LAST) INCLUDE (b);

-- case: storage parameters of an index
-- never: CREATE
-- old
CREATE TABLE t (a integer); CREATE INDEX i ON t (a); CREATE INDEX j ON t (a) WITH (fillfactor = 60) WHERE a > 0;
-- new
CREATE TABLE t (a integer); CREATE INDEX i ON t (a) WITH (fillfactor = 70); CREATE INDEX j ON t (a) WITH (deduplicate_items = off) WHERE a > 0;

-- case: statistics targets of an index
-- never: CREATE
-- old
CREATE TABLE t (a integer); CREATE INDEX i ON t ((a + 1), (a + 2)); ALTER INDEX i ALTER COLUMN 1 SET STATISTICS 50;
-- new
CREATE TABLE t (a integer); CREATE INDEX i ON t ((a + 1), (a + 2)); ALTER INDEX i ALTER COLUMN 2 SET STATISTICS 60;

-- case: a comment on an index
-- never: CREATE
-- old
CREATE TABLE t (a integer); CREATE INDEX i ON t (a);
-- new
CREATE TABLE t (a integer); CREATE INDEX i ON t (a); COMMENT ON INDEX i IS 'i';

-- case: a replica identity index is swapped
-- old
CREATE TABLE t (a integer NOT NULL, b integer NOT NULL); CREATE UNIQUE INDEX i ON t (a); ALTER TABLE t REPLICA IDENTITY USING INDEX i;
-- new
CREATE TABLE t (a integer NOT NULL, b integer NOT NULL); CREATE UNIQUE INDEX i ON t (a, b); ALTER TABLE t REPLICA IDENTITY USING INDEX i;

-- case: an index of a table that is new
-- never: CONCURRENTLY
-- old
-- new
CREATE TABLE t (a integer); CREATE INDEX i ON t (a);

-- case: an index that moves to another table
-- old
CREATE TABLE t (a integer); CREATE TABLE u (a integer); CREATE INDEX i ON t (a);
-- new
CREATE TABLE t (a integer); CREATE TABLE u (a integer); CREATE INDEX i ON u (a);

-- case: an index of a materialized view
-- old
CREATE MATERIALIZED VIEW v AS SELECT 1 AS a, 2 AS b; CREATE INDEX i ON v (a);
-- new
CREATE MATERIALIZED VIEW v AS SELECT 1 AS a, 2 AS b; CREATE INDEX i ON v (b);

-- case: names that need quotes
-- old
CREATE TABLE t (a integer); CREATE INDEX "I ""x INDEX y" ON t (a);
-- new
CREATE TABLE t (a integer); CREATE INDEX "I ""x INDEX y" ON t ((a + 1));

-- case: a name of 63 bytes is swapped
-- old
CREATE TABLE t (a integer); CREATE INDEX iiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiii ON t (a);
-- new
CREATE TABLE t (a integer); CREATE INDEX iiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiii ON t ((a + 1));

-- case: an index whose name a table takes
-- old
CREATE TABLE t (a integer); CREATE INDEX i ON t (a);
-- new
CREATE TABLE t (a integer); CREATE TABLE i (a integer);

-- case: an index whose column becomes another type while it changes
-- old
CREATE TABLE t (a integer, b integer); CREATE INDEX i ON t (a);
-- new
CREATE TABLE t (a text, b integer); CREATE INDEX i ON t (lower(a));

-- case: an index on a function that is rebuilt
-- old
CREATE FUNCTION f(integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 1'; CREATE TABLE t (a integer); CREATE INDEX i ON t (f(a));
-- new
CREATE FUNCTION f(integer) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT 1::bigint'; CREATE TABLE t (a integer); CREATE INDEX i ON t (f(a));
