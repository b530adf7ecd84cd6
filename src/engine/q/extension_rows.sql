-- How many tables are an extension's own ($1), and how many rows they may have.
SELECT count(*), coalesce(sum(greatest(c.reltuples, 0))::bigint, 0)
FROM pg_catalog.pg_extension e
    JOIN pg_catalog.pg_depend d ON d.refclassid = 'pg_catalog.pg_extension'::regclass AND d.refobjid = e.oid AND d.deptype = 'e'
    JOIN pg_catalog.pg_class c ON d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid
WHERE e.extname = $1 AND c.relkind IN ('r', 'p', 'm')
