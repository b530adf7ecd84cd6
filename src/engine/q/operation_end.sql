-- An operation ends once.
UPDATE :"state".operation SET document = $2, finished_at = clock_timestamp() WHERE id = $1::uuid AND document IS NULL
