-- The partitions that are to be made: name (quoted), from, to, the oldest first.
--
-- $1  timestamptz: where the newest that there is ends
-- $2  hour, day, week or month
-- $3  microseconds that created_at may lie in the future
-- $4  how many periods to have after that
-- $5  the schema
WITH RECURSIVE aim (upper) AS (
    SELECT (pg_catalog.date_trunc($2, (pg_catalog.now() + $3::bigint * interval '1 microsecond')
                                      AT TIME ZONE 'UTC')
            + ($4::integer + 1) * ('1 ' || $2)::interval) AT TIME ZONE 'UTC'
), period (lower, upper) AS (
    SELECT NULL::timestamptz, $1::timestamptz
    UNION ALL
    SELECT period.upper,
           (pg_catalog.date_trunc($2, period.upper AT TIME ZONE 'UTC') + ('1 ' || $2)::interval)
               AT TIME ZONE 'UTC'
      FROM period, aim
     WHERE period.upper < aim.upper
)
SELECT pg_catalog.format('%I.%I', $5::text, 'usage_logs_' || pg_catalog.to_char(lower AT TIME ZONE 'UTC',
           CASE WHEN pg_catalog.date_trunc('day', lower AT TIME ZONE 'UTC')
                     = lower AT TIME ZONE 'UTC' THEN 'YYYYMMDD' ELSE 'YYYYMMDD"t"HH24MI' END)),
       pg_catalog.quote_literal(lower),
       pg_catalog.quote_literal(upper)
  FROM period
 WHERE lower IS NOT NULL
 ORDER BY lower
 LIMIT 1000
