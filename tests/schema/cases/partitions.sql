-- case: partitions by range
CREATE TABLE t (a date NOT NULL, b integer) PARTITION BY RANGE (a);
CREATE TABLE t_1 PARTITION OF t FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
CREATE TABLE t_2 PARTITION OF t FOR VALUES FROM (MINVALUE) TO ('2026-01-01');
CREATE TABLE t_rest PARTITION OF t DEFAULT;

-- case: partitions by list, with null
CREATE TABLE t (a text) PARTITION BY LIST (a);
CREATE TABLE t_1 PARTITION OF t FOR VALUES IN ('a', 'b''c');
CREATE TABLE t_2 PARTITION OF t FOR VALUES IN (NULL);

-- case: partitions by hash
CREATE TABLE t (a integer) PARTITION BY HASH (a);
CREATE TABLE t_0 PARTITION OF t FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE t_1 PARTITION OF t FOR VALUES WITH (MODULUS 2, REMAINDER 1);

-- case: a partition key of an expression with an operator class and a collation
CREATE TABLE t (a text, b integer) PARTITION BY RANGE (lower(a) COLLATE "C" text_pattern_ops, (b + 1));

-- case: partitions of partitions
CREATE TABLE t (a integer, b integer) PARTITION BY LIST (a);
CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1) PARTITION BY RANGE (b);
CREATE TABLE t_1_1 PARTITION OF t_1 FOR VALUES FROM (0) TO (10);

-- case: a partition that was attached, with columns in another order
CREATE TABLE t (a integer, b text) PARTITION BY LIST (a);
CREATE TABLE t_1 (b text, a integer);
ALTER TABLE t ATTACH PARTITION t_1 FOR VALUES IN (1);

-- case: a partition with defaults and checks of its own
CREATE TABLE t (a integer, b text DEFAULT 'x', CONSTRAINT c CHECK (b <> '')) PARTITION BY LIST (a);
CREATE TABLE t_1 PARTITION OF t (b DEFAULT 'y', CONSTRAINT d CHECK (b <> 'z')) FOR VALUES IN (1);

-- case: a partitioned primary key
CREATE TABLE t (a integer, b text, PRIMARY KEY (a)) PARTITION BY LIST (a);
CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1);

-- case: a partitioned unique constraint that took over one of a partition
CREATE TABLE t (a integer, b text) PARTITION BY LIST (a);
CREATE TABLE t_1 PARTITION OF t (CONSTRAINT odd_name UNIQUE (a, b)) FOR VALUES IN (1);
ALTER TABLE t ADD CONSTRAINT u UNIQUE (a, b);

-- case: a partitioned index
CREATE TABLE t (a integer, b text) PARTITION BY LIST (a);
CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1);
CREATE INDEX t_b ON t (b);

-- case: a partitioned index on two levels
CREATE TABLE t (a integer, b integer) PARTITION BY LIST (a);
CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1) PARTITION BY LIST (b);
CREATE TABLE t_1_1 PARTITION OF t_1 FOR VALUES IN (1);
CREATE UNIQUE INDEX t_ab ON t (a, b);

-- case: an index on the parent only
CREATE TABLE t (a integer, b text) PARTITION BY LIST (a);
CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1);
CREATE INDEX t_b ON ONLY t (b);

-- case: an index that was attached under another name
CREATE TABLE t (a integer, b text) PARTITION BY LIST (a);
CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1);
CREATE INDEX own_name ON t_1 (b);
CREATE INDEX t_b ON ONLY t (b);
ALTER INDEX t_b ATTACH PARTITION own_name;

-- case: a foreign key of a partitioned table
CREATE TABLE p (id integer PRIMARY KEY);
CREATE TABLE t (a integer REFERENCES p) PARTITION BY LIST (a);
CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1);

-- case: a foreign key to a partitioned table
CREATE TABLE p (id integer PRIMARY KEY) PARTITION BY RANGE (id);
CREATE TABLE p_1 PARTITION OF p FOR VALUES FROM (1) TO (100);
CREATE TABLE t (a integer REFERENCES p);

-- case: a trigger of a partitioned table, one of its clones disabled
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TABLE t (a integer) PARTITION BY LIST (a);
CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1);
CREATE TABLE t_2 PARTITION OF t FOR VALUES IN (2);
CREATE TRIGGER g AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();
ALTER TABLE t_1 DISABLE TRIGGER g;

-- case: a generated column in partitions
CREATE TABLE t (a integer, b integer GENERATED ALWAYS AS (a * 2) STORED) PARTITION BY LIST (a);
CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1);

-- case: a serial column of a partitioned table
CREATE TABLE t (id serial, a integer) PARTITION BY LIST (a);
CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1);

-- case: an unlogged partition with storage parameters
CREATE TABLE t (a integer) PARTITION BY LIST (a);
CREATE UNLOGGED TABLE t_1 PARTITION OF t FOR VALUES IN (1) WITH (fillfactor = 50);

-- case: a detached partition is a table
CREATE TABLE t (a integer) PARTITION BY LIST (a);
CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1);
ALTER TABLE t DETACH PARTITION t_1;
