SELECT t.tableoid AS class, t.oid, n.nspname AS "schema", t.tmplname AS name, d.description AS comment,
       array_remove(ARRAY[
           CASE WHEN t.tmplinit <> 0 THEN 'INIT = ' || t.tmplinit::regproc END,
           'LEXIZE = ' || t.tmpllexize::regproc], NULL) AS parameters
FROM pg_ts_template t
JOIN pg_namespace n ON n.oid = t.tmplnamespace
LEFT JOIN pg_description d ON d.objoid = t.oid AND d.classoid = t.tableoid
WHERE t.tmplnamespace = ANY (:'schemas'::oid[])
  AND NOT EXISTS (SELECT FROM pg_depend e
                  WHERE e.classid = t.tableoid AND e.objid = t.oid AND e.deptype = 'e')
