-- Gives the exclusive locks whose keys are $1 (bigint[]) back.
SELECT pg_catalog.pg_advisory_unlock(k.key)
  FROM pg_catalog.unnest($1::bigint[]) AS k(key);
