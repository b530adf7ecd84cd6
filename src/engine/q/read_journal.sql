-- The half-run revision, if there is one: a row for each segment of it that has begun.
SELECT revision, direction, checksum, segment, first_statement, last_statement, digest, sql, before,
    to_char(started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS started_at,
    finished_at IS NOT NULL AS is_finished, sqlstate
FROM :"state".journal ORDER BY revision COLLATE "C", segment
