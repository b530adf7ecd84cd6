-- an experiment
--
-- Revision ID: dddd44440000
-- Revises: 0c6a1b1687ea
-- Create Date: 2026-01-01 00:00:00+00:00
-- Branch Labels: trial

-- migrate:up
CREATE TABLE trial ();

-- migrate:down
DROP TABLE trial;

-- migrate:verify
SELECT * FROM trial;
