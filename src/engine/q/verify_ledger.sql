-- Recomputes the chain of hashes: how many rows there are, the first row that does not fit and why, the last hash.
-- The list of columns is that of append_ledger in layout_1.sql; the time is rounded where that one casts, which an
-- infinite one would not survive.
WITH chain AS (
    SELECT l.id, l.hash, l.previous_hash, lag(l.id, 1, 0::bigint) OVER w AS id_before,
        lag(l.hash, 1, ''::bytea) OVER w AS hash_before,
        pg_catalog.sha256(l.previous_hash || pg_catalog.convert_to(pg_catalog.jsonb_build_array(l.id,
            pg_catalog.round(extract(epoch FROM l.at) * 1000000), l.event, l.revision, l.heads_before, l.heads_after,
            l.plan_digest, l.up_checksum, l.role, l.actor, l.peer, l.request_id, l.host, l.instance, l.reason, l.sqlstate, l.message,
            l.duration_us, l.system_identifier, l.timeline)::text, 'UTF8')) AS computed
    FROM :"state".ledger l WINDOW w AS (ORDER BY l.id)
), broken AS (
    SELECT id, CASE WHEN hash <> computed THEN 'changed' WHEN id <> id_before + 1 THEN 'missing'
        ELSE 'unlinked' END AS problem
    FROM chain WHERE hash <> computed OR id <> id_before + 1 OR previous_hash <> hash_before
    ORDER BY id LIMIT 1
)
SELECT (SELECT count(*) FROM chain), b.id, b.problem,
    (SELECT pg_catalog.encode(hash, 'hex') FROM chain ORDER BY id DESC LIMIT 1)
FROM (SELECT 1) AS one LEFT JOIN broken b ON true
