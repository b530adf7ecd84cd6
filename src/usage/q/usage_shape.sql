-- What the writer must know of the table: its enum, and the OIDs of the types in which values are
-- sent, in the order of $2 (names of columns). No row for a column that is not there.
--
-- $1  the table, as for regclass
-- $2  text[]: the columns
-- $3  text[]: the types of their values, '' for that of the column
SELECT CASE wanted.type WHEN '' THEN a.atttypid ELSE wanted.type::regtype::oid END,
       a.attname,
       pg_catalog.format_type(a.atttypid, NULL) AS type,
       (SELECT pg_catalog.array_agg(e.enumlabel::text ORDER BY e.enumsortorder)
          FROM pg_catalog.pg_enum e
         WHERE e.enumtypid = a.atttypid) AS labels,
       pg_catalog.pg_backend_pid() AS backend_pid,
       pg_catalog.current_setting('synchronous_commit') AS synchronous_commit
  FROM ROWS FROM (pg_catalog.unnest($2::text[]), pg_catalog.unnest($3::text[]))
       WITH ORDINALITY AS wanted (name, type, place)
  JOIN pg_catalog.pg_attribute a
    ON a.attrelid = pg_catalog.to_regclass($1)
   AND a.attname = wanted.name
   AND a.attnum > 0
   AND NOT a.attisdropped
 ORDER BY wanted.place
