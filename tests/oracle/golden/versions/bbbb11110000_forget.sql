-- forget old accounts
--
-- Revision ID: bbbb11110000
-- Revises: 0c6a1b1687ea
-- Create Date: 2026-01-01 00:00:00+00:00
-- Depends On: usage

-- migrate:up
DELETE FROM account WHERE name IS NULL;
