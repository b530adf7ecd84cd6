-- An operation by its id ($1), or by whose Idempotency-Key ($2, $3) it is.
SELECT id, principal, idempotency_key, body_digest, heads_before, heads_after, answer, document
FROM :"state".operation
WHERE id = $1::uuid OR principal = $2 AND idempotency_key = $3 AND started_at > clock_timestamp() - interval '24 hours'
