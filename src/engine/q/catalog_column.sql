-- Also those of composite types and views.
SELECT a.tableoid AS class, c.tableoid AS parent_class, a.attrelid AS parent, a.attname AS name, a.attnum AS position,
       d.description AS comment, a.attacl::text[] AS acl, CASE WHEN a.attacl IS NOT NULL THEN '{}' END AS baseline,
       format_type(a.atttypid, a.atttypmod) AS type,
       CASE WHEN a.attcollation <> t.typcollation THEN a.attcollation::regcollation::text END AS collation,
       a.attnotnull AS is_not_null, pg_get_expr(f.adbin, f.adrelid) AS default_value,
       a.attgenerated AS generated,
       -- Since 17 a partition has that of its parent, and may not have one of its own.
       CASE WHEN NOT c.relispartition OR current_setting('server_version_num')::integer < 170000
           THEN a.attidentity ELSE '' END AS identity,
       CASE WHEN a.attstorage <> t.typstorage THEN a.attstorage END AS storage,
       t.typstorage AS type_storage,
       :column_compression AS compression, coalesce(a.attstattarget, -1) AS statistics,
       a.attoptions AS options, a.attfdwoptions AS server_options,
       a.attislocal AS is_local, a.attinhcount > 0 AS is_inherited
FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_attrdef f ON f.adrelid = a.attrelid AND f.adnum = a.attnum
LEFT JOIN pg_description d ON d.objoid = c.oid AND d.classoid = c.tableoid AND d.objsubid = a.attnum
WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm', 'c') AND c.relnamespace = ANY (:'schemas'::oid[])
 
