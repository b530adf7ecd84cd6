-- Heads, layout and hold in one look. Without a version table (dropped by hand) :heads is '{}'.
SELECT (SELECT coalesce(array_agg(version_num::text ORDER BY version_num COLLATE "C"), '{}')
            FROM :"version_schema".:"version_table") AS heads,
    l.version AS layout, h.target, h.reason, h.actor,
    to_char(h.since AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS since
FROM :"state".layout l LEFT JOIN :"state".hold h ON true
