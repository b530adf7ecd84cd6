-- What a run finds after its connection broke. $1, $2: id and hash of the ledger's last row before the run (0 and
-- empty: there was none); $3: the revisions of the run. Only rows that moved heads tell of revisions.
SELECT (SELECT coalesce(array_agg(v.version_num::text ORDER BY v.version_num COLLATE "C"), '{}')
        FROM :"version_schema".:"version_table" v) AS heads,
    $1::bigint = 0 OR EXISTS (SELECT FROM :"state".ledger l
        WHERE l.id = $1::bigint AND encode(l.hash, 'hex') = $2) AS is_same_history,
    ARRAY(SELECT l.event || ' ' || coalesce(l.revision, '') FROM :"state".ledger l
        WHERE l.id > $1::bigint AND l.heads_before <> l.heads_after ORDER BY l.id) AS moves,
    ARRAY(SELECT coalesce(l.duration_us, 0)::text FROM :"state".ledger l
        WHERE l.id > $1::bigint AND l.heads_before <> l.heads_after ORDER BY l.id) AS durations,
    ARRAY(SELECT a.revision FROM :"state".applied a WHERE a.revision = ANY ($3::text[])) AS applied
