-- Of pg_user_mapping itself only a superuser may read anything; the view says what the role may see.
SELECT 'pg_user_mapping'::regclass::oid AS class, m.umid AS oid, m.srvname AS server, m.umoptions AS options,
       CASE WHEN m.umuser <> 0 THEN m.usename ELSE '' END AS name
FROM pg_user_mappings m
WHERE :is_whole
