-- Writes down where a segment of a revision stands; see record_segment in layout_1.sql. What probe.sql has said
-- ('' = nothing) comes apart: $2 object, $3 part, $4 state.
SELECT :"state".record_segment(pg_catalog.jsonb_object($1::text[] || ARRAY['object', $2, 'part', $3, 'before', $4]),
    pg_catalog.jsonb_object($5::text[]))
