-- Where the partitions of a table begin that is cut by time: microseconds since 1970, without that of one
-- that has no beginning. No row when the table is not partitioned by RANGE (created_at).
--
-- $1  the table, as for regclass
SELECT (pg_catalog.date_part('epoch', part.lower) * 1000000)::bigint
  FROM pg_catalog.pg_class parent
  JOIN pg_catalog.pg_inherits i ON i.inhparent = parent.oid
  JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid,
       LATERAL (SELECT pg_catalog.substring(pg_catalog.pg_get_expr(c.relpartbound, c.oid),
                                            'FROM \(''([^'']+)''\)')::timestamptz) AS part (lower)
 WHERE parent.oid = pg_catalog.to_regclass($1)
   AND parent.relkind = 'p'
   AND pg_catalog.pg_get_partkeydef(parent.oid) = 'RANGE (created_at)'
   AND part.lower IS NOT NULL
