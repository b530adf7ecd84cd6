-- Scratch databases of this role (pgsluice_scratch_PID_START_RANDOM) whose session is gone.
SELECT d.datname
FROM pg_catalog.pg_database AS d
    CROSS JOIN LATERAL pg_catalog.regexp_match(d.datname, '^pgsluice_scratch_([0-9]+)_([0-9]+)_[0-9a-f]{12}$') AS m(parts)
WHERE m.parts IS NOT NULL AND pg_catalog.pg_get_userbyid(d.datdba) = current_user
    AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_stat_activity AS a
        WHERE a.pid::text = m.parts[1]
            AND (pg_catalog.extract('epoch', a.backend_start) * 1000000)::bigint::text = m.parts[2])
