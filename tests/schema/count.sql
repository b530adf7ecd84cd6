-- How many rows each table of the cases' schemas has by itself, and how many values each of its columns: "r|case_001.t|a|1".
-- A partitioned one (p) has those of its partitions.
SELECT format('SELECT %L, %L, v.name, v.n FROM (SELECT count(*) AS all_rows%s FROM %s %s) c, LATERAL (VALUES (''*'', c.all_rows)%s) v (name, n)',
              c.relkind, c.oid::regclass, coalesce(string_agg(format(', count(%s) AS c%s', quote_ident(a.attname), a.attnum), '') FILTER (WHERE a.attnum > 0), ''),
              CASE c.relkind WHEN 'r' THEN 'ONLY' END, c.oid::regclass,
              coalesce(string_agg(format(', (%L, c.c%s)', a.attname, a.attnum), '') FILTER (WHERE a.attnum > 0), ''))
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname LIKE 'case\_%'
LEFT JOIN pg_attribute a ON c.relkind = 'r' AND a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
WHERE c.relkind IN ('r', 'p')
GROUP BY c.oid
\gexec
