-- What the database is called from its first change on.
INSERT INTO :"state".environment (name) VALUES (:'environment') ON CONFLICT DO NOTHING
