-- Moves the heads without running anything: what the new heads imply counts as applied, the rest does not.
-- $1 version table, $2 heads before, $3 heads after, $4 removed, $5 added, $6 run,
-- $7 revisions now applied, $8-$9 their checksums ('' = no such section), $10 their down sections ('' = none),
-- $11 the listing of the files when these are their heads, else null,
-- $12-$16 of those revisions: message, what they revise, what they depend on, labels (each an array literal), transactional.
WITH forgotten AS (
    DELETE FROM :"state".applied WHERE NOT revision = ANY ($7::text[])
), adopted AS (
    INSERT INTO :"state".applied (revision, up_checksum, down_checksum, down_sql, event, applied_at, role, actor, host, instance,
        message, down_revisions, depends_on, labels, is_transactional)
    SELECT f.revision, f.up_checksum, nullif(f.down_checksum, ''), nullif(f.down_sql, ''), 'stamp',
        clock_timestamp(), current_user, r.run->>'actor', r.run->>'host', r.run->>'instance',
        f.message, f.down_revisions::text[], f.depends_on::text[], f.labels::text[], f.is_transactional::boolean
    FROM unnest($7::text[], $8::text[], $9::text[], $10::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::text[])
            AS f (revision, up_checksum, down_checksum, down_sql, message, down_revisions, depends_on, labels, is_transactional),
        (SELECT pg_catalog.jsonb_object($6::text[]) AS run) AS r
    ON CONFLICT ON CONSTRAINT applied_pkey DO NOTHING
)
SELECT :"state".record_stamp($1::regclass, $2::text[], $3::text[], $4::text[], $5::text[], $11,
    pg_catalog.jsonb_object($6::text[]))
