-- case: a primary key of several columns with a name
CREATE TABLE t (a integer, b integer, CONSTRAINT "the key" PRIMARY KEY (b, a));

-- case: a primary key with columns included and a fill factor
CREATE TABLE t (a integer, b text, PRIMARY KEY (a) INCLUDE (b) WITH (fillfactor = 60));

-- case: a deferred key with a fill factor
CREATE TABLE t (a integer, PRIMARY KEY (a) WITH (fillfactor = 60) DEFERRABLE INITIALLY DEFERRED);

-- case: unique constraints, nulls not distinct
CREATE TABLE t (a integer UNIQUE, b integer, c integer, UNIQUE NULLS NOT DISTINCT (b, c));

-- case: a unique constraint that is deferred
CREATE TABLE t (a integer, CONSTRAINT u UNIQUE (a) DEFERRABLE INITIALLY DEFERRED);

-- case: checks of a column and of the table
CREATE TABLE t (a integer CHECK (a > 0), b integer, CHECK (a < b), CONSTRAINT "odd ""name""" CHECK (b <> 13));

-- case: a check that is not valid
CREATE TABLE t (a integer);
ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID;

-- case: a check with strings and casts
CREATE TABLE t (a text CHECK (a ~ '^[a-z\d]+$' AND a NOT IN ('x', 'y;z')), b text CHECK (length(b) BETWEEN 1 AND 10));

-- case: a foreign key with every action
CREATE TABLE p (id integer PRIMARY KEY);
CREATE TABLE t (a integer REFERENCES p ON DELETE CASCADE, b integer REFERENCES p ON DELETE SET NULL ON UPDATE CASCADE, c integer DEFAULT 1 REFERENCES p ON DELETE SET DEFAULT, d integer REFERENCES p ON DELETE RESTRICT);

-- case: a foreign key of several columns, set null on some
CREATE TABLE p (a integer, b integer, PRIMARY KEY (a, b));
CREATE TABLE t (a integer, b integer, FOREIGN KEY (a, b) REFERENCES p (a, b) ON DELETE SET NULL (b));

-- case: a foreign key with match full that is deferrable
CREATE TABLE p (a integer, b integer, UNIQUE (a, b));
CREATE TABLE t (a integer, b integer, FOREIGN KEY (a, b) REFERENCES p (a, b) MATCH FULL DEFERRABLE INITIALLY DEFERRED);

-- case: a foreign key that is not valid
CREATE TABLE p (id integer PRIMARY KEY);
CREATE TABLE t (a integer);
ALTER TABLE t ADD CONSTRAINT fk FOREIGN KEY (a) REFERENCES p NOT VALID;

-- case: a foreign key to itself
CREATE TABLE t (id integer PRIMARY KEY, up integer REFERENCES t);

-- case: foreign keys in a circle
CREATE TABLE t (id integer PRIMARY KEY, other integer);
CREATE TABLE u (id integer PRIMARY KEY, other integer REFERENCES t);
ALTER TABLE t ADD FOREIGN KEY (other) REFERENCES u;

-- case: a foreign key to a unique index
CREATE TABLE p (a integer);
CREATE UNIQUE INDEX p_a ON p (a);
CREATE TABLE t (a integer REFERENCES p (a));

-- case: an exclusion constraint
CREATE TABLE t (during tsrange, EXCLUDE USING gist (during WITH &&));

-- case: an exclusion constraint with a predicate and an expression
CREATE TABLE t (a integer, b integer, CONSTRAINT x EXCLUDE USING btree ((a + b) WITH =) WHERE (a > 0) DEFERRABLE);

-- case: comments on constraints
CREATE TABLE t (a integer CONSTRAINT k PRIMARY KEY, b integer CONSTRAINT c CHECK (b > 0));
COMMENT ON CONSTRAINT k ON t IS 'the key';
COMMENT ON CONSTRAINT c ON t IS 'the check';
COMMENT ON INDEX k IS 'its index';
