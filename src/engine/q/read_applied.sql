-- Every revision that the state schema records, with the checksum of its up section.
SELECT revision, up_checksum FROM :"state".applied ORDER BY revision COLLATE "C"
