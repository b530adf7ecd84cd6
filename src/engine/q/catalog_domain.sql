SELECT t.tableoid AS class, t.oid, n.nspname AS "schema", t.typname AS name,
       pg_get_userbyid(t.typowner) AS owner, d.description AS comment,
       t.typacl::text[] AS acl, acldefault('T', t.typowner)::text[] AS baseline,
       format_type(t.typbasetype, t.typtypmod) AS type,
       CASE WHEN t.typcollation <> b.typcollation THEN t.typcollation::regcollation::text END AS collation,
       coalesce(pg_get_expr(t.typdefaultbin, 0), quote_literal(t.typdefault)) AS default_value,
       t.typnotnull AS is_not_null
FROM pg_type t
JOIN pg_type b ON b.oid = t.typbasetype
JOIN pg_namespace n ON n.oid = t.typnamespace
LEFT JOIN pg_description d ON d.objoid = t.oid AND d.classoid = t.tableoid
WHERE t.typtype = 'd' AND t.typnamespace = ANY (:'schemas'::oid[])
  AND NOT EXISTS (SELECT FROM pg_depend e
                  WHERE e.classid = t.tableoid AND e.objid = t.oid AND e.deptype = 'e')
