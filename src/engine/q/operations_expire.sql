-- Keys are good for 24 hours, operations are kept for 90 days (the ledger is for ever).
WITH gone AS (DELETE FROM :"state".operation WHERE started_at < clock_timestamp() - interval '90 days')
UPDATE :"state".operation SET idempotency_key = NULL
WHERE idempotency_key IS NOT NULL AND started_at < clock_timestamp() - interval '24 hours'
