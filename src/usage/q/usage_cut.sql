-- Where the partition that has no end can get one: behind all of its rows and all that may come soon.
--
-- :partition  its name, quoted
-- $1          hour, day, week or month
-- $2          microseconds that created_at may lie in the future
SELECT pg_catalog.quote_literal(
           (pg_catalog.date_trunc($1, greatest(pg_catalog.now() + $2::bigint * interval '1 microsecond',
                                               pg_catalog.max(created_at)) AT TIME ZONE 'UTC')
            + ('1 ' || $1)::interval) AT TIME ZONE 'UTC')
  FROM :partition
