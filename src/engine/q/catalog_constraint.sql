SELECT k.tableoid AS class, k.oid, k.conname AS name, d.description AS comment, k.contype AS type,
       CASE WHEN k.contypid <> 0 THEN 'pg_type'::regclass ELSE 'pg_class'::regclass END::oid AS parent_class,
       CASE WHEN k.contypid <> 0 THEN k.contypid ELSE k.conrelid END AS parent,
       pg_get_constraintdef(k.oid) AS definition,
       CASE WHEN k.contype IN ('p', 'u') THEN i.reloptions END AS options, k.convalidated AS is_validated,
       k.condeferrable AS is_deferrable, k.condeferred AS is_deferred,
       k.conislocal AS is_local, k.coninhcount > 0 AS is_inherited,
       coalesce(c.relkind = 'p', false) AND k.contype IN ('p', 'u', 'x') AS is_only
FROM pg_constraint k
LEFT JOIN pg_class i ON i.oid = k.conindid
LEFT JOIN pg_class c ON c.oid = k.conrelid
LEFT JOIN pg_description d ON d.objoid = k.oid AND d.classoid = k.tableoid
WHERE k.contype IN ('p', 'u', 'x', 'c', 'f') AND NOT (k.contype = 'f' AND k.conparentid <> 0)
  AND k.connamespace = ANY (:'schemas'::oid[])
