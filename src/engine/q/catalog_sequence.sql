SELECT c.tableoid AS class, c.oid, n.nspname AS "schema", c.relname AS name,
       pg_get_userbyid(c.relowner) AS owner, d.description AS comment,
       c.relacl::text[] AS acl, acldefault('s', c.relowner)::text[] AS baseline,
       o.refclassid AS parent_class, o.refobjid AS parent, a.attname AS owned_column,
       format_type(s.seqtypid, NULL) AS type, s.seqstart AS start, s.seqincrement AS increment,
       s.seqmin AS minimum, s.seqmax AS maximum, s.seqcache AS cache, s.seqcycle AS is_cycling,
       c.relpersistence = 'u' AS is_unlogged, coalesce(o.deptype = 'i', false) AS is_identity
FROM pg_class c
JOIN pg_sequence s ON s.seqrelid = c.oid
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_depend o ON o.classid = c.tableoid AND o.objid = c.oid AND o.objsubid = 0
                     AND o.refclassid = c.tableoid AND o.refobjsubid > 0 AND o.deptype IN ('a', 'i')
LEFT JOIN pg_attribute a ON a.attrelid = o.refobjid AND a.attnum = o.refobjsubid
LEFT JOIN pg_description d ON d.objoid = c.oid AND d.classoid = c.tableoid AND d.objsubid = 0
WHERE c.relkind = 'S' AND c.relnamespace = ANY (:'schemas'::oid[])
 
  AND NOT EXISTS (SELECT FROM pg_depend e
                  WHERE e.classid = c.tableoid AND e.objid = c.oid AND e.deptype = 'e')
