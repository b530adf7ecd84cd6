-- Gives the database another environment's name; see record_environment in layout_1.sql.
SELECT :"state".record_environment($1, $2::text[], pg_catalog.jsonb_object($3::text[]))
