SELECT p.tableoid AS class, p.oid, n.nspname AS "schema", p.prsname AS name, d.description AS comment,
       array_remove(ARRAY[
           'START = ' || p.prsstart::regproc, 'GETTOKEN = ' || p.prstoken::regproc, 'END = ' || p.prsend::regproc,
           'LEXTYPES = ' || p.prslextype::regproc,
           CASE WHEN p.prsheadline <> 0 THEN 'HEADLINE = ' || p.prsheadline::regproc END], NULL) AS parameters
FROM pg_ts_parser p
JOIN pg_namespace n ON n.oid = p.prsnamespace
LEFT JOIN pg_description d ON d.objoid = p.oid AND d.classoid = p.tableoid
WHERE p.prsnamespace = ANY (:'schemas'::oid[])
  AND NOT EXISTS (SELECT FROM pg_depend e
                  WHERE e.classid = p.tableoid AND e.objid = p.oid AND e.deptype = 'e')
