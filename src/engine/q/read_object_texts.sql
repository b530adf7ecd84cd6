-- The recorded texts of some objects ($1).
SELECT identity, sql FROM :"state".object WHERE identity = ANY ($1::text[])
