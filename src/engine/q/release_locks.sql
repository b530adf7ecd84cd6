-- Gives back every advisory lock of this session but those that it needs itself: the migration lock (lock_key), the
-- other keys in own_locks (a bigint[]), and those with two keys of which the first is instance_class. A lock that was
-- taken several times is given back as often. One of the transaction only ends with that.
WITH RECURSIVE quiet AS MATERIALIZED (
    -- Giving back what is not held any more warns, and that is how the end is found.
    SELECT pg_catalog.set_config('client_min_messages', 'error', true) AS level
), held AS MATERIALIZED (
    SELECT l.objsubid AS keys,
           l.mode = 'ShareLock' AS is_shared,
           (l.classid::bigint << 32) | l.objid::bigint AS key,
           l.classid::bigint::bit(32)::integer AS first_key,
           l.objid::bigint::bit(32)::integer AS second_key
      FROM quiet q
      CROSS JOIN pg_catalog.pg_locks l
     WHERE q.level IS NOT NULL
       AND l.locktype = 'advisory'
       AND l.granted
       AND l.pid = pg_catalog.pg_backend_pid()
), released AS (
    SELECT h.keys, h.is_shared, h.key, h.first_key, h.second_key, true AS was_held
      FROM held h
     WHERE CASE h.keys WHEN 1 THEN h.key <> :'lock_key'::bigint AND h.key <> ALL (:'own_locks'::bigint[])
                       ELSE h.first_key <> :'instance_class'::integer END
    UNION ALL
    SELECT r.keys, r.is_shared, r.key, r.first_key, r.second_key,
           CASE WHEN r.keys = 1 AND r.is_shared THEN pg_catalog.pg_advisory_unlock_shared(r.key)
                WHEN r.keys = 1 THEN pg_catalog.pg_advisory_unlock(r.key)
                WHEN r.is_shared THEN pg_catalog.pg_advisory_unlock_shared(r.first_key, r.second_key)
                ELSE pg_catalog.pg_advisory_unlock(r.first_key, r.second_key) END
      FROM released r
     WHERE r.was_held
)
SELECT count(*) FROM released
