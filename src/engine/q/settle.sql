-- Remembers that the database is at the heads of these files. Losing this costs nothing: no flush.
WITH quick AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))
INSERT INTO :"state".settled (listing, heads) SELECT $1, $2::text[] FROM quick
ON CONFLICT ON CONSTRAINT settled_pkey DO UPDATE SET listing = EXCLUDED.listing, heads = EXCLUDED.heads
