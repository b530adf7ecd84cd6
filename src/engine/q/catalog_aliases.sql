-- What stands for an object of the model in pg_depend: row and array types, defaults, the rules of views,
-- the tables of publications, members of operator classes and families, and whatever an extension has made.
SELECT t.tableoid AS class, t.oid, c.tableoid AS of_class, c.oid AS of
FROM pg_type t JOIN pg_class c ON c.oid = t.typrelid AND c.relkind <> 'c' WHERE t.oid >= 16384
UNION ALL
SELECT c.tableoid, c.oid, t.tableoid, t.oid
FROM pg_type t JOIN pg_class c ON c.oid = t.typrelid AND c.relkind = 'c' WHERE t.oid >= 16384
UNION ALL
SELECT tableoid, typarray, tableoid, oid FROM pg_type WHERE typarray >= 16384
UNION ALL
SELECT tableoid, oid, 'pg_class'::regclass, adrelid FROM pg_attrdef
UNION ALL
SELECT tableoid, oid, 'pg_class'::regclass, ev_class FROM pg_rewrite WHERE rulename = '_RETURN' AND oid >= 16384
UNION ALL
SELECT tableoid, oid, 'pg_publication'::regclass, prpubid FROM pg_publication_rel
UNION ALL
SELECT classid, objid, refclassid, refobjid FROM pg_depend
WHERE objid >= 16384 AND (deptype = 'e' OR classid IN ('pg_amop'::regclass, 'pg_amproc'::regclass)
                          AND refclassid IN ('pg_opclass'::regclass, 'pg_opfamily'::regclass))
:range_aliases
