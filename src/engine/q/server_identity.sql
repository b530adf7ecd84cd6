-- Which server this is and which of its histories: for the ledger. The timeline is that of the log being written:
-- the control file tells of a failover only after the next checkpoint.
SELECT s.system_identifier::text,
    ('x' || pg_catalog.left(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_insert_lsn()), 8))::bit(32)::integer AS timeline_id
FROM pg_catalog.pg_control_system() s
