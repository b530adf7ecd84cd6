# The verbs that ask a daemon: status and wait.
load lib/common
load lib/daemon
load lib/stand_in
# Variables are common.bash's and stand_in.bash's; conditions of wait_for are evaluated there.
# shellcheck disable=SC2154,SC2016

digest=$(printf 'ab%.0s' {1..32})
typist=$BATS_TEST_DIRNAME/lib/typist

teardown() {
    stop_stand_in
    common_teardown
}

# --- status and wait ------------------------------------------------------------------------------

# A daemon with a token, on TCP and a Unix socket.
start_guarded_daemon() {
    write_config <<CONF
database:    { migration_url = "$url"; };
migrations:  { directory = "$migrations"; };
environment: { controlled = true; };
http:        { traffic: { listen = [ "127.0.0.1:0" ]; };
               admin:   { listen = [ "unix:$PWD/admin.sock", "127.0.0.1:0" ];
                          anonymous_read = false;
                          tokens = ( { name = "ops"; sha256 = "$(token_hash let-me-in)";
                                       scopes = [ "read" ]; } ); }; };
CONF
    start_daemon
    wait_until_ready
}

# Without the rows that only a daemon has.
database_rows() {
    grep -Ev '^(daemon|gate) '
}

@test "status prints what a daemon says as it prints what it finds itself" {
    create_database
    write_pgsluice_conf
    make_table_revision aaaa1111 '' one
    start_guarded_daemon
    admin=http://$(daemon_address admin)
    printf 'let-me-in\n' >token
    pgsluice status >here
    pgsluice status --url "$admin" --token-file token >there
    grep -q '^at  *aaaa1111 (head)$' there
    grep -Eq '^gate  *open since 20' there
    diff here <(database_rows <there)
    PGSLUICE_TOKEN=let-me-in pgsluice status --socket admin.sock | database_rows | diff here -
    mkdir credentials
    cp token credentials/pgsluice.token
    CREDENTIALS_DIRECTORY=$PWD/credentials pgsluice status --socket unix:admin.sock --json >document
    jq -e '.gate.state == "open" and .database.heads == ["aaaa1111"]' document

    # who asks without the right token is let in nowhere, and no token is shown
    run -3 --separate-stderr pgsluice -v status --url "$admin"
    [[ $stderr == *'next: '*'--token-file'* ]]
    PGSLUICE_TOKEN=wrong-token run -3 --separate-stderr pgsluice --json status --url "$admin"
    [ "$(jq -r .error.kind <<<"$output")" = daemon-login ]
    [[ $stderr != *wrong-token* ]]

    # gone: nobody answers
    stop_daemon
    run -3 --separate-stderr pgsluice status --url "$admin"
    [[ $stderr == *"cannot reach the daemon at $admin: "*'next: is pgsluiced running there'* ]]
    run -3 --separate-stderr pgsluice --json status --socket admin.sock
    [ "$(jq -r .error.kind <<<"$output")" = daemon-unreachable ]
}

@test "status says everything of a daemon's database that it says of its own" {
    create_database
    write_pgsluice_conf
    make_table_revision aaaa1111 '' one
    make_table_revision bbbb2222 aaaa1111 two
    pgsluice -q upgrade aaaa1111
    pgsluice -q hold aaaa1111 --reason 'look first'
    sed -i 's/one (id/one (id1/' migrations/versions/aaaa1111_test.sql
    make_table_revision dddd4444 '' four
    make_table_revision cccc3333 bbbb2222 three
    sed -i 's/^-- Create Date/-- Depends On: dddd4444\n&/' migrations/versions/cccc3333_test.sql
    write_default_config
    start_daemon --set environment.controlled=false --set 'http.admin.listen=127.0.0.1:0'
    wait_for_http
    wait_for 'http_body /admin/migrations admin | jq -e .database'
    run pgsluice status
    here=$output
    wait_for '[ "$(pgsluice status --url "http://$(daemon_address admin)" | database_rows)" = "$here" ]'
    [[ $here == *'mismatched  aaaa1111: '*'hold        at aaaa1111 since '*': look first'* ]]
    [[ $here == *'<base> -> dddd4444 (effective head), '*'bbbb2222 (dddd4444) -> cccc3333 (head), '* ]]
}

@test "wait waits for a daemon's gate, and for a revision" {
    create_database
    write_pgsluice_conf
    make_table_revision aaaa1111 '' one
    write_default_config
    start_daemon --set environment.controlled=false
    wait_for_http
    traffic=http://$(daemon_address traffic)
    run -1 --separate-stderr pgsluice wait --url "$traffic" --timeout 300ms
    [[ $stderr == *'was not ready in time: '* ]]
    pgsluice wait --url "$traffic" --revision aaaa1111 --json >waited 2>told &
    waiter=$!
    wait_for 'grep -q Waiting: told'
    pgsluice -q upgrade
    wait "$waiter"
    jq -e '.reached and .revisions == ["aaaa1111"]' waited
    pgsluice wait --url "$traffic"
    run -3 --separate-stderr pgsluice wait --url "http://$(daemon_address admin)" --revision aaaa1111
    [[ $stderr == *'next: /gate is answered by the traffic listener'* ]]
    stop_daemon
    run -1 --separate-stderr pgsluice wait --url "$traffic" --timeout 300ms
    [[ $stderr == *'was not ready in time: cannot reach the daemon'* ]]
}

@test "what cannot be an address or a token is a usage error" {
    for words in '--url http://me:secret@host/' '--socket /s --url http://host'; do
        # shellcheck disable=SC2086 # words
        run -2 --separate-stderr pgsluice status $words
        [[ $stderr != *secret* ]]
    done
    run -2 pgsluice status --socket "$(printf 'x%.0s' {1..200})"
    printf 'two words' >token
    run -2 --separate-stderr pgsluice status --url http://127.0.0.1:1 --token-file token
    [[ $stderr == *'not one word'* ]]
    run -2 pgsluice status --url http://127.0.0.1:1 --token-file missing
    PGSLUICE_TOKEN=$'a\r\nX-Evil: 1' run -2 pgsluice status --url http://127.0.0.1:1
    run -2 pgsluice status --url http://127.0.0.1:1 --answer-timeout soon
    run -2 pgsluice status --token-file token
}

