-- The last $2 rows of the ledger that are not older than $1 (RFC 3339, or null), oldest first; columns as in read_ledger.sql.
SELECT id, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at, event, revision,
    heads_before, heads_after, plan_digest, up_checksum, role, actor, peer, request_id, host, instance, reason, sqlstate, message,
    duration_us, system_identifier, timeline, pg_catalog.encode(hash, 'hex') AS hash
FROM (SELECT * FROM :"state".ledger WHERE $1::timestamptz IS NULL OR at >= $1::timestamptz
    ORDER BY id DESC LIMIT $2::integer) AS tail
ORDER BY id
