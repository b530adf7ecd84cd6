SELECT c.tableoid AS class, c.oid, d.description AS comment,
       format_type(c.castsource, NULL) || ' AS ' || format_type(c.casttarget, NULL) AS name,
       format_type(c.castsource, NULL) AS source, format_type(c.casttarget, NULL) AS target,
       c.castcontext AS context, c.castmethod AS method,
       CASE WHEN c.castfunc <> 0 THEN c.castfunc::regprocedure::text END AS function
FROM pg_cast c
JOIN pg_type s ON s.oid = c.castsource
JOIN pg_type t ON t.oid = c.casttarget
LEFT JOIN pg_proc f ON f.oid = c.castfunc
LEFT JOIN pg_description d ON d.objoid = c.oid AND d.classoid = c.tableoid
WHERE c.oid >= 16384 AND :is_whole
  AND (s.typnamespace = ANY (:'schemas'::oid[]) OR t.typnamespace = ANY (:'schemas'::oid[]) OR f.pronamespace = ANY (:'schemas'::oid[]))
  AND NOT EXISTS (SELECT FROM pg_depend e
                  WHERE e.classid = c.tableoid AND e.objid = c.oid AND e.deptype IN ('e', 'i'))
