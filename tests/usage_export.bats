# Readings of usage logs that take long, or meet somebody who leaves, is slow, or is away: nobody else is
# kept waiting, nothing goes on for nobody, and what is not all is not taken for it.
# timeout: 180 s
# shellcheck disable=SC2154,SC2016 # variables are common.bash's, conditions are evaluated there
load lib/common
load lib/daemon
load lib/pooler
load lib/usage

setup() {
    common_setup
    create_database
}

teardown() {
    stop_pooler
    common_teardown
}

@test "an export of any length takes no memory, and a slow client keeps nobody waiting" {
    # Without it, memory that is free again is kept for a while.
    ASAN_OPTIONS=${ASAN_OPTIONS:-}:quarantine_size_mb=1 serve
    sql "ALTER TABLE usage_logs DISABLE TRIGGER USER;
         INSERT INTO usage_logs (action_type, endpoint, file_size, created_at)
         SELECT 'upload', '/bulk', n, now() - n * interval '1 millisecond' FROM generate_series(1, 200000) AS n"
    sql 'ANALYZE usage_logs'
    [ "$(ask '?limit=1000' -H 'Accept: application/x-ndjson')" = 200 ]
    before=$(kib_of VmRSS)
    [ "$(curl -s -m 60 -o all -w '%{http_code}' -H 'Accept: application/x-ndjson' "$base")" = 200 ]
    [ "$(wc -l <all)" = 200000 ]
    [ "$(tail -1 all | jq .file_size)" = 200000 ]
    [ "$(kib_of VmRSS)" -lt $((before + 8192)) ]

    # Two clients that read nothing: they hold all connections that exports may have, at a standstill.
    for n in 1 2; do
        coproc_fifo=slow.$n
        mkfifo "$coproc_fifo"
        curl -sN -m 60 -H 'Accept: text/csv' "$base" >"$coproc_fifo" 2>/dev/null 3>&- 4>&- &
        slow+=($!)
    done
    exec 5<slow.1 6<slow.2
    wait_for '[ "$(readers "state = '\''active'\'' AND wait_event = '\''ClientWrite'\''")" = 2 ]'
    [ "$(ask '?limit=3')" = 200 ]
    [ "$(answer length)" = 3 ]
    [ "$(kib_of VmRSS)" -lt $((before + 8192)) ]
    # A third waits for its turn, until the first is read.
    curl -s -m 60 -o third -H 'Accept: text/csv' "$base?limit=10" 3>&- 4>&- 5<&- 6<&- &
    third=$!
    wait_for '[ "$(http_body /metrics admin | sed -n "s/^pgsluice_usage_log_reader_waiting //p")" = 1 ]'
    [ "$(wc -l <&5)" = 200001 ]
    wait "$third"
    [ "$(wc -l <third)" = 11 ]
    [ "$(wc -l <&6)" = 200001 ]
    exec 5<&- 6<&-
    wait "${slow[@]}"
    http_body /metrics admin >metrics
    [ "$(sed -n 's/^pgsluice_usage_log_reads_total{kind="export",outcome="answered"} //p' metrics)" = 5 ]
    grep -q '^pgsluice_usage_log_read_duration_seconds_count{kind="list"} 1$' metrics
    stop_daemon
}

@test "no export over HTTP/1.0, where a broken one would look complete" {
    serve
    rows 3
    for accept in application/x-ndjson text/csv; do
        [ "$(curl -s -0 -m 10 -D fields -o refused -w '%{http_code}' -H "Accept: $accept" "$base")" = 426 ]
        [ "$(jq -r .type refused)" = urn:pgsluice:problem:http-version ]
        grep -qi '^upgrade: HTTP/1.1' fields
    done
    [ "$(curl -s -0 -m 10 "$base" | jq length)" = 3 ]
    [ "$(curl -s -m 10 -H 'Accept: application/x-ndjson' "$base" | wc -l)" = 3 ]
}

@test "a client that leaves takes its statement along" {
    serve
    rows 10
    # Every row takes its time; the plain list and the export alike.
    sql "ALTER TABLE usage_logs ADD COLUMN nothing text;
         CREATE FUNCTION slow(text) RETURNS boolean LANGUAGE plpgsql COST 1 AS
             'BEGIN PERFORM pg_sleep(30); RETURN true; END';
         ALTER TABLE usage_logs ENABLE ROW LEVEL SECURITY;
         ALTER TABLE usage_logs FORCE ROW LEVEL SECURITY;
         CREATE POLICY slow ON usage_logs FOR SELECT USING (slow(endpoint));
         CREATE ROLE slow_$BATS_TEST_NUMBER LOGIN;
         GRANT SELECT, INSERT ON usage_logs TO slow_$BATS_TEST_NUMBER"
    stop_daemon
    database_wanted="runtime_url = \"$(url_of "$database" | sed -E "s#(//|user=)postgres#\1slow_$BATS_TEST_NUMBER#")\";" serve 'read_timeout = "20s";'
    for accept in application/json application/x-ndjson; do
        curl -s -m 20 -o gone -H "Accept: $accept" "$base" 3>&- 4>&- &
        client=$!
        wait_for '[ "$(readers "wait_event = '\''PgSleep'\''")" = 1 ]' || { cat gone; false; }
        pid=$(sql "SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()")
        kill "$client"
        wait "$client" || :
        wait_for '[ "$(readers "wait_event = '\''PgSleep'\''")" = 0 ]'
        # The connection is used again.
        [ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE pid = $pid")" = 1 ]
    done
    stop_daemon

    # The same when it is the time that has run out; and then the next one is answered.
    database_wanted="runtime_url = \"$(url_of "$database" | sed -E "s#(//|user=)postgres#\1slow_$BATS_TEST_NUMBER#")\";" \
        serve 'read_timeout = "300ms"; readers = 2;'
    [ "$(ask '')" = 504 ]
    [ "$(answer .type)" = urn:pgsluice:problem:usage-log-timeout ]
    wait_for '[ "$(readers "wait_event = '\''PgSleep'\''")" = 0 ]'
    sql "DROP POLICY slow ON usage_logs; ALTER TABLE usage_logs DISABLE ROW LEVEL SECURITY"
    [ "$(ask '')" = 200 ]
    [ "$(answer length)" = 10 ]
    stop_daemon
    sql "DROP OWNED BY slow_$BATS_TEST_NUMBER; DROP ROLE slow_$BATS_TEST_NUMBER"
}

@test "too many that wait are turned away, a break shows, and a database that is away is said" {
    serve 'readers = 2; read_queue = 1; read_timeout = "15s";'
    big_rows 1000
    psql -XAtq -d "$url" -c 'BEGIN; LOCK TABLE usage_logs; SELECT 1' -c 'SELECT pg_sleep(100)' >/dev/null 2>&1 3>&- 4>&- &
    holder=$!
    wait_for '[ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE wait_event = '\''PgSleep'\'' AND datname = current_database()")" = 1 ]'
    for n in 1 2 3; do
        curl -s -m 20 -o "held.$n" -w '%{http_code}' "$base?limit=$n" >"code.$n" 3>&- 4>&- &
        held+=($!)
        wait_for '[ "$(http_body /metrics admin | awk "/^pgsluice_usage_log_reader_(busy|waiting) /{ n += \$2 } END { print n }")" = '"$n"' ]'
    done
    [ "$(ask '')" = 503 ]
    grep -qi '^retry-after: 1' head
    [ "$(answer .type)" = urn:pgsluice:problem:usage-log-busy ]
    sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()" >/dev/null
    wait "$holder" || :
    wait "${held[@]}"
    [ "$(cat code.?)" = 200200200 ] || { cat code.? held.?; false; }
    [ "$(jq length held.3)" = 3 ]

    # The server process dies in the middle of an export: the client is not told that this was all.
    mkfifo slow
    curl -sN -m 20 -o slow -w '%{exitcode}' -H 'Accept: application/x-ndjson' "$base" >code 3>&- 4>&- &
    client=$!
    exec 5<slow
    wait_for '[ "$(readers "wait_event = '\''ClientWrite'\''")" = 1 ]'
    sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'ClientWrite' AND datname = current_database()" >/dev/null
    [ "$(wc -l <&5)" -lt 1000 ]
    exec 5<&-
    wait "$client" || :
    [[ $(<code) == @(18|56) ]] # cut off, or reset
    wait_for "logged 'The usage log cannot be read: .*broke'"
    # The next ones get a connection.
    wait_for '[ "$(ask "?limit=1")" = 200 ]'

    # A role that may not read, in the end.
    sql "ALTER TABLE usage_logs RENAME COLUMN file_type TO type_of_file"
    [ "$(ask '')" = 500 ] || [ "$(ask '')" = 404 ]
    sql "ALTER TABLE usage_logs RENAME COLUMN type_of_file TO file_type"
    wait_for '[ "$(ask "?limit=1")" = 200 ]'
    stop_daemon
}

@test "the ceiling of an export cuts it visibly, and scopes are asked for" {
    serve 'export_rows = 100;'
    rows 101
    run -18 curl -sS -m 20 -o all -H 'Accept: application/x-ndjson' "$base"
    [ "$(wc -l <all)" = 100 ]
    run -0 curl -sS -m 20 -o all -H 'Accept: application/x-ndjson' "$base?limit=100"
    [ "$(wc -l <all)" = 100 ]
    [ "$(ask '?limit=101' -H 'Accept: application/x-ndjson')" = 422 ]
    sql "DELETE FROM usage_logs WHERE file_size = 0"
    run -0 curl -sS -m 20 -o all -H 'Accept: application/x-ndjson' "$base"
    [ "$(wc -l <all)" = 100 ]
    stop_daemon

    traffic='tokens_required = true;' serve
    for path in '' /stats /99999999-9999-4999-8999-999999999999; do
        [ "$(ask "$path")" = 401 ]
    done
    stop_daemon
    sed -i "s|admin:   {|admin: { tokens = ( { name = \"w\"; sha256 = \"$(token_hash write)\"; scopes = [ \"usage:write\" ]; }, { name = \"r\"; sha256 = \"$(token_hash read)\"; scopes = [ \"usage:read\" ]; } );|" daemon.conf
    start_daemon
    wait_until_ready
    find_base
    [ "$(ask '' -H 'Authorization: Bearer write')" = 403 ]
    [ "$(ask '' -H 'Authorization: Bearer read')" = 200 ]
    [ "$(ask '/stats' -H 'Authorization: Bearer read')" = 200 ]
    stop_daemon
}

@test "a service that stops waits for no slow reader, and does not pretend that it has told all" {
    serve
    big_rows 1000
    mkfifo slow
    curl -sN -m 20 -o slow -w '%{exitcode}' -H 'Accept: text/csv' "$base" >code 3>&- 4>&- &
    client=$!
    exec 5<slow
    wait_for '[ "$(readers "wait_event = '\''ClientWrite'\''")" = 1 ]'
    stop_daemon
    [ "$(readers true)" = 0 ]
    [ "$(wc -l <&5)" -lt 1001 ]
    exec 5<&-
    wait "$client" || :
    [ "$(<code)" = 18 ]
}

@test "a reader that takes nothing for too long is cut off, and a busy one is not" {
    request_timeout=1s serve
    big_rows 1000
    mkfifo slow
    curl -sN -m 20 -o slow -w '%{exitcode}' -H 'Accept: text/csv' "$base" >code 3>&- 4>&- &
    client=$!
    exec 5<slow
    wait_for '[ "$(readers "wait_event = '\''ClientWrite'\''")" = 1 ]'
    wait_for '[ "$(readers "state = '\''active'\''")" = 0 ]'
    cat <&5 >/dev/null
    exec 5<&-
    wait "$client" || :
    [ "$(<code)" = 18 ]
    [ "$(ask '' -H 'Accept: text/csv')" = 200 ]
    [ "$(wc -l <answer)" = 1001 ]
    stop_daemon
}

@test "behind a pooler nothing is prepared, and everything is read the same" {
    start_pooler transaction
    database_wanted="runtime_url = \"$pooled_url\";" serve 'read_timeout = "1s";'
    rows 100
    for _ in 1 2 3 4 5; do
        [ "$(ask '?limit=100')" = 200 ]
        [ "$(answer length)" = 100 ]
        [ "$(ask '' -H 'Accept: application/x-ndjson')" = 200 ]
        [ "$(wc -l <answer)" = 100 ]
        [ "$(ask '/stats?group_by=success')" = 200 ]
    done
    psql -XAtq -d "$url" -c 'BEGIN; LOCK TABLE usage_logs; SELECT 1' -c 'SELECT pg_sleep(100)' >/dev/null 2>&1 3>&- 4>&- &
    holder=$!
    wait_for '[ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE wait_event = '\''PgSleep'\'' AND datname = current_database()")" = 1 ]'
    [ "$(ask '')" = 504 ]
    wait_for '[ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = '\''Lock'\'' AND datname = current_database()")" = 0 ]'
    sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()" >/dev/null
    wait "$holder" || :
    wait_for '[ "$(ask "?limit=3")" = 200 ]'
    stop_daemon
}
