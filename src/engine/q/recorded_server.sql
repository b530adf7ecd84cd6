-- The server that the ledger's last row with one was written on; no row when there is none. From the end, by
-- the key: it is nearly always the last row.
SELECT l.system_identifier FROM :"state".ledger l
WHERE l.system_identifier IS NOT NULL ORDER BY l.id DESC LIMIT 1
