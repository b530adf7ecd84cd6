-- case: a partition comes
-- old
CREATE TABLE t (a integer, b integer) PARTITION BY LIST (a); CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1); 
-- new
CREATE TABLE t (a integer, b integer) PARTITION BY LIST (a); CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1); CREATE TABLE t_2 PARTITION OF t FOR VALUES IN (2); 

-- case: a partition comes to a table with an index, a key, a check, a foreign key and a trigger
CREATE TABLE r (b integer PRIMARY KEY); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
-- old
CREATE TABLE t (a integer, b integer REFERENCES r, c text DEFAULT 'x', CHECK (b > 0), PRIMARY KEY (a)) PARTITION BY LIST (a); CREATE INDEX t_b ON t (b); CREATE TRIGGER g AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION f(); CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1); 
-- new
CREATE TABLE t (a integer, b integer REFERENCES r, c text DEFAULT 'x', CHECK (b > 0), PRIMARY KEY (a)) PARTITION BY LIST (a); CREATE INDEX t_b ON t (b); CREATE TRIGGER g AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION f(); CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1); CREATE TABLE t_2 PARTITION OF t FOR VALUES IN (2); 

-- case: a partition with names of its own comes
-- old
CREATE TABLE t (a integer, b integer) PARTITION BY LIST (a); CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1); CREATE INDEX t_b ON t (b);
-- new
CREATE TABLE t (a integer, b integer) PARTITION BY LIST (a); CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1); CREATE TABLE t_2 (b integer, a integer); CREATE INDEX own ON t_2 (b); CREATE INDEX t_b ON t (b); ALTER TABLE t ATTACH PARTITION t_2 FOR VALUES IN (2);

-- case: partitions of partitions come
-- old
CREATE TABLE t (a integer, b integer) PARTITION BY LIST (a); 
-- new
CREATE TABLE t (a integer, b integer) PARTITION BY LIST (a); CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1) PARTITION BY LIST (b); CREATE TABLE t_1_1 PARTITION OF t_1 FOR VALUES IN (1);

-- case: partitions of partitions come to a table with a key
-- old
CREATE TABLE t (a integer, b integer, PRIMARY KEY (a, b)) PARTITION BY LIST (a); 
-- new
CREATE TABLE t (a integer, b integer, PRIMARY KEY (a, b)) PARTITION BY LIST (a); CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1) PARTITION BY LIST (b); CREATE TABLE t_1_1 PARTITION OF t_1 FOR VALUES IN (1);

-- case: a default partition comes
-- old
CREATE TABLE t (a integer, b integer) PARTITION BY LIST (a); CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1); 
-- new
CREATE TABLE t (a integer, b integer) PARTITION BY LIST (a); CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1); CREATE TABLE t_d PARTITION OF t DEFAULT;

-- case: a bound becomes wider
-- never: DROP
-- old
CREATE TABLE t (a integer, b integer) PARTITION BY LIST (a); CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1); 
-- rows
INSERT INTO t VALUES (1, 1);
-- new
CREATE TABLE t (a integer, b integer) PARTITION BY LIST (a); CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1, 3);

-- case: bounds are exchanged
-- old
CREATE TABLE t (a integer) PARTITION BY RANGE (a); CREATE TABLE t_1 PARTITION OF t FOR VALUES FROM (0) TO (10); CREATE TABLE t_2 PARTITION OF t FOR VALUES FROM (10) TO (20);
-- rows
INSERT INTO t VALUES (1), (15);
-- new
CREATE TABLE t (a integer) PARTITION BY RANGE (a); CREATE TABLE t_1 PARTITION OF t FOR VALUES FROM (0) TO (5); CREATE TABLE t_2 PARTITION OF t FOR VALUES FROM (5) TO (20);

-- case: a bound changes with an index and a key
-- old
CREATE TABLE t (a integer PRIMARY KEY, b integer) PARTITION BY LIST (a); CREATE INDEX t_b ON t (b); CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1); 
-- rows
INSERT INTO t VALUES (1, 1);
-- new
CREATE TABLE t (a integer PRIMARY KEY, b integer) PARTITION BY LIST (a); CREATE INDEX t_b ON t (b); CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1, 2);

-- case: a partition is detached
-- never: DROP
-- old
CREATE TABLE t (a integer, b integer) PARTITION BY LIST (a); CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1); 
-- rows
INSERT INTO t VALUES (1, 1);
-- new
CREATE TABLE t (a integer, b integer) PARTITION BY LIST (a); CREATE TABLE t_1 (a integer, b integer);

-- case: a partition with an index is detached and keeps it
-- never: DROP
-- old
CREATE TABLE t (a integer, b integer) PARTITION BY LIST (a); CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1); CREATE INDEX t_b ON t (b);
-- rows
INSERT INTO t VALUES (1, 1);
-- new
CREATE TABLE t (a integer, b integer) PARTITION BY LIST (a); CREATE INDEX t_b ON t (b); CREATE TABLE t_1 (a integer, b integer); CREATE INDEX t_1_b_idx ON t_1 (b);

-- case: a partition moves to another table
-- never: DROP
-- old
CREATE TABLE t (a integer, b integer) PARTITION BY LIST (a); CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1); CREATE TABLE u (a integer, b integer) PARTITION BY LIST (a);
-- rows
INSERT INTO t VALUES (1, 1);
-- new
CREATE TABLE t (a integer, b integer) PARTITION BY LIST (a); CREATE TABLE u (a integer, b integer) PARTITION BY LIST (a); CREATE TABLE t_1 PARTITION OF u FOR VALUES IN (1);

-- case: an index of a partitioned table comes
-- expect: ON ONLY
-- expect: CREATE INDEX CONCURRENTLY t_1_b_idx
-- expect: ATTACH PARTITION
-- old
CREATE TABLE t (a integer, b integer) PARTITION BY LIST (a); CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1); CREATE TABLE t_2 PARTITION OF t FOR VALUES IN (2); 
-- new
CREATE TABLE t (a integer, b integer) PARTITION BY LIST (a); CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1); CREATE TABLE t_2 PARTITION OF t FOR VALUES IN (2); CREATE INDEX t_b ON t (b);

-- case: an index on two levels comes
-- old
CREATE TABLE t (a integer, b integer) PARTITION BY LIST (a); CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1) PARTITION BY LIST (b); CREATE TABLE t_1_1 PARTITION OF t_1 FOR VALUES IN (1); 
-- new
CREATE TABLE t (a integer, b integer) PARTITION BY LIST (a); CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1) PARTITION BY LIST (b); CREATE TABLE t_1_1 PARTITION OF t_1 FOR VALUES IN (1); CREATE UNIQUE INDEX t_ab ON t (a, b);

-- case: an index of a partitioned table changes
-- old
CREATE TABLE t (a integer, b integer) PARTITION BY LIST (a); CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1); CREATE INDEX t_b ON t (b);
-- new
CREATE TABLE t (a integer, b integer) PARTITION BY LIST (a); CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1); CREATE INDEX t_b ON t (b DESC);

-- case: an index of a partitioned table gets other names
-- old
CREATE TABLE t (a integer, b integer) PARTITION BY LIST (a); CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1); CREATE INDEX t_b ON t (b);
-- new
CREATE TABLE t (a integer, b integer) PARTITION BY LIST (a); CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1); CREATE INDEX own ON t_1 (b); CREATE INDEX t_b ON t (b);

-- case: a primary key of a partitioned table comes
-- old
CREATE TABLE t (a integer, b integer) PARTITION BY LIST (a); CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1); CREATE TABLE t_2 PARTITION OF t FOR VALUES IN (2); 
-- new
CREATE TABLE t (a integer PRIMARY KEY, b integer) PARTITION BY LIST (a); CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1); CREATE TABLE t_2 PARTITION OF t FOR VALUES IN (2); 

-- case: a primary key of a partitioned table with names of its own
-- old
CREATE TABLE t (a integer, b integer) PARTITION BY LIST (a); CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1); 
-- new
CREATE TABLE t (a integer, b integer) PARTITION BY LIST (a); CREATE TABLE t_1 PARTITION OF t (CONSTRAINT mine PRIMARY KEY (a)) FOR VALUES IN (1); ALTER TABLE t ADD CONSTRAINT yours PRIMARY KEY (a);

-- case: a primary key of a partitioned table changes
-- old
CREATE TABLE t (a integer PRIMARY KEY, b integer NOT NULL) PARTITION BY LIST (a); CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1); 
-- new
CREATE TABLE t (a integer, b integer, PRIMARY KEY (a, b)) PARTITION BY LIST (a); CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1); 

-- case: a foreign key to a partitioned table
-- old
CREATE TABLE t (a integer PRIMARY KEY, b integer) PARTITION BY LIST (a); CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1); CREATE TABLE u (x integer);
-- new
CREATE TABLE t (a integer PRIMARY KEY, b integer) PARTITION BY LIST (a); CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1); CREATE TABLE u (x integer REFERENCES t);

-- case: a foreign key of a partitioned table
-- never: NOT VALID
CREATE TABLE r (b integer PRIMARY KEY);
-- old
CREATE TABLE t (a integer, b integer) PARTITION BY LIST (a); CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1); 
-- new
CREATE TABLE t (a integer, b integer REFERENCES r) PARTITION BY LIST (a); CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1); 

-- case: a foreign key to a partitioned table whose key comes with it
-- old
CREATE TABLE t (a integer, b integer) PARTITION BY LIST (a); CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1); CREATE TABLE u (x integer);
-- new
CREATE TABLE t (a integer PRIMARY KEY, b integer) PARTITION BY LIST (a); CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1); CREATE TABLE u (x integer REFERENCES t);

-- case: columns of a partitioned table
-- old
CREATE TABLE t (a integer, b integer) PARTITION BY LIST (a); CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1); 
-- new
CREATE TABLE t (a integer, c text DEFAULT 'x' NOT NULL) PARTITION BY LIST (a); CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1); 

-- case: the type of a column below an index and a view
-- old
CREATE TABLE t (a integer, b integer) PARTITION BY LIST (a); CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1); CREATE INDEX t_b ON t (b); CREATE VIEW v AS SELECT b FROM t_1;
-- new
CREATE TABLE t (a integer, b bigint) PARTITION BY LIST (a); CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1); CREATE INDEX t_b ON t (b); CREATE VIEW v AS SELECT b FROM t_1;

-- case: NOT NULL and defaults of partitions
-- old
CREATE TABLE t (a integer, b integer) PARTITION BY LIST (a); CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1); 
-- new
CREATE TABLE t (a integer, b integer DEFAULT 1 NOT NULL) PARTITION BY LIST (a); CREATE TABLE t_1 PARTITION OF t (b DEFAULT 2) FOR VALUES IN (1);

-- case: NOT NULL of one partition
-- old
CREATE TABLE t (a integer, b integer) PARTITION BY LIST (a); CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1); 
-- new
CREATE TABLE t (a integer, b integer) PARTITION BY LIST (a); CREATE TABLE t_1 PARTITION OF t (b NOT NULL) FOR VALUES IN (1);

-- case: a check of a partitioned table
-- old
CREATE TABLE t (a integer, b integer) PARTITION BY LIST (a); CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1); 
-- new
CREATE TABLE t (a integer, b integer, CONSTRAINT c CHECK (b > 0)) PARTITION BY LIST (a); CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1); 

-- case: a partitioned table goes
-- old
CREATE TABLE t (a integer, b integer) PARTITION BY LIST (a); CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1); CREATE TABLE t_2 PARTITION OF t FOR VALUES IN (2); CREATE INDEX t_b ON t (b);
-- new

-- case: a generated column of partitions
-- old
CREATE TABLE t (a integer, b integer GENERATED ALWAYS AS (a * 2) STORED) PARTITION BY LIST (a); CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1); 
-- new
CREATE TABLE t (a integer, b integer GENERATED ALWAYS AS (a * 3) STORED) PARTITION BY LIST (a); CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1); 

-- case: a partition loses its storage parameters
-- old
CREATE TABLE t (a integer, b integer) PARTITION BY LIST (a); CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1) WITH (fillfactor = 50);
-- new
CREATE TABLE t (a integer, b integer) PARTITION BY LIST (a); CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1); 

-- case: a table becomes partitioned
-- old
CREATE TABLE t (a integer PRIMARY KEY, b text);
-- new
CREATE TABLE t (a integer PRIMARY KEY, b text) PARTITION BY RANGE (a); CREATE TABLE t_1 PARTITION OF t FOR VALUES FROM (MINVALUE) TO (MAXVALUE);

-- case: a table below a materialized view becomes partitioned
-- old
CREATE TABLE t (a integer, b text); CREATE MATERIALIZED VIEW v AS SELECT b FROM t;
-- new
CREATE TABLE t (a integer, b text) PARTITION BY RANGE (a); CREATE TABLE t_1 PARTITION OF t DEFAULT; CREATE MATERIALIZED VIEW v AS SELECT b FROM t;

-- case: a table with an identity, a serial and a foreign key to it becomes partitioned
-- old
CREATE TABLE t (a integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, b serial, c integer GENERATED ALWAYS AS (1) STORED); CREATE TABLE u (x integer REFERENCES t);
-- new
CREATE TABLE t (a integer PRIMARY KEY, b serial, c integer GENERATED ALWAYS AS (1) STORED) PARTITION BY RANGE (a); CREATE TABLE t_1 PARTITION OF t DEFAULT; CREATE TABLE u (x integer REFERENCES t);

-- case: another partition key
-- old
CREATE TABLE t (a integer, b integer) PARTITION BY LIST (a); CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1); CREATE TABLE t_d PARTITION OF t DEFAULT;
-- rows
INSERT INTO t VALUES (1, 1), (5, 5);
-- new
CREATE TABLE t (a integer, b integer) PARTITION BY HASH (b); CREATE TABLE t_1 PARTITION OF t FOR VALUES WITH (MODULUS 1, REMAINDER 0);

-- case: the column of a partition key gets another type
-- old
CREATE TABLE t (a integer, b integer) PARTITION BY RANGE (a);
CREATE TABLE t_1 PARTITION OF t FOR VALUES FROM (0) TO (100);
-- rows
INSERT INTO t VALUES (7, 7);
-- new
CREATE TABLE t (a bigint, b integer) PARTITION BY RANGE (a);
CREATE TABLE t_1 PARTITION OF t FOR VALUES FROM ('0') TO ('100');

-- case: a table with all there is becomes partitioned
CREATE TABLE r (a integer PRIMARY KEY);
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
-- old
CREATE TABLE t (a bigint GENERATED ALWAYS AS IDENTITY, b text DEFAULT 'x' NOT NULL, c integer REFERENCES r, d integer GENERATED ALWAYS AS (1) STORED, CONSTRAINT k PRIMARY KEY (a), CONSTRAINT h CHECK (b <> ''));
CREATE INDEX t_b ON t (b);
CREATE VIEW v AS SELECT a, b FROM t;
CREATE VIEW w AS SELECT * FROM v;
CREATE MATERIALIZED VIEW m AS SELECT b FROM w;
CREATE TRIGGER g AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();
CREATE POLICY p ON t USING (c > 0);
ALTER TABLE t ENABLE ROW LEVEL SECURITY;
COMMENT ON TABLE t IS 't';
COMMENT ON COLUMN t.b IS 'b';
COMMENT ON CONSTRAINT k ON t IS 'k';
GRANT SELECT ON t TO schema_case_reader;
ALTER TABLE t OWNER TO schema_case_owner;
CREATE PUBLICATION :"schema" FOR TABLE ONLY t;
-- new
CREATE TABLE t (a bigint NOT NULL, b text DEFAULT 'x' NOT NULL, c integer REFERENCES r, d integer GENERATED ALWAYS AS (1) STORED, CONSTRAINT k PRIMARY KEY (a), CONSTRAINT h CHECK (b <> '')) PARTITION BY HASH (a);
CREATE TABLE t_1 PARTITION OF t FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE t_2 PARTITION OF t FOR VALUES WITH (MODULUS 2, REMAINDER 1);
CREATE INDEX t_b ON t (b);
CREATE VIEW v AS SELECT a, b FROM t;
CREATE VIEW w AS SELECT * FROM v;
CREATE MATERIALIZED VIEW m AS SELECT b FROM w;
CREATE TRIGGER g AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();
CREATE POLICY p ON t USING (c > 0);
ALTER TABLE t ENABLE ROW LEVEL SECURITY;
COMMENT ON TABLE t IS 't';
COMMENT ON COLUMN t.b IS 'b';
COMMENT ON CONSTRAINT k ON t IS 'k';
GRANT SELECT ON t TO schema_case_reader;
ALTER TABLE t OWNER TO schema_case_owner;
CREATE PUBLICATION :"schema" FOR TABLE ONLY t;

-- case: a partition becomes partitioned itself
-- refused: it is a partition
CREATE TABLE t (a integer, b integer) PARTITION BY LIST (a);
-- old
CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1);
-- new
CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1) PARTITION BY LIST (b);

-- case: a table becomes partitioned whose row type a column has
-- refused: a column of another table has its row type
-- old
CREATE TABLE t (a integer);
CREATE TABLE u (b t);
-- new
CREATE TABLE t (a integer) PARTITION BY LIST (a);
CREATE TABLE u (b t);

-- case: a partition leaves a table that gets another key
-- refused: it stays, but not as a partition
-- old
CREATE TABLE t (a integer, b integer) PARTITION BY LIST (a);
CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1);
-- new
CREATE TABLE t (a integer, b integer) PARTITION BY LIST (b);
CREATE TABLE t_1 (a integer, b integer);

-- case: the default partition has rows of a new one
-- old
CREATE TABLE p (a int, b text) PARTITION BY RANGE (a);
CREATE TABLE pd PARTITION OF p DEFAULT;
-- rows
INSERT INTO p VALUES (1, 'x'), (20, 'y');
-- new
CREATE TABLE p (a int, b text) PARTITION BY RANGE (a);
CREATE TABLE pd PARTITION OF p DEFAULT;
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);

-- case: a partition splits in two
-- old
CREATE TABLE p (a int, b text) PARTITION BY RANGE (a);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (100);
-- rows
INSERT INTO p VALUES (1, 'x'), (70, 'y');
-- new
CREATE TABLE p (a int, b text) PARTITION BY RANGE (a);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (50);
CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (50) TO (100);

-- case: two partitions become one
-- old
CREATE TABLE p (a int, b text) PARTITION BY RANGE (a);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (50);
CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (50) TO (100);
-- rows
INSERT INTO p VALUES (1, 'x'), (70, 'y');
-- new
CREATE TABLE p (a int, b text) PARTITION BY RANGE (a);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (100);

-- case: partitions by hash become more
-- old
CREATE TABLE p (a int, b text) PARTITION BY HASH (a);
CREATE TABLE p0 PARTITION OF p FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE p1 PARTITION OF p FOR VALUES WITH (MODULUS 2, REMAINDER 1);
-- rows
INSERT INTO p SELECT g, 'x' FROM generate_series(1, 20) g;
-- new
CREATE TABLE p (a int, b text) PARTITION BY HASH (a);
CREATE TABLE p0 PARTITION OF p FOR VALUES WITH (MODULUS 3, REMAINDER 0);
CREATE TABLE p1 PARTITION OF p FOR VALUES WITH (MODULUS 3, REMAINDER 1);
CREATE TABLE p2 PARTITION OF p FOR VALUES WITH (MODULUS 3, REMAINDER 2);

-- case: partitions with all there is split and merge
-- old
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TABLE o (id integer PRIMARY KEY);
CREATE TABLE "p.q" (id integer GENERATED ALWAYS AS IDENTITY, a date NOT NULL, g integer GENERATED ALWAYS AS (1 + 1) STORED NOT NULL, "O'x" text DEFAULT 'x' NOT NULL, o integer REFERENCES o,
    CHECK (a > '1999-01-01'), PRIMARY KEY (id, a)) PARTITION BY RANGE (a);
CREATE INDEX i ON "p.q" ("O'x"); CREATE TRIGGER r AFTER UPDATE ON "p.q" FOR EACH ROW EXECUTE FUNCTION f();
CREATE TABLE p1 PARTITION OF "p.q" FOR VALUES FROM ('2020-01-01') TO ('2022-01-01');
CREATE TABLE p2 PARTITION OF "p.q" FOR VALUES FROM ('2022-01-01') TO ('2023-01-01');
CREATE TABLE pd PARTITION OF "p.q" DEFAULT;
-- rows
INSERT INTO o VALUES (1);
INSERT INTO "p.q" (a, o) VALUES ('2020-05-05', 1), ('2021-05-05', 1), ('2022-05-05', 1), ('2030-01-01', NULL), ('2024-05-05', 1);
-- new
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TABLE o (id integer PRIMARY KEY);
CREATE TABLE "p.q" (id integer GENERATED ALWAYS AS IDENTITY, a date NOT NULL, g integer GENERATED ALWAYS AS (1 + 1) STORED NOT NULL, "O'x" text DEFAULT 'x' NOT NULL, o integer REFERENCES o,
    CHECK (a > '1999-01-01'), PRIMARY KEY (id, a)) PARTITION BY RANGE (a);
CREATE INDEX i ON "p.q" ("O'x"); CREATE TRIGGER r AFTER UPDATE ON "p.q" FOR EACH ROW EXECUTE FUNCTION f();
CREATE TABLE p1 PARTITION OF "p.q" FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE p3 PARTITION OF "p.q" FOR VALUES FROM ('2021-01-01') TO ('2025-01-01');
CREATE TABLE pd PARTITION OF "p.q" DEFAULT;

-- case: partitions below partitions split
-- old
CREATE TABLE p (a integer, b integer) PARTITION BY LIST (a);
CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1, 2) PARTITION BY RANGE (b);
CREATE TABLE p11 PARTITION OF p1 FOR VALUES FROM (0) TO (10);
-- rows
INSERT INTO p VALUES (1, 1), (2, 7), (1, 7);
-- new
CREATE TABLE p (a integer, b integer) PARTITION BY LIST (a);
CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1) PARTITION BY RANGE (b);
CREATE TABLE p11 PARTITION OF p1 FOR VALUES FROM (0) TO (5);
CREATE TABLE p12 PARTITION OF p1 FOR VALUES FROM (5) TO (10);
CREATE TABLE p2 PARTITION OF p FOR VALUES IN (2);

-- case: a partition whose rows others refer to splits
-- old
CREATE TABLE p (a integer PRIMARY KEY) PARTITION BY RANGE (a);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (100);
CREATE TABLE r (a integer REFERENCES p ON DELETE CASCADE);
-- rows
INSERT INTO p VALUES (1), (70); INSERT INTO r VALUES (1), (70);
-- new
CREATE TABLE p (a integer PRIMARY KEY) PARTITION BY RANGE (a);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (50);
CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (50) TO (100);
CREATE TABLE r (a integer REFERENCES p ON DELETE CASCADE);
