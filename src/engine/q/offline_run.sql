-- What all ledger rows of an offline run share, as run_format has it for an online one. Who asks is whom
-- psql -v pgsluice_actor=NAME names, else the role that logged in; the host is the client's address, none over a
-- Unix socket. $1 plan digest, $2 the variable (":pgsluice_actor" when it is not set), $3 lock key, $4-$5 its halves,
-- $6 channel, $7 system identifier, $8 timeline ('' = not known), $9 reason or NULL.
SELECT ARRAY['plan_digest', $1, 'actor', coalesce(nullif($2, ':pgsluice_actor'), session_user::text),
    'host', pg_catalog.host(pg_catalog.inet_client_addr()), 'instance', 'offline',
    'backend_pid', pg_catalog.pg_backend_pid()::text, 'lock_key', $3, 'lock_class', $4, 'lock_object', $5,
    'channel', $6, 'system_identifier', nullif($7, ''), 'timeline', nullif($8, ''),
    'reason', $9]::text AS run
