SELECT c.tableoid AS class, c.oid, n.nspname AS "schema", c.relname AS name,
       pg_get_userbyid(c.relowner) AS owner, d.description AS comment,
       c.relacl::text[] AS acl, acldefault('r', c.relowner)::text[] AS baseline,
       c.relkind = 'm' AS is_materialized, m.amname AS access_method, c.reloptions AS options,
       rtrim(pg_get_viewdef(c.oid), ';') AS definition
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_am m ON m.oid = c.relam
LEFT JOIN pg_description d ON d.objoid = c.oid AND d.classoid = c.tableoid AND d.objsubid = 0
WHERE c.relkind IN ('v', 'm') AND c.relnamespace = ANY (:'schemas'::oid[])
 
  AND NOT EXISTS (SELECT FROM pg_depend e
                  WHERE e.classid = c.tableoid AND e.objid = c.oid AND e.deptype = 'e')
