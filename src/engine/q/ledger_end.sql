-- The ledger's last row, where a run begins: doubt.sql looks for what came after it.
SELECT l.id, encode(l.hash, 'hex') FROM :"state".ledger l ORDER BY l.id DESC LIMIT 1
