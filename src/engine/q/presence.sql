-- Whether the version table and the state schema exist. A schema that the role may not enter counts as one that
-- has them: reading them then says what is missing. No table is looked at: this is the first query of a session.
SELECT CASE WHEN NOT pg_catalog.has_schema_privilege(
            pg_catalog.to_regnamespace(pg_catalog.quote_ident(:'version_schema')), 'USAGE') THEN true
        ELSE pg_catalog.to_regclass(pg_catalog.format('%I.%I', :'version_schema', :'version_table')) IS NOT NULL
        END AS has_version_table,
    CASE WHEN NOT pg_catalog.has_schema_privilege(
            pg_catalog.to_regnamespace(pg_catalog.quote_ident(:'state')), 'USAGE') THEN true
        ELSE pg_catalog.to_regclass(pg_catalog.format('%I.layout', :'state')) IS NOT NULL
        END AS has_state
