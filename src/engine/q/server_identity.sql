-- Which server this is and which of its histories: for the ledger.
SELECT s.system_identifier::text, c.timeline_id
FROM pg_control_system() s, pg_control_checkpoint() c
