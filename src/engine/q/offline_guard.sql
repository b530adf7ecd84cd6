-- Takes the migration lock for an offline script (twice: see record_step), and then refuses what an online run
-- refuses, before anything is changed. What to expect is in the session's settings:
--   pgsluice.version_schema, version_table, state_schema, layout, lock_key
--   pgsluice.purpose      upgrade, downgrade, stamp, check (heads do not move), create (they do not matter)
--   pgsluice.start_heads  where the script starts, as text[]
--   pgsluice.end_heads    where it ends, as text[]
--   pgsluice.environment  what the database is to be called
--   pgsluice.command      what writes the next script, with {} for the heads where that has to start
DO $pgsluice$
DECLARE
    version_schema CONSTANT text := current_setting('pgsluice.version_schema');
    version_table CONSTANT text := current_setting('pgsluice.version_table');
    state_schema CONSTANT text := current_setting('pgsluice.state_schema');
    purpose CONSTANT text := current_setting('pgsluice.purpose');
    start_heads CONSTANT text[] := current_setting('pgsluice.start_heads');
    end_heads CONSTANT text[] := current_setting('pgsluice.end_heads');
    lock_key CONSTANT bigint := current_setting('pgsluice.lock_key');
    heads_table CONSTANT regclass := to_regclass(format('%I.%I', version_schema, version_table));
    found text[] := '{}';
    layout record;
    hold record;
    half_run text;
    holder record;
    environment text;
BEGIN
    IF NOT pg_try_advisory_lock(lock_key) THEN
        SELECT a.pid, format('%s (process %s, user %s)', coalesce(nullif(a.application_name, ''),
                'a session without a name'), a.pid, a.usename) AS name INTO holder
            FROM pg_locks l JOIN pg_stat_activity a USING (pid)
            WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND l.database = a.datid
                AND a.datname = current_database()
                AND (l.classid::bigint << 32) | l.objid::bigint = lock_key;
        RAISE EXCEPTION 'somebody else is migrating: the migration lock is held by %',
            coalesce(holder.name, 'somebody who has just left')
            USING HINT = 'run this script again when that has ended; only if that process is stuck: '
                || format('SELECT pg_terminate_backend(%s)', coalesce(holder.pid::text, 'PID'));
    END IF;
    PERFORM pg_try_advisory_lock(lock_key);

    IF to_regclass(format('%I.layout', state_schema)) IS NOT NULL THEN
        EXECUTE format('SELECT version, version_table AS owner FROM %I.layout', state_schema) INTO layout;
        IF layout.owner IS DISTINCT FROM version_schema || '.' || version_table THEN
            RAISE EXCEPTION 'schema "%" keeps the records of version table %, not of %.%', state_schema,
                coalesce(layout.owner, '(none)'), version_schema, version_table
                USING HINT = 'give each project in a database a schema of its own: set database.state_schema, and write the script anew';
        END IF;
        IF layout.version <> current_setting('pgsluice.layout')::integer THEN
            RAISE EXCEPTION 'schema "%" has layout %, this script knows layout %', state_schema, layout.version,
                current_setting('pgsluice.layout')
                USING HINT = 'write the script with the version of pgsluice that works on this database';
        END IF;
        EXECUTE format('SELECT name FROM %I.environment', state_schema) INTO environment;
        IF environment <> current_setting('pgsluice.environment') THEN
            RAISE EXCEPTION 'the database belongs to environment "%", and this script is for "%"', environment,
                current_setting('pgsluice.environment')
                USING HINT = format('is this the database you mean? Then write the script with: --environment "%s"', environment);
        END IF;
        EXECUTE format('SELECT revision FROM %I.journal LIMIT 1', state_schema) INTO half_run;
        IF half_run IS NOT NULL AND purpose IN ('upgrade', 'downgrade') THEN
            RAISE EXCEPTION 'revision % is half-run', half_run
                USING HINT = 'finish it without --sql, which knows where to go on: see pgsluice status';
        END IF;
        EXECUTE format('SELECT target, since, actor, reason FROM %I.hold', state_schema) INTO hold;
        IF purpose = 'upgrade' AND hold.target IS NOT NULL THEN
            RAISE EXCEPTION 'the database is on hold at % since %', coalesce(nullif(hold.target, ''), 'base'),
                hold.since || coalesce(', set by ' || hold.actor, '') || coalesce(': ' || hold.reason, '')
                USING HINT = 'lift the hold first: pgsluice release --reason "why it is over"';
        END IF;
    END IF;

    IF purpose = 'create' THEN
        RETURN;
    END IF;
    IF heads_table IS NOT NULL THEN
        EXECUTE format('SELECT coalesce(array_agg(version_num::text ORDER BY version_num COLLATE "C"), ''{}'') FROM %s',
            heads_table) INTO found;
    END IF;
    IF found <> start_heads AND found = end_heads THEN
        RAISE EXCEPTION 'the database is at % already', coalesce(nullif(array_to_string(found, ', '), ''), '<base>')
            USING HINT = format('nothing is left to do: this script goes from %s to there',
                coalesce(nullif(array_to_string(start_heads, ', '), ''), '<base>'));
    ELSIF found <> start_heads THEN
        RAISE EXCEPTION 'the database is at %, this script starts at %',
            coalesce(nullif(array_to_string(found, ', '), ''), '<base>'),
            coalesce(nullif(array_to_string(start_heads, ', '), ''), '<base>')
            USING HINT = 'write the script for where the database is: '
                || replace(current_setting('pgsluice.command'), '{}', coalesce(nullif(array_to_string(found, ','), ''), 'base'));
    END IF;

    -- What is recorded after the work must be allowed before it.
    IF purpose <> 'check' AND EXISTS (SELECT FROM pg_class c, unnest('{SELECT,INSERT,UPDATE,DELETE}'::text[]) AS privilege
            WHERE (c.oid = heads_table OR c.relnamespace = to_regnamespace(quote_ident(state_schema)) AND c.relkind = 'r')
                AND NOT has_table_privilege(c.oid, privilege)) THEN
        RAISE EXCEPTION 'role "%" may not change % and the tables of schema "%"', current_user, heads_table, state_schema
            USING HINT = format('as their owner run: GRANT USAGE ON SCHEMA %I TO %I; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA %I TO %I; and the same on %s; or run the script as that owner',
                state_schema, current_user, state_schema, current_user, heads_table);
    END IF;
END
$pgsluice$
