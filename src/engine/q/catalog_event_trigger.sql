SELECT t.tableoid AS class, t.oid, t.evtname AS name, pg_get_userbyid(t.evtowner) AS owner,
       d.description AS comment, t.evtevent AS event, t.evttags AS tags, t.evtenabled AS enabled,
       t.evtfoid::regproc::text AS function
FROM pg_event_trigger t
JOIN pg_proc p ON p.oid = t.evtfoid
LEFT JOIN pg_description d ON d.objoid = t.oid AND d.classoid = t.tableoid
WHERE :is_whole AND p.pronamespace = ANY (:'schemas'::oid[])
  AND NOT EXISTS (SELECT FROM pg_depend e
                  WHERE e.classid = t.tableoid AND e.objid = t.oid AND e.deptype = 'e')
