-- What the role may create, asked before anything is created.
SELECT has_database_privilege(current_database(), 'CREATE') AS may_create_schema,
    coalesce(has_schema_privilege(n.oid, 'CREATE'), false) AS may_create_table,
    n.oid IS NOT NULL AS has_version_schema
FROM (SELECT 1) AS one LEFT JOIN pg_namespace n ON n.nspname = :'version_schema'
