-- The operations that have not ended, as operation_find.sql has them.
SELECT id, principal, idempotency_key, body_digest, heads_before, heads_after, answer, document
FROM :"state".operation WHERE document IS NULL ORDER BY started_at
