SELECT t.tableoid AS class, t.oid, t.tgname AS name, d.description AS comment,
       c.tableoid AS parent_class, c.oid AS parent, pg_get_triggerdef(t.oid) AS definition,
       t.tgenabled AS enabled, t.tgparentid <> 0 AS is_cloned
FROM pg_trigger t
JOIN pg_class c ON c.oid = t.tgrelid
LEFT JOIN pg_trigger u ON u.oid = t.tgparentid
LEFT JOIN pg_description d ON d.objoid = t.oid AND d.classoid = t.tableoid
WHERE c.relnamespace = ANY (:'schemas'::oid[])
  AND CASE WHEN t.tgparentid <> 0 THEN t.tgenabled <> u.tgenabled ELSE NOT t.tgisinternal END
