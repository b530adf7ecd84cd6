-- What role and database set for the session, of the parameters $1 (text[]): the setting that would hold, and who
-- has made it. The role that logged in counts, not one that was set since.
SELECT DISTINCT ON (name) name, pg_catalog.substr(setting, pg_catalog.length(name) + 2) AS value,
    CASE WHEN d.setrole <> 0 AND d.setdatabase <> 0 THEN 'role in database' WHEN d.setrole <> 0 THEN 'role'
        WHEN d.setdatabase <> 0 THEN 'database' ELSE 'all roles' END AS source
FROM pg_catalog.pg_db_role_setting d, pg_catalog.unnest(d.setconfig) AS setting,
    pg_catalog.split_part(setting, '=', 1) AS name
WHERE d.setdatabase IN (0, (SELECT b.oid FROM pg_catalog.pg_database b
        WHERE b.datname = pg_catalog.current_database()))
    AND d.setrole IN (0, (SELECT r.oid FROM pg_catalog.pg_roles r WHERE r.rolname = session_user))
    AND name = ANY ($1::text[])
ORDER BY name, d.setrole <> 0 DESC, d.setdatabase <> 0 DESC
