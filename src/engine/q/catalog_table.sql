SELECT c.tableoid AS class, c.oid, n.nspname AS "schema", c.relname AS name,
       pg_get_userbyid(c.relowner) AS owner, d.description AS comment,
       c.relacl::text[] AS acl, CASE WHEN c.relacl IS NOT NULL THEN acldefault('r', c.relowner)::text[] END AS baseline,
       c.relkind AS type, c.relpersistence = 'u' AS is_unlogged, m.amname AS access_method,
       CASE WHEN t.reloptions IS NULL THEN c.reloptions
            ELSE coalesce(c.reloptions, '{}') || ARRAY(SELECT 'toast.' || o FROM unnest(t.reloptions) o) END AS options,
       CASE WHEN c.reloftype <> 0 THEN c.reloftype::regtype::text END AS of_type,
       i.parents, CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END AS partition_key,
       CASE WHEN c.relispartition THEN pg_get_expr(c.relpartbound, c.oid) END AS partition_bound,
       c.relreplident AS replica_identity, c.relrowsecurity AS has_row_security,
       c.relforcerowsecurity AS forces_row_security, fs.srvname AS server, f.ftoptions AS server_options
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_am m ON m.oid = c.relam
LEFT JOIN pg_class t ON t.oid = c.reltoastrelid AND t.reloptions IS NOT NULL
LEFT JOIN (SELECT h.inhrelid, array_agg(h.inhparent::regclass::text ORDER BY h.inhseqno) AS parents
           FROM pg_inherits h GROUP BY h.inhrelid) i ON i.inhrelid = c.oid
LEFT JOIN pg_foreign_table f ON f.ftrelid = c.oid
LEFT JOIN pg_foreign_server fs ON fs.oid = f.ftserver
LEFT JOIN pg_description d ON d.objoid = c.oid AND d.classoid = c.tableoid AND d.objsubid = 0
WHERE c.relkind IN ('r', 'p', 'f') AND c.relnamespace = ANY (:'schemas'::oid[])
 
  AND NOT EXISTS (SELECT FROM pg_depend e
                  WHERE e.classid = c.tableoid AND e.objid = c.oid AND e.deptype = 'e')
