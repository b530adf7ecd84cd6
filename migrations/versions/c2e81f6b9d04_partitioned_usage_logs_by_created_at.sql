-- partitioned usage_logs by created_at
--
-- The table as it is becomes the first partition, and no row moves. pgsluiced makes more of them ahead
-- of time and drops the old ones; without it, the first one takes everything as before.
--
-- An id stays unique although created_at is the key of the partitions:
-- - A version 7 UUID tells its time, and created_at must say the same (a constraint): the same id
--   always leads to the same partition, and there it is the primary key.
-- - All other ids are kept in usage_log_ids as well. A trigger passes over a row whose id is there
--   already, for every writer, as ON CONFLICT DO NOTHING does.
--
-- Writers wait while the ids are copied. Privileges move to the new table; policies, publications and
-- foreign keys of your own do not.
--
-- Revision ID: c2e81f6b9d04
-- Revises: a4d09e7c35b1
-- Create Date: 2026-11-22 16:44:08+00:00

-- migrate:up
LOCK TABLE usage_logs IN ACCESS EXCLUSIVE MODE;

-- The time that a version 7 UUID tells, in whole milliseconds; NULL for any other.
CREATE FUNCTION usage_log_id_time(id uuid) RETURNS timestamptz
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
        SELECT CASE WHEN get_byte(uuid_send(id), 6) >> 4 = 7 AND get_byte(uuid_send(id), 8) >> 6 = 2
                    THEN to_timestamp(('x' || encode(substr(uuid_send(id), 1, 6), 'hex'))::bit(48)
                                      ::bigint::double precision / 1000) END
    $$;

DO $$
BEGIN
    IF EXISTS (SELECT FROM usage_logs
                WHERE usage_log_id_time(id) <> date_trunc('milliseconds', created_at)) THEN
        RAISE EXCEPTION 'usage_logs has rows with a version 7 id that tells another time than '
                        'created_at'
            USING ERRCODE = 'check_violation',
                  HINT = 'UPDATE usage_logs SET created_at to the time in the id, or give them other '
                         'ids, then try again.';
    END IF;
END
$$;

CREATE TABLE usage_log_ids (
    id         uuid        NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT usage_log_ids_pkey PRIMARY KEY (id)
);
CREATE INDEX usage_log_ids_created_at_idx ON usage_log_ids USING brin (created_at);

INSERT INTO usage_log_ids (id, created_at)
SELECT id, created_at FROM usage_logs WHERE usage_log_id_time(id) IS NULL;

DO $$
BEGIN
    IF to_regclass('usage_logs_first') IS NOT NULL THEN
        RAISE EXCEPTION 'usage_logs_first, which was detached before, is in the way'
            USING ERRCODE = 'duplicate_table',
                  HINT = 'ALTER TABLE usage_logs_first SET SCHEMA to another one, with its indexes, or '
                         'drop it, then try again.';
    END IF;
END
$$;

ALTER TABLE usage_logs RENAME TO usage_logs_first;
ALTER TABLE usage_logs_first RENAME CONSTRAINT usage_logs_pkey TO usage_logs_first_pkey;
ALTER INDEX usage_logs_created_at_idx RENAME TO usage_logs_first_created_at_idx;
ALTER INDEX usage_logs_action_type_created_at_idx
    RENAME TO usage_logs_first_action_type_created_at_idx;
ALTER INDEX usage_logs_endpoint_created_at_idx RENAME TO usage_logs_first_endpoint_created_at_idx;
ALTER INDEX usage_logs_ip_address_idx RENAME TO usage_logs_first_ip_address_idx;
ALTER INDEX usage_logs_failures_idx RENAME TO usage_logs_first_failures_idx;
ALTER TABLE usage_logs_first
    ADD CONSTRAINT usage_logs_id_tells_time
        CHECK (usage_log_id_time(id) = date_trunc('milliseconds', created_at));

CREATE TABLE usage_logs (LIKE usage_logs_first INCLUDING DEFAULTS INCLUDING CONSTRAINTS)
    PARTITION BY RANGE (created_at);
ALTER TABLE usage_logs ATTACH PARTITION usage_logs_first FOR VALUES FROM (MINVALUE) TO (MAXVALUE);

-- These take over the indexes that the first partition has.
CREATE INDEX usage_logs_created_at_idx ON usage_logs (created_at DESC, id DESC);
CREATE INDEX usage_logs_action_type_created_at_idx ON usage_logs (action_type, created_at DESC);
CREATE INDEX usage_logs_endpoint_created_at_idx
    ON usage_logs (endpoint text_pattern_ops, created_at DESC);
CREATE INDEX usage_logs_ip_address_idx ON usage_logs (ip_address) WHERE ip_address IS NOT NULL;
CREATE INDEX usage_logs_failures_idx ON usage_logs (created_at DESC) WHERE NOT success;

-- Who may write usage_logs need not be allowed more than that.
CREATE FUNCTION usage_logs_keep_id() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    AS $$
    BEGIN
        INSERT INTO usage_log_ids (id, created_at) VALUES (NEW.id, NEW.created_at)
            ON CONFLICT DO NOTHING;
        RETURN CASE WHEN FOUND THEN NEW END;
    END
    $$;

CREATE FUNCTION usage_logs_forget_id() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    AS $$
    BEGIN
        DELETE FROM usage_log_ids WHERE id = OLD.id;
        RETURN NULL;
    END
    $$;

CREATE FUNCTION usage_logs_forget_ids() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    AS $$
    BEGIN
        TRUNCATE usage_log_ids;
        RETURN NULL;
    END
    $$;

-- A row that an UPDATE moves to another partition is deleted here and inserted there, where its id would be
-- known already: it would be lost.
CREATE FUNCTION usage_logs_refuse_move() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
    BEGIN
        RAISE EXCEPTION 'id and created_at of a usage log do not change'
            USING ERRCODE = 'restrict_violation', HINT = 'DELETE the row, then INSERT it anew.';
    END
    $$;

-- Nobody else's temporary table must come first.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['keep_id', 'forget_id', 'forget_ids'] LOOP
        EXECUTE format('ALTER FUNCTION usage_logs_%s() SET search_path = %I, pg_temp', name,
                       current_schema());
    END LOOP;
END
$$;

-- A trigger calls them for whoever writes; nobody else is to make one of them, on a table of his own.
REVOKE EXECUTE ON FUNCTION usage_logs_keep_id(), usage_logs_forget_id(), usage_logs_forget_ids()
    FROM PUBLIC;

CREATE TRIGGER usage_logs_keep_id BEFORE INSERT ON usage_logs
    FOR EACH ROW WHEN (usage_log_id_time(NEW.id) IS NULL) EXECUTE FUNCTION usage_logs_keep_id();
CREATE TRIGGER usage_logs_forget_id AFTER DELETE ON usage_logs
    FOR EACH ROW WHEN (usage_log_id_time(OLD.id) IS NULL) EXECUTE FUNCTION usage_logs_forget_id();
CREATE TRIGGER usage_logs_forget_ids AFTER TRUNCATE ON usage_logs
    FOR EACH STATEMENT EXECUTE FUNCTION usage_logs_forget_ids();
CREATE TRIGGER usage_logs_refuse_move BEFORE UPDATE ON usage_logs
    FOR EACH ROW WHEN ((OLD.id, OLD.created_at) IS DISTINCT FROM (NEW.id, NEW.created_at))
    EXECUTE FUNCTION usage_logs_refuse_move();

DO $$
DECLARE
    privilege record;
BEGIN
    FOR privilege IN
        SELECT acl.privilege_type, acl.is_grantable,
               CASE acl.grantee WHEN 0 THEN 'PUBLIC'
                                ELSE quote_ident(pg_get_userbyid(acl.grantee)) END AS grantee
          FROM pg_class c, aclexplode(c.relacl) AS acl
         WHERE c.oid = 'usage_logs_first'::regclass
           AND acl.grantee <> c.relowner
    LOOP
        EXECUTE format('GRANT %s ON usage_logs TO %s%s', privilege.privilege_type,
                       privilege.grantee,
                       CASE WHEN privilege.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END);
    END LOOP;
END
$$;

-- migrate:down
-- The rows of all partitions go back into one table. Partitions that were detached before stay what
-- they are: tables of their own.
LOCK TABLE usage_logs IN ACCESS EXCLUSIVE MODE;

ALTER TABLE usage_logs RENAME TO usage_logs_partitioned;

CREATE TABLE usage_logs (
    id                 uuid             NOT NULL DEFAULT gen_random_uuid(),
    action_type        action_type      NOT NULL,
    endpoint           text             NOT NULL,
    ip_address         inet,
    created_at         timestamptz      NOT NULL DEFAULT now(),
    success            boolean          NOT NULL DEFAULT true,
    error_message      text,
    processing_time_ms double precision,
    file_name          text,
    file_size          bigint,
    file_type          text,
    recorded_at        timestamptz DEFAULT now(),
    CONSTRAINT usage_logs_endpoint_not_empty CHECK (endpoint <> ''),
    CONSTRAINT usage_logs_processing_time_ms_not_negative CHECK (processing_time_ms >= 0),
    CONSTRAINT usage_logs_file_size_not_negative CHECK (file_size >= 0)
);

INSERT INTO usage_logs (id, action_type, endpoint, ip_address, created_at, success, error_message,
                        processing_time_ms, file_name, file_size, file_type, recorded_at)
SELECT id, action_type, endpoint, ip_address, created_at, success, error_message,
       processing_time_ms, file_name, file_size, file_type, recorded_at
  FROM usage_logs_partitioned;

DO $$
DECLARE
    privilege record;
BEGIN
    FOR privilege IN
        SELECT acl.privilege_type, acl.is_grantable,
               CASE acl.grantee WHEN 0 THEN 'PUBLIC'
                                ELSE quote_ident(pg_get_userbyid(acl.grantee)) END AS grantee
          FROM pg_class c, aclexplode(c.relacl) AS acl
         WHERE c.oid = 'usage_logs_partitioned'::regclass
           AND acl.grantee <> c.relowner
    LOOP
        EXECUTE format('GRANT %s ON usage_logs TO %s%s', privilege.privilege_type,
                       privilege.grantee,
                       CASE WHEN privilege.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END);
    END LOOP;
END
$$;

DROP TABLE usage_logs_partitioned;
DROP FUNCTION usage_logs_keep_id();
DROP FUNCTION usage_logs_forget_id();
DROP FUNCTION usage_logs_forget_ids();
DROP FUNCTION usage_logs_refuse_move();
DROP TABLE usage_log_ids;

-- What was detached does not need the function any more: its rows are what they are.
DO $$
DECLARE
    detached record;
BEGIN
    FOR detached IN
        SELECT c.conrelid::regclass AS partition, c.conname AS name
          FROM pg_constraint c
          JOIN pg_depend d ON d.classid = 'pg_constraint'::regclass AND d.objid = c.oid
         WHERE c.contype = 'c'
           AND d.refclassid = 'pg_proc'::regclass
           AND d.refobjid = 'usage_log_id_time(uuid)'::regprocedure
    LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', detached.partition, detached.name);
    END LOOP;
END
$$;

DROP FUNCTION usage_log_id_time(uuid);

ALTER TABLE usage_logs ADD CONSTRAINT usage_logs_pkey PRIMARY KEY (id);
CREATE INDEX usage_logs_created_at_idx ON usage_logs (created_at DESC, id DESC);
CREATE INDEX usage_logs_action_type_created_at_idx ON usage_logs (action_type, created_at DESC);
CREATE INDEX usage_logs_endpoint_created_at_idx
    ON usage_logs (endpoint text_pattern_ops, created_at DESC);
CREATE INDEX usage_logs_ip_address_idx ON usage_logs (ip_address) WHERE ip_address IS NOT NULL;
CREATE INDEX usage_logs_failures_idx ON usage_logs (created_at DESC) WHERE NOT success;
