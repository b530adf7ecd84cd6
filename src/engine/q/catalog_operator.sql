SELECT o.tableoid AS class, o.oid, n.nspname AS "schema", o.oprname AS name,
       pg_get_userbyid(o.oprowner) AS owner, d.description AS comment,
       CASE WHEN o.oprleft <> 0 THEN format_type(o.oprleft, NULL) END AS left_type,
       CASE WHEN o.oprright <> 0 THEN format_type(o.oprright, NULL) END AS right_type,
       array_remove(ARRAY[
           'FUNCTION = ' || o.oprcode::regproc,
           CASE WHEN o.oprleft <> 0 THEN 'LEFTARG = ' || format_type(o.oprleft, NULL) END,
           CASE WHEN o.oprright <> 0 THEN 'RIGHTARG = ' || format_type(o.oprright, NULL) END,
           CASE WHEN c.oid <> 0 THEN format('COMMUTATOR = OPERATOR(%I.%s)', cn.nspname, c.oprname) END,
           CASE WHEN g.oid <> 0 THEN format('NEGATOR = OPERATOR(%I.%s)', gn.nspname, g.oprname) END,
           CASE WHEN o.oprrest <> 0 THEN 'RESTRICT = ' || o.oprrest::regproc END,
           CASE WHEN o.oprjoin <> 0 THEN 'JOIN = ' || o.oprjoin::regproc END,
           CASE WHEN o.oprcanhash THEN 'HASHES' END,
           CASE WHEN o.oprcanmerge THEN 'MERGES' END
       ], NULL) AS parameters
FROM pg_operator o
JOIN pg_namespace n ON n.oid = o.oprnamespace
LEFT JOIN (pg_operator c JOIN pg_namespace cn ON cn.oid = c.oprnamespace) ON c.oid = o.oprcom
LEFT JOIN (pg_operator g JOIN pg_namespace gn ON gn.oid = g.oprnamespace) ON g.oid = o.oprnegate
LEFT JOIN pg_description d ON d.objoid = o.oid AND d.classoid = o.tableoid
WHERE o.oprcode <> 0 AND o.oprnamespace = ANY (:'schemas'::oid[])
  AND NOT EXISTS (SELECT FROM pg_depend e
                  WHERE e.classid = o.tableoid AND e.objid = o.oid AND e.deptype = 'e')
