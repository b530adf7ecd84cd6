# Usage logs over HTTP, against the real daemon and a real server: what is acknowledged is in the
# table, once, and what is not valid is named.
# timeout: 300 s
load lib/common
load lib/daemon

setup() {
    common_setup
    create_database
}

# The server of a test's own, if it has one.
teardown() {
    [ -z "${here:-}" ] || pgsluice cluster stop "$here" >/dev/null 2>&1 || :
    common_teardown
}

# serve [LINE...]: the daemon on the shipped migrations, open; more lines in the section usage_log.
serve() {
    write_config daemon <<CONF
database:    { migration_url = "$url"; };
migrations:  { directory = "${migrations_wanted:-$top_srcdir/migrations}"; };
environment: { controlled = true; };
gate:        { poll_interval = "100ms"; };
http:        { body_max = "2MiB";
               traffic: { listen = [ "127.0.0.1:0" ]; ${traffic:-} };
               admin:   { listen = [ "127.0.0.1:0" ]; }; };
usage_log:   { $(printf '%s\n' "$@") };
CONF
    start_daemon
    wait_until_ready
    base=http://$(daemon_address traffic)/v1/usage-logs
}

# post BODY [CURL-OPTION...]: the status; the answer is in the files "answer" and "head".
post() {
    local body=$1

    shift
    printf %s "$body" | curl -s -m 20 -o answer -D head -w '%{http_code}' --data-binary @- \
        -H "Content-Type: ${type:-application/json}" "$@" "$base" || :
}

# stream FILE [CURL-OPTION...]: the status of its lines as they are read; "-" is standard input.
stream() {
    local file=$1

    shift
    curl -s -m 60 -o answer -D head -w '%{http_code}' -T "$file" -X POST -H 'Expect:' \
        -H 'Content-Type: application/x-ndjson' "$@" "$base" || :
}

# read_bytes PID: how many the process has read.
read_bytes() {
    awk '$1 == "rchar:" { print $2 }' "/proc/$1/io"
}

# is_still PID: it has read what there is to read for now, three looks in a row.
is_still() {
    local now

    now=$(read_bytes "$1")
    [ "$now" = "${last_read:-}" ] && still=$((still + 1)) || still=0
    last_read=$now
    [ "$now" -gt 500000 ] && [ "$still" -ge 3 ]
}

# sample NAME{LABELS}: its value now.
sample() {
    http_body /metrics admin | awk -v name="$1" '$1 == name { print $2 }'
}

# readme LANGUAGE NUMBER: a fence of README.md's section on the usage log, for the daemon of this test.
readme() {
    awk -v "fence=\`\`\`$1" -v wanted="$2" '
        /^## / { is_here = $0 == "## The usage log" }
        /^```/ { count += is_here && $0 == fence; is_inside = is_here && $0 == fence && count == wanted; next }
        is_inside' "$top_srcdir/README.md" | sed "s/127.0.0.1:8080/$(daemon_address traffic)/"
}

# answer FILTER: what jq finds in it.
answer() {
    jq -r "$1" <answer
}

count_rows() {
    sql 'SELECT count(*) FROM usage_logs'
}

@test "one object is stored as it is told, and answered with its place" {
    serve
    [ "$(post '{"action_type": "convert", "endpoint": "/a", "ip_address": "2001:db8::7", "success": false,
        "error_message": "no \"room\"\n", "processing_time_ms": 42.5, "file_name": "ü/\\.pdf",
        "file_size": 9223372036854775807, "file_type": "pdf", "created_at": "'"$(date -u +%FT%T.123456Z)"'"}')" = 201 ]
    id=$(answer .id)
    grep -qi "^location: /v1/usage-logs/$id" head
    [ "$(sql "SELECT id, action_type, endpoint, ip_address, success, error_message = E'no \"room\"\n',
                     processing_time_ms, file_name, file_size, file_type FROM usage_logs")" = \
        "$id|convert|/a|2001:db8::7|f|t|42.5|ü/\\.pdf|9223372036854775807|pdf" ]
    [ "$(sql "SELECT to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') FROM usage_logs")" = \
        "$(answer .created_at)" ]
    [ "$(answer .processing_time_ms)" = 42.5 ]
    [ "${id:14:1}" = 7 ]

    [ "$(post '{"action_type": "upload", "endpoint": "/b"}' -H 'Prefer: respond-async, Return=Minimal; x')" = 201 ]
    [ ! -s answer ]
    [ "$(sql "SELECT ip_address, success, error_message IS NULL FROM usage_logs WHERE endpoint = '/b'")" = '127.0.0.1|t|t' ]

    curl -s -m 5 -o answer -w '%{http_code}' -H 'Content-Type: application/json' "$base?durability=async" \
        -d '{"action_type": "upload", "endpoint": "/c"}' >code
    [ "$(<code)" = 202 ]
    wait_for '[ "$(sql "SELECT id FROM usage_logs WHERE endpoint = '\''/c'\''")" = "$(answer .id)" ]'
    curl -s -m 5 -o answer -w '%{http_code}' -H 'Content-Type: application/json' "$base?durability=maybe" -d '{}' >code
    [ "$(<code)" = 400 ]
    stop_daemon
    logged 'Usage log: action types upload, download, convert, delete'
}

@test "what is not valid is named, all of it, and stores nothing" {
    serve
    [ "$(post '{"id": "x", "action_type": "print", "endpoint": "", "ip_address": "fe80::1%eth0",
        "success": 1, "error_message": "a\u0000b", "processing_time_ms": -1, "file_size": -1,
        "file_type": 7, "created_at": "2026-02-30T00:00:00Z", "fiel": 1}')" = 422 ]
    [ "$(answer '[.errors[].pointer] | sort | join(" ")')" = \
        '/action_type /created_at /endpoint /error_message /fiel /file_size /file_type /id /ip_address /processing_time_ms /success' ]
    [[ $(answer '.errors[] | select(.pointer == "/action_type") | .detail') == *'upload, download, convert, delete'* ]]
    for body in '' ' ' nul '{' '[]' '[1' '"text"' '{"action_type": "upload", "action_type": "upload", "endpoint": "/"}' \
        '{"action_type": "upload", "endpoint": "\ud800"}' $'{"action_type": "upload", "endpoint": "\xff"}' \
        '{"action_type": "upload", "endpoint": "/", "file_size": 9223372036854775808}' \
        '{"action_type": "upload", "endpoint": "/", "processing_time_ms": NaN}' \
        '{"action_type": "upload", "endpoint": "/", "processing_time_ms": 1e999}' \
        '{"action_type": "upload", "endpoint": "/", "created_at": "1999-01-01T00:00:00Z"}' \
        '{"action_type": "upload", "endpoint": "/", "created_at": "2199-01-01T00:00:00Z"}' \
        '{"action_type": "upload", "endpoint": "/", "created_at": "2026-11-22T10:00:00"}' \
        '{"action_type": "upload", "endpoint": "/", "id": "01a20000-0000-7000-8000-000000000000", "created_at": "2026-11-22T10:00:00Z"}' \
        "$(printf '[%.0s' {1..5000})" "{\"action_type\": \"upload\", \"endpoint\": \"$(head -c 3000 /dev/zero | tr '\0' a)\"}"; do
        [ "$(post "$body")" = 422 ] || { echo "$body" | head -c 200; cat answer; false; }
        [ "$(answer '.errors | length > 0')" = true ]
    done
    for type in text/plain application/jsonx 'multipart/form-data; application/json'; do
        [ "$(post '{}')" = 415 ]
    done
    type=application/json
    [ "$(post '{"action_type": "upload", "endpoint": "/"}' -H 'Content-Encoding: gzip')" = 415 ]
    grep -qi '^accept-encoding: identity' head
    for query in 'durabilty=async' 'durability=commit&durability=async' 'durability=commit&x'; do
        [ "$(base="$base?$query" post '{"action_type": "upload", "endpoint": "/"}')" = 400 ]
    done
    type=
    curl -s -m 5 -o answer -w '%{http_code}' -X POST "$base" >code
    [ "$(<code)" = 415 ]
    [ "$(count_rows)" = 0 ]
    [ "$(post "$(head -c 2200000 /dev/zero | tr '\0' ' ')")" = 413 ]
    stop_daemon
}

@test "of many, each has its own result, and a poisoned one fails alone" {
    serve 'batch_max = 100;'
    sql "ALTER TABLE usage_logs ADD CONSTRAINT no_poison CHECK (endpoint <> '/poison')"
    [ "$(post '[{"action_type": "upload", "endpoint": "/1"}, {"action_type": "upload", "endpoint": "/2"}]')" = 201 ]
    [ "$(answer '[.results[].id] | unique | length')" = 2 ]

    # What JSON's readers stumble over is one element's fault, and the next ones are read.
    [ "$(post '[{"action_type": "upload", "endpoint": "/3", "processing_time_ms": NaN},
        {"action_type": "upload", "endpoint": "\ud800"}, {"action_type": "upload", "endpoint": "/3", "file_size": 9223372036854775808},
        {"action_type": "upload", "endpoint": "/3"}]')" = 207 ]
    [ "$(answer '[.results[] | .status, .errors[0].pointer] | join(" ")')" = '422 /0 422 /1 422 /2/file_size 201 ' ]

    # A thousand times the same nonsense is no answer of a thousand times its length.
    jq -nc '[range(9999) | {a: 1, b: 1, c: 1, d: 1, e: 1, f: 1, g: 1}]' >nonsense.json
    [ "$(curl -s -m 30 -o answer -w '%{http_code}' -H 'Content-Type: application/json' --data-binary @nonsense.json "$base")" = 207 ]
    [ "$(wc -c <answer)" -lt 3500000 ]

    # Ten thousand in a hundred statements; one is not valid, one is not taken by the database.
    jq -nc '[range(10000) | {action_type: "upload", endpoint: "/many"}]
            | .[17].endpoint = "/poison" | .[9998].file_size = -1' >many.json
    [ "$(curl -s -m 30 -o answer -w '%{http_code}' -H 'Content-Type: application/json' --data-binary @many.json "$base")" = 207 ]
    [ "$(answer '"\(.stored) \(.repeated) \(.refused) \(.lost)"')" = '9998 0 2 0' ]
    [ "$(answer '[.results[] | select(.status != 201) | .index] | join(" ")')" = '17 9998' ]
    [[ $(answer '.results[17].errors[0].detail') == *no_poison* ]]
    [ "$(answer '.results[9998].errors[0].pointer')" = /9998/file_size ]
    [ "$(sql "SELECT count(*) FROM usage_logs WHERE endpoint = '/many'")" = 9998 ]
    [ "$(sql "SELECT count(*) FROM usage_logs WHERE endpoint = '/poison'")" = 0 ]
    [ "$(post '{"action_type": "upload", "endpoint": "/poison"}')" = 422 ]
    [[ $(answer '.errors[0].detail') == *no_poison* ]]

    # NDJSON: by line, which may be cut in the middle.
    printf '%s\n' '{"action_type": "upload", "endpoint": "/l1"}' '' 'nonsense' \
        '{"action_type": "upload", "endpoint": "/l4"}' | head -c -8 >lines
    [ "$(curl -s -m 5 -o answer -w '%{http_code}' -H 'Content-Type: application/x-ndjson; charset=utf-8' \
        --data-binary @lines "$base")" = 207 ]
    [ "$(answer '"\(.stored) \([.results[] | "\(.line):\(.status)"] | join(" "))"')" = '1 3:422 4:422' ]
    printf '\n \n' >lines
    [ "$(stream lines)" = 422 ]

    jq -nc '[range(10001) | {}]' >many.json
    [ "$(curl -s -m 30 -o answer -w '%{http_code}' -H 'Content-Type: application/json' --data-binary @many.json "$base")" = 422 ]
    [[ $(answer '.errors[0].detail') == *'1 to 10000'* ]]
    stop_daemon
}

@test "a stream is written while it comes, and longer than any body" {
    serve 'batch_max = 500;' 'stream_max = "4MiB";'
    sql "ALTER TABLE usage_logs ADD CONSTRAINT no_poison CHECK (endpoint <> '/poison')"
    awk 'BEGIN { for (i = 1; i <= 30000; i++)
        printf "{\"action_type\": \"upload\", \"endpoint\": \"%s\", \"file_size\": %s}\n",
               i == 7000 ? "/poison" : "/stream", i == 12345 ? "-1" : i }' >lines
    [ "$(stream lines)" = 207 ]
    [ "$(answer '"\(.stored) \(.repeated) \(.refused) \(.lost)"')" = '29998 0 2 0' ]
    [ "$(answer '[.results[] | "\(.line):\(.errors[0].pointer)"] | join(" ")')" = '7000: 12345:/file_size' ]
    [ "$(sql "SELECT count(*) || ' ' || count(DISTINCT file_size) || ' ' || sum(file_size) FROM usage_logs")" = \
        "29998 29998 $((30000 * 30001 / 2 - 7000 - 12345))" ]

    # A few lines with ids of their own, twice; in pieces; not even one.
    sql 'TRUNCATE usage_logs'
    seq 100 | awk '{ printf "{\"id\": \"9e107d9d-372b-4b82-8bd8-%012d\", \"action_type\": \"upload\", \"endpoint\": \"/\"}\n", $1 }' >lines
    [ "$(stream lines)" = 201 ]
    [ "$(answer '"\(.stored) \(.results | length)"')" = '100 0' ]
    [ "$(stream lines -H 'Prefer: return=minimal')" = 207 ]
    [ "$(answer '"\(.stored) \(.repeated)"')" = '0 100' ]
    [ "$({ head -c 300 lines; sleep 0.1; tail -c +301 lines; } | stream - )" = 207 ]
    [ "$(count_rows)" = 100 ]
    printf '%s' '{"action_type": "upload", "endpoint": "/async"}' >line
    base="$base?durability=async"
    [ "$(stream line)" = 202 ]
    base=${base%\?*}

    # Longer than it may be: said at once, or with the line from which on it was not taken.
    awk 'BEGIN { for (i = 1; i <= 100000; i++) print "{\"action_type\": \"upload\", \"endpoint\": \"/long\"}" }' >lines
    [ "$(stream lines -H 'Expect: 100-continue')" = 413 ]
    [ "$(sql "SELECT count(*) FROM usage_logs WHERE endpoint = '/long'")" = 0 ]
    [ "$(stream - <lines)" = 413 ]
    [ "$(answer '"\(.report.stored) \(.line - 1)"')" = "$(sql "SELECT count(*) || ' ' || count(*) FROM usage_logs WHERE endpoint = '/long'")" ]
    [ "$(answer .report.stored)" -gt 50000 ]
    stop_daemon

    serve 'streams = 0;'
    [ "$(stream line)" = 503 ]
    [ "$(answer .type)" = urn:pgsluice:problem:usage-log-streams ]
    [ "$(post '{"action_type": "upload", "endpoint": "/"}')" = 201 ]
    stop_daemon
}

@test "a stream is read no faster than it is written, and what is stored of a cut one is its beginning" {
    serve 'batch_max = 100;' 'queue_rows = 150;'
    # Forty megabytes: more than the sockets take.
    awk 'BEGIN { text = sprintf("%8000s", ""); for (i = 1; i <= 5000; i++)
        printf "{\"action_type\": \"upload\", \"endpoint\": \"/cut\", \"file_size\": %d, \"error_message\": \"%s\"}\n", i, text }' >lines
    psql -XAtq -d "$url" -c 'BEGIN; LOCK TABLE usage_logs IN SHARE MODE; SELECT 1' -c 'SELECT pg_sleep(100)' \
        >/dev/null 2>&1 3>&- 4>&- &
    holder_pid=$!
    wait_for '[ "$(sql "SELECT count(*) FROM pg_locks WHERE relation = '\''usage_logs'\''::regclass AND mode = '\''ShareLock'\''")" = 1 ]'
    curl -s -m 60 -o whole -T lines -X POST -H 'Content-Type: application/x-ndjson' "${base}" >code 3>&- 4>&- &
    whole_pid=$!
    curl -s -m 60 -T lines -X POST -H 'Content-Type: application/x-ndjson' "$base" >/dev/null 2>&1 3>&- 4>&- &
    cut_pid=$!
    wait_for '[ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE '\''pgsluice-usage%'\'' AND wait_event_type = '\''Lock'\''")" -ge 1 ]'
    for pid in "$whole_pid" "$cut_pid"; do
        wait_for 'is_still "$pid"'
    done
    for pid in "$whole_pid" "$cut_pid"; do
        [ "$(read_bytes "$pid")" -lt 30000000 ]
    done
    kill "$cut_pid"
    wait "$cut_pid" || :
    kill "$holder_pid"
    sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(100)%' AND pid <> pg_backend_pid()
         AND datname = current_database()" >/dev/null
    wait "$whole_pid"
    [ "$(jq -r .stored whole)" = 5000 ]
    # Once or twice each, and those twice are the first ones.
    [ "$(sql "SELECT count(DISTINCT file_size) FROM usage_logs")" = 5000 ]
    [ "$(sql "SELECT coalesce(max(file_size), 0) = count(*)
              FROM (SELECT file_size FROM usage_logs GROUP BY 1 HAVING count(*) = 2) twice")" = t ]
    stop_daemon
}

@test "a stream whose rest could not be stored says from which line on" {
    serve 'retry_deadline = "100ms";'
    mkfifo pipe
    stream - -N <pipe >code 3>&- 4>&- &
    stream_pid=$!
    exec 7>pipe
    seq 10 | sed 's|.*|{"action_type": "upload", "endpoint": "/&"}|' >&7
    wait_for '[ "$(count_rows)" = 10 ]'
    sql 'ALTER TABLE usage_logs RENAME TO usage_logs_hidden'
    seq 11 20 | sed 's|.*|{"action_type": "upload", "endpoint": "/&"}|' >&7
    exec 7>&-
    wait "$stream_pid"
    [ "$(<code)" = 503 ]
    grep -qi '^retry-after:' head
    [ "$(answer '"\(.line) \(.report.stored)"')" = '11 10' ]
    stop_daemon
}

@test "calls of the admin listener are recorded; those of the traffic listener where that is wanted" {
    serve 'queue_rows = 3;'
    [ "$(http_status /admin/migrations admin)" = 200 ]
    [ "$(http_status /admin/migrations/none admin)" = 404 ]
    [ "$(http_status /admin/nothing admin)" = 404 ]
    for listener in admin traffic; do
        [ "$(http_status /livez "$listener")" = 200 ]
    done
    [ "$(http_status /gate traffic)" = 204 ]
    http_body /metrics admin >/dev/null
    wait_for '[ "$(count_rows)" = 2 ]'
    [ "$(sql "SELECT string_agg(concat_ws('|', action_type, endpoint, ip_address, success, error_message,
              processing_time_ms > 0, file_name, created_at <= now()), ' ' ORDER BY endpoint) FROM usage_logs")" = \
        'download|/admin/migrations|127.0.0.1|t|t|t download|/admin/migrations/none|127.0.0.1|f|HTTP status 404|t|t' ]

    # With no room for them they are answered all the same.
    psql -XAtq -d "$url" -c 'BEGIN; LOCK TABLE usage_logs IN SHARE MODE; SELECT 1' -c 'SELECT pg_sleep(100)' \
        >/dev/null 2>&1 3>&- 4>&- &
    holder_pid=$!
    wait_for '[ "$(sql "SELECT count(*) FROM pg_locks WHERE relation = '\''usage_logs'\''::regclass AND mode = '\''ShareLock'\''")" = 1 ]'
    for _ in 1 2 3 4 5 6; do
        [ "$(http_status /admin/migrations admin)" = 200 ]
    done
    wait_for '[ "$(sample pgsluice_usage_log_dropped_total)" = 3 ]'
    [ "$(sample 'pgsluice_usage_log_records_total{outcome="full"}')" = 3 ]
    sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(100)%' AND pid <> pg_backend_pid()
         AND datname = current_database()" >/dev/null
    wait "$holder_pid" || :
    wait_for '[ "$(count_rows)" = 5 ]'
    stop_daemon

    sql 'TRUNCATE usage_logs'
    start_daemon --set usage_log.track_requests=true
    wait_until_ready
    base=http://$(daemon_address traffic)/v1/usage-logs
    [ "$(http_status /gate traffic)" = 204 ]
    [ "$(post '{"action_type": "upload", "endpoint": "/mine"}')" = 201 ]
    wait_for '[ "$(count_rows)" -ge 2 ]'
    [ "$(sql "SELECT string_agg(DISTINCT endpoint, ' ') FROM usage_logs WHERE endpoint NOT LIKE '%z'")" = '/gate /mine' ]
    stop_daemon
}

@test "what is written is told in numbers" {
    serve 'streams = 1;'
    [ "$(post '[{"action_type": "upload", "endpoint": "/"}, {"action_type": "upload", "endpoint": "/"}, {}]')" = 207 ]
    [ "$(post '{"id": "9e107d9d-372b-4b82-8bd8-000000000001", "action_type": "upload", "endpoint": "/"}')" = 201 ]
    [ "$(post '{"id": "9e107d9d-372b-4b82-8bd8-000000000001", "action_type": "upload", "endpoint": "/"}')" = 200 ]
    [ "$(sample 'pgsluice_usage_log_records_total{outcome="stored"}')" = 3 ]
    [ "$(sample 'pgsluice_usage_log_records_total{outcome="repeated"}')" = 1 ]
    [ "$(sample pgsluice_usage_log_batch_rows_count)" = 3 ]
    [ "$(sample pgsluice_usage_log_batch_rows_sum)" = 4 ]
    [ "$(sample 'pgsluice_usage_log_batch_rows_bucket{le="1"}')" = 2 ]
    [ "$(sample pgsluice_usage_log_commit_seconds_count)" = 3 ]
    [ "$(sample pgsluice_usage_log_queue_rows)" = 0 ]
    [ "$(sample pgsluice_usage_log_queue_bytes)" = 0 ]

    mkfifo pipe
    stream - -N <pipe >code 3>&- 4>&- &
    stream_pid=$!
    exec 7>pipe
    echo '{"action_type": "upload", "endpoint": "/"}' >&7
    wait_for '[ "$(sample pgsluice_usage_log_streams)" = 1 ]'
    echo '{}' >second
    [ "$(stream second -o second.answer)" = 503 ]
    exec 7>&-
    wait "$stream_pid"
    [ "$(<code)" = 201 ]
    wait_for '[ "$(sample pgsluice_usage_log_streams)" = 0 ]'
    http_body /metrics admin | promtool check metrics
    stop_daemon
}

# PostgreSQL itself reads the same JSON, value by value, and must come to the same rows.
@test "random records, valid and not: the table holds what was sent, row by row" {
    serve
    "$top_srcdir/tests/lib/usage-random" 6 4000 "$(date +%s)" valid >lines
    [ "$(stream lines)" = 207 ]
    seq 4000 | grep -vxFf valid | head -1000 >expected
    answer '.results[].line' >refused
    diff expected refused
    [ "$(answer '"\(.stored) \(.lost)"')" = "$(wc -l <valid) 0" ]

    awk 'NR == FNR { wanted[$1] = 1; next } FNR in wanted' valid lines >good
    psql -Xq -v ON_ERROR_STOP=1 -d "$url" <<'SQL'
CREATE TABLE sent (document json);
\copy sent FROM good WITH (FORMAT csv, DELIMITER E'\x02', QUOTE E'\x03')
CREATE TABLE expected AS SELECT record.* FROM sent, json_populate_record(NULL::usage_logs, document) AS record;
SQL
    [ "$(sql "SELECT count(*) FROM expected")" = "$(wc -l <valid)" ]
    columns=$(sql "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
                   WHERE attrelid = 'usage_logs'::regclass AND attnum > 0 AND attname <> 'recorded_at'")
    [ -z "$(sql "(SELECT $columns FROM usage_logs EXCEPT ALL SELECT $columns FROM expected)
                 UNION ALL (SELECT $columns FROM expected EXCEPT ALL SELECT $columns FROM usage_logs) LIMIT 3")" ]

    # The same again, as a list and one by one, is nothing new.
    printf '[%s]' "$(head -200 good | paste -sd ,)" >list # jq would round large numbers
    [ "$(curl -s -m 20 -o answer -w '%{http_code}' -H 'Content-Type: application/json' --data-binary @list "$base")" = 207 ]
    [ "$(answer '"\(.repeated) \(.results | length)"')" = '200 200' ]
    head -20 good | while IFS= read -r record; do
        [ "$(post "$record")" = 200 ]
    done
    [ "$(count_rows)" = "$(wc -l <valid)" ]
    stop_daemon
}

@test "an id is stored once: repeated, in one batch, from many connections" {
    local id=11111111-1111-4111-8111-111111111111

    serve
    [ "$(post '{"id": "'$id'", "action_type": "upload", "endpoint": "/first"}')" = 201 ]
    [ "$(post '{"id": "'$id'", "action_type": "upload", "endpoint": "/second"}')" = 200 ]
    [ "$(answer .id)" = $id ]
    grep -qi "^location: /v1/usage-logs/$id" head
    [ "$(post '[{"id": "'$id'", "action_type": "upload", "endpoint": "/"},
                {"id": "33333333-3333-4333-8333-333333333333", "action_type": "upload", "endpoint": "/"},
                {"id": "33333333-3333-4333-8333-333333333333", "action_type": "upload", "endpoint": "/"}]')" = 207 ]
    [ "$(answer '[.results[].status] | join(" ")')" = '200 201 200' ]
    [ "$(sql "SELECT endpoint FROM usage_logs WHERE id = '$id'")" = /first ]

    # A version 7 id, which tells its time, from eight connections at once.
    seven=$(printf %012x "$(date +%s%3N)")
    seven=${seven:0:8}-${seven:8:4}-7abc-8def-0123456789ab
    seq 40 | xargs -P 8 -I@ curl -s -m 10 -o /dev/null -w '%{http_code}\n' -H 'Content-Type: application/json' \
        -d '{"id": "'"$seven"'", "action_type": "upload", "endpoint": "/seven"}' "$base" >codes
    [ "$(sort codes | uniq -c | tr -s ' \n' ' ')" = ' 39 200 1 201 ' ]
    [ "$(sql "SELECT count(*) FROM usage_logs WHERE endpoint = '/seven'")" = 1 ]
    stop_daemon
}

@test "the client behind trusted proxies, and nobody else's word" {
    local body='{"action_type": "upload", "endpoint": "/"}'

    traffic='trusted_proxies = [ "127.0.0.0/8", "10.0.0.0/8" ];' serve
    last() { sql 'SELECT host(ip_address) FROM usage_logs ORDER BY recorded_at DESC, id DESC LIMIT 1'; }
    [ "$(post "$body" -H 'X-Forwarded-For: 6.6.6.6, 203.0.113.9, 10.1.2.3')" = 201 ]
    [ "$(last)" = 203.0.113.9 ]
    [ "$(post "$body" -H 'X-Forwarded-For: 6.6.6.6' -H 'X-Forwarded-For: [2001:db8::5]:4711')" = 201 ]
    [ "$(last)" = 2001:db8::5 ]
    [ "$(post "$body" -H 'X-Forwarded-For: 6.6.6.6, [::ffff:203.0.113.8]:4711, ::ffff:10.1.2.3')" = 201 ]
    [ "$(last)" = 203.0.113.8 ]
    [ "$(post "$body" -H 'Forwarded: for=6.6.6.6')" = 201 ]
    [ "$(last)" = 127.0.0.1 ]
    [ "$(post "$body" -H 'X-Forwarded-For: 203.0.113.9, unknown')" = 201 ]
    [ "$(last)" = '' ]
    stop_daemon

    start_daemon --set http.traffic.proxy_field=forwarded
    wait_for_http
    wait_until_ready
    base=http://$(daemon_address traffic)/v1/usage-logs
    [ "$(post "$body" -H 'Forwarded: for=6.6.6.6, proto=http;For="[2001:db8::6]:80"')" = 201 ]
    [ "$(last)" = 2001:db8::6 ]
    [ "$(post "$body" -H 'X-Forwarded-For: 6.6.6.6')" = 201 ]
    [ "$(last)" = 127.0.0.1 ]
    stop_daemon

    run -2 pgsluiced -c daemon.conf --set http.traffic.trusted_proxies=proxy.example
    [[ $output == *'trusted_proxies: "proxy.example" is neither'* ]]
}

@test "a full queue answers at once, and nothing of what it refuses is stored" {
    serve 'queue_rows = 5;' 'writers = 1;'
    psql -XAtq -d "$url" -c 'BEGIN; LOCK TABLE usage_logs IN SHARE MODE; SELECT 1' -c 'SELECT pg_sleep(100)' \
        >/dev/null 2>&1 3>&- 4>&- &
    holder_pid=$!
    wait_for '[ "$(sql "SELECT count(*) FROM pg_locks WHERE relation = '\''usage_logs'\''::regclass AND mode = '\''ShareLock'\''")" = 1 ]'
    for n in 1 2 3 4 5; do
        curl -s -m 20 -o "answer.$n" -w '%{http_code}\n' -H 'Content-Type: application/json' \
            -d '{"action_type": "upload", "endpoint": "/waits"}' "$base" >"code.$n" 3>&- 4>&- &
        waiting+=($!)
    done
    wait_for '[ "$(post "{\"action_type\": \"upload\", \"endpoint\": \"/late\"}" -m 1)" = 503 ]'
    grep -qi '^retry-after: 1' head
    [ "$(answer .type)" = urn:pgsluice:problem:usage-log-full ]
    # All or nothing.
    [ "$(post '[{"action_type": "upload", "endpoint": "/late"}, {"action_type": "upload", "endpoint": "/late"},
        {"action_type": "upload", "endpoint": "/late"}, {"action_type": "upload", "endpoint": "/late"},
        {"action_type": "upload", "endpoint": "/late"}, {"action_type": "upload", "endpoint": "/late"}]')" = 503 ]
    sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(100)%' AND pid <> pg_backend_pid()
         AND datname = current_database()" >/dev/null
    wait "$holder_pid" || :
    for pid in "${waiting[@]}"; do
        wait "$pid"
    done
    # Those that were cut short by their client (-m 1) may be stored as well; the rest is told so.
    [ "$(cat code.? | grep -c 201)" -ge 1 ]
    [ "$(sql "SELECT count(*) FROM usage_logs WHERE endpoint = '/waits'")" = "$(cat code.? | grep -c 201)" ]
    stop_daemon
}

@test "without the table everything else is served; with it the daemon notices" {
    mkdir -p other/versions
    make_table_revision aaaaaaaaaaaa '' one
    migrations_wanted=$migrations serve
    [ "$(post '{"action_type": "upload", "endpoint": "/"}')" = 404 ]
    [[ $(answer .detail) == *usage_logs*'not there'* ]]
    [ "$(http_status /readyz)" = 200 ]
    logged 'info: No usage log: .*usage_logs.* is not there .*usage_log.enabled = false'
    psql -Xq -v ON_ERROR_STOP=1 -d "$url" -f "$top_srcdir/migrations/models/usage_logs.sql"
    wait_for '[ "$(post "{\"action_type\": \"upload\", \"endpoint\": \"/\"}")" = 201 ]'

    # A new value of the enum, and then another enum in its place.
    [ "$(post '{"action_type": "print", "endpoint": "/"}')" = 422 ]
    sql "ALTER TYPE action_type ADD VALUE 'print'"
    wait_for '[ "$(post "{\"action_type\": \"print\", \"endpoint\": \"/\"}")" = 201 ]'
    sql "ALTER TYPE action_type RENAME TO action_type_old;
         CREATE TYPE action_type AS ENUM ('upload', 'print', 'fax');
         ALTER TABLE usage_logs ALTER COLUMN action_type TYPE action_type USING action_type::text::action_type;
         DROP TYPE action_type_old"
    wait_for '[ "$(post "{\"action_type\": \"fax\", \"endpoint\": \"/\"}")" = 201 ]'
    sql "DROP TABLE usage_logs"
    wait_for '[ "$(post "{\"action_type\": \"fax\", \"endpoint\": \"/\"}")" = 404 ]'
    stop_daemon

    start_daemon --set usage_log.enabled=false
    wait_until_ready
    base=http://$(daemon_address traffic)/v1/usage-logs
    [ "$(post '{}')" = 404 ]
    [[ $(answer .detail) == *'switched off'* ]]
    stop_daemon
}

@test "behind a closed gate nothing is taken, and a token may be asked for" {
    traffic='tokens_required = true;' serve
    [ "$(post '{"action_type": "upload", "endpoint": "/"}')" = 401 ]
    sql "UPDATE alembic_version SET version_num = '8c41d7e09a3b'"
    wait_for '[ "$(http_status /readyz)" = 503 ]'
    stop_daemon
    sql "UPDATE alembic_version SET version_num = 'c2e81f6b9d04'"
    serve
    sql "UPDATE alembic_version SET version_num = '8c41d7e09a3b'"
    wait_for '[ "$(http_status /readyz)" = 503 ]'
    [ "$(post '{"action_type": "upload", "endpoint": "/"}')" = 503 ]
    [ "$(answer .type)" = urn:pgsluice:problem:gate ]
    stop_daemon
}

# post_as NAME: posts one after the other until the file "stop" is there; the ids that were acknowledged go
# into NAME.acks. What was answered with 503 and an id is sent again under that id.
post_as() {
    perl -MHTTP::Tiny -MJSON::PP -e '
        my ($base, $name) = @ARGV;
        my $http = HTTP::Tiny->new(timeout => 20);
        open my $acks, ">", "$name.acks" or die;
        $acks->autoflush;
        my $id;
        until (-e "stop" && !$id) {
            my %log = (action_type => "upload", endpoint => "/$name");
            $log{id} = $id if $id;
            my $answer = $http->post($base, {headers => {"Content-Type" => "application/json"},
                                             content => encode_json(\%log)});
            my $told = eval { decode_json($answer->{content}) };
            if ($answer->{status} == 201 || $answer->{status} == 200) {
                print $acks "$told->{id}\n";
                $id = undef;
            } elsif ($answer->{status} == 503) {
                $id = $told->{id} if $told->{id};
                select undef, undef, undef, 0.02;
            } else {
                die "$answer->{status} $answer->{content}";
            }
        }' "$base" "$1" 3>&- 4>&- &
    loaders+=($!)
}

@test "killed server processes in mid-load: what was acknowledged is there, once" {
    serve
    for name in a b c d e f; do
        post_as "$name"
    done
    for _ in 1 2 3 4 5 6 7 8; do
        before=$(cat ./*.acks | wc -l)
        wait_for '[ "$(cat ./*.acks | wc -l)" -ge $((before + 30)) ]'
        sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
             WHERE application_name LIKE 'pgsluice-usage/%' AND datname = current_database()" >/dev/null
    done
    touch stop
    for pid in "${loaders[@]}"; do
        wait "$pid"
    done
    cat ./*.acks | sort >acknowledged
    sql 'SELECT id FROM usage_logs' | sort >stored
    [ -z "$(comm -23 acknowledged stored)" ]
    [ -z "$(uniq -d stored)" ]
    [ -z "$(uniq -d acknowledged)" ]
    [ "$(wc -l <acknowledged)" -ge 240 ]
    stop_daemon
    [ "$(count_rows)" = "$(wc -l <stored)" ]
}

@test "a server that crashes in mid-load, and one that is down: nothing acknowledged is lost or twice" {
    here=$TMPDIR/$database # where the server's user may go
    pgsluice cluster start "$here" >/dev/null
    url=$(pgsluice cluster url "$here")
    export SYNC_DATABASE_URL=$url
    serve 'retry_deadline = "200ms";'
    for name in a b c d; do
        post_as "$name"
    done
    for _ in 1 2 3; do
        before=$(cat ./*.acks | wc -l)
        wait_for '[ "$(cat ./*.acks | wc -l)" -ge $((before + 40)) ]'
        kill -KILL "$(sql "SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'pgsluice-usage/%'
                           ORDER BY backend_start LIMIT 1")"
    done
    before=$(cat ./*.acks | wc -l)
    wait_for '[ "$(cat ./*.acks | wc -l)" -ge $((before + 40)) ]'

    pgsluice cluster stop "$here" >/dev/null
    wait_for '[ "$(post "{\"action_type\": \"upload\", \"endpoint\": \"/down\"}")" = 503 ]'
    wait_for '[ "$(http_status /readyz)" = 503 ]'
    before=$(cat ./*.acks | wc -l)
    [ "$(post '{"action_type": "upload", "endpoint": "/down"}')" = 503 ]
    [ "$(cat ./*.acks | wc -l)" = "$before" ]
    pgsluice cluster start "$here" >/dev/null
    wait_for '[ "$(cat ./*.acks | wc -l)" -ge $((before + 40)) ]'
    touch stop
    for pid in "${loaders[@]}"; do
        wait "$pid"
    done
    cat ./*.acks | sort >acknowledged
    sql "SELECT id FROM usage_logs WHERE endpoint <> '/down'" | sort >stored
    [ -z "$(comm -23 acknowledged stored)" ]
    [ -z "$(uniq -d stored)" ]
    [ -z "$(uniq -d acknowledged)" ]
    stop_daemon
    pgsluice cluster stop "$here" >/dev/null
}

@test "SIGTERM finishes what was taken" {
    serve
    for name in a b c d; do
        post_as "$name"
    done
    wait_for '[ "$(cat ./*.acks | wc -l)" -ge 40 ]'
    touch stop
    stop_daemon
    for pid in "${loaders[@]}"; do
        kill "$pid" 2>/dev/null || :
        wait "$pid" || :
    done
    cat ./*.acks | sort >acknowledged
    sql 'SELECT id FROM usage_logs' | sort >stored
    [ -z "$(comm -23 acknowledged stored)" ]
    [ -z "$(uniq -d stored)" ]
}

has_partition_in_three_days() {
    [ "$(sql "SELECT to_regclass('usage_logs_' || to_char(now() AT TIME ZONE 'UTC' + interval '72 hours', 'YYYYMMDD'))
              IS NOT NULL")" = t ]
}

@test "the daemon cuts the table, makes partitions ahead, and nothing is lost or twice" {
    PGSLUICE_MIGRATIONS_DIRECTORY=$top_srcdir/migrations pgsluice upgrade head
    sql "INSERT INTO usage_logs (action_type, endpoint, created_at)
         SELECT 'upload', '/old', now() - n * interval '1 hour' FROM generate_series(1, 50) AS n"
    serve 'partition = "hour"; partitions_ahead = 4;'
    wait_for '[ "$(sql "SELECT count(*) FROM pg_inherits WHERE inhparent = '\''usage_logs'\''::regclass")" -ge 5 ]'
    wait_for 'logged "Partition public.usage_logs_first ends at .* now"'
    wait_for 'logged "Partition public.usage_logs_.* made"'
    [ "$(count_rows)" = 50 ]
    # Nothing is left of the cut, each partition has the key, and all writers find their way.
    [ "$(sql "SELECT count(*) FROM pg_constraint WHERE conname = 'usage_logs_cut'")" = 0 ]
    [ "$(sql "SELECT count(*) FROM pg_inherits i WHERE inhparent = 'usage_logs'::regclass AND NOT EXISTS
              (SELECT FROM pg_constraint c WHERE c.conrelid = i.inhrelid AND contype = 'p')")" = 0 ]
    sql "INSERT INTO usage_logs (action_type, endpoint, created_at)
         SELECT 'upload', '/new', now() + n * interval '1 hour' FROM generate_series(0, 4) AS n"
    [ "$(sql "SELECT count(DISTINCT tableoid) FROM usage_logs WHERE endpoint = '/new'")" -ge 4 ]
    id=44444444-4444-4444-8444-444444444444
    for hours in 0 2 4; do
        sql "INSERT INTO usage_logs (id, action_type, endpoint, created_at)
             VALUES ('$id', 'upload', '/v4', now() + $hours * interval '1 hour')"
    done
    [ "$(post '{"id": "'$id'", "action_type": "upload", "endpoint": "/v4"}')" = 200 ]
    [ "$(sql "SELECT count(*) FROM usage_logs WHERE id = '$id'")" = 1 ]

    # Wider ones from where the narrow ones end.
    sed -i 's/partition = "hour"/partition = "day"/' daemon.conf
    kill -HUP "${daemon_pids[daemon]}"
    wait_for 'logged "Partition public.usage_logs_.* made, from .* to .* 00:00:00"'
    wait_for has_partition_in_three_days
    sql "INSERT INTO usage_logs (action_type, endpoint, created_at)
         SELECT 'upload', '/day', now() + n * interval '1 hour' FROM generate_series(0, 72) AS n"
    stop_daemon
    export PGSLUICE_MIGRATIONS_DIRECTORY=$top_srcdir/migrations
    before=$(count_rows)
    pgsluice downgrade -1
    [ "$(count_rows)" = "$before" ]
}

@test "old partitions are dropped or only detached, and their ids go with them" {
    PGSLUICE_MIGRATIONS_DIRECTORY=$top_srcdir/migrations pgsluice upgrade head
    sql "SET timezone = 'UTC';
         ALTER TABLE usage_logs DETACH PARTITION usage_logs_first;
         DO \$\$ BEGIN
             EXECUTE format('ALTER TABLE usage_logs ATTACH PARTITION usage_logs_first
                             FOR VALUES FROM (MINVALUE) TO (%L)', date_trunc('day', now()) - interval '9 days');
             EXECUTE format('CREATE TABLE usage_logs_week PARTITION OF usage_logs (PRIMARY KEY (id))
                             FOR VALUES FROM (%L) TO (%L)', date_trunc('day', now()) - interval '9 days',
                            date_trunc('day', now()) - interval '2 days');
             EXECUTE format('CREATE TABLE usage_logs_now PARTITION OF usage_logs (PRIMARY KEY (id))
                             FOR VALUES FROM (%L) TO (MAXVALUE)', date_trunc('day', now()) - interval '2 days');
         END \$\$;
         INSERT INTO usage_logs (action_type, endpoint, created_at)
         SELECT 'upload', '/', now() - n * interval '1 day' FROM generate_series(0, 19) AS n"
    serve 'retention = "8d"; retired = "detach";'
    wait_for 'logged "Partition public.usage_logs_first detached"'
    [ "$(sql "SELECT count(*) FROM usage_logs_first")" -gt 0 ]
    [ "$(sql "SELECT count(*) FROM usage_logs")" = "$(sql "SELECT 20 - count(*) FROM usage_logs_first")" ]
    sql "CREATE TABLE usage_logs_left (LIKE usage_logs);
         COMMENT ON TABLE usage_logs_left IS 'pgsluice: retired, to be dropped'" # and then the daemon was killed
    sed -i 's/"8d"/"1d"/; s/"detach"/"drop"/' daemon.conf
    kill -HUP "${daemon_pids[daemon]}"
    wait_for 'logged "Partition public.usage_logs_week dropped"'
    wait_for 'logged "Partition public.usage_logs_left dropped"'
    wait_for '[ "$(sql "SELECT count(*) FROM usage_log_ids")" = 3 ]'
    [ "$(sql "SELECT to_regclass('usage_logs_week') IS NULL")" = t ]
    # What has outlived its time is unique as long as it is there.
    [ "$(sql "SELECT count(*) FROM usage_logs")" = 3 ]
    id=$(sql "SELECT id FROM usage_logs ORDER BY created_at LIMIT 1")
    [ "$(post '{"id": "'"$id"'", "action_type": "upload", "endpoint": "/again"}')" = 200 ]
    # For what has no partition any more the database says so.
    [ "$(post '{"action_type": "upload", "endpoint": "/", "created_at": "'"$(date -u -d '-9 days' +%FT%TZ)"'"}')" = 422 ]
    [[ $(answer '.errors[0].detail') == *'no partition'* ]]
    stop_daemon
}

@test "an UPDATE loses no row, triggers lend nobody their rights, and what is detached stands in no way back" {
    export PGSLUICE_MIGRATIONS_DIRECTORY=$top_srcdir/migrations
    pgsluice upgrade head
    sql "ALTER TABLE usage_logs DETACH PARTITION usage_logs_first;
         ALTER TABLE usage_logs ATTACH PARTITION usage_logs_first FOR VALUES FROM (MINVALUE) TO ('2026-01-01');
         CREATE TABLE usage_logs_rest PARTITION OF usage_logs (PRIMARY KEY (id)) FOR VALUES FROM ('2026-01-01') TO (MAXVALUE);
         INSERT INTO usage_logs (action_type, endpoint, created_at)
         VALUES ('upload', '/old', '2025-12-31'), ('upload', '/new', '2026-01-02')"
    run ! sql "UPDATE usage_logs SET created_at = '2026-01-03' WHERE endpoint = '/old'"
    [[ $output == *'do not change'* ]]
    run ! sql "UPDATE usage_logs SET id = (SELECT id FROM usage_logs WHERE endpoint = '/old') WHERE endpoint = '/new'"
    sql "UPDATE usage_logs SET error_message = 'late', success = false"
    [ "$(count_rows)" = 2 ]

    sql "CREATE ROLE ${database}_writer; GRANT CREATE ON SCHEMA public TO ${database}_writer;
         GRANT INSERT ON usage_logs TO ${database}_writer"
    for name in keep_id forget_id forget_ids; do
        run ! sql "SET ROLE ${database}_writer; CREATE TABLE mine (id uuid);
                   CREATE TRIGGER t AFTER INSERT ON mine FOR EACH STATEMENT EXECUTE FUNCTION usage_logs_$name()"
        [[ $output == *'permission denied for function'* ]]
    done
    sql "SET ROLE ${database}_writer; INSERT INTO usage_logs (action_type, endpoint) VALUES ('upload', '/role')"
    sql "DROP OWNED BY ${database}_writer; DROP ROLE ${database}_writer"

    sql "ALTER TABLE usage_logs DETACH PARTITION usage_logs_first"
    pgsluice downgrade -1
    [ "$(sql "SELECT string_agg(endpoint, ' ' ORDER BY endpoint) FROM usage_logs")" = '/new /role' ]
    [ "$(sql "SELECT endpoint FROM usage_logs_first")" = /old ]
    run ! pgsluice upgrade head
    [[ $output == *'usage_logs_first, which was detached before'* ]]
    sql "CREATE SCHEMA archive; ALTER TABLE usage_logs_first SET SCHEMA archive"
    pgsluice upgrade head
    [ "$(count_rows)" = 2 ]
}

# end_of_partitions: as the writers see it.
end_of_partitions() {
    sql "PREPARE span AS SELECT coalesce(to_timestamp(s.end / 1e6)::date::text, '')
         FROM ($(<"$top_srcdir/src/usage/q/usage_span.sql")) AS s (start, \"end\");
         SET timezone = 'UTC'; EXECUTE span('usage_logs')"
}

@test "what has no partition yet is to be sent again, and loses nobody else's row" {
    local row='{"action_type": "upload", "endpoint": "/now"}'

    PGSLUICE_MIGRATIONS_DIRECTORY=$top_srcdir/migrations pgsluice upgrade head
    [ "$(end_of_partitions)" = '' ]
    sql "ALTER TABLE usage_logs_first ADD CONSTRAINT usage_logs_cut CHECK (created_at < '2026-01-01 00:00Z') NOT VALID"
    [ "$(end_of_partitions)" = 2026-01-01 ]
    sql "ALTER TABLE usage_logs_first DROP CONSTRAINT usage_logs_cut;
         ALTER TABLE usage_logs DETACH PARTITION usage_logs_first;
         DO \$\$ BEGIN EXECUTE format('ALTER TABLE usage_logs ATTACH PARTITION usage_logs_first FOR VALUES
             FROM (MINVALUE) TO (%L)', date_trunc('day', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'); END \$\$"
    # As after a long rest, with somebody in the way of what is due.
    PGAPPNAME=guard psql -XAtq -d "$url" -c 'BEGIN; LOCK TABLE usage_logs IN SHARE UPDATE EXCLUSIVE MODE; SELECT 1' \
        -c 'SELECT pg_sleep(100)' >/dev/null 2>&1 3>&- 4>&- &
    holder_pid=$!
    wait_for '[ "$(sql "SELECT count(*) FROM pg_locks WHERE relation = '\''usage_logs'\''::regclass")" -ge 1 ]'
    serve
    [ "$(post "$row")" = 503 ]
    grep -qi '^retry-after: 1' head
    [ "$(answer .type)" = urn:pgsluice:problem:usage-log-unplaced ]
    [ "$(post "[$row, {\"action_type\": \"upload\", \"endpoint\": \"/then\", \"created_at\": \"$(date -u -d '-1 day' +%FT%TZ)\"}]")" = 207 ]
    [ "$(answer '[.results[].status] | join(" ")')" = '503 201' ]
    [ "$(post "[$row, $row]")" = 503 ]
    grep -qi '^retry-after: 1' head
    sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'guard'
         AND datname = current_database()" >/dev/null
    wait "$holder_pid" || :
    kill -HUP "${daemon_pids[daemon]}"
    wait_for '[ "$(post "{\"action_type\": \"upload\", \"endpoint\": \"/now\"}")" = 201 ]'
    [ "$(sql "SELECT string_agg(endpoint, ' ' ORDER BY endpoint) FROM usage_logs")" = '/now /then' ]
    stop_daemon
}

@test "locks in the way of the cut are left alone, and said" {
    PGSLUICE_MIGRATIONS_DIRECTORY=$top_srcdir/migrations pgsluice upgrade head
    PGAPPNAME=reader psql -XAtq -d "$url" -c 'BEGIN; SELECT count(*) FROM usage_logs; SELECT pg_sleep(100)' \
        >/dev/null 2>&1 3>&- 4>&- &
    holder_pid=$!
    wait_for '[ "$(sql "SELECT count(*) FROM pg_locks WHERE relation = '\''usage_logs'\''::regclass")" -ge 1 ]'
    serve
    [ "$(post '{"action_type": "upload", "endpoint": "/"}')" = 201 ]
    wait_for 'logged "Left for later: the partitions of .*usage_logs"'
    [ "$(sql "SELECT count(*) FROM pg_constraint WHERE conname = 'usage_logs_cut'")" = 0 ]
    sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'reader'
         AND datname = current_database()" >/dev/null
    wait "$holder_pid" || :
    kill -HUP "${daemon_pids[daemon]}"
    wait_for 'logged "Partition public.usage_logs_first ends"'
    stop_daemon
}

@test "the clients of README.md do what it says" {
    serve
    seq 3 | sed 's|.*|{"action_type": "upload", "endpoint": "/line/&"}|' >lines.ndjson
    readme sh 1 >curl.sh
    run -0 bash -e curl.sh
    [ "$(sql "SELECT string_agg(endpoint, ' ' ORDER BY endpoint) FROM usage_logs")" = '/api/v1/files /line/1 /line/2 /line/3' ]

    readme python 1 >batch.py
    run -0 /usr/bin/python3 batch.py
    [ "$output" = 100 ]
    [ "$(sql "SELECT count(*) FROM usage_logs WHERE endpoint = '/reports'")" = 100 ]

    # One request to the application, as a server would hand it over.
    readme python 2 >application.py
    cat >>application.py <<'PYTHON'


import asyncio


@app.get("/hello")
def hello():
    return "hello"


async def ask(path):
    sent = []
    over = asyncio.Event()
    coming = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive():
        if coming:
            return coming.pop()
        await over.wait()
        return {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)

    await app({"type": "http", "http_version": "1.1", "method": "GET", "path": path, "raw_path": path.encode(),
               "query_string": b"", "headers": [], "client": ("192.0.2.7", 1), "server": ("t", 80), "scheme": "http",
               "root_path": ""}, receive, send)
    over.set()
    return sent[0]["status"]


async def main():
    print(await ask("/hello"), await ask("/nothing"))
    await logs.aclose()


asyncio.run(main())
PYTHON
    run -0 --separate-stderr timeout 60 /usr/bin/python3 application.py
    [ "$output" = '200 404' ]
    [ "$(sql "SELECT string_agg(concat_ws(' ', action_type, endpoint, ip_address, success, processing_time_ms > 0), ',' ORDER BY id)
              FROM usage_logs WHERE ip_address = '192.0.2.7'")" = 'download /hello 192.0.2.7 t t,download /nothing 192.0.2.7 f t' ]
    stop_daemon
}
