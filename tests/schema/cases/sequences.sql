-- case: a plain sequence
CREATE SEQUENCE s;

-- case: a sequence with everything
CREATE SEQUENCE s AS integer INCREMENT BY 3 MINVALUE 5 MAXVALUE 500 START WITH 8 CACHE 20 CYCLE;

-- case: a sequence that counts down
CREATE SEQUENCE s INCREMENT BY -2;

-- case: a sequence that counts down between bounds
CREATE SEQUENCE s AS smallint INCREMENT BY -1 MINVALUE -100 MAXVALUE 100 START WITH 50;

-- case: a sequence that belongs to a column
CREATE TABLE t (a integer);
CREATE SEQUENCE s OWNED BY t.a;

-- case: a sequence that a default uses but nobody owns
CREATE SEQUENCE s;
CREATE TABLE t (a bigint DEFAULT nextval('s'));

-- case: a sequence that two tables use
CREATE TABLE t (a serial);
CREATE TABLE u (a integer DEFAULT nextval('t_a_seq'));

-- case: an unlogged sequence
CREATE UNLOGGED SEQUENCE s;

-- case: a comment on a sequence and on that of an identity
CREATE SEQUENCE s;
COMMENT ON SEQUENCE s IS 'numbers';
CREATE TABLE t (id integer GENERATED ALWAYS AS IDENTITY);
COMMENT ON SEQUENCE t_id_seq IS 'of the identity';

-- case: a sequence whose owner column was renamed
CREATE TABLE t (a serial);
ALTER TABLE t RENAME a TO "New Name";
