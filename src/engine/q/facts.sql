-- What a session asks first: who answers, and whether the version table and the state schema exist (see
-- presence.sql).
-- psql -v version_schema=public -v version_table=alembic_version -v state=pgsluice -f facts.sql
SELECT pg_catalog.current_setting('server_version') AS server_version,
    pg_catalog.current_database() AS database,
    current_user AS role,
    pg_catalog.pg_is_in_recovery() AS in_recovery,
    pg_catalog.pg_backend_pid() AS backend_pid,
    pg_catalog.current_setting('synchronous_commit') AS synchronous_commit,
    CASE WHEN NOT pg_catalog.has_schema_privilege(
            pg_catalog.to_regnamespace(pg_catalog.quote_ident(:'version_schema')), 'USAGE') THEN true
        ELSE pg_catalog.to_regclass(pg_catalog.format('%I.%I', :'version_schema', :'version_table')) IS NOT NULL
        END AS has_version_table,
    CASE WHEN NOT pg_catalog.has_schema_privilege(
            pg_catalog.to_regnamespace(pg_catalog.quote_ident(:'state')), 'USAGE') THEN true
        ELSE pg_catalog.to_regclass(pg_catalog.format('%I.layout', :'state')) IS NOT NULL
        END AS has_state
