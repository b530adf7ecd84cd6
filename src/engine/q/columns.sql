-- Which of the columns ($2) of relations ($1, quoted names) are there, in their order.
SELECT EXISTS (SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid = pg_catalog.to_regclass(w.relation)
    AND a.attname = w.name AND a.attnum > 0 AND NOT a.attisdropped) AS is_there
FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS w (relation, name, place)
ORDER BY w.place
