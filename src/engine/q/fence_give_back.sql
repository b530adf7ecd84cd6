-- Gives shared locks of the fence back: $1 their keys as bigint[]; $2 and $3 the two keys of the instance's
-- lock, or NULL to keep it.
SELECT pg_catalog.pg_advisory_unlock_shared(k.key)
  FROM pg_catalog.unnest($1::bigint[]) AS k(key)
UNION ALL
SELECT pg_catalog.pg_advisory_unlock_shared($2::integer, $3::integer)
 WHERE $2 IS NOT NULL;
