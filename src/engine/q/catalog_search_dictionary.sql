SELECT t.tableoid AS class, t.oid, n.nspname AS "schema", t.dictname AS name,
       pg_get_userbyid(t.dictowner) AS owner, d.description AS comment,
       format('%I.%I', mn.nspname, m.tmplname) AS template, t.dictinitoption AS options
FROM pg_ts_dict t
JOIN pg_ts_template m ON m.oid = t.dicttemplate
JOIN pg_namespace mn ON mn.oid = m.tmplnamespace
JOIN pg_namespace n ON n.oid = t.dictnamespace
LEFT JOIN pg_description d ON d.objoid = t.oid AND d.classoid = t.tableoid
WHERE t.dictnamespace = ANY (:'schemas'::oid[])
  AND NOT EXISTS (SELECT FROM pg_depend e
                  WHERE e.classid = t.tableoid AND e.objid = t.oid AND e.deptype = 'e')
