INSERT INTO :"state".operation (id, principal, idempotency_key, body_digest, heads_before, heads_after, answer)
VALUES ($1::uuid, $2, $3, $4, $5::text[], $6::text[], $7)
