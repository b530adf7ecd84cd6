-- case: a primary key comes
-- expect: CREATE UNIQUE INDEX CONCURRENTLY t_pkey
-- expect: PRIMARY KEY USING INDEX t_pkey
-- old
CREATE TABLE t (a integer);
-- new
CREATE TABLE t (a integer PRIMARY KEY);

-- case: a primary key goes and leaves nothing
-- expect: DROP NOT NULL
-- old
CREATE TABLE t (a integer PRIMARY KEY);
-- new
CREATE TABLE t (a integer);

-- case: a primary key goes and leaves NOT NULL
-- never: DROP NOT NULL
-- old
CREATE TABLE t (a integer PRIMARY KEY);
-- new
CREATE TABLE t (a integer NOT NULL);

-- case: a primary key of other columns
-- old
CREATE TABLE t (a integer PRIMARY KEY, b integer NOT NULL);
-- new
CREATE TABLE t (a integer NOT NULL, b integer PRIMARY KEY);

-- case: a primary key that a foreign key refers to gets another name
-- old
CREATE TABLE t (a integer CONSTRAINT one PRIMARY KEY); CREATE TABLE u (b integer REFERENCES t);
-- new
CREATE TABLE t (a integer CONSTRAINT two PRIMARY KEY); CREATE TABLE u (b integer REFERENCES t);

-- case: a unique key comes and goes
-- expect: UNIQUE USING INDEX
-- old
CREATE TABLE t (a integer UNIQUE, b integer);
-- new
CREATE TABLE t (a integer, b integer UNIQUE);

-- case: a unique key that waits
-- old
CREATE TABLE t (a integer, CONSTRAINT k UNIQUE (a));
-- new
CREATE TABLE t (a integer, CONSTRAINT k UNIQUE (a) DEFERRABLE INITIALLY DEFERRED);

-- case: a unique key that waits comes
-- old
CREATE TABLE t (a integer);
-- new
CREATE TABLE t (a integer, CONSTRAINT k UNIQUE (a) DEFERRABLE);

-- case: nulls are not distinct
-- old
CREATE TABLE t (a integer, CONSTRAINT k UNIQUE (a));
-- new
CREATE TABLE t (a integer, CONSTRAINT k UNIQUE NULLS NOT DISTINCT (a));

-- case: a key that includes a column
-- old
CREATE TABLE t (a integer PRIMARY KEY, b integer);
-- new
CREATE TABLE t (a integer, b integer, PRIMARY KEY (a) INCLUDE (b));

-- case: storage parameters of a key
-- old
CREATE TABLE t (a integer, CONSTRAINT k UNIQUE (a));
-- new
CREATE TABLE t (a integer, CONSTRAINT k UNIQUE (a) WITH (fillfactor = 50));

-- case: a key with storage parameters comes
-- old
CREATE TABLE t (a integer);
-- new
CREATE TABLE t (a integer, CONSTRAINT k UNIQUE (a) WITH (fillfactor = 50));

-- case: a unique index becomes a unique key
-- never: CREATE
-- old
CREATE TABLE t (a integer); CREATE UNIQUE INDEX k ON t (a);
-- new
CREATE TABLE t (a integer, CONSTRAINT k UNIQUE (a));

-- case: an index becomes a unique key
-- old
CREATE TABLE t (a integer); CREATE INDEX k ON t (a);
-- new
CREATE TABLE t (a integer, CONSTRAINT k UNIQUE (a));

-- case: a key with a comment that a table is clustered on changes
-- old
CREATE TABLE t (a integer, b integer, CONSTRAINT k UNIQUE (a)); COMMENT ON CONSTRAINT k ON t IS 'k'; ALTER TABLE t CLUSTER ON k;
-- new
CREATE TABLE t (a integer, b integer, CONSTRAINT k UNIQUE (a, b)); COMMENT ON CONSTRAINT k ON t IS 'k'; ALTER TABLE t CLUSTER ON k;

-- case: a comment
-- never: ADD
-- old
CREATE TABLE t (a integer CONSTRAINT c CHECK (a > 0));
-- new
CREATE TABLE t (a integer CONSTRAINT c CHECK (a > 0)); COMMENT ON CONSTRAINT c ON t IS 'positive';

-- case: a comment on the index of a key
-- old
CREATE TABLE t (a integer, CONSTRAINT k UNIQUE (a));
-- new
CREATE TABLE t (a integer, CONSTRAINT k UNIQUE (a)); COMMENT ON INDEX k IS 'k';

-- case: a check comes
-- expect: NOT VALID
-- expect: VALIDATE CONSTRAINT t_a_check
-- old
CREATE TABLE t (a integer);
-- new
CREATE TABLE t (a integer CHECK (a > 0));

-- case: a check changes
-- old
CREATE TABLE t (a integer CONSTRAINT c CHECK (a > 0));
-- new
CREATE TABLE t (a integer CONSTRAINT c CHECK (a >= 0));

-- case: a check is not checked
-- never: VALIDATE
-- old
CREATE TABLE t (a integer);
-- new
CREATE TABLE t (a integer); ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID;

-- case: a check is checked at last
-- never: DROP
-- old
CREATE TABLE t (a integer); ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID;
-- new
CREATE TABLE t (a integer CONSTRAINT c CHECK (a > 0));

-- case: a foreign key comes
-- expect: NOT VALID
-- expect: VALIDATE CONSTRAINT u_b_fkey
-- old
CREATE TABLE t (a integer PRIMARY KEY); CREATE TABLE u (b integer);
-- new
CREATE TABLE t (a integer PRIMARY KEY); CREATE TABLE u (b integer REFERENCES t ON DELETE CASCADE);

-- case: a foreign key deletes otherwise
-- old
CREATE TABLE t (a integer PRIMARY KEY); CREATE TABLE u (b integer REFERENCES t);
-- new
CREATE TABLE t (a integer PRIMARY KEY); CREATE TABLE u (b integer REFERENCES t ON DELETE SET NULL ON UPDATE CASCADE);

-- case: a foreign key waits
-- never: DROP
-- old
CREATE TABLE t (a integer PRIMARY KEY); CREATE TABLE u (b integer REFERENCES t);
-- new
CREATE TABLE t (a integer PRIMARY KEY); CREATE TABLE u (b integer REFERENCES t DEFERRABLE INITIALLY DEFERRED);

-- case: a foreign key waits less
-- never: DROP
-- old
CREATE TABLE t (a integer PRIMARY KEY); CREATE TABLE u (b integer REFERENCES t DEFERRABLE INITIALLY DEFERRED);
-- new
CREATE TABLE t (a integer PRIMARY KEY); CREATE TABLE u (b integer REFERENCES t DEFERRABLE);

-- case: a foreign key is checked at last
-- never: DROP
-- old
CREATE TABLE t (a integer PRIMARY KEY); CREATE TABLE u (b integer); ALTER TABLE u ADD CONSTRAINT f FOREIGN KEY (b) REFERENCES t NOT VALID;
-- new
CREATE TABLE t (a integer PRIMARY KEY); CREATE TABLE u (b integer); ALTER TABLE u ADD CONSTRAINT f FOREIGN KEY (b) REFERENCES t;

-- case: a foreign key to another table
-- old
CREATE TABLE t (a integer PRIMARY KEY); CREATE TABLE s (a integer PRIMARY KEY); CREATE TABLE u (b integer CONSTRAINT f REFERENCES t);
-- new
CREATE TABLE t (a integer PRIMARY KEY); CREATE TABLE s (a integer PRIMARY KEY); CREATE TABLE u (b integer CONSTRAINT f REFERENCES s);

-- case: a foreign key to a table that goes
-- old
CREATE TABLE t (a integer PRIMARY KEY); CREATE TABLE u (b integer REFERENCES t);
-- rows
INSERT INTO u VALUES (NULL);
-- new
CREATE TABLE u (b integer);

-- case: an exclusion constraint
-- old
CREATE TABLE t (a int4range);
-- new
CREATE TABLE t (a int4range, EXCLUDE USING gist (a WITH &&));

-- case: an exclusion constraint changes
-- old
CREATE TABLE t (a int4range, CONSTRAINT x EXCLUDE USING gist (a WITH &&));
-- new
CREATE TABLE t (a int4range, CONSTRAINT x EXCLUDE USING gist (a WITH =));

-- case: a view that groups by a key that changes its name
-- old
CREATE TABLE t (a integer CONSTRAINT one PRIMARY KEY, b text); CREATE VIEW v AS SELECT a, b FROM t GROUP BY a;
-- new
CREATE TABLE t (a integer CONSTRAINT two PRIMARY KEY, b text); CREATE VIEW v AS SELECT a, b FROM t GROUP BY a;
