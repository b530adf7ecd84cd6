-- What the recorded schema belongs to (nulls: there is no record), and the heads now.
SELECT b.heads, b.fingerprint, b.made_with,
    to_char(b.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS recorded_at, c.heads AS heads_now,
    EXISTS (SELECT FROM :"state".journal) AS is_half_run
FROM (SELECT coalesce(array_agg(version_num::text ORDER BY version_num COLLATE "C"), '{}') AS heads
      FROM :"version_schema".:"version_table") c
    LEFT JOIN :"state".baseline b ON true
