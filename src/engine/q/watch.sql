-- What the server process :pid is doing, how far it has come, and who stands in its way: a row for each of
-- those, or one row without. It is looked at up to :samples times, 5 ms apart, until somebody blocks it: a try
-- that waits for a lock for only 10 ms is met that way. (pg_blocking_pids stops the lock manager for a moment,
-- so nobody may ask it without a pause.) A prepared transaction blocks as process 0.
WITH blocking AS MATERIALIZED (
    SELECT look.pids
    FROM pg_catalog.generate_series(1, :samples) AS number,
        LATERAL (SELECT pg_catalog.pg_sleep(CASE WHEN number > 1 THEN 0.005 ELSE 0 END),
                     pg_catalog.pg_blocking_pids(:pid) AS pids) AS look
    WHERE pg_catalog.cardinality(look.pids) > 0
    LIMIT 1
), blockers AS MATERIALIZED (
    SELECT DISTINCT pg_catalog.unnest(pids) AS pid FROM blocking ORDER BY 1 LIMIT 8
), progress AS (
    SELECT command, phase,
        CASE WHEN phase LIKE 'waiting for %' THEN lockers_done
             WHEN phase LIKE '%: loading tuples%' THEN tuples_done ELSE blocks_done END AS done,
        CASE WHEN phase LIKE 'waiting for %' THEN lockers_total
             WHEN phase LIKE '%: loading tuples%' THEN tuples_total ELSE blocks_total END AS total
    FROM pg_catalog.pg_stat_progress_create_index WHERE pid = :pid
    UNION ALL
    SELECT command, phase, heap_blks_scanned, heap_blks_total
    FROM pg_catalog.pg_stat_progress_cluster WHERE pid = :pid
    UNION ALL
    SELECT 'VACUUM', phase, heap_blks_scanned, heap_blks_total
    FROM pg_catalog.pg_stat_progress_vacuum WHERE pid = :pid
    UNION ALL
    SELECT command, NULL, bytes_processed, bytes_total
    FROM pg_catalog.pg_stat_progress_copy WHERE pid = :pid
)
SELECT own.state, own.query,
    (extract(epoch FROM pg_catalog.clock_timestamp() - own.query_start) * 1000000)::bigint AS age,
    own.wait_event_type, own.wait_event, p.command, p.phase, p.done, p.total,
    b.pid, other.application_name, other.usename, other.state,
    (extract(epoch FROM pg_catalog.clock_timestamp() - other.query_start) * 1000000)::bigint AS query_age,
    to_char(other.query_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS query_start,
    other.query,
    (SELECT min(l.virtualtransaction) FROM pg_catalog.pg_locks l WHERE l.pid = b.pid) AS transaction,
    -- The server cancels it for a wait that is longer than deadlock_timeout.
    other.backend_type = 'autovacuum worker' AND other.query NOT LIKE '%(to prevent wraparound)' AS gives_way
FROM (SELECT 1) AS one
    LEFT JOIN pg_catalog.pg_stat_activity own ON own.pid = :pid
    LEFT JOIN (SELECT * FROM progress LIMIT 1) AS p ON true
    LEFT JOIN blockers b ON true
    LEFT JOIN pg_catalog.pg_stat_activity other ON other.pid = b.pid AND b.pid <> 0
