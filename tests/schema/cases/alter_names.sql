-- case: a table may have been renamed
-- rename: .t RENAME TO u
-- old
CREATE TABLE t (a integer, b text, c date);
-- new
CREATE TABLE u (a integer, b text, c date, d integer);

-- case: a table is not renamed to one of another shape
-- old
CREATE TABLE t (a integer);
-- new
CREATE TABLE u (b date, c text);

-- case: columns may have been renamed
-- rename: RENAME COLUMN a TO x
-- rename: RENAME COLUMN "B" TO "Y z"
-- old
CREATE TABLE t (a integer, "B" text, c date);
-- new
CREATE TABLE t (x integer, "Y z" text, c date);

-- case: an attribute may have been renamed
-- rename: RENAME ATTRIBUTE a TO x
-- old
CREATE TYPE t AS (a integer, b text);
-- new
CREATE TYPE t AS (x integer, b text);

-- case: a label may have been renamed
-- rename: RENAME VALUE 'b' TO 'it''s'
-- old
CREATE TYPE t AS ENUM ('a', 'b', 'c');
-- new
CREATE TYPE t AS ENUM ('a', 'it''s', 'c');

-- case: a view, an index, a constraint and a type may have been renamed
-- rename: RENAME TO w
-- rename: RENAME TO j
-- rename: RENAME CONSTRAINT c TO d
-- rename: RENAME TO n
CREATE TABLE t (a integer);
-- old
CREATE VIEW v AS SELECT a FROM t;
CREATE INDEX i ON t (a);
ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0);
CREATE TYPE m AS ENUM ('x', 'y');
-- new
CREATE VIEW w AS SELECT a FROM t;
CREATE INDEX j ON t (a);
ALTER TABLE t ADD CONSTRAINT d CHECK (a > 0);
CREATE TYPE n AS ENUM ('x', 'y');

-- case: a function and a trigger may have been renamed
-- rename: RENAME TO g
-- rename: RENAME TO u
CREATE TABLE t (a integer);
CREATE FUNCTION h() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
-- old
CREATE FUNCTION f(integer) RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE TRIGGER s BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION h();
-- new
CREATE FUNCTION g(integer) RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE TRIGGER u BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION h();
