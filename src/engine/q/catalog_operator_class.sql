SELECT c.tableoid AS class, c.oid, n.nspname AS "schema", c.opcname AS name,
       pg_get_userbyid(c.opcowner) AS owner, d.description AS comment, m.amname AS method,
       format_type(c.opcintype, NULL) AS type, c.opcdefault AS is_default,
       format('%I.%I', fn.nspname, f.opfname) AS family,
       array_remove(CASE WHEN c.opckeytype <> 0 THEN 'STORAGE ' || format_type(c.opckeytype, NULL) END ||
       (SELECT array_agg(x.member ORDER BY x.is_function, x.number, x.member)
        FROM (SELECT false, o.amopstrategy,
                     format('OPERATOR %s %s%s', o.amopstrategy, o.amopopr::regoperator,
                            CASE WHEN o.amopsortfamily <> 0
                                 THEN (SELECT format(' FOR ORDER BY %I.%I', s.nspname, b.opfname)
                                       FROM pg_opfamily b JOIN pg_namespace s ON s.oid = b.opfnamespace
                                       WHERE b.oid = o.amopsortfamily) ELSE '' END)
              FROM pg_depend e
              JOIN pg_amop o ON o.tableoid = e.classid AND o.oid = e.objid
              WHERE e.refclassid = c.tableoid AND e.refobjid = c.oid
              UNION ALL
              SELECT true, p.amprocnum,
                     format('FUNCTION %s (%s, %s) %s', p.amprocnum, format_type(p.amproclefttype, NULL),
                            format_type(p.amprocrighttype, NULL), p.amproc::regprocedure)
              FROM pg_depend e
              JOIN pg_amproc p ON p.tableoid = e.classid AND p.oid = e.objid
              WHERE e.refclassid = c.tableoid AND e.refobjid = c.oid) x(is_function, number, member)), NULL) AS members
FROM pg_opclass c
JOIN pg_am m ON m.oid = c.opcmethod
JOIN pg_namespace n ON n.oid = c.opcnamespace
JOIN pg_opfamily f ON f.oid = c.opcfamily
JOIN pg_namespace fn ON fn.oid = f.opfnamespace
LEFT JOIN pg_description d ON d.objoid = c.oid AND d.classoid = c.tableoid
WHERE c.opcnamespace = ANY (:'schemas'::oid[])
  AND NOT EXISTS (SELECT FROM pg_depend e
                  WHERE e.classid = c.tableoid AND e.objid = c.oid AND e.deptype = 'e')
