-- What a session asks first: who answers, and whether the version table and the state schema exist.
-- psql -v version_schema=public -v version_table=alembic_version -v state=pgsluice -f facts.sql
SELECT pg_catalog.current_setting('server_version') AS server_version,
    pg_catalog.current_database() AS database,
    current_user AS role,
    pg_catalog.pg_is_in_recovery() AS in_recovery,
    pg_catalog.pg_backend_pid() AS backend_pid,
    pg_catalog.current_setting('synchronous_commit') AS synchronous_commit,
    EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = :'version_schema' AND c.relname = :'version_table') AS has_version_table,
    EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = :'state' AND c.relname = 'layout') AS has_state
