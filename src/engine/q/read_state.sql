-- Heads, layout, hold, and the listing of files that these heads are the heads of, in one look.
WITH current AS (
    SELECT coalesce(array_agg(version_num::text ORDER BY version_num COLLATE "C"), '{}') AS heads
    FROM :"version_schema".:"version_table"
)
SELECT c.heads, l.version AS layout, h.target, h.reason, h.actor,
    to_char(h.since AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS since,
    s.listing
FROM current c CROSS JOIN :"state".layout l LEFT JOIN :"state".hold h ON true
    LEFT JOIN :"state".settled s ON s.heads = c.heads
