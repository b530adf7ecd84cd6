-- Whether this database can be a scratch database: whether it is marked as one, and else what is in it (up to 5 names).
-- It is the target itself when it has that name on a server
-- that started just then ($1, $2).
WITH found(name) AS (
    SELECT 'schema ' || nspname FROM pg_catalog.pg_namespace
    WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'public')
    UNION ALL
    SELECT 'relation ' || c.oid::regclass::text FROM pg_catalog.pg_class AS c
    WHERE c.relnamespace = 'public'::regnamespace AND c.oid >= 16384
    UNION ALL
    SELECT 'function ' || p.oid::regprocedure::text FROM pg_catalog.pg_proc AS p
    WHERE p.pronamespace = 'public'::regnamespace AND p.oid >= 16384
    UNION ALL
    SELECT 'type ' || t.oid::regtype::text FROM pg_catalog.pg_type AS t
    WHERE t.typnamespace = 'public'::regnamespace AND t.oid >= 16384 AND t.typrelid = 0 AND t.typelem = 0
)
SELECT pg_catalog.to_regnamespace('pgsluice_scratch') IS NOT NULL AS is_marked,
    (SELECT pg_catalog.string_agg(name, ', ') FROM (SELECT name FROM found ORDER BY name LIMIT 5) AS f) AS names,
    pg_catalog.current_database() = $1::text
        AND pg_catalog.extract('epoch', pg_catalog.pg_postmaster_start_time())::text = $2::text AS is_target,
    pg_catalog.pg_try_advisory_lock(7236837428093169779) AS is_ours
