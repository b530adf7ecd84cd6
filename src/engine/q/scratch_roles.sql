-- The statements that make this server's roles on another one: their names, and who connects ($1) as a superuser.
SELECT pg_catalog.format('CREATE ROLE %I%s', rolname, CASE WHEN rolname = $1::text THEN ' SUPERUSER LOGIN' ELSE '' END)
FROM pg_catalog.pg_roles
WHERE rolname !~ '^pg_'
ORDER BY rolname
