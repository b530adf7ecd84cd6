SELECT w.tableoid AS class, w.oid, w.fdwname AS name, pg_get_userbyid(w.fdwowner) AS owner,
       d.description AS comment, w.fdwacl::text[] AS acl, acldefault('F', w.fdwowner)::text[] AS baseline,
       CASE WHEN w.fdwhandler <> 0 THEN w.fdwhandler::regproc::text END AS handler,
       CASE WHEN w.fdwvalidator <> 0 THEN w.fdwvalidator::regproc::text END AS validator, w.fdwoptions AS options
FROM pg_foreign_data_wrapper w
LEFT JOIN pg_description d ON d.objoid = w.oid AND d.classoid = w.tableoid
WHERE :is_whole
  AND NOT EXISTS (SELECT FROM pg_depend e
                  WHERE e.classid = w.tableoid AND e.objid = w.oid AND e.deptype = 'e')
