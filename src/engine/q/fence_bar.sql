-- Tries the exclusive locks whose keys are $1 (bigint[]); never waits. A row a key: whether it is held now.
SELECT k.key,
       pg_catalog.pg_try_advisory_lock(k.key) AS is_held
  FROM pg_catalog.unnest($1::bigint[]) AS k(key);
