-- Who the process with this id is. Asked only once somebody is known to hold the lock: the view costs a
-- new backend several times what the lock table does.
SELECT a.application_name,
       coalesce(host(a.client_addr), CASE WHEN a.client_port = -1 THEN '[local]' END) AS client,
       a.usename,
       to_char(a.backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS since,
       a.query
  FROM pg_catalog.pg_stat_activity a
 WHERE a.pid = $1::integer;
