-- What Flyway has applied: of each version the last row tells. A baseline stands for all below it.
SELECT coalesce(array_agg(version::text) FILTER (WHERE success AND type <> 'BASELINE'
        AND type <> 'DELETE' AND type NOT LIKE 'UNDO%'), '{}') AS versions,
    max(version::text) FILTER (WHERE type = 'BASELINE') AS floor,
    coalesce(array_agg(version::text) FILTER (WHERE NOT success), '{}') AS troubled
FROM (SELECT DISTINCT ON (version) version, type, success
    FROM :"foreign_schema".:"foreign_table"
    WHERE version IS NOT NULL ORDER BY version, installed_rank DESC) AS last
