-- case: names with quotes, dots, spaces and semicolons
CREATE TABLE "a ""quoted"" ta.ble; --" ("co""l.umn" integer, "; DROP TABLE x; --" text, "  " integer);
CREATE INDEX "in.dex""" ON "a ""quoted"" ta.ble; --" ("co""l.umn");
COMMENT ON COLUMN "a ""quoted"" ta.ble; --"."  " IS 'blank';
ALTER TABLE "a ""quoted"" ta.ble; --" ADD CONSTRAINT "c'on""" CHECK ("co""l.umn" > 0);

-- case: names with backslashes, dollars, colons and line ends
CREATE TABLE "back\slash" ("$$" integer, ":var" integer, ":'x'" text, "line
end" text);
CREATE VIEW "v\i" AS SELECT ":var", "$$" FROM "back\slash";

-- case: names in other scripts
CREATE TABLE "größe" ("日本語" integer, "Ελληνικά" text, "émoji😀" text);
CREATE SEQUENCE "последовательность" OWNED BY "größe"."日本語";

-- case: names of 63 bytes
CREATE TABLE aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa (bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb serial PRIMARY KEY);
CREATE TABLE aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab (bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb integer GENERATED ALWAYS AS IDENTITY REFERENCES aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa);

-- case: names that are keywords
CREATE TABLE "table" ("select" integer, "user" text, "order" integer PRIMARY KEY, "end" text, "between" text, "name" text);
CREATE TYPE "order" AS ENUM ('x');
CREATE FUNCTION "left"("group" integer) RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE VIEW "union" AS SELECT "select", "user" FROM "table";

-- case: names in capital letters and with digits first
CREATE TABLE "CamelCase" ("ID" integer, "1st" integer, _under integer, dollar$sign integer);
CREATE INDEX ON "CamelCase" ("ID");

-- case: odd names of types, functions and triggers
CREATE TYPE "ty.pe" AS ENUM ('a');
CREATE DOMAIN "do main" AS "ty.pe" CONSTRAINT "c h" CHECK (VALUE = 'a');
CREATE FUNCTION "f""u.n"("a b" "ty.pe", "do main") RETURNS "ty.pe"[] LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE FUNCTION "tri gger"() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE TABLE t (a "ty.pe", b "do main");
CREATE TRIGGER "t.g" BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION "tri gger"();
COMMENT ON TRIGGER "t.g" ON t IS 'odd';
CREATE POLICY "p o l" ON t USING (true);
CREATE RULE "r u" AS ON DELETE TO t DO NOTHING;

-- case: an odd schema
CREATE SCHEMA "Schema case.odd ""one""";
CREATE TABLE "Schema case.odd ""one""".t (a serial PRIMARY KEY, b integer REFERENCES "Schema case.odd ""one""".t);
CREATE VIEW v AS SELECT a FROM "Schema case.odd ""one""".t;
