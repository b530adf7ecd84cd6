-- case: a publication's actions and root
-- never: DROP PUBLICATION
-- old
CREATE TABLE t (a integer PRIMARY KEY);
CREATE PUBLICATION :"schema" FOR TABLE t WITH (publish = 'insert, delete');
COMMENT ON PUBLICATION :"schema" IS 'old';
-- new
CREATE TABLE t (a integer PRIMARY KEY);
CREATE PUBLICATION :"schema" FOR TABLE t WITH (publish = 'insert, update, truncate', publish_via_partition_root = true);
COMMENT ON PUBLICATION :"schema" IS 'new';

-- case: a publication's tables
-- never: DROP PUBLICATION
-- old
CREATE TABLE t (a integer PRIMARY KEY, b text);
CREATE TABLE u (a integer PRIMARY KEY, b text);
CREATE TABLE gone (a integer PRIMARY KEY);
CREATE PUBLICATION :"schema" FOR TABLE t, u, gone;
-- new
CREATE TABLE t (a integer PRIMARY KEY, b text);
CREATE TABLE u (a integer PRIMARY KEY, b text);
CREATE TABLE "Fresh one" (a integer PRIMARY KEY);
CREATE PUBLICATION :"schema" FOR TABLE t, "Fresh one";

-- case: a publication's columns and conditions
-- never: DROP PUBLICATION
-- old
CREATE TABLE t (a integer PRIMARY KEY, b text);
CREATE TABLE u (a integer PRIMARY KEY, b text);
CREATE PUBLICATION :"schema" FOR TABLE t (a), u;
-- new
CREATE TABLE t (a integer PRIMARY KEY, b text);
CREATE TABLE u (a integer PRIMARY KEY, b text);
CREATE PUBLICATION :"schema" FOR TABLE t (a, b), u WHERE (a > 5);

-- case: a publication of a schema
-- old
CREATE TABLE t (a integer PRIMARY KEY);
CREATE PUBLICATION :"schema" FOR TABLES IN SCHEMA :"schema";
-- new
CREATE TABLE t (a integer PRIMARY KEY);
CREATE PUBLICATION :"schema" FOR TABLE t;

-- case: a publication of all tables
-- old
CREATE TABLE t (a integer PRIMARY KEY);
CREATE PUBLICATION :"schema" FOR ALL TABLES;
COMMENT ON PUBLICATION :"schema" IS 'kept';
-- new
CREATE TABLE t (a integer PRIMARY KEY);
CREATE PUBLICATION :"schema" FOR TABLE t;
COMMENT ON PUBLICATION :"schema" IS 'kept';

-- case: a publication comes, and its table, too
-- old
CREATE TABLE t (a integer);
-- new
CREATE TABLE t (a integer);
CREATE TABLE zz (a integer PRIMARY KEY, b text);
CREATE PUBLICATION :"schema" FOR TABLE zz (a) WHERE (a > 1);

-- case: statistics' kinds, columns and target
-- old
CREATE TABLE t (a integer, b integer, c text);
CREATE STATISTICS s (ndistinct) ON a, b FROM t;
CREATE STATISTICS u ON a, b FROM t;
CREATE STATISTICS v (mcv) ON a, c FROM t;
CREATE STATISTICS w (mcv) ON a, c FROM t;
ALTER STATISTICS w SET STATISTICS 50;
COMMENT ON STATISTICS s IS 'kept';
-- new
CREATE TABLE t (a integer, b integer, c text);
CREATE STATISTICS s (ndistinct, dependencies) ON a, b FROM t;
CREATE STATISTICS u ON a, b, lower(c) FROM t;
CREATE STATISTICS v (mcv) ON a, c FROM t;
CREATE STATISTICS w (mcv) ON a, c FROM t;
ALTER STATISTICS v SET STATISTICS 300;
COMMENT ON STATISTICS s IS 'kept';

-- case: statistics over columns that go and change
-- old
CREATE TABLE t (a integer, b integer, gone text);
CREATE STATISTICS s ON a, gone FROM t;
CREATE STATISTICS u ON a, b FROM t;
CREATE STATISTICS v ON (a + b) FROM t;
-- rows
INSERT INTO t VALUES (1, 2, 'x');
-- new
CREATE TABLE t (a bigint, b integer);
CREATE STATISTICS u ON a, b FROM t;
CREATE STATISTICS v ON (a + b) FROM t;

-- case: options of foreign data
-- never: DROP SERVER
-- never: DROP FOREIGN
-- old
CREATE FOREIGN DATA WRAPPER :"schema" OPTIONS (debug 'it''s', gone 'x');
CREATE SERVER :"schema" TYPE 'kind' VERSION '1.0' FOREIGN DATA WRAPPER :"schema" OPTIONS ("Odd Name" 'x', host 'example.org');
CREATE USER MAPPING FOR PUBLIC SERVER :"schema" OPTIONS (username 'somebody');
CREATE USER MAPPING FOR schema_case_owner SERVER :"schema";
CREATE FOREIGN TABLE t (a integer) SERVER :"schema";
COMMENT ON SERVER :"schema" IS 'old';
-- new
CREATE FOREIGN DATA WRAPPER :"schema" OPTIONS (debug 'back\slash', fresh 'x');
CREATE SERVER :"schema" TYPE 'kind' VERSION '2.0' FOREIGN DATA WRAPPER :"schema" OPTIONS ("Odd Name" 'y', port '1');
CREATE USER MAPPING FOR PUBLIC SERVER :"schema" OPTIONS (username 'else', "Other" 'z');
CREATE USER MAPPING FOR schema_case_reader SERVER :"schema";
CREATE FOREIGN TABLE t (a integer) SERVER :"schema";
COMMENT ON SERVER :"schema" IS 'new';

-- case: a server without a version, and one that has none any more
-- old
\set two :schema _two
CREATE FOREIGN DATA WRAPPER :"schema";
CREATE SERVER :"schema" FOREIGN DATA WRAPPER :"schema";
CREATE SERVER :"two" VERSION '1' FOREIGN DATA WRAPPER :"schema" OPTIONS (a '1');
-- new
\set two :schema _two
CREATE FOREIGN DATA WRAPPER :"schema";
CREATE SERVER :"schema" VERSION '1' FOREIGN DATA WRAPPER :"schema";
CREATE SERVER :"two" FOREIGN DATA WRAPPER :"schema";

-- case: a server of another type and wrapper
-- old
\set two :schema _two
CREATE FOREIGN DATA WRAPPER :"schema";
CREATE FOREIGN DATA WRAPPER :"two";
CREATE SERVER :"schema" TYPE 'a' FOREIGN DATA WRAPPER :"schema" OPTIONS (a '1');
CREATE SERVER :"two" FOREIGN DATA WRAPPER :"schema";
CREATE USER MAPPING FOR PUBLIC SERVER :"two" OPTIONS (username 'somebody');
GRANT USAGE ON FOREIGN SERVER :"two" TO schema_case_reader;
-- new
\set two :schema _two
CREATE FOREIGN DATA WRAPPER :"schema";
CREATE FOREIGN DATA WRAPPER :"two";
CREATE SERVER :"schema" TYPE 'b' FOREIGN DATA WRAPPER :"schema" OPTIONS (a '1');
CREATE SERVER :"two" FOREIGN DATA WRAPPER :"two";
CREATE USER MAPPING FOR PUBLIC SERVER :"two" OPTIONS (username 'somebody');
GRANT USAGE ON FOREIGN SERVER :"two" TO schema_case_reader;

-- case: a server of another type, with foreign tables
-- old
CREATE FOREIGN DATA WRAPPER :"schema";
CREATE SERVER :"schema" TYPE 'a' FOREIGN DATA WRAPPER :"schema";
CREATE FOREIGN TABLE t (a integer) SERVER :"schema" OPTIONS (x 'y');
CREATE VIEW v AS SELECT a FROM t;
COMMENT ON FOREIGN TABLE t IS 'kept';
-- new
CREATE FOREIGN DATA WRAPPER :"schema";
CREATE SERVER :"schema" TYPE 'b' FOREIGN DATA WRAPPER :"schema";
CREATE FOREIGN TABLE t (a integer) SERVER :"schema" OPTIONS (x 'y');
CREATE VIEW v AS SELECT a FROM t;
COMMENT ON FOREIGN TABLE t IS 'kept';

-- case: a wrapper's routines
-- old
CREATE FOREIGN DATA WRAPPER :"schema" VALIDATOR postgresql_fdw_validator;
-- new
CREATE FOREIGN DATA WRAPPER :"schema";

-- case: foreign data comes and goes
-- old
\set two :schema _two
CREATE FOREIGN DATA WRAPPER :"two";
CREATE SERVER :"two" FOREIGN DATA WRAPPER :"two";
CREATE USER MAPPING FOR PUBLIC SERVER :"two" OPTIONS (username 'somebody');
CREATE FOREIGN TABLE t (a integer) SERVER :"two";
-- new
CREATE FOREIGN DATA WRAPPER :"schema";
CREATE SERVER :"schema" FOREIGN DATA WRAPPER :"schema";
CREATE USER MAPPING FOR CURRENT_USER SERVER :"schema" OPTIONS (username 'somebody');
CREATE FOREIGN TABLE u (a integer) SERVER :"schema";

-- case: a dictionary's options
-- never: DROP
-- old
CREATE TEXT SEARCH DICTIONARY words (TEMPLATE = simple, STOPWORDS = 'english', ACCEPT = 'false');
CREATE TEXT SEARCH DICTIONARY gains (TEMPLATE = simple);
CREATE TEXT SEARCH DICTIONARY loses (TEMPLATE = simple, ACCEPT = 'false');
COMMENT ON TEXT SEARCH DICTIONARY words IS 'kept';
-- new
CREATE TEXT SEARCH DICTIONARY words (TEMPLATE = simple, STOPWORDS = 'german', ACCEPT = 'false');
CREATE TEXT SEARCH DICTIONARY gains (TEMPLATE = simple, STOPWORDS = 'english');
CREATE TEXT SEARCH DICTIONARY loses (TEMPLATE = simple);
COMMENT ON TEXT SEARCH DICTIONARY words IS 'kept';

-- case: a dictionary of another template, in use
-- old
CREATE TEXT SEARCH DICTIONARY words (TEMPLATE = simple, STOPWORDS = 'english');
CREATE TEXT SEARCH CONFIGURATION search (PARSER = pg_catalog.default);
ALTER TEXT SEARCH CONFIGURATION search ADD MAPPING FOR asciiword WITH words;
CREATE TABLE t (a text);
CREATE INDEX i ON t USING gin (to_tsvector('search', a));
-- rows
INSERT INTO t VALUES ('some words');
-- new
CREATE TEXT SEARCH DICTIONARY words (TEMPLATE = snowball, LANGUAGE = 'english', STOPWORDS = 'english');
CREATE TEXT SEARCH CONFIGURATION search (PARSER = pg_catalog.default);
ALTER TEXT SEARCH CONFIGURATION search ADD MAPPING FOR asciiword WITH words;
CREATE TABLE t (a text);
CREATE INDEX i ON t USING gin (to_tsvector('search', a));

-- case: a configuration's mappings
-- never: DROP TEXT
-- old
CREATE TEXT SEARCH DICTIONARY words (TEMPLATE = simple);
CREATE TEXT SEARCH CONFIGURATION search (COPY = pg_catalog.simple);
COMMENT ON TEXT SEARCH CONFIGURATION search IS 'kept';
CREATE TABLE t (a text);
CREATE INDEX i ON t USING gin (to_tsvector('search', a));
-- new
CREATE TEXT SEARCH DICTIONARY words (TEMPLATE = simple);
CREATE TEXT SEARCH CONFIGURATION search (COPY = pg_catalog.simple);
ALTER TEXT SEARCH CONFIGURATION search ALTER MAPPING FOR asciiword, word WITH words, simple;
ALTER TEXT SEARCH CONFIGURATION search DROP MAPPING FOR url;
COMMENT ON TEXT SEARCH CONFIGURATION search IS 'kept';
CREATE TABLE t (a text);
CREATE INDEX i ON t USING gin (to_tsvector('search', a));

-- case: a configuration of another parser
-- old
CREATE TEXT SEARCH PARSER ours (START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, LEXTYPES = prsd_lextype);
CREATE TEXT SEARCH CONFIGURATION c (PARSER = pg_catalog.default);
ALTER TEXT SEARCH CONFIGURATION c ADD MAPPING FOR asciiword WITH simple;
-- new
CREATE TEXT SEARCH PARSER ours (START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, LEXTYPES = prsd_lextype);
CREATE TEXT SEARCH CONFIGURATION c (PARSER = ours);
ALTER TEXT SEARCH CONFIGURATION c ADD MAPPING FOR asciiword WITH simple;

-- case: a parser and a template
-- old
CREATE TEXT SEARCH TEMPLATE own (LEXIZE = dsimple_lexize, INIT = dsimple_init);
CREATE TEXT SEARCH PARSER ours (START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, LEXTYPES = prsd_lextype, HEADLINE = prsd_headline);
CREATE TEXT SEARCH DICTIONARY d (TEMPLATE = own);
CREATE TEXT SEARCH CONFIGURATION c (PARSER = ours);
ALTER TEXT SEARCH CONFIGURATION c ADD MAPPING FOR asciiword WITH d;
COMMENT ON TEXT SEARCH TEMPLATE own IS 'kept';
-- new
CREATE TEXT SEARCH TEMPLATE own (LEXIZE = dsimple_lexize);
CREATE TEXT SEARCH PARSER ours (START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, LEXTYPES = prsd_lextype);
CREATE TEXT SEARCH DICTIONARY d (TEMPLATE = own);
CREATE TEXT SEARCH CONFIGURATION c (PARSER = ours);
ALTER TEXT SEARCH CONFIGURATION c ADD MAPPING FOR asciiword WITH d;
COMMENT ON TEXT SEARCH TEMPLATE own IS 'kept';

-- case: text search comes and goes
-- old
CREATE TEXT SEARCH TEMPLATE t1 (LEXIZE = dsimple_lexize);
CREATE TEXT SEARCH DICTIONARY d1 (TEMPLATE = t1);
CREATE TEXT SEARCH CONFIGURATION c1 (PARSER = pg_catalog.default);
ALTER TEXT SEARCH CONFIGURATION c1 ADD MAPPING FOR asciiword WITH d1;
-- new
CREATE TEXT SEARCH TEMPLATE t2 (LEXIZE = dsimple_lexize);
CREATE TEXT SEARCH DICTIONARY d2 (TEMPLATE = t2);
CREATE TEXT SEARCH CONFIGURATION c2 (PARSER = pg_catalog.default);
ALTER TEXT SEARCH CONFIGURATION c2 ADD MAPPING FOR asciiword WITH d2;

-- case: a schema's comment, and schemas that come and go
-- old
\set two :schema _two
\set three :schema _three
CREATE SCHEMA :"two";
COMMENT ON SCHEMA :"two" IS 'old';
CREATE TABLE :"two".t (a integer);
CREATE SCHEMA :"three";
CREATE TABLE :"three".t (a integer);
-- new
\set two :schema _two
\set four :schema _four
CREATE SCHEMA :"two";
COMMENT ON SCHEMA :"two" IS 'new';
CREATE TABLE :"two".t (a integer);
CREATE SCHEMA :"four";
CREATE TABLE :"four".t (a integer);

-- case: an extension in another schema
-- expect: SET SCHEMA
-- never: DROP EXTENSION
-- old
\set two :schema _two
CREATE SCHEMA :"two";
CREATE EXTENSION IF NOT EXISTS citext WITH SCHEMA :"two";
CREATE TABLE t (a integer);
-- new
\set two :schema _two
CREATE SCHEMA :"two";
CREATE EXTENSION IF NOT EXISTS citext WITH SCHEMA :"schema";
CREATE TABLE t (a integer);

-- case: an extension comes with a column of its type
-- old
CREATE TABLE t (a integer);
-- new
CREATE EXTENSION IF NOT EXISTS seg WITH SCHEMA :"schema";
CREATE TABLE t (a integer);
CREATE FUNCTION f() RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RETURN true; END';

-- case: a publication's columns that come, go and change
-- never: DROP PUBLICATION
-- old
CREATE TABLE t (a integer PRIMARY KEY, c integer, gone text);
CREATE PUBLICATION :"schema" FOR TABLE t (a, c, gone);
-- new
CREATE TABLE t (a integer PRIMARY KEY, c bigint, fresh text);
CREATE PUBLICATION :"schema" FOR TABLE t (a, c, fresh);

-- case: a publication's condition over a column that changes its type
-- old
CREATE TABLE t (a integer PRIMARY KEY, b text);
CREATE TABLE u (a integer PRIMARY KEY, gone integer);
CREATE PUBLICATION :"schema" FOR TABLE t WHERE (a > 5), u WHERE (gone > 5) WITH (publish = 'insert');
-- new
CREATE TABLE t (a bigint PRIMARY KEY, b text);
CREATE TABLE u (a integer PRIMARY KEY);
CREATE PUBLICATION :"schema" FOR TABLE t WHERE (a > 5), u WITH (publish = 'insert');
