# The verbs that ask a daemon: status and wait the real one, rollback mostly one that is played.
load lib/common
load lib/daemon
load lib/stand_in

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
gate:        { poll_interval = "100ms"; };
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
    # It lists itself once it has looked again.
    wait_for 'pgsluice status --url "$admin" --token-file token >there; grep -q ^instances there'
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
    for words in '' '--url http://me:secret@host/' '--socket /s --url http://host'; do
        # shellcheck disable=SC2086 # words
        run -2 --separate-stderr pgsluice rollback --dry-run $words
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

# --- rollback -------------------------------------------------------------------------------------

# A plan that loses something, and what --yes needs.
lose_a_column() {
    cat >played/plan.json <<'JSON'
{"losses": [{"kind": "column", "name": "public.usage_logs.success", "rows": 123, "is_estimate": true}]}
JSON
}
yes=(--yes --confirm "$digest" --reason because)

@test "rollback --dry-run shows what would happen, and asks for nothing else" {
    start_stand_in
    cat >played/plan.json <<'JSON'
{"losses": [{"kind": "column", "name": "public.usage_logs.success", "rows": 123, "is_estimate": true}],
 "irreversible": [{"revision": "bbbb2222", "message": "no way back"}],
 "instances": [{"instance": "web2:9", "host": "web2", "version": "0.1.0", "required_revision": "bbbb2222",
                "since": "2026-11-22T14:00:00Z", "pid": 9}],
 "refusals": [{"type": "urn:pgsluice:problem:irreversible", "status": 422, "title": "T", "detail": "It has no way back",
               "hint": "write one"}]}
JSON
    run --separate-stderr pgsluice rollback --dry-run --url "http://$address/"
    [ "$status" -eq 0 ]
    [ -z "$stderr" ]
    diff -u - <(printf '%s\n' "$output") <<EXPECTED
1 step from bbbb2222 to aaaa1111:
   1. downgrade bbbb2222 -> aaaa1111, add success column
      /m/versions/bbbb2222_add.sql
        ALTER TABLE usage_logs
          DROP COLUMN success
        -- AccessExclusiveLock on public.usage_logs (45 rows, 8.0 KiB)

What is lost:
   column public.usage_logs.success: about 123 rows

What cannot be undone:
   bbbb2222, no way back

What runs now and would break:
   web2:9 on web2, version 0.1.0, needs bbbb2222, since 2026-11-22T14:00:00Z

What stands in the way now:
   It has no way back
     next: write one
   Rows would be lost
     next: when what is lost may go: --accept-data-loss

Digest: $digest, valid until 2026-11-22T15:00:00Z
EXPECTED
    pgsluice rollback usage@-1 --dry-run --socket played/socket --json >document
    jq -e '.losses[0].rows == 123' document
    [ "$(asked '[.[].body | fromjson | [.target, .dry_run]] | tojson')" = '[["-1",true],["usage@-1",true]]' ]

    # a real one would be refused: nobody is asked for anything
    run -6 --separate-stderr pgsluice rollback --url "http://$address"
    [[ $stderr == *'pgsluice: error: It has no way back'*'next: write one'* ]]
    [ "$(count_real_calls)" = 0 ]
}

@test "rollback asks at the terminal, and does what was typed for" {
    start_stand_in
    lose_a_column
    run -0 "$typist" 'accept that: ' 'lose it' 'ledger) ' 'bad release' 'Type aaaa1111' aaaa1111 -- \
        pgsluice rollback --url "http://$address"
    [[ $output == *'column public.usage_logs.success: about 123 rows'*$'\none\ntwo\nthree\n'*'is at aaaa1111 (it was at bbbb2222)'* ]]
    asked '.[2].body' | jq -e '. == {target: "-1", dry_run: false, confirm: "'"$digest"'",
        reason: "bad release", accept_data_loss: true, accept_drift: false}'
    [ "$(asked '.[2].headers["If-Match"]')" = '"e1"' ]
    [[ $(asked '.[2].headers["Idempotency-Key"]') =~ ^[0-9a-f-]{36}$ ]]

    # anything else that is typed, or nothing, is a no
    run -6 "$typist" 'accept that: ' yes -- pgsluice rollback --url "http://$address"
    [[ $output == *'"lose it" was not typed: nothing was done'* ]]
    run -6 "$typist" 'Type aaaa1111' aaaa -- \
        pgsluice rollback --reason r --accept-data-loss --url "http://$address"
    run -6 "$typist" 'Type aaaa1111' '^D' -- \
        pgsluice rollback --reason r --accept-data-loss --url "http://$address"
    run -130 "$typist" 'Type aaaa1111' '^C' -- \
        pgsluice rollback --reason r --accept-data-loss --url "http://$address"
    [ "$(count_real_calls)" = 1 ]

    # back to the base
    echo '{"to": []}' >played/plan.json
    run -0 "$typist" 'Type base' base -- pgsluice rollback --reason r --url "http://$address"
}

@test "without a terminal rollback says what to type; --yes wants the digest and the reason" {
    start_stand_in
    lose_a_column
    run -6 --separate-stderr pgsluice rollback --url "http://$address" </dev/null
    [[ $stderr == *"next: pgsluice rollback -1 --url http://$address --yes --confirm $digest --reason TEXT --accept-data-loss" ]]
    run -2 pgsluice rollback --yes --reason r --url "http://$address"
    run -2 pgsluice rollback --yes --confirm "$digest" --url "http://$address"
    run -6 --separate-stderr pgsluice rollback "${yes[@]}" --url "http://$address"
    [[ $stderr == *'error: Rows would be lost'* ]]
    run -6 pgsluice rollback --yes --confirm "${digest//a/c}" --reason r --accept-data-loss --url "http://$address"
    run -0 --separate-stderr pgsluice --json rollback "${yes[@]}" --accept-data-loss --url "http://$address"
    [ "$(jq -r '[.state, .to[0]] | join(" ")' <<<"$output")" = 'succeeded aaaa1111' ]
    behave done-at-once
    run -0 --separate-stderr pgsluice -q rollback "${yes[@]}" --accept-data-loss --socket played/socket
    [ -z "$output$stderr" ]
    behave busy
    run -4 --separate-stderr pgsluice rollback "${yes[@]}" --accept-data-loss --url "http://$address"
    [[ $stderr == *'a-colleague is migrating'*'next: wait for it' ]]
}

@test "a rollback that fails in the daemon fails here, with the daemon's words" {
    start_stand_in
    behave fails
    run -5 --separate-stderr pgsluice --json rollback "${yes[@]}" --url "http://$address"
    [ "$(jq -s -r '.[0].error | [.kind, .message, .hint] | join("; ")' <<<"$output")" = \
        'sql; relation "x" does not exist; correct the file' ]
    [[ $stderr == $'one\ntwo\nthree\npgsluice: error: '* ]]
}

@test "an answer that is lost is asked for again with the same key: one rollback" {
    start_stand_in
    behave lost-answer
    run -0 --separate-stderr pgsluice rollback "${yes[@]}" --url "http://$address"
    [[ $stderr == *'it stays one rollback'*'is at aaaa1111'* ]]
    [ "$(count_real_calls)" -ge 2 ]
    [ "$(asked '[.[].headers["Idempotency-Key"] // empty] | unique | length')" = 1 ]
    behave silence
    run -0 --separate-stderr pgsluice rollback "${yes[@]}" --url "http://$address"
    [[ $stderr == *'looking again'*'is at aaaa1111'* ]]
}

@test "Ctrl-C leaves the rollback to the daemon and says how to look; --follow looks" {
    start_stand_in
    behave endless
    run -130 "$typist" 'one' '^C' -- pgsluice rollback "${yes[@]}" --socket played/socket
    [[ $output == *'goes on in the daemon'*"next: pgsluice rollback --follow 0f0e-1 --socket played/socket"* ]]
    behave ''
    run -0 --separate-stderr pgsluice rollback --follow 0f0e-1 --socket played/socket
    [[ $stderr == *'is at aaaa1111'* ]]
    [ "$(count_real_calls)" = 1 ]
    run -2 pgsluice rollback --follow ../x --socket played/socket
    run -2 pgsluice rollback -1 --follow 0f0e-1 --socket played/socket

    # before the daemon has answered
    behave silent
    before=$(asked length)
    pgsluice rollback --dry-run --url "http://$address" >out 2>&1 3>&- 4>&- &
    asker=$!
    wait_for '[ "$(asked length)" -gt "$before" ]'
    kill -INT "$asker"
    status=0
    wait "$asker" || status=$?
    [ "$status" = 130 ]
    behave ''
}

@test "answers that are no answers end in an error, not in a crash or on the terminal" {
    start_stand_in
    for how in huge headers redirect not-http truncated; do
        behave $how
        run -3 --separate-stderr pgsluice rollback --dry-run --url "http://$address" --answer-timeout 10s
        echo "$how: $stderr"
        [[ $stderr == 'pgsluice: error: '* ]]
    done
    [[ $(asked '[.[].path] | unique | tojson') == '["/admin/migrations/rollback"]' ]]
    printf '{"service": [], "digest": "x", "state": 3, "detail": "\\u001b[2Jgone\\npgsluice: well"}' >played/raw
    behave raw-problem
    run -6 --separate-stderr pgsluice rollback --dry-run --url "http://$address"
    [ "$stderr" = 'pgsluice: error: \x1b[2Jgone pgsluice: well' ]
    behave raw
    for words in 'rollback --dry-run' status 'rollback --follow x'; do
        # shellcheck disable=SC2086 # words
        run -3 --separate-stderr pgsluice $words --url "http://$address"
        [[ $stderr == 'pgsluice: error: '* ]]
    done
    printf '{"a":%.0s' {1..3000} >played/raw
    run -3 pgsluice status --url "http://$address"
}

@test "names out of an answer reach the terminal on one line, without control characters" {
    start_stand_in
    cat >played/plan.json <<'JSON'
{"losses": [{"kind": "table", "name": "x\u001b[2J\u009b1m\ny\r\nDigest: all is well", "rows": 1}],
 "expires_at": "\u202e\u0007", "from": ["\u001b]0;t\u0007"]}
JSON
    pgsluice rollback --dry-run --url "http://$address" >text
    run ! grep -qP '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]' text
    [ "$(grep -c '^Digest: ' text)" = 1 ]
    pgsluice --json rollback --dry-run --url "http://$address" >document
    run ! grep -qP '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]' document
    jq -e '.losses[0].name | contains("\u009b1m")' document

    # what somebody is asked to type is an id, or nobody is asked
    for plan in '{"to": ["a b"]}' '{"to": ["aaaa\u0430"]}' '{"digest": "short"}'; do
        printf '%s' "$plan" >played/plan.json
        run -3 pgsluice rollback --dry-run --url "http://$address"
    done
}

@test "over TLS the certificate is checked, and the client's is shown" {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=127.0.0.1 \
        -addext subjectAltName=IP:127.0.0.1 -keyout key.pem -out cert.pem 2>/dev/null
    start_stand_in --tls cert.pem key.pem cert.pem
    run -3 --separate-stderr pgsluice rollback --dry-run --url "https://$address"
    [[ $stderr == *'next: name the certificate authority that it comes from: --ca-file FILE'* ]]
    run -3 pgsluice rollback --dry-run --url "https://$address" --ca-file cert.pem
    pgsluice rollback --dry-run --url "https://$address" --ca-file cert.pem --cert-file cert.pem --key-file key.pem
    run -3 pgsluice rollback --dry-run --url "https://localhost:${address#*:}" --ca-file cert.pem \
        --cert-file cert.pem --key-file key.pem
    run -2 pgsluice rollback --dry-run --url "https://$address" --ca-file missing.pem
    behave login
    PGSLUICE_TOKEN=let-me-in pgsluice rollback --dry-run --url "https://$address" --ca-file cert.pem \
        --cert-file cert.pem --key-file key.pem
    run -3 pgsluice rollback --dry-run --socket played/socket
}

@test "a proxy or .netrc of the environment does not get to see the token" {
    start_stand_in
    behave login
    printf 'machine 127.0.0.1 login me password secret\n' >.netrc
    PGSLUICE_TOKEN=let-me-in HOME=$PWD http_proxy=http://127.0.0.1:1 ALL_PROXY=http://127.0.0.1:1 \
        pgsluice rollback --dry-run --url "http://$address"
}

@test "libcurl is loaded by who asks a daemon, and by nobody else" {
    run ! grep -q libcurl <(ldd "$(command -v pgsluice)")
    start_stand_in
    LD_DEBUG=files pgsluice --version 2>&1 | grep -c libcurl >count || :
    [ "$(<count)" = 0 ]
    LD_DEBUG=files pgsluice rollback --dry-run --url "http://$address" 2>&1 | grep -q libcurl
}

# --- The real one ------------------------------------------------------------------------------

@test "rollback drives the real daemon" {
    create_database
    make_table_revision aaaaaaaaaaaa '' one
    make_table_revision bbbbbbbbbbbb aaaaaaaaaaaa two
    write_config <<CONF
database:    { migration_url = "$url"; };
migrations:  { directory = "$migrations"; };
environment: { controlled = true; };
gate:        { required_revision = "aaaaaaaaaaaa"; };
http:        { traffic: { listen = [ "127.0.0.1:0" ]; };
               admin:   { listen = [ "127.0.0.1:0", "unix:$PWD/admin.sock" ];
                          anonymous_read = false;
                          tokens = ( { name = "ops"; sha256 = "$(token_hash ops-token)";
                                       scopes = [ "read", "rollback" ]; } ); }; };
rollback:    { enabled = true; };
CONF
    start_daemon
    wait_until_ready
    sql "INSERT INTO two SELECT i FROM generate_series(1, 5) i"
    admin=http://$(daemon_address admin)
    export PGSLUICE_TOKEN=ops-token
    run -6 --separate-stderr pgsluice rollback --url "$admin" </dev/null
    [[ $stderr == *'table public.two: 5 rows'*'--accept-data-loss' ]]
    run -0 "$typist" 'accept that: ' 'lose it' 'ledger) ' 'bad release' 'Type aaaaaaaaaaaa' aaaaaaaaaaaa -- \
        pgsluice rollback --url "$admin"
    [[ $output == *'The database is at aaaaaaaaaaaa (it was at bbbbbbbbbbbb)'* ]]
    [ "$(sql "SELECT reason FROM pgsluice.ledger WHERE event = 'downgrade'")" = 'bad release' ]
    pgsluice status --url "$admin" | grep -q '^hold  *at aaaaaaaaaaaa'
    [ "$(sql "SELECT actor || ' ' || event FROM pgsluice.ledger WHERE event <> 'upgrade'" | paste -sd,)" = \
        'token:ops downgrade' ]

    # over the socket, by the digest of a dry run; nothing is left to undo but what the gate requires
    run -0 --separate-stderr pgsluice --json rollback --dry-run --socket admin.sock
    confirm=$(jq -r .digest <<<"$output")
    run -0 --separate-stderr pgsluice --json rollback --yes --confirm "$confirm" --reason 'all of it' --socket admin.sock
    [ "$(jq -c '[.state, .gate, .to]' <<<"$output")" = '["succeeded","closed",[]]' ]
    PGSLUICE_TOKEN=another run -3 --separate-stderr pgsluice rollback --socket admin.sock </dev/null
    pgsluice audit --verify
}
