-- One ledger row for what moved no heads; see record_event in layout_1.sql.
SELECT :"state".record_event($1, $2, $3::text[], $4, $5, $6, pg_catalog.jsonb_object($7::text[]))
