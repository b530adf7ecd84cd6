-- Who holds the advisory lock whose key has these two halves; $1 and $2 as oids.
SELECT l.pid,
       a.application_name,
       coalesce(host(a.client_addr), CASE WHEN a.client_port = -1 THEN '[local]' END) AS client,
       a.usename,
       to_char(a.backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS since,
       a.query
  FROM pg_catalog.pg_locks l
  LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
 WHERE l.locktype = 'advisory'
   AND l.granted
   AND l.classid = $1::oid
   AND l.objid = $2::oid
   AND l.objsubid = 1
   AND l.database = (SELECT d.oid
                       FROM pg_catalog.pg_database d
                      WHERE d.datname = pg_catalog.current_database())
 LIMIT 1;
