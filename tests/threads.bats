# Traffic on both listeners while everything moves underneath. scripts/check-threads runs it under
# ThreadSanitizer, which is when it says most.
# timeout: 300 s
# shellcheck disable=SC2154,SC2016 # variables are common.bash's, conditions are evaluated there
load lib/common
load lib/daemon

requests=1500 # of each reader
readers=()

setup() {
    common_setup
    create_database
}

teardown() {
    stop_readers
    common_teardown
}

stop_readers() {
    local reader

    for reader in "${readers[@]}"; do
        kill "$reader" 2>/dev/null || :
        wait "$reader" 2>/dev/null || :
    done
    readers=()
}

# start_reader LISTENER PATH: asks over 8 connections at once and keeps what was answered in codes-N.
start_reader() {
    curl -sZ --parallel-max 8 -m 60 -o /dev/null -w '%{http_code}\n' \
        "http://$(daemon_address "$1")$2?n=[1-$requests]" >"codes-${#readers[@]}" 2>/dev/null 3>&- 4>&- &
    readers+=($!)
}

start_readers() {
    start_reader admin /admin/migrations
    start_reader admin /metrics
    start_reader admin /no/such/path
    start_reader traffic /readyz
    start_reader traffic /gate
}

wait_for_readers() {
    local reader

    for reader in "${readers[@]}"; do
        wait "$reader" || :
    done
    readers=()
}

# answered N CODE...: reader N has had these answers and no other.
answered() {
    local file=codes-$1
    shift
    [ -s "$file" ] && ! grep -Evx "$(IFS='|' && echo "$*")" "$file"
}

cut_sessions() {
    sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE application_name LIKE 'pgsluice/%' AND datname = current_database()" >/dev/null
}

@test "readers, reloads, migrations and lost sessions at once" {
    local turn id parent=''

    start_daemon --set gate.poll_interval=100ms
    wait_until_ready
    start_readers
    for turn in 1 2 3; do
        id=${turn}aaaaaaaaaaa
        make_table_revision "$id" "$parent" "t$turn"
        kill -HUP "${daemon_pids[daemon]}"
        wait_for "status_says 'open at $id'"
        cut_sessions
        wait_for "[ \"\$(grep -c \"STATUS=open at $id\" daemon.notify)\" -ge 2 ]"
        parent=$id
    done
    wait_for_readers
    answered 0 200
    answered 1 200
    answered 2 404
    answered 3 200 503
    answered 4 204 503
    stop_daemon
    [ "$status" = 0 ]
}

@test "the daemon ends in the middle of traffic" {
    start_daemon
    wait_until_ready
    start_readers
    wait_for '[ -s codes-0 ] && [ -s codes-1 ] && [ -s codes-4 ]'
    stop_daemon
    [ "$status" = 0 ]
    wait_for_readers
    answered 0 200 000
    answered 1 200 000
}
