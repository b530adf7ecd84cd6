-- In all queries of this family :'schemas' are the oids of the managed schemas, and :is_whole says whether what is
-- in no schema is wanted, too.
-- public is compared with what initdb makes, also when somebody has dropped it and made it again.
SELECT n.tableoid AS class, n.oid, n.nspname AS name, pg_get_userbyid(n.nspowner) AS owner,
       CASE WHEN n.nspname = 'public' THEN coalesce(n.nspacl, acldefault('n', n.nspowner)) ELSE n.nspacl END::text[] AS acl,
       CASE WHEN n.nspname = 'public' THEN acldefault('n', n.nspowner) || makeaclitem(0, n.nspowner, 'USAGE', false)
            ELSE coalesce(i.initprivs, acldefault('n', n.nspowner)) END::text[] AS baseline,
       nullif(d.description, CASE WHEN n.nspname = 'public' THEN 'standard public schema' END) AS comment,
       n.nspname = 'public' AND n.nspowner IN (10, 6171) AS is_initial
FROM pg_namespace n
LEFT JOIN pg_init_privs i ON i.objoid = n.oid AND i.classoid = n.tableoid AND i.objsubid = 0 AND i.privtype = 'i'
LEFT JOIN pg_description d ON d.objoid = n.oid AND d.classoid = n.tableoid
WHERE n.oid = ANY (:'schemas'::oid[])
  AND NOT EXISTS (SELECT FROM pg_depend e
                  WHERE e.classid = n.tableoid AND e.objid = n.oid AND e.deptype = 'e')
