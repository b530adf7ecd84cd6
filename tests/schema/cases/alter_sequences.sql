-- case: numbers
-- never: DROP
-- old
CREATE SEQUENCE s;
-- new
CREATE SEQUENCE s INCREMENT BY 5 MINVALUE -10 MAXVALUE 500 START WITH 50 CACHE 7 CYCLE;

-- case: numbers that go back
-- never: DROP
-- old
CREATE SEQUENCE s INCREMENT BY -1 MAXVALUE -5 CYCLE;
-- new
CREATE SEQUENCE s;

-- case: type
-- never: DROP
-- old
CREATE SEQUENCE s AS integer; CREATE SEQUENCE u AS bigint MAXVALUE 100;
-- new
CREATE SEQUENCE s; CREATE SEQUENCE u AS smallint MAXVALUE 100;

-- case: AS integer of a serial column
-- old
CREATE TABLE t (a bigserial);
-- new
CREATE TABLE t (a serial);

-- case: unlogged
-- never: DROP
-- old
CREATE SEQUENCE s;
-- new
CREATE UNLOGGED SEQUENCE s;

-- case: ownership comes
-- old
CREATE TABLE t (a integer); CREATE SEQUENCE s;
-- new
CREATE TABLE t (a integer); CREATE SEQUENCE s OWNED BY t.a;

-- case: ownership goes
-- old
CREATE TABLE t (a integer); CREATE SEQUENCE s OWNED BY t.a;
-- new
CREATE TABLE t (a integer); CREATE SEQUENCE s;

-- case: ownership moves
-- old
CREATE TABLE t (a integer, b integer); CREATE SEQUENCE s OWNED BY t.a;
-- new
CREATE TABLE t (a integer, b integer); CREATE SEQUENCE s OWNED BY t.b;

-- case: ownership moves away from a column that goes
-- old
CREATE TABLE t (a integer, b integer); CREATE SEQUENCE s OWNED BY t.a;
-- new
CREATE TABLE t (b integer); CREATE SEQUENCE s OWNED BY t.b;

-- case: ownership moves away from a table that goes
-- old
CREATE TABLE t (a integer); CREATE SEQUENCE s OWNED BY t.a;
-- new
CREATE SEQUENCE s;

-- case: owner, comment and grants
-- old
CREATE SEQUENCE s;
-- new
CREATE SEQUENCE s; ALTER SEQUENCE s OWNER TO schema_case_owner; COMMENT ON SEQUENCE s IS 's'; GRANT USAGE ON SEQUENCE s TO schema_case_reader;

-- case: comment and grants of an identity sequence
-- old
CREATE TABLE t (a integer GENERATED ALWAYS AS IDENTITY);
-- new
CREATE TABLE t (a integer GENERATED ALWAYS AS IDENTITY); COMMENT ON SEQUENCE t_a_seq IS 's'; GRANT USAGE ON SEQUENCE t_a_seq TO schema_case_reader;

-- case: a sequence that a default needs goes
-- old
CREATE SEQUENCE s; CREATE TABLE t (a integer DEFAULT nextval('s'));
-- new
CREATE TABLE t (a integer);

-- case: a default takes another sequence
-- old
CREATE SEQUENCE s; CREATE TABLE t (a integer DEFAULT nextval('s'));
-- new
CREATE SEQUENCE r; CREATE TABLE t (a integer DEFAULT nextval('r'));
