# A wire between pgsluice and the server that a test can cut: see wire-proxy.c.
#
#   create_database
#   start_wire                     # sets wired_url, of the same database
#   wire cut before COMMIT 2
#   run pgsluice --set "database.migration_url=$wired_url" upgrade head
#
# The teardown of the file calls stop_wire.
# shellcheck shell=bash

# shellcheck disable=SC2034,SC2153,SC2154 # variables of common.bash and of the test
start_wire() {
    local host port

    host=$(sql 'SHOW unix_socket_directories')
    port=$(sql 'SHOW port')
    coproc WIRE { exec wire-proxy "$BATS_TEST_TMPDIR/.s.PGSQL.1" "$host/.s.PGSQL.$port" 3>&- 4>&-; }
    wire_pid=$WIRE_PID
    wired_url="postgresql:///$database?host=${BATS_TEST_TMPDIR//\//%2F}&port=1&user=postgres"
    wire_says ready
}

# wire_says TEXT: the next thing that it says.
wire_says() {
    local line

    IFS= read -r -t 20 -u "${WIRE[0]}" line
    [ "$line" = "$1" ] || { echo "the wire said $line, not $1"; return 1; }
}

# wire COMMAND...
wire() {
    echo "$*" >&"${WIRE[1]}"
    wire_says ok
}

stop_wire() {
    [ -n "${wire_pid:-}" ] || return 0
    kill "$wire_pid" 2>/dev/null || :
    wait "$wire_pid" 2>/dev/null || :
    wire_pid=''
}
