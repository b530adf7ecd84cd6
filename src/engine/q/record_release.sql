-- Lifts the hold; see record_release in layout_1.sql.
SELECT :"state".record_release($1::text[], pg_catalog.jsonb_object($2::text[]))
