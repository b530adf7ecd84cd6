-- Former partitions that were to be dropped, when something broke off in between: names, quoted.
--
-- $1  the schema
-- $2  what their comment says
SELECT pg_catalog.format('%I.%I', n.nspname, c.relname)
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = $1
   AND c.relkind = 'r'
   AND NOT c.relispartition
   AND pg_catalog.obj_description(c.oid, 'pg_class') = $2
 ORDER BY c.relname
