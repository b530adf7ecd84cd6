SELECT r.tableoid AS class, r.oid, r.rulename AS name, d.description AS comment,
       c.tableoid AS parent_class, c.oid AS parent, rtrim(pg_get_ruledef(r.oid), ';') AS definition,
       r.ev_enabled AS enabled
FROM pg_rewrite r
JOIN pg_class c ON c.oid = r.ev_class
LEFT JOIN pg_description d ON d.objoid = r.oid AND d.classoid = r.tableoid
WHERE r.rulename <> '_RETURN' AND c.relnamespace = ANY (:'schemas'::oid[])
