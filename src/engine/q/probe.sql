-- What the catalog says of the object of a statement that cannot run in a transaction. $1 says what to ask, $2 and
-- $3 name the object, as the statement does:
--   build index   the table, the bare name of the index
--   build unnamed index   the table, the indexes that it had before; NULL when asked before the statement
--   drop index    the index
--   detach        the parent, the partition
--   reindex       the table or the index
--   database, tablespace, subscription   the bare name
-- `state` is text to compare with what it was before the statement ('' = nothing can be asked). `object` and `part`
-- are the names, qualified where they exist, so that they mean the same under any search_path. `leftovers` are the
-- invalid indexes that such a statement leaves when it is cut off.
WITH named AS (
    SELECT c.oid, c.relname, n.nspname, c.relnamespace, c.relkind
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE $1::text IN ('build index', 'build unnamed index', 'drop index', 'detach', 'reindex') AND c.oid = pg_catalog.to_regclass($2::text)
), partition AS (
    SELECT c.oid, c.relname, n.nspname
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE $1::text = 'detach' AND c.oid = pg_catalog.to_regclass($3::text)
), built AS (
    SELECT i.indexrelid, i.indisvalid, n.nspname, c.relname
    FROM named n JOIN pg_catalog.pg_class c ON c.relnamespace = n.relnamespace
        JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid
    WHERE CASE $1::text WHEN 'build index' THEN c.relname = $3::text AND i.indrelid = n.oid
        WHEN 'build unnamed index' THEN i.indrelid = n.oid AND c.oid <> ALL (
            (CASE $1::text WHEN 'build unnamed index' THEN $3::text END)::oid[])
        WHEN 'drop index' THEN c.oid = n.oid
        WHEN 'reindex' THEN NOT i.indisvalid AND c.relname ~ '_cc(new|old)[0-9]*$' AND i.indrelid = CASE
            WHEN n.relkind IN ('i', 'I') THEN (SELECT x.indrelid FROM pg_catalog.pg_index x WHERE x.indexrelid = n.oid)
            ELSE n.oid END
        ELSE false END
)
SELECT CASE $1::text
        WHEN 'reindex' THEN ''
        WHEN 'detach' THEN coalesce((SELECT CASE WHEN h.inhdetachpending THEN 'pending' ELSE 'attached' END
            FROM pg_catalog.pg_inherits h, named n, partition p WHERE h.inhrelid = p.oid AND h.inhparent = n.oid), 'absent')
        WHEN 'database' THEN coalesce((SELECT 'there ' || d.oid || ' ' || d.dattablespace
            FROM pg_catalog.pg_database d WHERE d.datname = $2::text), 'absent')
        WHEN 'tablespace' THEN coalesce((SELECT 'there ' || t.oid
            FROM pg_catalog.pg_tablespace t WHERE t.spcname = $2::text), 'absent')
        WHEN 'subscription' THEN coalesce((SELECT 'there ' || s.oid FROM pg_catalog.pg_subscription s
            JOIN pg_catalog.pg_database d ON d.oid = s.subdbid
            WHERE s.subname = $2::text AND d.datname = pg_catalog.current_database()), 'absent')
        WHEN 'build unnamed index' THEN CASE (SELECT count(*) FROM built) WHEN 0 THEN 'absent'
            WHEN 1 THEN (SELECT CASE WHEN b.indisvalid THEN 'valid ' ELSE 'invalid ' END || b.indexrelid FROM built b)
            ELSE 'several' END
        ELSE coalesce((SELECT CASE WHEN b.indisvalid THEN 'valid ' ELSE 'invalid ' END || b.indexrelid FROM built b), 'absent')
        END AS state,
    coalesce((SELECT pg_catalog.format('%I.%I', n.nspname, n.relname) FROM named n), $2::text, '') AS object,
    coalesce((SELECT pg_catalog.format('%I.%I', p.nspname, p.relname) FROM partition p), $3::text,
        CASE $1::text WHEN 'build unnamed index' THEN (SELECT coalesce(pg_catalog.array_agg(i.indexrelid), '{}')::text
            FROM named n JOIN pg_catalog.pg_index i ON i.indrelid = n.oid) END, '') AS part,
    coalesce((SELECT pg_catalog.array_agg(pg_catalog.format('%I.%I', b.nspname, b.relname)) FROM built b
        WHERE NOT b.indisvalid), '{}') AS leftovers
