-- added delete to action_type
--
-- Revision ID: d90c36a1f5e4
-- Revises: b7e50f64c218
-- Create Date: 2026-11-19 16:30:02+00:00

-- migrate:up
ALTER TYPE action_type ADD VALUE 'delete' AFTER 'convert';

-- migrate:down
-- PostgreSQL cannot drop a value of an enum, so the type is made again without it. Rows that still
-- use the value are somebody's data: they stop the rollback instead of being lost.
LOCK TABLE usage_logs IN ACCESS EXCLUSIVE MODE;

DO $$
BEGIN
    IF EXISTS (SELECT FROM usage_logs WHERE action_type = 'delete') THEN
        RAISE EXCEPTION 'usage_logs has rows whose action_type is delete'
            USING ERRCODE = 'restrict_violation',
                  HINT = 'Remove these rows, or give them another action_type, then try again.';
    END IF;
END
$$;

ALTER TYPE action_type RENAME TO action_type_with_delete;
CREATE TYPE action_type AS ENUM ('upload', 'download', 'convert');
ALTER TABLE usage_logs
    ALTER COLUMN action_type TYPE action_type USING action_type::text::action_type;
DROP TYPE action_type_with_delete;
