SELECT s.tableoid AS class, s.oid, s.srvname AS name, pg_get_userbyid(s.srvowner) AS owner,
       d.description AS comment, s.srvacl::text[] AS acl, acldefault('S', s.srvowner)::text[] AS baseline,
       w.fdwname AS wrapper, s.srvtype AS type, s.srvversion AS version, s.srvoptions AS options
FROM pg_foreign_server s
JOIN pg_foreign_data_wrapper w ON w.oid = s.srvfdw
LEFT JOIN pg_description d ON d.objoid = s.oid AND d.classoid = s.tableoid
WHERE :is_whole
  AND NOT EXISTS (SELECT FROM pg_depend e
                  WHERE e.classid = s.tableoid AND e.objid = s.oid AND e.deptype = 'e')
