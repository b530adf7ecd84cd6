-- billing begins
--
-- Revision ID: eeee55550000
-- Revises:
-- Create Date: 2026-01-01 00:00:00+00:00
-- Branch Labels: billing
-- Depends On: cccc33330000

-- migrate:up
CREATE TABLE bill ();

-- migrate:down
DROP TABLE bill;
