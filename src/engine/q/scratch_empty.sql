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
        WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'public', 'pgsluice_scratch')
    LOOP
        EXECUTE statement;
    END LOOP;
    CREATE SCHEMA IF NOT EXISTS public;
    IF (SELECT nspowner NOT IN (10, 6171) FROM pg_namespace WHERE nspname = 'public')
        AND current_setting('server_version_num')::int >= 140000 THEN
        ALTER SCHEMA public OWNER TO pg_database_owner;
    END IF;
    -- public itself stays: a new one would not be as initdb made it
    FOR statement IN
        SELECT format('DROP %s IF EXISTS %s CASCADE',
            CASE i.type WHEN 'composite type' THEN 'TYPE' WHEN 'statistics object' THEN 'STATISTICS' ELSE i.type END, i.identity)
        FROM pg_depend AS d CROSS JOIN LATERAL pg_identify_object(d.classid, d.objid, 0) AS i
        WHERE d.refclassid = 'pg_namespace'::regclass AND d.refobjid = 'public'::regnamespace
            AND d.classid <> 'pg_default_acl'::regclass
        ORDER BY i.type <> 'table'
    LOOP
        EXECUTE statement;
    END LOOP;
    FOR statement IN
        SELECT format('REVOKE ALL ON SCHEMA public FROM %s', CASE WHEN x.grantee = 0 THEN 'PUBLIC' ELSE x.grantee::regrole::text END)
        FROM pg_namespace AS n CROSS JOIN LATERAL aclexplode(n.nspacl) AS x
        WHERE n.nspname = 'public' AND x.grantee <> n.nspowner
    LOOP
        EXECUTE statement;
    END LOOP;
    GRANT USAGE ON SCHEMA public TO PUBLIC;
    FOR statement IN
        SELECT format('ALTER DEFAULT PRIVILEGES FOR ROLE %I IN SCHEMA public REVOKE ALL ON %s FROM %s', r.rolname, k.noun,
            CASE WHEN x.grantee = 0 THEN 'PUBLIC' ELSE x.grantee::regrole::text END)
        FROM pg_default_acl AS a JOIN pg_roles AS r ON r.oid = a.defaclrole
            JOIN (VALUES ('r', 'TABLES'), ('S', 'SEQUENCES'), ('f', 'FUNCTIONS'), ('T', 'TYPES')) AS k(letter, noun)
                ON k.letter = a.defaclobjtype
            CROSS JOIN LATERAL aclexplode(a.defaclacl) AS x
        WHERE a.defaclnamespace = 'public'::regnamespace
    LOOP
        EXECUTE statement;
    END LOOP;
    COMMENT ON SCHEMA public IS 'standard public schema';
    DROP SCHEMA IF EXISTS pgsluice_scratch;
END
$$
