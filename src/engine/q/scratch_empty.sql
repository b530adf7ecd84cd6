-- Empties a scratch database: all that a new database does not have, and the mark last.
DO $$
DECLARE
    statement text;
BEGIN
    FOR statement IN
        SELECT format('DROP EVENT TRIGGER %I', evtname) FROM pg_event_trigger
        UNION ALL SELECT format('DROP PUBLICATION %I', pubname) FROM pg_publication
        UNION ALL SELECT format('DROP FOREIGN DATA WRAPPER %I CASCADE', fdwname) FROM pg_foreign_data_wrapper
        UNION ALL SELECT format('DROP CAST (%s AS %s)', castsource::regtype, casttarget::regtype) FROM pg_cast AS c
            WHERE oid >= 16384 AND NOT EXISTS (
                SELECT FROM pg_depend WHERE classid = 'pg_cast'::regclass AND objid = c.oid AND deptype = 'e')
        UNION ALL SELECT format('DROP EXTENSION IF EXISTS %I CASCADE', extname) FROM pg_extension WHERE extname <> 'plpgsql'
        UNION ALL SELECT format('ALTER DEFAULT PRIVILEGES FOR ROLE %I REVOKE ALL ON %s FROM %s', r.rolname, k.noun,
                CASE WHEN x.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(g.rolname) END)
            FROM pg_default_acl AS a JOIN pg_roles AS r ON r.oid = a.defaclrole
                JOIN (VALUES ('r', 'TABLES'), ('S', 'SEQUENCES'), ('f', 'FUNCTIONS'), ('T', 'TYPES'), ('n', 'SCHEMAS'))
                    AS k(letter, noun) ON k.letter = a.defaclobjtype
                CROSS JOIN LATERAL aclexplode(a.defaclacl) AS x LEFT JOIN pg_roles AS g ON g.oid = x.grantee
            WHERE a.defaclnamespace = 0 AND x.grantee <> a.defaclrole
        UNION ALL SELECT DISTINCT format('ALTER DEFAULT PRIVILEGES FOR ROLE %I GRANT ALL ON %s TO %I%s', r.rolname, k.noun,
                r.rolname, CASE WHEN k.letter IN ('f', 'T') THEN ', PUBLIC' ELSE '' END)
            FROM pg_default_acl AS a JOIN pg_roles AS r ON r.oid = a.defaclrole
                JOIN (VALUES ('r', 'TABLES'), ('S', 'SEQUENCES'), ('f', 'FUNCTIONS'), ('T', 'TYPES'), ('n', 'SCHEMAS'))
                    AS k(letter, noun) ON k.letter = a.defaclobjtype
            WHERE a.defaclnamespace = 0
    LOOP
        EXECUTE statement;
    END LOOP;
    FOR statement IN
        SELECT format('DROP SCHEMA %I CASCADE', nspname) FROM pg_namespace
        WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'pgsluice_scratch')
    LOOP
        EXECUTE statement;
    END LOOP;
    CREATE SCHEMA public;
    IF current_setting('server_version_num')::int >= 150000 AND pg_has_role(current_user, 'pg_database_owner', 'MEMBER') THEN
        ALTER SCHEMA public OWNER TO pg_database_owner;
    END IF;
    COMMENT ON SCHEMA public IS 'standard public schema';
    GRANT USAGE ON SCHEMA public TO PUBLIC;
    IF current_setting('server_version_num')::int < 150000 THEN
        GRANT CREATE ON SCHEMA public TO PUBLIC;
    END IF;
    DROP SCHEMA IF EXISTS pgsluice_scratch;
END
$$
