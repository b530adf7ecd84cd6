-- The revisions above those that the files know ($2): from the heads that they do not know ($1) downwards, with
-- what it takes to undo them. The walk ends at what the files have.
WITH RECURSIVE above AS (
    SELECT a.revision, a.down_revisions || a.depends_on AS parents FROM :"state".applied a WHERE a.revision = ANY ($1::text[])
    UNION
    SELECT a.revision, a.down_revisions || a.depends_on
    FROM above b, :"state".applied a WHERE a.revision = ANY (b.parents) AND NOT a.revision = ANY ($2::text[])
)
SELECT a.revision, a.up_checksum, a.down_checksum, a.down_sql, a.message, a.down_revisions, a.depends_on, a.labels,
    a.is_transactional
FROM :"state".applied a WHERE a.revision IN (SELECT b.revision FROM above b) ORDER BY a.revision COLLATE "C"
