-- Takes the shared locks of the fence that this session does not have yet: $1 their keys as bigint[], $2 and
-- $3 the two keys of the lock that says that it is an instance, and of which version. Never waits.
-- A row a key, in any order: the key (NULL: of the instance), whether it is held now, whether it was before.
WITH held AS MATERIALIZED (
    SELECT l.objsubid,
           (l.classid::bigint << 32) | l.objid::bigint AS key
      FROM pg_catalog.pg_locks l
     WHERE l.locktype = 'advisory'
       AND l.granted
       AND l.mode = 'ShareLock'
       AND l.pid = pg_catalog.pg_backend_pid()
), wanted AS (
    SELECT w.key,
           EXISTS (SELECT FROM held h WHERE h.objsubid = 1 AND h.key = w.key) AS was_held
      FROM pg_catalog.unnest($1::bigint[]) AS w(key)
)
SELECT w.key,
       CASE WHEN w.was_held THEN true ELSE pg_catalog.pg_try_advisory_lock_shared(w.key) END AS is_held,
       w.was_held
  FROM wanted w
UNION ALL
SELECT NULL,
       CASE WHEN i.was_held THEN true
            ELSE pg_catalog.pg_try_advisory_lock_shared($2::integer, $3::integer) END,
       i.was_held
  FROM (SELECT EXISTS (SELECT
                         FROM held h
                        WHERE h.objsubid = 2
                          AND h.key = ($2::bigint & 4294967295) << 32 | ($3::bigint & 4294967295))
       ) AS i(was_held);
