-- The usage log as it should be: what all the files of versions/ together make, column by column.
-- Change it here first, then write the revision that gets there.

CREATE TYPE action_type AS ENUM ('upload', 'download', 'convert', 'delete');

-- The time that a version 7 UUID tells, in whole milliseconds; NULL for any other.
CREATE FUNCTION usage_log_id_time(id uuid) RETURNS timestamptz
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
        SELECT CASE WHEN get_byte(uuid_send(id), 6) >> 4 = 7 AND get_byte(uuid_send(id), 8) >> 6 = 2
                    THEN to_timestamp(('x' || encode(substr(uuid_send(id), 1, 6), 'hex'))::bit(48)
                                      ::bigint::double precision / 1000) END
    $$;

CREATE TABLE usage_logs (
    id                 uuid             NOT NULL DEFAULT gen_random_uuid(),
    action_type        action_type      NOT NULL,
    endpoint           text             NOT NULL,
    ip_address         inet,
    created_at         timestamptz      NOT NULL DEFAULT now(), -- when it happened
    success            boolean          NOT NULL DEFAULT true,
    error_message      text,
    processing_time_ms double precision,
    file_name          text,
    file_size          bigint, -- bytes
    file_type          text,
    recorded_at        timestamptz DEFAULT now(), -- when the row was stored
    CONSTRAINT usage_logs_endpoint_not_empty CHECK (endpoint <> ''),
    CONSTRAINT usage_logs_processing_time_ms_not_negative CHECK (processing_time_ms >= 0),
    CONSTRAINT usage_logs_file_size_not_negative CHECK (file_size >= 0),
    CONSTRAINT usage_logs_id_tells_time
        CHECK (usage_log_id_time(id) = date_trunc('milliseconds', created_at))
) PARTITION BY RANGE (created_at);

-- The only one until pgsluiced makes more.
CREATE TABLE usage_logs_first PARTITION OF usage_logs
    (CONSTRAINT usage_logs_first_pkey PRIMARY KEY (id)) FOR VALUES FROM (MINVALUE) TO (MAXVALUE);

-- The ids that do not tell a time; version 7 UUIDs do.
CREATE TABLE usage_log_ids (
    id         uuid        NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT usage_log_ids_pkey PRIMARY KEY (id)
);
CREATE INDEX usage_log_ids_created_at_idx ON usage_log_ids USING brin (created_at);

CREATE INDEX usage_logs_first_created_at_idx ON usage_logs_first (created_at DESC, id DESC);
CREATE INDEX usage_logs_first_action_type_created_at_idx
    ON usage_logs_first (action_type, created_at DESC);
CREATE INDEX usage_logs_first_endpoint_created_at_idx
    ON usage_logs_first (endpoint text_pattern_ops, created_at DESC);
CREATE INDEX usage_logs_first_ip_address_idx
    ON usage_logs_first (ip_address) WHERE ip_address IS NOT NULL;
CREATE INDEX usage_logs_first_failures_idx ON usage_logs_first (created_at DESC) WHERE NOT success;

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
