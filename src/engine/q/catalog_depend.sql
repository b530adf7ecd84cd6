-- What needs what, by the keys of the objects and of their aliases, with the numbers of columns: of a default the one that
-- has it.
SELECT DISTINCT d.classid, d.objid, coalesce(f.adnum, d.objsubid), d.refclassid, d.refobjid, d.refobjsubid
FROM pg_depend d
LEFT JOIN pg_attrdef f ON d.classid = f.tableoid AND f.oid = d.objid
WHERE d.objid >= 16384 AND d.refobjid >= 16384 AND d.deptype IN ('n', 'a', 'i', 'P', 'S')
