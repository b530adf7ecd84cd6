-- Who says by the shared lock of two keys, the first of which is $1, that it is an instance: its version (the
-- second key) and the keys of all shared locks of one key that it has. No table, nothing written. What a role
-- may not see of another one's session is NULL.
WITH locks AS MATERIALIZED (
    SELECT l.pid,
           l.objsubid,
           l.classid,
           l.objid
      FROM pg_catalog.pg_locks l
     WHERE l.locktype = 'advisory'
       AND l.granted
       AND l.mode = 'ShareLock'
       AND l.database = (SELECT d.oid
                           FROM pg_catalog.pg_database d
                          WHERE d.datname = pg_catalog.current_database())
), instances AS MATERIALIZED (
    SELECT m.pid,
           max(m.objid::bigint) AS version
      FROM locks m
     WHERE m.objsubid = 2
       AND m.classid::bigint = ($1::bigint & 4294967295)
     GROUP BY m.pid
)
SELECT i.pid,
       a.application_name,
       coalesce(host(a.client_addr), CASE WHEN a.client_port = -1 THEN '[local]' END) AS client,
       to_char(a.backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS since,
       i.version,
       ARRAY(SELECT ((k.classid::bigint << 32) | k.objid::bigint)::text
               FROM locks k
              WHERE k.pid = i.pid
                AND k.objsubid = 1) AS keys
  FROM instances i
  LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = i.pid
 ORDER BY a.application_name, i.pid;
