-- What a session asks first: who answers, and whether the version table and the state schema exist.
-- psql -v version_schema=public -v version_table=alembic_version -v state=pgsluice -f facts.sql
SELECT current_setting('server_version') AS server_version,
    current_database() AS database,
    current_user AS role,
    pg_is_in_recovery() AS in_recovery,
    pg_backend_pid() AS backend_pid,
    current_setting('synchronous_commit') AS synchronous_commit,
    to_regclass(format('%I.%I', :'version_schema', :'version_table')) IS NOT NULL AS has_version_table,
    to_regclass(format('%I.layout', :'state')) IS NOT NULL AS has_state
