-- release 1.2
--
-- Revision ID: v1.2_final
-- Revises: eeee55550000
-- Create Date: 2026-01-01 00:00:00+00:00
-- Depends On: bbbb11110000, 0c6a1b1687ea

-- migrate:up
SELECT 1;

-- migrate:down
-- nothing to undo
