SELECT c.tableoid AS class, c.oid, n.nspname AS "schema", c.relname AS name, d.description AS comment,
       c.tableoid AS parent_class, i.indrelid AS parent, m.amname AS method, pg_get_indexdef(c.oid) AS definition,
       c.reloptions AS options,
       i.indisunique AS is_unique, i.indisvalid AS is_valid, i.indisclustered AS is_clustered,
       i.indisreplident AS is_replica_identity, c.relkind = 'I' AS is_partitioned,
       k.oid IS NOT NULL AS is_of_constraint, h.inhparent::regclass::text AS attached_to,
       s.targets AS statistics
FROM pg_index i
JOIN pg_class c ON c.oid = i.indexrelid
JOIN pg_am m ON m.oid = c.relam
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_constraint k ON k.conindid = c.oid AND k.conrelid = i.indrelid AND k.contype IN ('p', 'u', 'x')
LEFT JOIN pg_inherits h ON h.inhrelid = c.oid
LEFT JOIN (SELECT a.attrelid, array_agg(a.attnum || '=' || a.attstattarget ORDER BY a.attnum) AS targets
           FROM pg_attribute a WHERE a.attstattarget >= 0 AND a.attnum > 0 AND NOT a.attisdropped
           GROUP BY a.attrelid) s ON s.attrelid = c.oid
LEFT JOIN pg_description d ON d.objoid = c.oid AND d.classoid = c.tableoid AND d.objsubid = 0
WHERE c.relnamespace = ANY (:'schemas'::oid[])
