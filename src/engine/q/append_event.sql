-- One ledger row for what moved no heads (a failure, a refusal).
SELECT :"state".append_ledger($1, $2, $3::text[], $3::text[], $4, $5, $6, NULL, r.run),
    pg_catalog.pg_notify(r.run->>'channel', $1)
FROM (SELECT pg_catalog.jsonb_object($7::text[]) AS run) r
