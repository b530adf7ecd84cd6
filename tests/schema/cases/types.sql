-- case: an enum
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');

-- case: an enum without labels, and one with odd ones
CREATE TYPE nothing AS ENUM ();
CREATE TYPE odd AS ENUM ('', 'a b', 'it''s', 'back\slash', 'comma,brace}', '"quoted"', 'NULL', 'größe');

-- case: an enum with labels added in the middle
CREATE TYPE mood AS ENUM ('a', 'z');
ALTER TYPE mood ADD VALUE 'm' BEFORE 'z';
ALTER TYPE mood ADD VALUE 'b' AFTER 'a';

-- case: an enum as a column with a default
CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE TABLE t (a mood DEFAULT 'happy' NOT NULL, b mood[] DEFAULT '{sad}');

-- case: a composite type
CREATE TYPE pair AS (a integer, "B b" numeric(5,2), c text COLLATE "C");
COMMENT ON TYPE pair IS 'two things';
COMMENT ON COLUMN pair.a IS 'the first';

-- case: a composite type without attributes
CREATE TYPE nothing AS ();

-- case: a composite type of a composite type
CREATE TYPE zz AS (a integer);
CREATE TYPE aa AS (z zz, list zz[]);

-- case: a composite type with an attribute dropped and one added
CREATE TYPE pair AS (a integer, b text);
ALTER TYPE pair DROP ATTRIBUTE a;
ALTER TYPE pair ADD ATTRIBUTE c date;

-- case: a domain
CREATE DOMAIN d AS text;

-- case: a domain with default, not null and checks
CREATE DOMAIN d AS varchar(20) COLLATE "C" DEFAULT 'x' NOT NULL CONSTRAINT short CHECK (length(VALUE) < 10) CHECK (VALUE <> 'y');

-- case: a domain with a check that is not valid, and comments
CREATE DOMAIN d AS integer CONSTRAINT first CHECK (VALUE > 0);
ALTER DOMAIN d ADD CONSTRAINT second CHECK (VALUE < 100) NOT VALID;
COMMENT ON DOMAIN d IS 'a number';
COMMENT ON CONSTRAINT second ON DOMAIN d IS 'later';

-- case: a domain over a domain
CREATE DOMAIN zz AS integer CHECK (VALUE > 0);
CREATE DOMAIN aa AS zz CHECK (VALUE < 10);

-- case: a domain whose check calls a function
CREATE FUNCTION is_fine(text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
CREATE DOMAIN d AS text CHECK (is_fine(VALUE));

-- case: a range type
CREATE TYPE span AS RANGE (SUBTYPE = float8, SUBTYPE_DIFF = float8mi);

-- case: a range type with a collation, an operator class and a multirange name
CREATE TYPE words AS RANGE (SUBTYPE = text, COLLATION = "C", SUBTYPE_OPCLASS = text_pattern_ops, MULTIRANGE_TYPE_NAME = many_words);

-- case: a column of a multirange
CREATE TYPE span AS RANGE (SUBTYPE = float8, MULTIRANGE_TYPE_NAME = spans);
CREATE TABLE t (a spans, b span);

-- case: a range type with a difference function of one's own
CREATE FUNCTION distance(date, date) RETURNS float8 LANGUAGE sql IMMUTABLE AS 'SELECT ($1 - $2)::float8';
CREATE TYPE days AS RANGE (SUBTYPE = date, SUBTYPE_DIFF = distance);

-- case: collations of libc and ICU
CREATE COLLATION plain (LOCALE = 'C');
CREATE COLLATION mixed (LC_COLLATE = 'C', LC_CTYPE = 'POSIX');
CREATE COLLATION phone (PROVIDER = icu, LOCALE = 'de-u-co-phonebk');
CREATE COLLATION blind (PROVIDER = icu, LOCALE = 'und-u-ks-level2', DETERMINISTIC = false);
COMMENT ON COLLATION phone IS 'as in the book';
CREATE TABLE t (a text COLLATE blind);
