-- The parameters of a session that migrates, $1 = text[] of name, value, ...; a server that is too old for one
-- does without it.
SELECT pg_catalog.count(pg_catalog.set_config(p.key, p.value, false)) AS how_many
FROM pg_catalog.jsonb_each_text(pg_catalog.jsonb_object($1::text[])) p
WHERE pg_catalog.current_setting(p.key, true) IS NOT NULL
