-- Every schema that is not the server's own; which of them are managed is decided by their names.
SELECT oid, nspname FROM pg_namespace
WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
ORDER BY oid
