-- What an offline script asks first: nothing has been changed, not even the session.
DO $pgsluice$
BEGIN
    IF pg_catalog.current_setting('pgsluice.transaction', true) = 'open' THEN
        RAISE EXCEPTION 'this script must not run inside a transaction'
            USING HINT = 'each revision commits by itself: run it without psql -1 (--single-transaction), and not after BEGIN';
    END IF;
    IF pg_catalog.pg_is_in_recovery() THEN
        RAISE EXCEPTION 'this server is a standby: it takes no changes, and its locks are its own'
            USING HINT = 'run the script on the primary';
    END IF;
END
$pgsluice$
