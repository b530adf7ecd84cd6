-- The usage log as it should be: what all the files of versions/ together make, column by column.
-- Change it here first, then write the revision that gets there.

CREATE TYPE action_type AS ENUM ('upload', 'download', 'convert', 'delete');

CREATE TABLE usage_logs (
    id                 uuid        NOT NULL DEFAULT gen_random_uuid(),
    action_type        action_type NOT NULL,
    endpoint           text        NOT NULL,
    ip_address         inet,
    created_at         timestamptz NOT NULL DEFAULT now(), -- when it happened
    success            boolean     NOT NULL DEFAULT true,
    error_message      text,
    processing_time_ms bigint,
    file_name          text,
    file_size          bigint, -- bytes
    file_type          text,
    recorded_at        timestamptz DEFAULT now(), -- when the row was stored
    CONSTRAINT usage_logs_pkey PRIMARY KEY (id),
    CONSTRAINT usage_logs_endpoint_not_empty CHECK (endpoint <> ''),
    CONSTRAINT usage_logs_processing_time_ms_not_negative CHECK (processing_time_ms >= 0),
    CONSTRAINT usage_logs_file_size_not_negative CHECK (file_size >= 0)
);

CREATE INDEX usage_logs_created_at_idx ON usage_logs (created_at DESC, id DESC);
CREATE INDEX usage_logs_action_type_created_at_idx ON usage_logs (action_type, created_at DESC);
CREATE INDEX usage_logs_endpoint_created_at_idx
    ON usage_logs (endpoint text_pattern_ops, created_at DESC);
CREATE INDEX usage_logs_ip_address_idx ON usage_logs (ip_address) WHERE ip_address IS NOT NULL;
CREATE INDEX usage_logs_failures_idx ON usage_logs (created_at DESC) WHERE NOT success;
