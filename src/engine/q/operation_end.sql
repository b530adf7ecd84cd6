-- An operation ends once; but who has run it knows better than whoever has guessed ($3).
UPDATE :"state".operation SET document = $2, finished_at = clock_timestamp()
WHERE id = $1::uuid AND (document IS NULL OR NOT $3::boolean)
