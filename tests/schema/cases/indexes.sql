-- case: indexes of every method
CREATE TABLE t (a integer, b text, c integer[], d point, e tsvector, f inet);
CREATE INDEX i_btree ON t (a);
CREATE INDEX i_hash ON t USING hash (b);
CREATE INDEX i_gin ON t USING gin (c);
CREATE INDEX i_gist ON t USING gist (d);
CREATE INDEX i_spgist ON t USING spgist (f);
CREATE INDEX i_brin ON t USING brin (a) WITH (pages_per_range = 16);

-- case: order and nulls in an index
CREATE TABLE t (a integer, b integer, c integer);
CREATE INDEX i ON t (a DESC, b ASC NULLS FIRST, c DESC NULLS LAST);

-- case: a unique index, nulls not distinct
CREATE TABLE t (a integer, b integer);
CREATE UNIQUE INDEX i ON t (a);
CREATE UNIQUE INDEX j ON t (b) NULLS NOT DISTINCT;

-- case: a partial index
CREATE TABLE t (a integer, deleted boolean);
CREATE UNIQUE INDEX i ON t (a) WHERE NOT deleted AND a > 0;

-- case: an index of expressions
CREATE TABLE t (a text, b jsonb);
CREATE INDEX i ON t (lower(a), (b ->> 'key'), ((b -> 'x')::text));

-- case: an index with included columns
CREATE TABLE t (a integer, b text, c date);
CREATE INDEX i ON t (a) INCLUDE (b, c);

-- case: operator classes and collations in an index
CREATE TABLE t (a text, b jsonb);
CREATE INDEX i ON t (a text_pattern_ops);
CREATE INDEX j ON t (a COLLATE "C" varchar_pattern_ops DESC);
CREATE INDEX k ON t USING gin (b jsonb_path_ops) WITH (fastupdate = off);

-- case: parameters of an operator class
CREATE TABLE t (a tsvector);
CREATE INDEX i ON t USING gist (a tsvector_ops (siglen = 100));

-- case: storage parameters and statistics of an index
CREATE TABLE t (a integer, b integer);
CREATE INDEX i ON t (a, (a + b), (a * b)) WITH (fillfactor = 70, deduplicate_items = off);
ALTER INDEX i ALTER COLUMN 2 SET STATISTICS 200;
ALTER INDEX i ALTER COLUMN 3 SET STATISTICS 300;

-- case: a comment on an index
CREATE TABLE t (a integer);
CREATE INDEX i ON t (a);
COMMENT ON INDEX i IS 'quick';

-- case: an index of a materialized view
CREATE MATERIALIZED VIEW m AS SELECT 1 AS a;
CREATE UNIQUE INDEX i ON m (a);
