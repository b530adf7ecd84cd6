-- added tracking fields to usage_logs
--
-- Why a request failed, how long it took, which file it was about, and when its row was stored
-- (created_at tells when it happened). Rows from before this revision do not know and stay NULL.
--
-- Revision ID: b7e50f64c218
-- Revises: 3f2a9c1b7d10
-- Create Date: 2026-11-18 10:47:55+00:00

-- migrate:up
ALTER TABLE usage_logs
    ADD COLUMN error_message      text,
    ADD COLUMN processing_time_ms bigint,
    ADD COLUMN file_name          text,
    ADD COLUMN file_size          bigint,
    ADD COLUMN file_type          text,
    ADD COLUMN recorded_at        timestamptz,
    ADD CONSTRAINT usage_logs_processing_time_ms_not_negative CHECK (processing_time_ms >= 0),
    ADD CONSTRAINT usage_logs_file_size_not_negative CHECK (file_size >= 0);

-- On its own, so that it counts only for rows to come.
ALTER TABLE usage_logs ALTER COLUMN recorded_at SET DEFAULT now();

-- migrate:down
ALTER TABLE usage_logs
    DROP COLUMN recorded_at,
    DROP COLUMN file_type,
    DROP COLUMN file_size,
    DROP COLUMN file_name,
    DROP COLUMN processing_time_ms,
    DROP COLUMN error_message;
