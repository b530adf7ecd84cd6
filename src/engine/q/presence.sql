-- Whether the version table and the state schema exist.
SELECT to_regclass(format('%I.%I', :'version_schema', :'version_table')) IS NOT NULL AS has_version_table,
    to_regclass(format('%I.layout', :'state')) IS NOT NULL AS has_state
