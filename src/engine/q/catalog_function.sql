SELECT p.tableoid AS class, p.oid, n.nspname AS "schema", p.proname AS name,
       pg_get_userbyid(p.proowner) AS owner, d.description AS comment,
       p.proacl::text[] AS acl, acldefault('f', p.proowner)::text[] AS baseline,
       p.prokind AS type, oidvectortypes(p.proargtypes) AS arguments,
       pg_get_function_identity_arguments(p.oid) AS signature,
       pg_get_function_result(p.oid) AS result, l.lanname AS language,
       pg_get_functiondef(p.oid) AS definition
FROM pg_proc p
JOIN pg_language l ON l.oid = p.prolang
JOIN pg_namespace n ON n.oid = p.pronamespace
LEFT JOIN pg_description d ON d.objoid = p.oid AND d.classoid = p.tableoid
WHERE p.prokind <> 'a' AND p.pronamespace = ANY (:'schemas'::oid[])
  AND NOT EXISTS (SELECT FROM pg_depend e
                  WHERE e.classid = p.tableoid AND e.objid = p.oid AND e.deptype IN ('e', 'i'))
