-- How many relations with rows are in a schema ($1), and how many rows by the statistics.
SELECT count(*), coalesce(sum(greatest(c.reltuples, 0)), 0)::bigint
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = $1 AND c.relkind IN ('r', 'p', 'm')
