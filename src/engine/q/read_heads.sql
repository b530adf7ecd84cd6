-- The heads, where only the version table exists (an Alembic database that pgsluice never changed).
SELECT coalesce(array_agg(version_num::text ORDER BY version_num COLLATE "C"), '{}') AS heads
FROM :"version_schema".:"version_table"
