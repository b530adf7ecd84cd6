-- merge them
--
-- Revision ID: cccc33330000
-- Revises: aaaa22220000, bbbb11110000
-- Create Date: 2026-01-01 00:00:00+00:00

-- migrate:up

-- migrate:down
-- nothing to undo
