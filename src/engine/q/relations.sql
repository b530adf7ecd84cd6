-- What the catalog knows of relations, by their quoted names ($1), in their order. Sizes and rows are the
-- statistics' estimates (-1: never analysed), with indexes and TOAST: asking for more would wait for locks.
SELECT c.oid IS NOT NULL AS is_there,
    CASE WHEN c.oid IS NOT NULL THEN pg_catalog.format('%I.%I', n.nspname, c.relname) END AS name,
    (SELECT sum(greatest(r.relpages, 0)::bigint) FROM pg_catalog.pg_class r WHERE r.oid IN (c.oid, c.reltoastrelid)
        OR r.oid IN (SELECT i.indexrelid FROM pg_catalog.pg_index i WHERE i.indrelid = c.oid))
        * pg_catalog.current_setting('block_size')::bigint AS bytes,
    c.reltuples::bigint AS rows, c.relkind
FROM unnest($1::text[]) WITH ORDINALITY AS w (name, place)
    LEFT JOIN pg_catalog.pg_class c ON c.oid = pg_catalog.to_regclass(w.name)
    LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
ORDER BY w.place
