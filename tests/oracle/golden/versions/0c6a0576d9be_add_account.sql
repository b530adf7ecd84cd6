-- add account
--
-- Revision ID: 0c6a0576d9be
-- Revises:
-- Create Date: 2026-01-01 00:00:00+00:00

-- migrate:up
CREATE TABLE account (id bigint PRIMARY KEY);

-- migrate:down
DROP TABLE account;
