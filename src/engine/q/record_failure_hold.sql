-- A hold when a revision has failed too often; see record_failure_hold in layout_1.sql.
SELECT :"state".record_failure_hold($1, $2, $3::text[], $4::integer, pg_catalog.jsonb_object($5::text[]))
