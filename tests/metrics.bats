# GET /metrics of a daemon at work, judged by Prometheus' own tool.
# timeout: 300 s
# Variables are common.bash's; conditions of wait_for are evaluated there.
# shellcheck disable=SC2154,SC2016
load lib/common
load lib/daemon

setup() {
    common_setup
    create_database
}

teardown() {
    [ -z "$holder_pid" ] || kill "$holder_pid" 2>/dev/null || :
    common_teardown
}

scrape() {
    http_body /metrics admin
}

# has SAMPLE...: all of them are there now, with these values.
has() {
    local text sample

    text=$(scrape)
    for sample; do
        grep -Fqx -- "$sample" <<<"$text" || {
            echo "not there: $sample"
            return 1
        }
    done
}

# value NAME{LABELS}
value() {
    scrape | awk -v name="$1" '$1 == name { print $2 }'
}

@test "a boot that waits, migrates and opens is told in numbers" {
    make_table_revision aaaaaaaaaaaa '' one
    make_revision bbbbbbbbbbbb aaaaaaaaaaaa <<'SQL'
-- migrate:up
CREATE TABLE two ();
SELECT pg_sleep(0.2);
CREATE INDEX ON one (id);
-- migrate:down
DROP TABLE two;
SQL
    hold_lock
    start_daemon
    wait_for_http
    wait_for "status_says 'waiting for the migration lock'"
    has 'pgsluice_gate_state{state="waiting_for_lock"} 1' 'pgsluice_gate_state{state="open"} 0' \
        'pgsluice_pending_revisions 2' 'pgsluice_database_connected 1' 'pgsluice_lock_wait_seconds_count 0'
    run -0 promtool check metrics <<<"$(scrape)"
    [ -z "$output" ]
    release_lock
    wait_until_ready
    has 'pgsluice_gate_state{state="open"} 1' 'pgsluice_gate_state{state="waiting_for_lock"} 0' \
        'pgsluice_gate_changes_total{state="open"} 1' 'pgsluice_gate_changes_total{state="migrating"} 1' \
        'pgsluice_pending_revisions 0' 'pgsluice_database_heads 1' 'pgsluice_database_unknown_heads 0' \
        'pgsluice_mismatched_revisions 0' 'pgsluice_hold 0' 'pgsluice_database_sessions_total 1' \
        'pgsluice_lock_wait_seconds_count 1' 'pgsluice_operations_total{kind="upgrade",outcome="succeeded"} 1' \
        'pgsluice_revision_duration_seconds_count{direction="upgrade"} 2' \
        'pgsluice_statement_duration_seconds_count{direction="upgrade"} 4'
    [ "$(value 'pgsluice_statement_duration_seconds_bucket{direction="upgrade",le="0.1"}')" -le 3 ]
    [ "$(value pgsluice_gate_ready_timestamp_seconds | cut -d . -f 1)" -le "$EPOCHSECONDS" ]
    run -0 promtool check metrics <<<"$(scrape)"
    [ -z "$output" ]
}

@test "what requests name themselves is not in the labels" {
    local path

    start_daemon
    wait_until_ready
    for path in /secret/path '/gate?revision=x%22%0Ay' /admin/migrations; do
        http_status "$path" traffic
        http_status "$path" admin
    done
    curl -s -o /dev/null -X 'BREW"' "http://$(daemon_address admin)/metrics" || :
    wait_for 'has '\''pgsluice_http_requests_total{listener="admin",route="/admin/migrations",method="GET",status="2xx"} 1'\'
    wait_for 'has '\''pgsluice_http_requests_total{listener="traffic",route="/gate",method="GET",status="5xx"} 1'\'
    wait_for 'has '\''pgsluice_http_requests_total{listener="traffic",route="none",method="GET",status="4xx"} 2'\'
    run ! grep -E 'secret|BREW|revision=' <<<"$(scrape)"
    run -0 promtool check metrics <<<"$(scrape)"
    [ -z "$output" ]
}

@test "retries, failures and lost sessions count" {
    make_table_revision aaaaaaaaaaaa '' one
    start_daemon --set execution.retry_deadline=60s --set gate.poll_interval=1s
    wait_until_ready
    psql -XAtq -d "$url" -c 'BEGIN' -c 'LOCK TABLE one' -c 'SELECT pg_sleep(300)' \
        </dev/null >/dev/null 2>&1 3>&- 4>&- &
    holder_pid=$!
    wait_for '[ "$(sql "SELECT count(*) FROM pg_locks WHERE relation = '\''one'\''::regclass")" = 1 ]'
    make_revision bbbbbbbbbbbb aaaaaaaaaaaa <<'SQL'
-- migrate:up
ALTER TABLE one ADD COLUMN more int;
-- migrate:down
ALTER TABLE one DROP COLUMN more;
SQL
    kill -HUP "${daemon_pids[daemon]}"
    wait_for '[ "$(value '\''pgsluice_retries_total{sqlstate="55P03"}'\'')" -ge 1 ]'
    sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE query LIKE '%pg_sleep(300)%' AND pid <> pg_backend_pid() AND datname = current_database()"
    wait_for 'has '\''pgsluice_operations_total{kind="upgrade",outcome="succeeded"} 2'\'
    has 'pgsluice_reloads_total{outcome="accepted"} 1'
    make_revision cccccccccccc bbbbbbbbbbbb <<'SQL'
-- migrate:up
SELECT 1 / 0;
-- migrate:down
-- nothing to undo
SQL
    kill -HUP "${daemon_pids[daemon]}"
    wait_for 'has '\''pgsluice_operations_total{kind="upgrade",outcome="failed"} 1'\'
    echo '-- nonsense' >"$migrations/versions/dddddddddddd_test.sql"
    kill -HUP "${daemon_pids[daemon]}"
    wait_for 'has '\''pgsluice_reloads_total{outcome="refused"} 1'\'
    sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE application_name LIKE 'pgsluice/%' AND datname = current_database()"
    wait_for 'has '\''pgsluice_database_sessions_lost_total 1'\'' '\''pgsluice_database_connected 1'\'
    run -0 promtool check metrics <<<"$(scrape)"
    [ -z "$output" ]
}
