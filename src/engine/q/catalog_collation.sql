SELECT c.tableoid AS class, c.oid, n.nspname AS "schema", c.collname AS name,
       pg_get_userbyid(c.collowner) AS owner, d.description AS comment,
       c.collprovider AS provider, c.collisdeterministic AS is_deterministic,
       :collation_locale AS locale,
       CASE WHEN c.collprovider = 'c' THEN c.collcollate END AS lc_collate,
       CASE WHEN c.collprovider = 'c' THEN c.collctype END AS lc_ctype,
       :collation_rules AS rules
FROM pg_collation c
JOIN pg_namespace n ON n.oid = c.collnamespace
LEFT JOIN pg_description d ON d.objoid = c.oid AND d.classoid = c.tableoid
WHERE c.collnamespace = ANY (:'schemas'::oid[])
  AND NOT EXISTS (SELECT FROM pg_depend e
                  WHERE e.classid = c.tableoid AND e.objid = c.oid AND e.deptype = 'e')
