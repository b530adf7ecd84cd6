SELECT a.tableoid AS class, a.oid, n.nspname AS in_schema, a.defaclobjtype AS type,
       pg_get_userbyid(a.defaclrole) AS owner, a.defaclacl::text[] AS acl,
       CASE WHEN a.defaclnamespace = 0
            THEN acldefault(CASE a.defaclobjtype WHEN 'S' THEN 's'::"char" ELSE a.defaclobjtype END, a.defaclrole)::text[]
            ELSE '{}' END AS baseline,
       concat_ws(' ', pg_get_userbyid(a.defaclrole), a.defaclobjtype, n.nspname) AS name
FROM pg_default_acl a
LEFT JOIN pg_namespace n ON n.oid = a.defaclnamespace
WHERE CASE WHEN a.defaclnamespace = 0 THEN :is_whole ELSE a.defaclnamespace = ANY (:'schemas'::oid[]) END
