-- What needs what, by the keys of the objects and of their aliases.
SELECT DISTINCT classid, objid, refclassid, refobjid
FROM pg_depend
WHERE objid >= 16384 AND refobjid >= 16384 AND deptype IN ('n', 'a', 'i', 'P', 'S')
