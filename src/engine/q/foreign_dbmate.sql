-- What dbmate has applied: versions, floor (up to which everything is), versions that are in trouble.
SELECT coalesce(array_agg(version::text ORDER BY version COLLATE "C"), '{}') AS versions,
    NULL::text AS floor, '{}'::text[] AS troubled
FROM :"foreign_schema".:"foreign_table"
