-- Puts the database on hold; see record_hold in layout_1.sql.
SELECT :"state".record_hold($1, $2::text[], pg_catalog.jsonb_object($3::text[]))
