-- From when to when a table that is cut by time has partitions: microseconds since 1970, NULL where there is
-- no end. A partition that is about to get an end (its constraint usage_logs_cut) ends there already.
--
-- $1  the table, as for regclass
SELECT CASE WHEN count(*) = count(lower) THEN (pg_catalog.date_part('epoch', min(lower)) * 1000000)::bigint END,
       CASE WHEN count(*) = count(upper) THEN (pg_catalog.date_part('epoch', max(upper)) * 1000000)::bigint END
  FROM (SELECT nullif(part.lower, '-infinity') AS lower,
               nullif(coalesce(part.cut, part.upper), 'infinity') AS upper
          FROM pg_catalog.pg_class parent
          JOIN pg_catalog.pg_inherits i ON i.inhparent = parent.oid
          JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
          LEFT JOIN pg_catalog.pg_constraint cut ON cut.conrelid = c.oid AND cut.conname = 'usage_logs_cut',
               LATERAL (SELECT pg_catalog.pg_get_expr(c.relpartbound, c.oid)) AS bound (text),
               LATERAL (SELECT pg_catalog.substring(bound.text, 'FROM \(''([^'']+)''\)')::timestamptz,
                               pg_catalog.substring(bound.text, 'TO \(''([^'']+)''\)')::timestamptz,
                               pg_catalog.substring(pg_catalog.pg_get_expr(cut.conbin, c.oid),
                                                    '< ''([^'']+)''')::timestamptz) AS part (lower, upper, cut)
         WHERE parent.oid = pg_catalog.to_regclass($1)
           AND parent.relkind = 'p'
           AND pg_catalog.pg_get_partkeydef(parent.oid) = 'RANGE (created_at)') AS spans
