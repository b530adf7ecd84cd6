-- create usage_logs table
--
-- One row for each request that the service has handled. The id may come from the client, so that
-- sending a request twice stores it once.
--
-- Revision ID: 8c41d7e09a3b
-- Revises:
-- Create Date: 2026-11-16 09:12:40+00:00

-- migrate:up
CREATE TYPE action_type AS ENUM ('upload', 'download', 'convert');

CREATE TABLE usage_logs (
    id          uuid        NOT NULL DEFAULT gen_random_uuid(),
    action_type action_type NOT NULL,
    endpoint    text        NOT NULL,
    ip_address  inet,
    created_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT usage_logs_pkey PRIMARY KEY (id),
    CONSTRAINT usage_logs_endpoint_not_empty CHECK (endpoint <> '')
);

-- migrate:down
DROP TABLE usage_logs;
DROP TYPE action_type;
