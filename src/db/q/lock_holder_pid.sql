-- Which process holds the advisory lock whose key has these two halves; $1 and $2 as oids.
SELECT l.pid
  FROM pg_catalog.pg_locks l
 WHERE l.locktype = 'advisory'
   AND l.granted
   AND l.classid = $1::oid
   AND l.objid = $2::oid
   AND l.objsubid = 1
   AND l.database = (SELECT d.oid
                       FROM pg_catalog.pg_database d
                      WHERE d.datname = pg_catalog.current_database())
 LIMIT 1;
