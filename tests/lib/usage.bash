# A daemon that serves usage logs, and questions to it.
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # variables of common.bash and of the tests

# serve [LINE...]: the daemon on the shipped migrations, open; more lines in the section usage_log.
serve() {
    write_config daemon <<CONF
database:    { migration_url = "$url"; ${database_wanted:-} };
migrations:  { directory = "$top_srcdir/migrations"; };
environment: { controlled = true; };
gate:        { poll_interval = "100ms"; };
http:        { request_timeout = "${request_timeout:-20s}";
               traffic: { listen = [ "127.0.0.1:0" ]; ${traffic:-} };
               admin:   { listen = [ "127.0.0.1:0" ]; }; };
usage_log:   { $(printf '%s\n' "$@") };
CONF
    start_daemon
    wait_until_ready
    find_base
}

# Sets `base`, which changes with every start.
find_base() {
    base=http://$(daemon_address traffic)/v1/usage-logs
}

# ask QUERY-OR-PATH [CURL-OPTION...]: the status; the answer is in the files "answer" and "head".
ask() {
    local what=$1

    shift
    curl -sg -m 20 -o answer -D head -w '%{http_code}' "$@" "$base$what" || :
}

# answer FILTER: what jq finds in it.
answer() {
    jq -r "$1" <answer
}

# rows COUNT [ENDPOINT]: so many rows, a second between two, the newest now. Their ids are not kept elsewhere, which
# takes the most time.
rows() {
    sql "ALTER TABLE usage_logs DISABLE TRIGGER USER;
         INSERT INTO usage_logs (action_type, endpoint, ip_address, success, error_message, processing_time_ms,
                                 file_name, file_size, file_type, created_at)
         SELECT (ARRAY['upload', 'download', 'convert'])[1 + n % 3]::action_type, '${2:-/api/}' || n % 10,
                ('10.0.' || n % 4 || '.' || n % 200)::inet, n % 5 <> 0, CASE WHEN n % 5 = 0 THEN 'no \"room\"' END,
                n / 8.0, 'f' || n || '.pdf', n * 1000, (ARRAY['pdf', 'png'])[1 + n % 2],
                now() - n * interval '1 second'
           FROM generate_series(0, $1 - 1) AS n"
}

# big_rows COUNT: the same, each with an error of 60,000 characters. A thousand are more than the sockets between
# server, daemon and client ever hold, so whoever does not read them keeps the server waiting.
big_rows() {
    rows "$1"
    sql "UPDATE usage_logs SET error_message = repeat('big', 20000)"
}

# next: the path and query of the Link that the last answer has.
next() {
    sed -n 's|^[Ll]ink: <\(.*\)>; rel="next".*|\1|p' head
}

# kib_of FIELD: of the daemon's memory, from /proc.
kib_of() {
    awk -v field="$1:" '$1 == field { print $2 }' "/proc/${daemon_pids[daemon]}/status"
}

# readers FILTER: sessions of the reader for which it is true.
readers() {
    sql "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'pgsluice-reader/%'
         AND datname = current_database() AND $1"
}
