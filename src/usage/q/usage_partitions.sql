-- The partitions of a table that is cut by time, the newest first; their bounds as literals, NULL for
-- one that has no end there. One row of NULLs when there is none; no row when the table is not
-- partitioned by RANGE (created_at).
--
-- $1  the table, as for regclass
-- $2  microseconds after which a partition is too old; 0: never
SELECT part.name,
       pg_catalog.quote_literal(part.lower) AS lower,
       pg_catalog.quote_literal(part.upper) AS upper,
       $2::bigint > 0 AND part.upper <= pg_catalog.now() - $2::bigint * interval '1 microsecond'
           AS is_old,
       part.is_pending
  FROM pg_catalog.pg_class parent
  LEFT JOIN LATERAL (
           SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) AS name,
                  pg_catalog.substring(bound.text, 'FROM \(''([^'']+)''\)')::timestamptz AS lower,
                  pg_catalog.substring(bound.text, 'TO \(''([^'']+)''\)')::timestamptz AS upper,
                  coalesce((pg_catalog.to_jsonb(i) ->> 'inhdetachpending')::boolean, false)
                      AS is_pending
             FROM pg_catalog.pg_inherits i
             JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
             JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace,
                  LATERAL pg_catalog.pg_get_expr(c.relpartbound, c.oid) AS bound (text)
            WHERE i.inhparent = parent.oid) AS part ON true
 WHERE parent.oid = pg_catalog.to_regclass($1)
   AND parent.relkind = 'p'
   AND pg_catalog.pg_get_partkeydef(parent.oid) = 'RANGE (created_at)'
 ORDER BY part.upper DESC NULLS FIRST
