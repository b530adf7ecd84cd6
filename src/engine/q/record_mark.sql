-- Says how a statement ended; see record_mark in layout_1.sql.
SELECT :"state".record_mark($1, $2::integer, $3::boolean, $4::text[], pg_catalog.jsonb_object($5::text[]))
