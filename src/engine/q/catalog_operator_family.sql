SELECT f.tableoid AS class, f.oid, n.nspname AS "schema", f.opfname AS name,
       pg_get_userbyid(f.opfowner) AS owner, d.description AS comment, m.amname AS method,
       (SELECT array_agg(x.member ORDER BY x.is_function, x.number, x.member)
        FROM (SELECT false, o.amopstrategy,
                     format('OPERATOR %s %s%s', o.amopstrategy, o.amopopr::regoperator,
                            CASE WHEN o.amopsortfamily <> 0
                                 THEN (SELECT format(' FOR ORDER BY %I.%I', s.nspname, b.opfname)
                                       FROM pg_opfamily b JOIN pg_namespace s ON s.oid = b.opfnamespace
                                       WHERE b.oid = o.amopsortfamily) ELSE '' END)
              FROM pg_amop o
              JOIN pg_depend e ON e.classid = o.tableoid AND e.objid = o.oid
                              AND e.refclassid = f.tableoid AND e.refobjid = f.oid
              WHERE o.amopfamily = f.oid
              UNION ALL
              SELECT true, p.amprocnum,
                     format('FUNCTION %s (%s, %s) %s', p.amprocnum, format_type(p.amproclefttype, NULL),
                            format_type(p.amprocrighttype, NULL), p.amproc::regprocedure)
              FROM pg_amproc p
              JOIN pg_depend e ON e.classid = p.tableoid AND e.objid = p.oid
                              AND e.refclassid = f.tableoid AND e.refobjid = f.oid
              WHERE p.amprocfamily = f.oid) x(is_function, number, member)) AS members
FROM pg_opfamily f
JOIN pg_am m ON m.oid = f.opfmethod
JOIN pg_namespace n ON n.oid = f.opfnamespace
LEFT JOIN pg_description d ON d.objoid = f.oid AND d.classoid = f.tableoid
WHERE f.opfnamespace = ANY (:'schemas'::oid[])
  AND NOT EXISTS (SELECT FROM pg_depend e
                  WHERE e.classid = f.tableoid AND e.objid = f.oid AND e.deptype = 'e')
