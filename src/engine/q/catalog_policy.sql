SELECT p.tableoid AS class, p.oid, p.polname AS name, d.description AS comment,
       c.tableoid AS parent_class, c.oid AS parent, p.polpermissive AS is_permissive, p.polcmd AS command,
       ARRAY(SELECT CASE WHEN r = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(r)) END
             FROM unnest(p.polroles) r ORDER BY 1) AS roles,
       pg_get_expr(p.polqual, p.polrelid) AS using_clause, pg_get_expr(p.polwithcheck, p.polrelid) AS check_clause
FROM pg_policy p
JOIN pg_class c ON c.oid = p.polrelid
LEFT JOIN pg_description d ON d.objoid = p.oid AND d.classoid = p.tableoid
WHERE c.relnamespace = ANY (:'schemas'::oid[])
