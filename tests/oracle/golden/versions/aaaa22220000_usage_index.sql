-- usage index
--
-- Revision ID: aaaa22220000
-- Revises: aaaa11110000
-- Create Date: 2026-01-01 00:00:00+00:00
-- Branch Labels: fast
-- Transaction: none

-- migrate:up
CREATE INDEX CONCURRENTLY usage_id ON usage (id);

-- migrate:down
DROP INDEX CONCURRENTLY usage_id;
