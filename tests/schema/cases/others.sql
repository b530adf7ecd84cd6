-- case: statistics of several columns
CREATE TABLE t (a integer, b integer, c text);
CREATE STATISTICS s (ndistinct, dependencies) ON a, b FROM t;
CREATE STATISTICS u ON a, b, lower(c) FROM t;
CREATE STATISTICS v (mcv) ON a, c FROM t;
ALTER STATISTICS v SET STATISTICS 300;
COMMENT ON STATISTICS s IS 'together';

-- case: statistics of an expression
CREATE TABLE t (a timestamp);
CREATE STATISTICS s ON date_trunc('month', a) FROM t;

-- case: publications
CREATE TABLE t (a integer PRIMARY KEY, b text);
CREATE TABLE u (a integer PRIMARY KEY);
CREATE PUBLICATION case_tables FOR TABLE t (a), TABLE u WHERE (a > 5) WITH (publish = 'insert, delete');
CREATE PUBLICATION case_schema FOR TABLES IN SCHEMA :"schema" WITH (publish_via_partition_root = true);
CREATE PUBLICATION case_all FOR ALL TABLES;
CREATE PUBLICATION case_none;
COMMENT ON PUBLICATION case_none IS 'nothing';
ALTER PUBLICATION case_none OWNER TO CURRENT_USER;

-- case: foreign data
CREATE FOREIGN DATA WRAPPER case_wrapper OPTIONS (debug 'it''s');
CREATE SERVER case_server TYPE 'kind' VERSION '1.0' FOREIGN DATA WRAPPER case_wrapper OPTIONS (host 'example.org', "Odd Name" 'x');
CREATE USER MAPPING FOR PUBLIC SERVER case_server OPTIONS (username 'somebody');
CREATE USER MAPPING FOR schema_case_owner SERVER case_server;
CREATE FOREIGN TABLE t (a integer OPTIONS (column_name 'A') NOT NULL, b text DEFAULT 'x', CONSTRAINT c CHECK (a > 0)) SERVER case_server OPTIONS (table_name 'T');
COMMENT ON FOREIGN TABLE t IS 'elsewhere';
COMMENT ON SERVER case_server IS 'far';
COMMENT ON FOREIGN DATA WRAPPER case_wrapper IS 'empty';
GRANT USAGE ON FOREIGN SERVER case_server TO schema_case_reader;
GRANT USAGE ON FOREIGN DATA WRAPPER case_wrapper TO schema_case_owner;
GRANT SELECT ON t TO schema_case_reader;

-- case: a foreign table as a partition and as a child
CREATE FOREIGN DATA WRAPPER case_wrapper_2;
CREATE SERVER case_server_2 FOREIGN DATA WRAPPER case_wrapper_2;
CREATE TABLE t (a integer) PARTITION BY LIST (a);
CREATE FOREIGN TABLE t_1 PARTITION OF t FOR VALUES IN (1) SERVER case_server_2;
CREATE TABLE p (a integer);
CREATE FOREIGN TABLE c (b text) INHERITS (p) SERVER case_server_2;

-- case: text search
CREATE TEXT SEARCH DICTIONARY words (TEMPLATE = simple, STOPWORDS = 'english', ACCEPT = 'false');
CREATE TEXT SEARCH CONFIGURATION search (COPY = pg_catalog.simple);
ALTER TEXT SEARCH CONFIGURATION search ALTER MAPPING FOR asciiword, word WITH words, simple;
ALTER TEXT SEARCH CONFIGURATION search DROP MAPPING FOR url;
COMMENT ON TEXT SEARCH DICTIONARY words IS 'plain';
COMMENT ON TEXT SEARCH CONFIGURATION search IS 'ours';
CREATE TABLE t (a text);
CREATE INDEX i ON t USING gin (to_tsvector('search', a));

-- case: a text search template and a parser
CREATE TEXT SEARCH TEMPLATE own (LEXIZE = dsimple_lexize, INIT = dsimple_init);
CREATE TEXT SEARCH PARSER ours (START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, LEXTYPES = prsd_lextype, HEADLINE = prsd_headline);
CREATE TEXT SEARCH DICTIONARY d (TEMPLATE = own);
CREATE TEXT SEARCH CONFIGURATION c (PARSER = ours);

-- case: an extension and what uses it
CREATE EXTENSION hstore WITH SCHEMA :"schema";
CREATE TABLE t (a hstore DEFAULT 'a=>1', b hstore[]);
CREATE INDEX i ON t USING gist (a);
CREATE FUNCTION f(hstore) RETURNS text LANGUAGE sql AS 'SELECT $1 -> ''a''';

-- case: an extension whose operator class an index uses
CREATE EXTENSION pg_trgm WITH SCHEMA :"schema";
CREATE TABLE t (a text);
CREATE INDEX i ON t USING gin (a gin_trgm_ops);

-- case: two schemas that need each other
CREATE SCHEMA schema_case_a;
CREATE SCHEMA schema_case_b;
CREATE TABLE schema_case_a.t (id integer PRIMARY KEY);
CREATE TABLE schema_case_b.t (id integer PRIMARY KEY, a integer REFERENCES schema_case_a.t);
ALTER TABLE schema_case_a.t ADD COLUMN b integer REFERENCES schema_case_b.t;
CREATE VIEW schema_case_a.v AS SELECT id FROM schema_case_b.t;
CREATE VIEW v AS SELECT id FROM schema_case_a.v;
