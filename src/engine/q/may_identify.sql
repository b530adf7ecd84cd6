-- Whether the role may ask server_identity.sql: a managed server may keep that to itself.
SELECT pg_catalog.has_function_privilege('pg_catalog.pg_control_system()', 'EXECUTE') AS may_identify
