# Usage logs read over HTTP, against the real daemon and a real server: every row once, in order, in
# each form.
# timeout: 180 s
# shellcheck disable=SC2154,SC2016 # variables are common.bash's, conditions are evaluated there
load lib/common
load lib/daemon
load lib/usage

setup() {
    common_setup
    create_database
}

@test "a list is the newest first, filtered as asked, and one row is had by its id" {
    serve
    rows 300
    [ "$(ask '')" = 200 ]
    [ "$(answer length)" = 50 ]
    [ "$(answer '[.[].file_size] == [range(50) | . * 1000]')" = true ]
    grep -qi '^content-type: application/json' head
    sql "SELECT id, action_type, endpoint, host(ip_address), success, error_message, processing_time_ms, file_name,
                file_size, file_type, to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')
           FROM usage_logs ORDER BY created_at DESC LIMIT 50" >expected
    answer '.[] | [.id, .action_type, .endpoint, .ip_address, (if .success then "t" else "f" end), .error_message // "",
                   .processing_time_ms, .file_name, .file_size, .file_type, .created_at] | map(tostring) | join("|")' \
        >got
    diff expected got

    count() {
        [ "$(ask "?limit=1000&$1")" = 200 ]
        answer length
    }
    [ "$(count action_type=upload)" = 100 ]
    [ "$(count endpoint=/api/7)" = 30 ]
    [ "$(count endpoint_prefix=/api/)" = 300 ]
    [ "$(count endpoint_prefix=/api/7)" = 30 ]
    [ "$(count endpoint_prefix=/ap%25)" = 0 ]
    [ "$(count endpoint_prefix=%F4%8F%BF%BF)" = 0 ]
    [ "$(count success=false)" = 60 ]
    [ "$(count has_error=true)" = 60 ]
    [ "$(count has_error=false)" = 240 ]
    [ "$(count ip=10.0.2.0/24)" = 75 ]
    [ "$(count ip=10.0.0.0/8)" = 300 ]
    [ "$(count ip=10.0.1.1)" = "$(sql "SELECT count(*) FROM usage_logs WHERE ip_address = '10.0.1.1'")" ]
    [ "$(count ip=2001:db8::/32)" = 0 ]
    [ "$(count ip=::/0)" = 0 ]
    [ "$(count file_type=png)" = 150 ]
    middle=$(sql "SELECT to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')
                    FROM usage_logs WHERE file_size = 100000")
    [ "$(count "from=$middle")" = 101 ]
    [ "$(count "to=$middle")" = 199 ]
    [ "$(count "from=$middle&success=true&action_type=convert&file_type=pdf&endpoint_prefix=/api&ip=10.0.0.0/16")" = \
        "$(sql "SELECT count(*) FROM usage_logs WHERE success AND action_type = 'convert' AND file_type = 'pdf'
                AND file_size <= 100000")" ]

    id=$(sql "SELECT id FROM usage_logs WHERE file_size = 7000")
    [ "$(ask "/$id")" = 200 ]
    [ "$(answer .file_name)" = f7.pdf ]
    [ "$(ask "/$id" -I)" = 200 ]
    curl -s -H 'Content-Type: application/json' -d '{"action_type": "upload", "endpoint": "/made"}' "$base" >made
    id=$(jq -r .id <made)
    [ "$(ask "/$id")" = 200 ]
    cmp made answer
    [ "$(ask /99999999-9999-4999-8999-999999999999)" = 404 ]
    [ "$(ask "/${id:0:35}0")" = 404 ] || [ "${id:35}" = 0 ]
    for bad in x "${id}0" "{$id}" "${id//-/}" %00 "$id?limit=1"; do
        [[ $(ask "/$bad") == 400 ]]
    done
    stop_daemon
}

@test "what is not understood in a query is named" {
    serve
    # refused STATUS PARAMETER QUERY
    refused() {
        [ "$(ask "$3")" = "$1" ] || { echo "$3"; cat answer; false; }
        [ "$(answer '[.errors[].parameter] | join(" ")')" = "$2" ] || { echo "$3"; cat answer; false; }
    }
    refused 400 colour '?colour=red'
    refused 400 '' '?=red'
    refused 400 group_by '?group_by=hour'
    refused 400 limit '?limit=1&limit=2'
    refused 422 limit '?limit=0'
    for bad in -1 +1 1001 1e3 99999999999999999999 '' ' 1' 0x10; do
        refused 422 limit "?limit=${bad// /%20}"
    done
    refused 422 action_type '?action_type=print'
    [[ $(answer '.errors[0].detail') == *'upload, download, convert, delete'* ]]
    refused 422 endpoint_prefix '?endpoint_prefix='
    refused 422 success '?success=1'
    for bad in 10.0.0.0/33 fe80::1%25eth0 010.0.0.1 10.0.0 localhost 10.0.0.0/-1 "10.0.0.0/+8"; do
        refused 422 ip "?ip=$bad"
    done
    for bad in 2026-02-30T00:00:00Z 2026-01-01 yesterday infinity 2026-01-01T00:00:00 20260101T000000Z; do
        refused 422 from "?from=$bad"
    done
    refused 422 to '?from=2026-01-02T00:00:00Z&to=2026-01-02T00:00:00Z'
    refused 422 'success limit' '?success=x&limit=x'
    refused 400 'x limit' '?x=1&limit=x'
    for bad in x '' AAAA "$(head -c 44 /dev/zero | tr '\0' A)" "$(head -c 4000 /dev/zero | tr '\0' A)"; do
        refused 422 cursor "?cursor=$bad"
    done
    [ "$(ask '?success=%ff')" = 400 ]
    [ "$(ask '?success=%00')" = 400 ]
    refused 422 group_by '/stats?group_by=colour'
    refused 422 group_by '/stats?group_by=hour,hour'
    refused 422 group_by '/stats?group_by='
    refused 400 limit '/stats?limit=5'
    [ "$(ask '' -H 'Accept: image/png, application/json;q=0')" = 406 ]
    [ "$(ask '?from=2026-01-02T00:00:00+01:00&to=2026-01-02T00:00:01%2B01:00')" = 200 ]
    [ "$(<answer)" = '[]' ]
    stop_daemon
}

# walk SCRIPT: follows the links from "?limit=7" on and runs SCRIPT between two pages; ids into the file "seen".
walk() {
    local path='/v1/usage-logs?limit=7'

    pages=0

    : >seen
    while [ -n "$path" ]; do
        [ "$(base=${base%/v1/usage-logs} ask "$path")" = 200 ]
        answer '.[].id' >>seen
        path=$(next)
        pages=$((pages + 1))
        eval "$1"
    done
}

@test "pages under inserts: nothing twice, and nothing missed of what was there" {
    serve 'partition = "hour";'
    # Many at the same microsecond, so that the id decides; over several partitions and an old one.
    sql "INSERT INTO usage_logs (action_type, endpoint, created_at)
         SELECT 'upload', '/p', date_trunc('hour', now()) - (n / 9) * interval '17 minutes'
           FROM generate_series(0, 99) AS n"
    sql "SELECT id FROM usage_logs" | sort >before
    RANDOM=4711
    walk 'sql "INSERT INTO usage_logs (action_type, endpoint, created_at)
               SELECT '\''upload'\''::action_type, '\''/q'\'', now() - random() * interval '\''7 hours'\'' FROM generate_series(1, $((RANDOM % 9)))
               UNION ALL
               SELECT '\''upload'\''::action_type, '\''/q'\'', created_at FROM (SELECT created_at FROM usage_logs ORDER BY random() LIMIT 3) AS s"'
    [ "$pages" -ge 15 ]
    [ -z "$(sort seen | uniq -d)" ]
    [ -z "$(sort seen | comm -23 before -)" ]
    # In order, as the table has it.
    sql "CREATE TABLE seen (place serial, id uuid)"
    psql -Xq -d "$url" -c "\\copy seen (id) FROM seen"
    [ "$(sql "SELECT count(*) FROM (SELECT l.created_at, l.id, lag(l.created_at) OVER w AS at, lag(l.id) OVER w AS before
                FROM seen JOIN usage_logs l USING (id) WINDOW w AS (ORDER BY place)) AS s
              WHERE (at, before) <= (created_at, id)")" = 0 ]

    # A cursor is good for its own filters only; the limit may change.
    [ "$(ask '?limit=5&success=true')" = 200 ]
    cursor=$(next | sed 's/.*cursor=//')
    [ "$(ask "?limit=9&success=true&cursor=$cursor")" = 200 ]
    [ "$(ask "?limit=5&success=false&cursor=$cursor")" = 422 ]
    [ "$(ask "?limit=5&cursor=$cursor")" = 422 ]
    [ "$(ask "?limit=5&success=true&cursor=${cursor%?}$([ "${cursor: -1}" = A ] && echo B || echo A)")" = 422 ]
    # The last page has no link, also when it is full.
    [ "$(ask '?limit=100&endpoint=/p')" = 200 ]
    [ "$(answer length)" = 100 ]
    [ -z "$(next)" ]
    # A page of large rows ends early, and goes on.
    sql "INSERT INTO usage_logs (action_type, endpoint, error_message, success)
         SELECT 'upload', '/large', repeat(chr(1), 8000), false FROM generate_series(1, 60)"
    [ "$(ask '?limit=1000&endpoint=/large')" = 200 ]
    [ "$(wc -c <answer)" -lt 1200000 ]
    first=$(answer length)
    [ "$(base=${base%/v1/usage-logs} ask "$(next)")" = 200 ]
    [ "$((first + $(answer length)))" -le 60 ]
    [ "$(answer '.[0].error_message == ("\u0001" * 8000)')" = true ]
    stop_daemon
}

@test "the same as NDJSON and as CSV, which others read" {
    serve
    wait_for 'logged "Partition .* made"'
    sql "CREATE TABLE usage_logs_far PARTITION OF usage_logs (PRIMARY KEY (id)) FOR VALUES FROM ('2100-01-01') TO (MAXVALUE);
         INSERT INTO usage_logs (action_type, endpoint, ip_address, error_message, file_name, file_type, processing_time_ms,
                                 file_size, created_at)
         VALUES ('upload', E'/a,\"b\"\r\nc', '10.0.0.0/8', '', '=1+1', NULL, 0.1, 9223372036854775807,
                 '2026-11-20T10:00:00.000001Z'),
                ('upload', '/ü', '2001:db8::1', E'\\ttab \\\\', ' blank ', ',', 1e300, 0, '1969-12-31T23:59:59.999999Z'),
                ('delete', '/n', NULL, NULL, NULL, NULL, 'NaN', NULL, '-infinity'),
                ('delete', '/i', NULL, NULL, NULL, NULL, 'Infinity', NULL, '0044-03-15T12:00:00Z BC'),
                ('delete', '/y', NULL, NULL, NULL, NULL, 123456.789, NULL, '12026-02-28T12:00:00Z'),
                ('delete', '/z', NULL, NULL, NULL, NULL, 0.30000000000000004, NULL, 'infinity')"
    [ "$(ask '' -H 'Accept: application/x-ndjson')" = 200 ]
    grep -qi '^content-type: application/x-ndjson' head
    [ "$(wc -l <answer)" = 6 ]
    cp answer lines
    [ "$(ask '')" = 200 ]
    [ "$(jq -S . <answer)" = "$(jq -sS . <lines)" ]
    [ "$(answer '[.[].created_at] | join(" ")')" = \
        'infinity 12026-02-28T12:00:00.000000Z 2026-11-20T10:00:00.000001Z 1969-12-31T23:59:59.999999Z -0043-03-15T12:00:00.000000Z -infinity' ]
    [ "$(answer '[.[].processing_time_ms] | tojson')" = '[0.30000000000000004,123456.789,0.1,1e+300,null,null]' ] ||
        [ "$(answer '[.[].processing_time_ms] | tojson')" = '[0.30000000000000004,123456.789,0.1,1e300,null,null]' ]

    [ "$(ask '' -H 'Accept: text/html;q=0.9, text/csv, */*;q=0.1')" = 200 ]
    grep -qi '^content-type: text/csv' head
    [ "$(head -1 answer)" = $'id,action_type,endpoint,ip_address,success,error_message,processing_time_ms,file_name,file_size,file_type,created_at\r' ]
    python3 - <<'PY'
import csv, json
with open("answer", newline="", encoding="utf-8") as file:
    table = list(csv.DictReader(file, strict=True))
with open("lines", encoding="utf-8") as file:
    lines = [json.loads(line, parse_float=str, parse_int=str) for line in file]
plain = {None: "", True: "true", False: "false"}
assert table == [{name: plain.get(value, value) for name, value in line.items()} for line in lines], (table, lines)
PY
    grep -q '"/a,""b""' answer
    [ "$(ask '?endpoint=none' -H 'Accept: text/csv')" = 200 ]
    [ "$(wc -l <answer)" = 1 ]
    [ "$(ask '?endpoint=none' -H 'Accept: application/x-ndjson')" = 200 ]
    [ ! -s answer ]
    [ "$(ask '?limit=2' -H 'Accept: application/x-ndjson')" = 200 ]
    [ "$(wc -l <answer)" = 2 ]
    [ "$(ask '' -H 'Accept: application/x-ndjson' -I)" = 200 ]
    stop_daemon
}

@test "statistics by group, and no more groups than are bounded" {
    serve
    rows 1200
    [ "$(ask '/stats')" = 200 ]
    [ "$(answer '[.groups | length, .[0].count, .[0].failures, .[0].error_rate] | map(tostring) | join(" ")')" = '1 1200 240 0.2' ]
    [ "$(answer '.groups[0].processing_time_ms | "\(.p50) \(.p95) \(.p99)"')" = \
        "$(sql "SELECT array_to_string(percentile_cont(ARRAY[0.5, 0.95, 0.99]) WITHIN GROUP (ORDER BY processing_time_ms), ' ')
                  FROM usage_logs")" ]
    [ "$(ask '/stats?group_by=action_type,success&file_type=png')" = 200 ]
    [ "$(answer '.groups[] | "\(.action_type) \(.success) \(.count) \(.failures)"')" = \
        "$(sql "SELECT concat_ws(' ', action_type, success::text, count(*), count(*) FILTER (WHERE NOT success)) FROM usage_logs
                WHERE file_type = 'png' GROUP BY action_type::text, action_type, success ORDER BY action_type::text, success")" ]
    [ "$(ask '/stats?group_by=day,hour')" = 200 ]
    [ "$(answer '[.groups[].count] | add')" = 1200 ]
    [ "$(answer '.groups[0].hour')" = \
        "$(sql "SELECT to_char(min(created_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:00:00.000000\"Z\"') FROM usage_logs")" ]
    [ "$(answer '.group_by == ["day", "hour"] and .is_complete and .from == null')" = true ]
    sql "INSERT INTO usage_logs (action_type, endpoint) SELECT 'upload', '/many/' || n FROM generate_series(1, 1005) AS n"
    [ "$(ask '/stats?group_by=endpoint')" = 200 ]
    [ "$(answer '"\(.groups | length) \(.group_count) \(.is_complete)"')" = '1000 1015 false' ]
    [ "$(answer '[.groups[] | select(.count == 120)] | length')" = 10 ]
    [ "$(answer '.groups[-1].processing_time_ms.p50')" = null ]
    [ "$(ask '/stats?endpoint=none&group_by=hour')" = 200 ]
    [ "$(answer '"\(.groups | length) \(.group_count)"')" = '0 0' ]
    stop_daemon
}

@test "a list of the newest touches only the newest partitions, and goes on to the oldest when it must" {
    serve
    wait_for 'logged "Partition .* made"'
    # Sixty days before it, each with its partition.
    sql "SET timezone = 'UTC';
         ALTER TABLE usage_logs DETACH PARTITION usage_logs_first;
         DROP TABLE usage_logs_first;
         DO \$\$ BEGIN
             FOR n IN 0 .. 59 LOOP
                 EXECUTE format('CREATE TABLE usage_logs_day_%s PARTITION OF usage_logs (PRIMARY KEY (id))
                                 FOR VALUES FROM (%L) TO (%L)', n, date_trunc('day', now()) - n * interval '1 day',
                                date_trunc('day', now()) - (n - 1) * interval '1 day');
             END LOOP;
         END \$\$;
         INSERT INTO usage_logs (action_type, endpoint, created_at)
         SELECT 'upload', '/day/' || n, date_trunc('day', now()) - n * interval '1 day' + m * interval '1 second'
           FROM generate_series(0, 59) AS n, generate_series(1, 60) AS m;
         ANALYZE usage_logs"
    [ "$(ask '?limit=1')" = 200 ] # which makes the reader ask for the partitions, too
    wait_for '[ "$(readers "query LIKE '\''%relpartbound%'\''")" -ge 1 ] || [ "$(readers true)" -ge 1 ]'
    # untouched: how many of the sixty nobody has looked into since the last count.
    untouched() {
        sql "SELECT pg_stat_force_next_flush()" >/dev/null
        sql "SELECT count(*) FROM pg_stat_user_tables WHERE relname LIKE 'usage_logs_day_%'
             AND coalesce(seq_scan, 0) + coalesce(idx_scan, 0) = 0"
    }
    reset() {
        sql "SELECT pg_stat_reset()" >/dev/null
    }
    restart_sessions() { # their counts are told at their end
        sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'pgsluice-reader/%'
             AND datname = current_database()" >/dev/null
        wait_for '[ "$(readers true)" = 0 ]'
    }
    restart_sessions
    reset
    for _ in 1 2 3 4 5 6 7; do # as many as it takes for a generic plan
        [ "$(ask '')" = 200 ]
        [ "$(answer '[.[].endpoint] | unique | tojson')" = '["/day/0"]' ]
    done
    restart_sessions
    [ "$(untouched)" = 59 ]

    # Pages go on where the last one ended, each in its own day or two.
    reset
    [ "$(ask "?to=$(date -u -d '-30 days' +%FT00:00:10Z)")" = 200 ]
    [ "$(answer length)" = 50 ]
    [ "$(answer '[.[].endpoint] | unique | tojson')" = '["/day/30","/day/31"]' ]
    restart_sessions
    [ "$(untouched)" -ge 56 ]
    reset
    id=$(sql "SELECT id FROM usage_logs WHERE endpoint = '/day/20' LIMIT 1")
    [ "$(ask "/$id")" = 200 ]
    [ "$(ask '?endpoint=/day/59')" = 200 ]
    [ "$(answer length)" = 50 ]
    [ "$(ask '?limit=1000')" = 200 ]
    [ "$(answer length)" = 1000 ]
    [ "$(ask "?from=$(date -u -d '-2 days' +%FT00:00:00Z)&limit=1000")" = 200 ]
    [ "$(answer length)" = 180 ]
    # A version 7 id tells its day.
    seven=$(printf %012x "$(($(date -u -d "$(date -u -d '-40 days' +%F)" +%s) * 1000 + 3600000))")
    seven=${seven:0:8}-${seven:8:4}-7abc-8def-0123456789ab
    sql "INSERT INTO usage_logs (id, action_type, endpoint, created_at)
         VALUES ('$seven', 'upload', '/seven', usage_log_id_time('$seven') + interval '999 microseconds')"
    restart_sessions
    reset
    [ "$(ask "/$seven")" = 200 ]
    [ "$(answer .endpoint)" = /seven ]
    restart_sessions
    [ "$(untouched)" = 59 ]
    stop_daemon
}
