-- The file as it is now in the place of what was applied; see record_accept in layout_1.sql.
SELECT :"state".record_accept($1::text[], pg_catalog.jsonb_object($2::text[]), $3, pg_catalog.jsonb_object($4::text[]))
