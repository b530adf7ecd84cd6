-- What the role may do, asked before anything is tried. A table that does not exist yet gives null.
SELECT n.oid IS NOT NULL AS has_version_schema,
    pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE') AS may_create_schema,
    coalesce(pg_catalog.has_schema_privilege(n.oid, 'CREATE'), false) AS may_create_table,
    pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND
        pg_catalog.has_table_privilege(v.oid, 'SELECT') AND pg_catalog.has_table_privilege(v.oid, 'INSERT')
        AND pg_catalog.has_table_privilege(v.oid, 'UPDATE')
        AND pg_catalog.has_table_privilege(v.oid, 'DELETE') AS may_move_heads,
    pg_catalog.has_schema_privilege(s.oid, 'USAGE') AND
        (SELECT bool_and(pg_catalog.has_table_privilege(c.oid, 'SELECT')
                AND pg_catalog.has_table_privilege(c.oid, 'INSERT')
                AND pg_catalog.has_table_privilege(c.oid, 'UPDATE')
                AND pg_catalog.has_table_privilege(c.oid, 'DELETE'))
            FROM pg_catalog.pg_class c WHERE c.relnamespace = s.oid AND c.relkind = 'r') AS may_record
FROM (SELECT 1) AS one LEFT JOIN pg_catalog.pg_namespace n ON n.nspname = :'version_schema'
    LEFT JOIN pg_catalog.pg_class v ON v.relnamespace = n.oid AND v.relname = :'version_table'
    LEFT JOIN pg_catalog.pg_namespace s ON s.nspname = :'state'
