-- A page of the ledger: the rows after $1 that are not older than $2 (RFC 3339, or null), at most $3.
SELECT id, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at, event, revision,
    heads_before, heads_after, plan_digest, up_checksum, role, actor, peer, request_id, host, instance, reason, sqlstate, message,
    duration_us, system_identifier, timeline, pg_catalog.encode(hash, 'hex') AS hash
FROM :"state".ledger
WHERE id > $1::bigint AND ($2::timestamptz IS NULL OR at >= $2::timestamptz)
ORDER BY id LIMIT $3::integer
