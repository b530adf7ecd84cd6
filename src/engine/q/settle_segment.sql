-- Closes the row of a statement that was in doubt: $1 revision, $2 its number, $3 whether it is done. One that is not
-- has no row any more: it begins anew.
WITH done AS (
    UPDATE :"state".journal SET finished_at = clock_timestamp(), sqlstate = NULL
    WHERE revision = $1 AND first_statement = $2::integer AND $3::boolean
)
DELETE FROM :"state".journal WHERE revision = $1 AND first_statement = $2::integer AND NOT $3::boolean
