-- Every revision that the state schema records: its checksums ('' = no such section), and what it stands on.
SELECT revision, up_checksum, coalesce(down_checksum, ''), down_revisions, depends_on FROM :"state".applied ORDER BY revision COLLATE "C"
