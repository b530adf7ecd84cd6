-- Its tables and schemas as far as they are managed.
SELECT p.tableoid AS class, p.oid, p.pubname AS name, pg_get_userbyid(p.pubowner) AS owner,
       d.description AS comment, p.puballtables AS has_all_tables, p.pubviaroot AS is_via_root,
       :publication_generated AS generated,
       array_remove(ARRAY[CASE WHEN p.pubinsert THEN 'insert' END, CASE WHEN p.pubupdate THEN 'update' END,
                          CASE WHEN p.pubdelete THEN 'delete' END, CASE WHEN p.pubtruncate THEN 'truncate' END],
                    NULL) AS actions,
       ARRAY(SELECT r.prrelid::regclass::text || :publication_columns || :publication_where
             FROM pg_publication_rel r JOIN pg_class c ON c.oid = r.prrelid
             WHERE r.prpubid = p.oid AND c.relnamespace = ANY (:'schemas'::oid[]) ORDER BY 1) AS tables,
       :publication_schemas AS schemas
FROM pg_publication p
LEFT JOIN pg_description d ON d.objoid = p.oid AND d.classoid = p.tableoid
WHERE :is_whole
  AND NOT EXISTS (SELECT FROM pg_depend e
                  WHERE e.classid = p.tableoid AND e.objid = p.oid AND e.deptype = 'e')
