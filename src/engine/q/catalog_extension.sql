SELECT e.tableoid AS class, e.oid, e.extname AS name, n.nspname AS "schema", e.extversion AS version,
       CASE WHEN e.extname <> 'plpgsql' THEN pg_get_userbyid(e.extowner) END AS owner
FROM pg_extension e
JOIN pg_namespace n ON n.oid = e.extnamespace
WHERE :is_whole AND e.extname <> 'plpgsql'
  AND (e.extnamespace = ANY (:'schemas'::oid[]) OR n.nspname = 'pg_catalog')
