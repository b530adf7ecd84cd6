SELECT c.tableoid AS class, c.oid, n.nspname AS "schema", c.cfgname AS name,
       pg_get_userbyid(c.cfgowner) AS owner, d.description AS comment,
       format('%I.%I', pn.nspname, p.prsname) AS parser,
       ARRAY(SELECT format('%I WITH %s', t.alias,
                           string_agg(m.mapdict::regdictionary::text, ', ' ORDER BY m.mapseqno))
             FROM pg_ts_config_map m
             JOIN ts_token_type(c.cfgparser) t ON t.tokid = m.maptokentype
             WHERE m.mapcfg = c.oid
             GROUP BY t.tokid, t.alias ORDER BY t.tokid) AS mappings
FROM pg_ts_config c
JOIN pg_ts_parser p ON p.oid = c.cfgparser
JOIN pg_namespace pn ON pn.oid = p.prsnamespace
JOIN pg_namespace n ON n.oid = c.cfgnamespace
LEFT JOIN pg_description d ON d.objoid = c.oid AND d.classoid = c.tableoid
WHERE c.cfgnamespace = ANY (:'schemas'::oid[])
  AND NOT EXISTS (SELECT FROM pg_depend e
                  WHERE e.classid = c.tableoid AND e.objid = c.oid AND e.deptype = 'e')
