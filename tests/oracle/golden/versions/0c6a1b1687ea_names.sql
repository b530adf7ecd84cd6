-- größere Namen
--
-- The names of some customers have more than 50 characters.
--
-- Revision ID: 0c6a1b1687ea
-- Revises: 0c6a0576d9be
-- Create Date: 2026-01-01 00:00:00+00:00

-- migrate:up
ALTER TABLE account ADD COLUMN name text;

-- migrate:down
ALTER TABLE account DROP COLUMN name;
