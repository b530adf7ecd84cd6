-- What golang-migrate has applied: its one row is the last version, and whether that one failed half-way.
SELECT coalesce(array_agg(version::text), '{}') AS versions, max(version)::text AS floor,
    coalesce(array_agg(version::text) FILTER (WHERE dirty), '{}') AS troubled
FROM :"foreign_schema".:"foreign_table"
