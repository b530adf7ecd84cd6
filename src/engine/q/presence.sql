-- Whether the version table and the state schema exist. Asked of the catalog: to_regclass would fail where
-- the role may not enter the schema.
SELECT EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = :'version_schema' AND c.relname = :'version_table') AS has_version_table,
    EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = :'state' AND c.relname = 'layout') AS has_state
