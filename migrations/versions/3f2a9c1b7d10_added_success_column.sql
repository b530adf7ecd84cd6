-- added success column
--
-- Whether the request did what it was asked to. Every row so far is of one that did.
--
-- Revision ID: 3f2a9c1b7d10
-- Revises: 8c41d7e09a3b
-- Create Date: 2026-11-17 14:02:11+00:00

-- migrate:up
ALTER TABLE usage_logs ADD COLUMN success boolean NOT NULL DEFAULT true;

-- migrate:down
ALTER TABLE usage_logs DROP COLUMN success;
