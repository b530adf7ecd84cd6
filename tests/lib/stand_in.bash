# A pgsluiced that is played, see stand-in-daemon. Its folder is `played`.
# shellcheck shell=bash
# `address` is for the tests.
# shellcheck disable=SC2034

stand_in_pid=

# start_stand_in [--tls CERTIFICATE KEY [CA]]: sets `address`.
start_stand_in() {
    mkdir -p played
    "$BATS_TEST_DIRNAME/lib/stand-in-daemon" played "$@" </dev/null >played/output 2>&1 3>&- 4>&- &
    stand_in_pid=$!
    wait_for '[ -e played/address ]'
    address=$(<played/address)
}

stop_stand_in() {
    [ -n "$stand_in_pid" ] || return 0
    kill "$stand_in_pid"
    wait "$stand_in_pid" || :
    stand_in_pid=
}

# How it behaves from the next request on.
behave() {
    printf '%s' "$1" >played/mode
}

# asked FILTER: a filter for jq over the list of all requests.
asked() {
    jq -s -r "$1" played/requests
}

# How many real calls of a rollback there were.
count_real_calls() {
    asked '[.[] | select(.path == "/admin/migrations/rollback") | .body | fromjson
            | select(.dry_run == false)] | length'
}
