-- The parameters of a session that migrates, $1 = text[] of name, value, ...; a server that is too old for one
-- does without it. A role that is called like the state schema, $2, has the search_path $3.
SELECT pg_catalog.count(pg_catalog.set_config(p.key,
    CASE WHEN p.key = 'search_path' AND current_user = $2 THEN $3 ELSE p.value END, false)) AS how_many
FROM pg_catalog.jsonb_each_text(pg_catalog.jsonb_object($1::text[])) p
WHERE pg_catalog.current_setting(p.key, true) IS NOT NULL
