-- Records the schema as it is; see record_baseline in layout_1.sql.
SELECT :"state".record_baseline($1::text[], $2, $3, $4, $5::text[], $6::text[], $7::text[], $8::text[], $9,
    pg_catalog.jsonb_object($10::text[]))
