-- Ends a revision's transaction; see record_step in layout_1.sql.
SELECT :"state".record_step($1::regclass, $2::text[], $3::text[], $4::text[], $5::text[],
    pg_catalog.jsonb_object($6::text[]), pg_catalog.jsonb_object($7::text[]))
