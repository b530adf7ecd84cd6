-- Whether a time lies behind the newest partition of a table that is cut by time: where the next one will be.
-- A partition that is about to get an end (its constraint usage_logs_cut) ends there already.
--
-- $1  the table, as for regclass
-- $2  microseconds since 1970
SELECT coalesce(pg_catalog.bool_and(coalesce(
           (pg_catalog.date_part('epoch', coalesce(part.cut, part.upper)) * 1000000)::bigint <= $2::bigint,
           false)), false)
  FROM pg_catalog.pg_class parent
  JOIN pg_catalog.pg_inherits i ON i.inhparent = parent.oid
  JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
  LEFT JOIN pg_catalog.pg_constraint cut ON cut.conrelid = c.oid AND cut.conname = 'usage_logs_cut',
       LATERAL (SELECT pg_catalog.substring(pg_catalog.pg_get_expr(c.relpartbound, c.oid),
                                            'TO \(''([^'']+)''\)')::timestamptz,
                       pg_catalog.substring(pg_catalog.pg_get_expr(cut.conbin, c.oid),
                                            '< ''([^'']+)''')::timestamptz) AS part (upper, cut)
 WHERE parent.oid = pg_catalog.to_regclass($1)
   AND parent.relkind = 'p'
   AND pg_catalog.pg_get_partkeydef(parent.oid) = 'RANGE (created_at)'
