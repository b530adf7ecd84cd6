-- Heads, layout, hold, environment, what is half-run, and the listing of files that these heads are the heads of, in one look. One row a
-- table, fetched by its key: the server must not plan (and compile) joins of tables that were never analysed.
WITH current AS MATERIALIZED (
    SELECT coalesce(array_agg(version_num::text ORDER BY version_num COLLATE "C"), '{}') AS heads
    FROM :"version_schema".:"version_table"
)
SELECT c.heads, l.version AS layout, h.target, h.reason, h.actor,
    to_char(h.since AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS since,
    (SELECT s.listing FROM :"state".settled s WHERE s.heads = c.heads LIMIT 1) AS listing,
    l.version_table, (SELECT e.name FROM :"state".environment e LIMIT 1) AS environment,
    h.failed_revision, h.failed_checksum, j.revision AS half_run, j.direction AS half_run_direction
FROM current c LEFT JOIN (SELECT * FROM :"state".layout LIMIT 1) l ON true
    LEFT JOIN (SELECT * FROM :"state".hold LIMIT 1) h ON true
    LEFT JOIN (SELECT * FROM :"state".journal LIMIT 1) j ON true
