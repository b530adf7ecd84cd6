SELECT t.tableoid AS class, t.oid, n.nspname AS "schema", t.typname AS name,
       pg_get_userbyid(t.typowner) AS owner, d.description AS comment,
       t.typacl::text[] AS acl, acldefault('T', t.typowner)::text[] AS baseline
FROM pg_type t
JOIN pg_class c ON c.oid = t.typrelid AND c.relkind = 'c'
JOIN pg_namespace n ON n.oid = t.typnamespace
LEFT JOIN pg_description d ON d.objoid = t.oid AND d.classoid = t.tableoid
WHERE t.typtype = 'c' AND t.typnamespace = ANY (:'schemas'::oid[])
  AND NOT EXISTS (SELECT FROM pg_depend e
                  WHERE e.classid = t.tableoid AND e.objid = t.oid AND e.deptype = 'e')
