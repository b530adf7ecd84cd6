-- made processing_time_ms fractional
--
-- 42.5 ms is a normal value. The table is written anew under an exclusive lock.
--
-- Revision ID: a4d09e7c35b1
-- Revises: 61f8b2d47c0e
-- Create Date: 2026-11-21 09:20:14+00:00

-- migrate:up
ALTER TABLE usage_logs DROP CONSTRAINT usage_logs_processing_time_ms_not_negative;
ALTER TABLE usage_logs
    ALTER COLUMN processing_time_ms TYPE double precision,
    ADD CONSTRAINT usage_logs_processing_time_ms_not_negative CHECK (processing_time_ms >= 0);

-- migrate:down
-- What stands behind the point is somebody's data: it stops the rollback instead of being lost.
LOCK TABLE usage_logs IN ACCESS EXCLUSIVE MODE;

DO $$
BEGIN
    IF EXISTS (SELECT FROM usage_logs WHERE processing_time_ms <> trunc(processing_time_ms)) THEN
        RAISE EXCEPTION 'usage_logs has rows whose processing_time_ms is no whole number'
            USING ERRCODE = 'restrict_violation',
                  HINT = 'UPDATE usage_logs SET processing_time_ms = round(processing_time_ms) '
                         'makes them whole; then try again.';
    END IF;
END
$$;

ALTER TABLE usage_logs DROP CONSTRAINT usage_logs_processing_time_ms_not_negative;
ALTER TABLE usage_logs
    ALTER COLUMN processing_time_ms TYPE bigint,
    ADD CONSTRAINT usage_logs_processing_time_ms_not_negative CHECK (processing_time_ms >= 0);
