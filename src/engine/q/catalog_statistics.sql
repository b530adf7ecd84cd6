SELECT s.tableoid AS class, s.oid, n.nspname AS "schema", s.stxname AS name,
       pg_get_userbyid(s.stxowner) AS owner, d.description AS comment,
       'pg_class'::regclass::oid AS parent_class, s.stxrelid AS parent,
       pg_get_statisticsobjdef(s.oid) AS definition, coalesce(s.stxstattarget, -1) AS target
FROM pg_statistic_ext s
JOIN pg_namespace n ON n.oid = s.stxnamespace
LEFT JOIN pg_description d ON d.objoid = s.oid AND d.classoid = s.tableoid
WHERE s.stxnamespace = ANY (:'schemas'::oid[])
  AND NOT EXISTS (SELECT FROM pg_depend e
                  WHERE e.classid = s.tableoid AND e.objid = s.oid AND e.deptype = 'e')
