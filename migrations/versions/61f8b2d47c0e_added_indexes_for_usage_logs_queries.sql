-- added indexes for usage_logs queries
--
-- The newest rows first, in pages; the same for one action; everything below an endpoint; one
-- address or network; and the failures, which are few.
--
-- Revision ID: 61f8b2d47c0e
-- Revises: d90c36a1f5e4
-- Create Date: 2026-11-20 11:05:37+00:00

-- migrate:up
CREATE INDEX usage_logs_created_at_idx ON usage_logs (created_at DESC, id DESC);
CREATE INDEX usage_logs_action_type_created_at_idx ON usage_logs (action_type, created_at DESC);
CREATE INDEX usage_logs_endpoint_created_at_idx
    ON usage_logs (endpoint text_pattern_ops, created_at DESC);
CREATE INDEX usage_logs_ip_address_idx ON usage_logs (ip_address) WHERE ip_address IS NOT NULL;
CREATE INDEX usage_logs_failures_idx ON usage_logs (created_at DESC) WHERE NOT success;

-- migrate:down
DROP INDEX usage_logs_failures_idx;
DROP INDEX usage_logs_ip_address_idx;
DROP INDEX usage_logs_endpoint_created_at_idx;
DROP INDEX usage_logs_action_type_created_at_idx;
DROP INDEX usage_logs_created_at_idx;
