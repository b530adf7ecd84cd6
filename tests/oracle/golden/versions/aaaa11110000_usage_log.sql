-- usage log
--
-- Revision ID: aaaa11110000
-- Revises: 0c6a1b1687ea
-- Create Date: 2026-01-01 00:00:00+00:00
-- Branch Labels: usage

-- migrate:up
CREATE TABLE usage (id bigint);

-- migrate:down
DROP TABLE usage;
