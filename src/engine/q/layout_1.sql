-- The state schema, layout 1: what was applied, who did what, and what is on hold.
-- psql -v state=pgsluice -v version_schema=public -v version_table=alembic_version -f layout_1.sql runs it as it is. The body of the function needs no variables: its
-- search_path is the state schema, and the version table comes as an argument.
CREATE SCHEMA IF NOT EXISTS :"state";
COMMENT ON SCHEMA :"state" IS 'pgsluice: revisions applied, audit ledger, holds';

CREATE TABLE :"state".layout (
    is_set boolean CONSTRAINT layout_pkey PRIMARY KEY DEFAULT true CONSTRAINT layout_one_row CHECK (is_set),
    version integer NOT NULL,
    version_table text NOT NULL     -- whose records these are: one project, one state schema
);
INSERT INTO :"state".layout (version, version_table) VALUES (1, :'version_schema' || '.' || :'version_table');

CREATE TABLE :"state".applied (
    revision text CONSTRAINT applied_pkey PRIMARY KEY,
    up_checksum text NOT NULL,
    down_checksum text,             -- null: the file has no down section
    up_sql text,                    -- null: never run here, only stamped
    down_sql text,                  -- null: irreversible, or it has a password in it
    event text NOT NULL,            -- upgrade or stamp
    applied_at timestamptz NOT NULL,
    role text NOT NULL,
    actor text,
    host text,
    instance text,
    duration_us bigint,             -- null for a stamp
    fingerprint text,               -- of the schema afterwards, where it was taken
    -- The header of the file, so that the revision can be undone without it.
    message text NOT NULL,
    down_revisions text[] NOT NULL,
    depends_on text[] NOT NULL,     -- ids or labels as written
    labels text[] NOT NULL,
    is_transactional boolean NOT NULL
);

CREATE TABLE :"state".ledger (
    id bigint CONSTRAINT ledger_pkey PRIMARY KEY,
    at timestamptz NOT NULL,
    event text NOT NULL,            -- upgrade downgrade stamp fail hold release refuse repair accept-server accept-drift
    revision text,
    heads_before text[] NOT NULL,
    heads_after text[] NOT NULL,
    plan_digest text,
    up_checksum text,
    role text NOT NULL,
    actor text,                     -- the person or principal who asked
    peer text,                      -- where from, over HTTP
    request_id text,
    host text,
    instance text,
    reason text,
    sqlstate text,
    message text,
    duration_us bigint,
    system_identifier text,
    timeline integer,
    previous_hash bytea NOT NULL,   -- hash of the row before; empty for the first
    hash bytea NOT NULL             -- SHA-256 over previous_hash and the other columns
);

-- The ledger only grows: not even its owner changes it by accident, whatever role or replication setting.
CREATE FUNCTION :"state".refuse_change() RETURNS trigger LANGUAGE plpgsql AS $function$
BEGIN
    RAISE EXCEPTION 'the ledger is append-only: % refused', TG_OP USING ERRCODE = 'PS004';
END
$function$;
CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON :"state".ledger
    FOR EACH STATEMENT EXECUTE FUNCTION :"state".refuse_change();
ALTER TABLE :"state".ledger ENABLE ALWAYS TRIGGER ledger_append_only;

CREATE TABLE :"state".hold (
    is_set boolean CONSTRAINT hold_pkey PRIMARY KEY DEFAULT true CONSTRAINT hold_one_row CHECK (is_set),
    target text NOT NULL,           -- boots do not pass this revision; '' = base
    reason text,
    actor text,
    since timestamptz NOT NULL DEFAULT now(),
    failed_revision text,           -- set by its failures (execution.failure_limit): the hold is void once
    failed_checksum text            -- the up section of its file has another checksum
);

-- What this database is, so that nothing that was meant for another one changes it.
CREATE TABLE :"state".environment (
    is_set boolean CONSTRAINT environment_pkey PRIMARY KEY DEFAULT true CONSTRAINT environment_one_row CHECK (is_set),
    name text NOT NULL,
    since timestamptz NOT NULL DEFAULT now()
);

-- How far a revision has come that does not fit one transaction: a row for each segment of it that has begun. A
-- segment that is a transaction commits together with its row; a statement that runs by itself has one before it
-- starts. When the revision is recorded its rows go: what is here is half-run.
CREATE TABLE :"state".journal (
    revision text NOT NULL,
    first_statement integer NOT NULL,   -- of the section that runs, from 1
    last_statement integer NOT NULL,
    direction text NOT NULL,        -- upgrade or downgrade
    checksum text NOT NULL,         -- of that section when the segment began
    digest text NOT NULL,           -- SHA-256 of the section's statements up to the last one of the segment
    sql text,                       -- of a statement that runs by itself, without passwords
    probe text,                     -- what to ask the catalog about it: see probe.sql
    object text,
    part text,
    before text,                    -- what the catalog said before it
    started_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz,        -- null: it failed, or how it ended is not known
    sqlstate text,                  -- of its failure; null: no answer has come
    CONSTRAINT journal_pkey PRIMARY KEY (revision, first_statement)
);

-- Which revision files the database was last brought to the heads of: while neither has changed there
-- is nothing to do, and a start need not read ten thousand files to say so.
CREATE TABLE :"state".settled (
    is_set boolean CONSTRAINT settled_pkey PRIMARY KEY DEFAULT true CONSTRAINT settled_one_row CHECK (is_set),
    listing text NOT NULL,          -- SHA-256 over the names of the files
    heads text[] NOT NULL
);

-- The schema as the last run left it: which heads that belongs to, and the text of every object. Written after the last
-- commit of the run, so a crash in between leaves heads that are not those here: then there is nothing to compare with.
CREATE TABLE :"state".baseline (
    is_set boolean CONSTRAINT baseline_pkey PRIMARY KEY DEFAULT true CONSTRAINT baseline_one_row CHECK (is_set),
    heads text[] NOT NULL,
    fingerprint text NOT NULL,      -- SHA-256 over all rows of "object"
    made_with text NOT NULL,        -- what else decides what the texts say: filter, server version, form
    recorded_at timestamptz NOT NULL
);
CREATE TABLE :"state".object (
    identity text CONSTRAINT object_pkey PRIMARY KEY,   -- kind, name and argument types
    digest text NOT NULL,           -- SHA-256 of the text
    sql text NOT NULL               -- without passwords
);

-- What was asked for over HTTP and begun. The row is there before the answer and the work; when it goes on saying
-- "running" and nobody holds the migration lock, whoever ran it is gone.
CREATE TABLE :"state".operation (
    id uuid CONSTRAINT operation_pkey PRIMARY KEY,
    principal text NOT NULL,
    idempotency_key text,           -- null: its 24 hours are over
    body_digest text NOT NULL,      -- SHA-256 of the request's body
    heads_before text[] NOT NULL,
    heads_after text[] NOT NULL,    -- those of the plan
    started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    finished_at timestamptz,        -- null: it runs
    answer text NOT NULL,           -- the first answer, and what is told while it runs
    document text,                  -- the operation as it ended
    CONSTRAINT operation_key UNIQUE (principal, idempotency_key)
);

-- The functions below without a search_path of their own are parts of the record_ functions, which set it for them once: entering a function that sets it costs more than what it does.

-- Appends one row to the ledger. The lock makes "the row before" well defined; it is held until the
-- end of the transaction, so this comes last.
CREATE FUNCTION :"state".append_ledger(
    event text, revision text, heads_before text[], heads_after text[], up_checksum text,
    sqlstate text, message text, duration_us bigint, run jsonb
) RETURNS void LANGUAGE plpgsql AS $function$
DECLARE
    last_id bigint;
    last_hash bytea;
    last_system text;
    at timestamptz := clock_timestamp();
    body jsonb;
BEGIN
    LOCK TABLE ledger IN SHARE ROW EXCLUSIVE MODE;
    SELECT l.id, l.hash, l.system_identifier INTO last_id, last_hash, last_system
        FROM ledger l ORDER BY l.id DESC LIMIT 1;
    IF last_system <> run->>'system_identifier' AND event <> 'accept-server' THEN
        RAISE EXCEPTION 'the ledger was last written on the server with system identifier %, this one has %',
            last_system, run->>'system_identifier'
            USING ERRCODE = 'PS005', HINT = 'if this is the database you mean: pgsluice repair --accept-server --reason "why it moved"';
    END IF;
    last_id := coalesce(last_id, 0) + 1;
    last_hash := coalesce(last_hash, ''::bytea);
    body := jsonb_build_array(last_id, (extract(epoch FROM at) * 1000000)::bigint, event, revision,
        heads_before, heads_after, run->>'plan_digest', up_checksum, current_user::text,
        run->>'actor', run->>'peer', run->>'request_id', run->>'host', run->>'instance', run->>'reason', sqlstate,
        message, duration_us, run->>'system_identifier', (run->>'timeline')::integer);
    INSERT INTO ledger VALUES (last_id, at, event, revision, heads_before, heads_after,
        run->>'plan_digest', up_checksum, current_user, run->>'actor', run->>'peer', run->>'request_id',
        run->>'host', run->>'instance', run->>'reason', sqlstate, message, duration_us,
        run->>'system_identifier', (run->>'timeline')::integer, last_hash,
        sha256(last_hash || convert_to(body::text, 'UTF8')));
END
$function$;

-- Moves the heads: a compare-and-set of the whole version table.
CREATE FUNCTION :"state".move_heads(
    version_table regclass, heads_before text[], removed text[], added text[]
) RETURNS void LANGUAGE plpgsql AS $function$
DECLARE
    found text[];
    changed bigint;
    pairs integer := least(cardinality(removed), cardinality(added));
BEGIN
    -- The usual step, one head for another, in one statement; whatever does not fit is looked at below.
    IF cardinality(heads_before) = 1 AND cardinality(added) = 1 AND removed = heads_before THEN
        EXECUTE format('UPDATE %1$s SET version_num = $1 WHERE version_num = $2 AND (SELECT count(*) FROM %1$s) = 1',
            version_table) USING added[1], removed[1];
        GET DIAGNOSTICS changed = ROW_COUNT;
        IF changed = 1 THEN
            RETURN;
        END IF;
    END IF;
    EXECUTE format('SELECT coalesce(array_agg(version_num::text ORDER BY version_num COLLATE "C"), ''{}'') FROM %s',
        version_table) INTO found;
    IF found IS DISTINCT FROM heads_before THEN
        RAISE EXCEPTION 'the version table % holds %, not % as planned', version_table, found, heads_before
            USING ERRCODE = 'PS002';
    END IF;
    FOR i IN 1 .. greatest(cardinality(removed), cardinality(added)) LOOP
        IF i <= pairs THEN
            EXECUTE format('UPDATE %s SET version_num = $1 WHERE version_num = $2', version_table)
                USING added[i], removed[i];
        ELSIF i <= cardinality(removed) THEN
            EXECUTE format('DELETE FROM %s WHERE version_num = $1', version_table) USING removed[i];
        ELSE
            EXECUTE format('INSERT INTO %s (version_num) VALUES ($1)', version_table) USING added[i];
        END IF;
        GET DIAGNOSTICS changed = ROW_COUNT;
        IF changed <> 1 THEN
            RAISE EXCEPTION 'the version table % was changed by somebody else', version_table
                USING ERRCODE = 'PS002';
        END IF;
    END LOOP;
END
$function$;

CREATE FUNCTION :"state".settle(listing text, heads text[])
RETURNS void LANGUAGE plpgsql AS $function$
BEGIN
    INSERT INTO settled (listing, heads) VALUES ($1, $2)
    ON CONFLICT ON CONSTRAINT settled_pkey DO UPDATE SET listing = EXCLUDED.listing, heads = EXCLUDED.heads;
END
$function$;

-- Ends a revision's transaction: proves that this backend still holds the migration lock, moves the
-- heads, records what was applied, and writes the ledger. `step` has the revision's facts, `run` those
-- of the whole run; listeners hear of its last step only, since each notification wakes every one of them. Returns how many microseconds the transaction has taken so far.
CREATE FUNCTION :"state".record_step(
    version_table regclass, heads_before text[], heads_after text[], removed text[], added text[],
    step jsonb, run jsonb
) RETURNS bigint LANGUAGE plpgsql SET search_path = pg_catalog, :"state", pg_temp AS $function$
DECLARE
    took bigint := (extract(epoch FROM clock_timestamp() - now()) * 1000000)::bigint;
    is_ours boolean;
    held text;
BEGIN
    IF pg_backend_pid() <> (run->>'backend_pid')::integer THEN
        RAISE EXCEPTION 'backend % answers, the session was opened on %', pg_backend_pid(), run->>'backend_pid'
            USING ERRCODE = 'PS003';
    END IF;
    -- The session holds the lock twice over, so giving one hold back and taking it again never frees it, and
    -- says whether it was still there: exact, and without a walk through the server's lock table.
    is_ours := CASE WHEN pg_advisory_unlock((run->>'lock_key')::bigint)
        THEN pg_try_advisory_lock((run->>'lock_key')::bigint) ELSE false END;
    -- Where a revision could have let go of it, and before the last commit, the lock table is asked, too.
    IF is_ours AND step ? 'asks_lock_table' THEN
        is_ours := EXISTS (SELECT FROM pg_locks l WHERE l.locktype = 'advisory' AND l.pid = pg_backend_pid()
            AND l.classid = (run->>'lock_class')::oid AND l.objid = (run->>'lock_object')::oid
            AND l.objsubid = 1 AND l.mode = 'ExclusiveLock' AND l.granted);
    END IF;
    IF NOT is_ours THEN
        RAISE EXCEPTION 'this session no longer holds the migration lock' USING ERRCODE = 'PS001';
    END IF;
    IF step ? 'is_journalled' THEN
        WITH done AS (DELETE FROM journal j WHERE j.revision = step->>'revision' RETURNING j.finished_at - j.started_at AS spent)
        SELECT took + coalesce((extract(epoch FROM sum(d.spent)) * 1000000)::bigint, 0) INTO took FROM done d;
    END IF;
    PERFORM move_heads(version_table, heads_before, removed, added);
    IF step->>'event' = 'downgrade' THEN
        DELETE FROM applied a WHERE a.revision = step->>'revision';
    ELSE
        INSERT INTO applied VALUES (step->>'revision', step->>'up_checksum', step->>'down_checksum',
            step->>'up_sql', step->>'down_sql', step->>'event', clock_timestamp(), current_user,
            run->>'actor', run->>'host', run->>'instance', took, NULL, step->>'message',
            (step->>'down_revisions')::text[], (step->>'depends_on')::text[], (step->>'labels')::text[],
            step ? 'is_transactional')
        ON CONFLICT ON CONSTRAINT applied_pkey DO UPDATE SET
            up_checksum = EXCLUDED.up_checksum, down_checksum = EXCLUDED.down_checksum,
            up_sql = EXCLUDED.up_sql, down_sql = EXCLUDED.down_sql, event = EXCLUDED.event,
            fingerprint = EXCLUDED.fingerprint, applied_at = EXCLUDED.applied_at, role = EXCLUDED.role, actor = EXCLUDED.actor,
            host = EXCLUDED.host, instance = EXCLUDED.instance, duration_us = EXCLUDED.duration_us,
            message = EXCLUDED.message, down_revisions = EXCLUDED.down_revisions,
            depends_on = EXCLUDED.depends_on, labels = EXCLUDED.labels,
            is_transactional = EXCLUDED.is_transactional;
    END IF;
    IF step ? 'listing' THEN
        PERFORM settle(step->>'listing', heads_after);
    END IF;
    -- A rollback pins the database where each of its steps leaves it, so that no boot takes it up again, wherever it ends.
    IF run ? 'holds' THEN
        held := coalesce(added[1], heads_after[1], '');
        INSERT INTO hold (target, reason, actor) VALUES (held, run->>'holds', run->>'actor')
        ON CONFLICT ON CONSTRAINT hold_pkey DO UPDATE SET
            target = EXCLUDED.target, reason = EXCLUDED.reason, actor = EXCLUDED.actor, since = EXCLUDED.since,
            failed_revision = NULL, failed_checksum = NULL;
    END IF;
    PERFORM append_ledger(step->>'event', step->>'revision', heads_before, heads_after, step->>'up_checksum', NULL,
        CASE WHEN run ? 'holds' THEN format('on hold at %s from now on', coalesce(nullif(held, ''), 'base')) END,
        took, run);
    IF step ? 'is_last' THEN
        PERFORM pg_notify(run->>'channel', step->>'revision');
    END IF;
    RETURN took;
END
$function$;

-- Moves the heads without running anything, for a stamp.
CREATE FUNCTION :"state".record_stamp(
    version_table regclass, heads_before text[], heads_after text[], removed text[], added text[],
    listing text, run jsonb
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, :"state", pg_temp AS $function$
BEGIN
    PERFORM move_heads(version_table, heads_before, removed, added);
    DELETE FROM journal; -- a person says where the database is
    IF listing IS NOT NULL THEN
        PERFORM settle(listing, heads_after);
    END IF;
    PERFORM append_ledger('stamp', NULL, heads_before, heads_after, NULL, NULL, NULL, NULL, run);
    PERFORM pg_notify(run->>'channel', 'stamp');
END
$function$;

-- One ledger row for what moved no heads (a failure, a refusal).
CREATE FUNCTION :"state".record_event(
    event text, revision text, heads text[], up_checksum text, sqlstate text, message text, run jsonb
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, :"state", pg_temp AS $function$
BEGIN
    PERFORM append_ledger(event, revision, heads, heads, up_checksum, sqlstate, message, NULL, run);
    PERFORM pg_notify(run->>'channel', event);
END
$function$;

-- Puts the database on hold at `target`, in place of an earlier hold.
CREATE FUNCTION :"state".record_hold(
    target text, heads text[], run jsonb
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, :"state", pg_temp AS $function$
BEGIN
    INSERT INTO hold (target, reason, actor) VALUES ($1, run->>'reason', run->>'actor')
    ON CONFLICT ON CONSTRAINT hold_pkey DO UPDATE SET
        target = EXCLUDED.target, reason = EXCLUDED.reason, actor = EXCLUDED.actor, since = EXCLUDED.since,
        failed_revision = NULL, failed_checksum = NULL;
    PERFORM append_ledger('hold', $1, heads, heads, NULL, NULL, NULL, NULL, run);
    PERFORM pg_notify(run->>'channel', 'hold');
END
$function$;

-- Lifts the hold; returns where it was ('' = base), null when there was none.
CREATE FUNCTION :"state".record_release(heads text[], run jsonb)
RETURNS text LANGUAGE plpgsql SET search_path = pg_catalog, :"state", pg_temp AS $function$
DECLARE
    held text;
BEGIN
    DELETE FROM hold h RETURNING h.target INTO held;
    IF held IS NOT NULL THEN
        PERFORM append_ledger('release', held, heads, heads, NULL, NULL, NULL, NULL, run);
        PERFORM pg_notify(run->>'channel', 'release');
    END IF;
    RETURN held;
END
$function$;

-- Writes down where a segment of a revision stands, once this backend has been proved to hold the migration lock.
-- Of a segment that is a transaction this is its last statement. Returns how many microseconds it has taken.
CREATE FUNCTION :"state".record_segment(segment jsonb, run jsonb)
RETURNS bigint LANGUAGE plpgsql SET search_path = pg_catalog, :"state", pg_temp AS $function$
BEGIN
    IF pg_backend_pid() <> (run->>'backend_pid')::integer THEN
        RAISE EXCEPTION 'backend % answers, the session was opened on %', pg_backend_pid(), run->>'backend_pid'
            USING ERRCODE = 'PS003';
    END IF;
    IF NOT EXISTS (SELECT FROM pg_locks l WHERE l.locktype = 'advisory' AND l.pid = pg_backend_pid()
            AND l.classid = (run->>'lock_class')::oid AND l.objid = (run->>'lock_object')::oid
            AND l.objsubid = 1 AND l.mode = 'ExclusiveLock' AND l.granted) THEN
        RAISE EXCEPTION 'this session no longer holds the migration lock' USING ERRCODE = 'PS001';
    END IF;
    INSERT INTO journal AS j (revision, first_statement, last_statement, direction, checksum, digest, sql, probe,
            object, part, before, finished_at, sqlstate)
        SELECT s.revision, s.first_statement, s.last_statement, s.direction, s.checksum, s.digest, s.sql, s.probe,
            nullif(s.object, ''), nullif(s.part, ''), nullif(s.before, ''),
            CASE WHEN segment ? 'is_finished' THEN clock_timestamp() END, s.sqlstate
        FROM jsonb_to_record(segment) AS s (revision text, first_statement integer, last_statement integer,
            direction text, checksum text, digest text, sql text, probe text, object text, part text, before text,
            sqlstate text)
    ON CONFLICT ON CONSTRAINT journal_pkey DO UPDATE SET
        finished_at = EXCLUDED.finished_at, sqlstate = EXCLUDED.sqlstate;
    RETURN (extract(epoch FROM clock_timestamp() - now()) * 1000000)::bigint;
END
$function$;

-- Says of a statement of a half-run revision what the catalog cannot: that it has had its effect, or that it and
-- all that follows have not.
CREATE FUNCTION :"state".record_mark(
    revision text, statement integer, is_applied boolean, heads text[], run jsonb
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, :"state", pg_temp AS $function$
BEGIN
    IF is_applied THEN
        UPDATE journal j SET finished_at = clock_timestamp(), sqlstate = NULL
            WHERE j.revision = $1 AND j.first_statement = $2;
    ELSE
        DELETE FROM journal j WHERE j.revision = $1 AND j.last_statement >= $2;
    END IF;
    PERFORM append_ledger('repair', $1, heads, heads, NULL, NULL,
        format('statement %s is marked as %s', $2, CASE WHEN is_applied THEN 'applied' ELSE 'not applied' END), NULL, run);
    PERFORM pg_notify(run->>'channel', 'repair');
END
$function$;

-- Puts the database on hold at its heads when `failed` has now failed so many times with the same SQL, counted
-- since it last moved, a stamp, or the end of a hold. Only what the SQL itself did counts: not a lost
-- connection or server (08, 53, 57, 58), a lock or a serialization (55P03, 40), a standby (25006), nor what the
-- engine refused (PS). A hold that is there stays. Returns how many times, null when nothing was set.
CREATE FUNCTION :"state".record_failure_hold(
    failed text, checksum text, heads text[], failure_limit integer, run jsonb
) RETURNS bigint LANGUAGE plpgsql SET search_path = pg_catalog, :"state", pg_temp AS $function$
DECLARE
    failures bigint;
    last_message text;
    told jsonb;
BEGIN
    SELECT count(*), (array_agg(l.message ORDER BY l.id DESC))[1] INTO failures, last_message
    FROM ledger l
    WHERE l.event = 'fail' AND l.revision = failed AND l.up_checksum = checksum
        AND l.sqlstate <> ALL ('{55P03,25006}') AND left(l.sqlstate, 2) <> ALL ('{08,40,53,57,58,PS}')
        AND l.id > coalesce((SELECT max(m.id) FROM ledger m WHERE m.event IN ('release', 'stamp')
            OR m.event IN ('upgrade', 'downgrade') AND m.revision = failed), 0);
    IF failures < failure_limit THEN
        RETURN NULL;
    END IF;
    told := run || jsonb_build_object('actor', 'pgsluice', 'reason',
        format('revision %s failed %s times with the same SQL: %s', failed, failures, last_message));
    INSERT INTO hold (target, reason, actor, failed_revision, failed_checksum)
    VALUES (coalesce(heads[1], ''), told->>'reason', told->>'actor', failed, checksum)
    ON CONFLICT ON CONSTRAINT hold_pkey DO NOTHING;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    PERFORM append_ledger('hold', coalesce(heads[1], ''), heads, heads, NULL, NULL, NULL, NULL, told);
    PERFORM pg_notify(run->>'channel', 'hold');
    RETURN failures;
END
$function$;

-- Records what the file of an applied revision is now in the place of what was applied; `facts` as in record_step.
CREATE FUNCTION :"state".record_accept(heads text[], facts jsonb, message text, run jsonb)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, :"state", pg_temp AS $function$
BEGIN
    UPDATE applied a SET up_checksum = facts->>'up_checksum', down_checksum = facts->>'down_checksum',
        up_sql = facts->>'up_sql', down_sql = facts->>'down_sql', message = facts->>'message',
        down_revisions = (facts->>'down_revisions')::text[], depends_on = (facts->>'depends_on')::text[],
        labels = (facts->>'labels')::text[], is_transactional = facts ? 'is_transactional'
    WHERE a.revision = facts->>'revision';
    IF NOT FOUND THEN
        RAISE EXCEPTION 'revision % is not recorded as applied', facts->>'revision' USING ERRCODE = 'PS002';
    END IF;
    PERFORM append_ledger('repair', facts->>'revision', heads, heads, facts->>'up_checksum', NULL, message, NULL, run);
    PERFORM pg_notify(run->>'channel', 'repair');
END
$function$;

-- Gives the database another environment's name; returns the one that it had, null when it had none.
CREATE FUNCTION :"state".record_environment(name text, heads text[], run jsonb)
RETURNS text LANGUAGE plpgsql SET search_path = pg_catalog, :"state", pg_temp AS $function$
DECLARE
    former text := (SELECT e.name FROM environment e);
BEGIN
    INSERT INTO environment (name) VALUES ($1)
    ON CONFLICT ON CONSTRAINT environment_pkey DO UPDATE SET name = EXCLUDED.name, since = EXCLUDED.since;
    PERFORM append_ledger('repair', NULL, heads, heads, NULL, NULL,
        format('environment %s renamed to %s', coalesce(former, '(none)'), $1), NULL, run);
    PERFORM pg_notify(run->>'channel', 'repair');
    RETURN former;
END
$function$;

-- Records the schema that belongs to `heads`: what of the record is `gone`, and what is new or has changed. `revision` is the last one
-- that an upgrade has brought in, null otherwise; a `message` also goes into the ledger.
CREATE FUNCTION :"state".record_baseline(
    heads text[], fingerprint text, made_with text, revision text, gone text[], identities text[], digests text[],
    texts text[], message text, run jsonb
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, :"state", pg_temp AS $function$
BEGIN
    DELETE FROM object o WHERE o.identity = ANY (gone);
    INSERT INTO object (identity, digest, sql)
        SELECT n.identity, n.digest, n.sql FROM unnest(identities, digests, texts) AS n (identity, digest, sql)
    ON CONFLICT ON CONSTRAINT object_pkey DO UPDATE SET digest = EXCLUDED.digest, sql = EXCLUDED.sql;
    INSERT INTO baseline (heads, fingerprint, made_with, recorded_at) VALUES ($1, $2, $3, clock_timestamp())
    ON CONFLICT ON CONSTRAINT baseline_pkey DO UPDATE SET heads = EXCLUDED.heads, fingerprint = EXCLUDED.fingerprint,
        made_with = EXCLUDED.made_with, recorded_at = EXCLUDED.recorded_at;
    UPDATE applied a SET fingerprint = $2 WHERE a.revision = $4;
    IF message IS NOT NULL THEN
        PERFORM append_ledger('accept-drift', NULL, heads, heads, NULL, NULL, message, NULL, run);
        PERFORM pg_notify(run->>'channel', 'accept-drift');
    END IF;
END
$function$;
