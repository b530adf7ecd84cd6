-- The statement that makes a scratch database ($1) like this one, and whether this role may. What the server does not
-- know yet (the builtin provider, STRATEGY) does not come up there. Copying files is quicker where nothing is synced, but
-- needs checkpoints, which a server with users feels.
-- psql -c "PREPARE q(text) AS $(cat scratch_create.sql)" ...
SELECT pg_catalog.format('CREATE DATABASE %I TEMPLATE template0 ENCODING %L LC_COLLATE %L LC_CTYPE %L', $1::text,
        pg_catalog.pg_encoding_to_char(d.encoding), d.datcollate, d.datctype)
    || CASE pg_catalog.to_jsonb(d) ->> 'datlocprovider'
        WHEN 'i' THEN pg_catalog.format(' LOCALE_PROVIDER icu ICU_LOCALE %L',
            coalesce(pg_catalog.to_jsonb(d) ->> 'datlocale', pg_catalog.to_jsonb(d) ->> 'daticulocale'))
            || coalesce(pg_catalog.format(' ICU_RULES %L', pg_catalog.to_jsonb(d) ->> 'daticurules'), '')
        WHEN 'b' THEN pg_catalog.format(' LOCALE_PROVIDER builtin BUILTIN_LOCALE %L', pg_catalog.to_jsonb(d) ->> 'datlocale')
        ELSE '' END
    || CASE WHEN pg_catalog.current_setting('server_version_num')::int >= 150000 AND NOT pg_catalog.current_setting('fsync')::bool
        THEN ' STRATEGY file_copy' ELSE '' END AS statement,
    pg_catalog.current_database() AS database,
    (pg_catalog.extract('epoch', a.backend_start) * 1000000)::bigint AS started,
    pg_catalog.extract('epoch', pg_catalog.pg_postmaster_start_time()) AS server_started,
    r.rolsuper OR r.rolcreatedb AS may_create
FROM pg_catalog.pg_database AS d, pg_catalog.pg_roles AS r, pg_catalog.pg_stat_activity AS a
WHERE d.datname = pg_catalog.current_database() AND r.rolname = current_user AND a.pid = pg_catalog.pg_backend_pid()
