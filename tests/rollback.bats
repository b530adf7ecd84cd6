# Rollbacks, upgrades and holds over HTTP: every guard, the operation, and what a crash leaves.
# timeout: 300 s
# shellcheck disable=SC2154,SC2016 # what common.bash and bats set; wait_for evaluates
# shellcheck disable=SC2119,SC2120 # arguments that may be left out
# shellcheck disable=SC2030,SC2031,SC2034 # the failpoint of one test; read by wait_for
# shellcheck disable=SC2015,SC2097,SC2098 # a claim or its complaint; variables for one call of a function
load lib/common
load lib/daemon

ops='ops-token' # may do everything
reader='read-token' # may only read

setup() {
    common_setup
    create_database
}

teardown() {
    [ -z "$holder_pid" ] || kill "$holder_pid" 2>/dev/null || :
    common_teardown
}

# write_guarded_config [LINE...]: a daemon that allows rollbacks, with two tokens.
write_guarded_config() {
    write_config daemon <<CONF
database:    { migration_url = "$url"; };
migrations:  { directory = "$migrations"; };
environment: { controlled = true; };
gate:        { required_revision = "aaaaaaaaaaaa"; };
execution:   { lock_timeout = "1s"; retry_deadline = "1s"; };
http:        { traffic: { listen = [ "127.0.0.1:0" ]; };
               admin:   { listen = [ "127.0.0.1:0" ];
                          tokens = ( { name = "ops"; sha256 = "$(token_hash $ops)";
                                       scopes = [ "read", "rollback", "upgrade", "hold" ]; },
                                     { name = "reader"; sha256 = "$(token_hash $reader)";
                                       scopes = [ "read" ]; } ); }; };
rollback:    { enabled = true; };
CONF
    printf '%s\n' "$@" >>daemon.conf
}

# Two revisions: a table that stays, and one with rows and a column.
make_history() {
    make_table_revision aaaaaaaaaaaa '' one
    make_revision bbbbbbbbbbbb aaaaaaaaaaaa <<'SQL'
-- migrate:up
CREATE TABLE two (id bigint PRIMARY KEY, name text);
-- migrate:down
DROP TABLE two;
SQL
}

# call METHOD PATH [BODY] [CURL-OPTION...]: sets `code`, `body`, and writes the fields into "fields".
call() {
    local method=$1 path=$2 data=${3:-}

    shift 2
    [ $# -eq 0 ] || shift
    code=$(curl -s -m 60 -o body -D fields -w '%{http_code}' -X "$method" \
        -H "Authorization: Bearer ${token:-$ops}" ${data:+--json "$data"} "$@" \
        "http://$(daemon_address admin)$path")
    body=$(<body)
}

# The value of a member of the last answer.
member() {
    jq -r "$1" <<<"$body"
}

problem() {
    [ "$code" = "$1" ] && [ "$(member .type)" = "urn:pgsluice:problem:$2" ] || {
        echo "not $1 $2: $code $body"
        return 1
    }
}

dry_run() { # [TARGET] [KIND]
    call POST "/admin/migrations/${2:-rollback}" "{\"target\": \"${1:--1}\"}"
    [ "$code" = 200 ] || {
        echo "$code $body"
        return 1
    }
    plan=$body
    digest=$(member .digest)
    etag=$(member .etag)
}

# change [MEMBERS] [CURL-OPTION...]: a real call that confirms the last dry run.
change() {
    local members=${1:-}

    [ $# -eq 0 ] || shift
    call POST "/admin/migrations/${kind:-rollback}" \
        "{\"target\": \"${target:--1}\", \"dry_run\": false, \"reason\": \"a test\", \"confirm\": \"$digest\"$members}" \
        -H "Idempotency-Key: ${key:-$RANDOM$RANDOM$RANDOM}" -H "If-Match: $etag" "$@"
}

# block_table TABLE: a reader that keeps it from being dropped until unblock_table.
block_table() {
    PGAPPNAME=reader psql -XAtq -d "$url" -c "BEGIN; LOCK TABLE $1 IN ACCESS SHARE MODE; SELECT pg_sleep(300)" \
        </dev/null >/dev/null 2>&1 3>&- 4>&- &
    holder_pid=$!
    wait_for "[ \"\$(sql \"SELECT count(*) FROM pg_locks WHERE relation = to_regclass('$1') AND mode = 'AccessShareLock'\")\" = 1 ]"
}

unblock_table() {
    sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE application_name = 'reader' AND datname = current_database()" >/dev/null
    wait "$holder_pid" || :
    holder_pid=
}

heads() {
    sql 'SELECT version_num FROM alembic_version'
}

refusals() {
    sql "SELECT count(*) FROM pgsluice.ledger WHERE event = 'refuse'"
}

# counts LINE: is it one of GET /metrics?
counts() {
    http_body /metrics admin | grep -qxF "$1"
}

gate_state() {
    http_body /admin/migrations admin | jq -r .gate.state
}

@test "a dry run tells what would happen, and changes nothing" {
    make_history
    write_guarded_config
    start_daemon
    wait_until_ready
    sql "INSERT INTO two SELECT n, 'x' FROM generate_series(1, 45) n"
    dry_run
    [ "$(member .direction)" = downgrade ]
    [ "$(member '.from[0]')" = bbbbbbbbbbbb ]
    [ "$(member '.to[0]')" = aaaaaaaaaaaa ]
    [ "$(member '.steps[0].statements[0].sql')" = 'DROP TABLE two' ]
    [ "$(member '.steps[0].statements[0].lock')" = AccessExclusiveLock ]
    [ "$(member '.steps[0].statements[0].relations[0].name')" = public.two ]
    [ "$(member '.steps[0].source')" = file ]
    [ "$(member '.losses[0] | "\(.kind) \(.name) \(.rows) \(.is_estimate)"')" = 'table public.two 45 false' ]
    [ "$(member '.refusals[].type')" = urn:pgsluice:problem:data-loss ]
    [ "$(member .reversible)" = true ]
    [ "${#digest}" = 64 ]
    [ "$(heads)" = bbbbbbbbbbbb ]
    [ "$(sql 'SELECT count(*) FROM pgsluice.ledger')" = 2 ]
}

@test "a rollback drains, runs, holds, reopens, and the next boot obeys" {
    make_history
    write_guarded_config
    start_daemon
    wait_until_ready
    dry_run
    change '' -H 'Prefer: wait=30'
    [ "$code" = 200 ]
    [ "$(member .state)" = succeeded ]
    [ "$(member .gate)" = open ]
    [ "$(member '.to[0]')" = aaaaaaaaaaaa ]
    grep -qi '^preference-applied: wait' fields
    [ "$(heads)" = aaaaaaaaaaaa ]
    [ "$(sql "SELECT target, actor FROM pgsluice.hold")" = 'aaaaaaaaaaaa|token:ops' ]
    sql "SELECT reason FROM pgsluice.hold" | grep -q '^rolled back from bbbbbbbbbbbb to aaaaaaaaaaaa: a test$'
    [ "$(sql "SELECT event, actor, reason, peer FROM pgsluice.ledger ORDER BY id DESC LIMIT 1")" = 'downgrade|token:ops|a test|127.0.0.1' ]
    pgsluice -c daemon.conf audit --verify
    id=$(member .id)
    call GET "/admin/operations/$id"
    [ "$code" = 200 ]
    member '.events[].event' | grep -q 'statement done'
    logged 'Running downgrade bbbbbbbbbbbb -> aaaaaaaaaaaa'
    [ "$(http_status /readyz)" = 200 ]
    stop_quickly
    start_daemon
    wait_until_ready
    [ "$(heads)" = aaaaaaaaaaaa ]
    call GET "/admin/operations/$id"
    [ "$(member .state)" = succeeded ]
    call DELETE /admin/migrations/hold '{"reason": "over"}'
    [ "$code" = 204 ]
    [ -z "$(sql 'SELECT target FROM pgsluice.hold')" ]
}

@test "each guard answers with its type, in order, and the gate never moves" {
    make_history
    write_guarded_config
    start_daemon --set rollback.enabled=false --set environment.controlled=true
    wait_until_ready
    sql "INSERT INTO two VALUES (1, 'x')"
    path=/admin/migrations/rollback
    real='{"target": "-1", "dry_run": false, "reason": "a test"}'

    # 1: who are you, and may you? The first is nobody and leaves no line.
    token=nonsense call POST $path "$real"
    [ "$code" = 401 ]
    token=$reader call POST $path "$real"
    [ "$code" = 403 ]
    wait_for '[ "$(refusals)" = 1 ]'
    # 2
    call POST $path "$real"
    problem 400 idempotency-key-missing
    call POST $path "$real" -H 'Idempotency-Key: not visible'
    problem 400 idempotency-key-missing
    # 3: not enabled; a dry run says so
    call POST $path "$real" -H 'Idempotency-Key: a'
    problem 403 rollback-disabled
    dry_run
    [ "$(member '.refusals | map(.type | ltrimstr("urn:pgsluice:problem:")) | join(" ")')" = 'rollback-disabled data-loss' ]
    stop_daemon
    # 4
    start_daemon --set environment.controlled=false
    wait_until_ready
    call POST $path "$real" -H 'Idempotency-Key: a'
    problem 403 not-controlled
    stop_daemon
    start_daemon
    wait_until_ready
    # 5
    call POST $path "$real" -H 'Idempotency-Key: a'
    problem 428 precondition-required
    call POST $path "$real" -H 'Idempotency-Key: a' -H 'If-Match: "old"'
    problem 412 precondition-failed
    call POST $path "$real" -H 'Idempotency-Key: a' -H 'If-Match: *'
    problem 412 precondition-failed
    # 6
    dry_run
    target=nowhere change
    problem 422 unknown-target
    target=bbbbbbbbbbbb change
    problem 422 unknown-target
    call POST $path '{"target": "nowhere"}'
    problem 422 unknown-target
    target=base change
    problem 422 too-many-steps
    # 10, with a digest that is right; 11: none, a wrong one
    change
    problem 422 data-loss
    member .detail | grep -q 'table public.two'
    change ', "accept_data_loss": true, "accept_drift": false' -H 'If-None-Match: x'
    [ "$code" = 202 ]
    wait_for '[ "$(heads)" = aaaaaaaaaaaa ]'
    [ "$(sql "SELECT count(*) FROM pgsluice.ledger WHERE event = 'refuse' AND actor = 'token:ops' AND message LIKE 'rollback to%refused, %' AND request_id <> ''")" -ge 8 ]
    run ! logged 'Gate open -> closed'
    wait_for 'counts "pgsluice_operations_total{kind=\"rollback\",outcome=\"succeeded\"} 1"'
    for row in 'precondition-required 1' 'precondition-failed 2' 'unknown-target 3' 'too-many-steps 1' 'data-loss 1'; do
        wait_for 'counts "pgsluice_refusals_total{guard=\"${row% *}\"} ${row#* }"'
    done
}

@test "digests are of one plan and one time" {
    make_history
    write_guarded_config
    start_daemon --set rollback.confirm_within=1s
    wait_until_ready
    dry_run
    digest=$(printf %064d 7) change
    problem 409 digest-mismatch
    call POST /admin/migrations/rollback '{"target": "-1", "dry_run": false, "reason": "r"}' \
        -H 'Idempotency-Key: k' -H "If-Match: $etag"
    problem 409 digest-mismatch
    expires=$(date +%s%6N -d "$(jq -r .expires_at <<<"$plan")")
    wait_for '[ "${EPOCHREALTIME/./}" -gt "$expires" ]'
    change
    problem 409 digest-mismatch
    [ "$(member .detail)" = 'The digest has expired' ]
    [ "$(heads)" = bbbbbbbbbbbb ]
}

@test "irreversible, edited and drifted: no real call gets through" {
    make_history
    make_revision cccccccccccc bbbbbbbbbbbb <<'SQL'
-- migrate:up
CREATE TABLE three ();
SQL
    make_revision dddddddddddd cccccccccccc <<'SQL'
-- migrate:up
ALTER TABLE two ADD COLUMN extra int;
-- migrate:down
ALTER TABLE two DROP COLUMN extra;
ALTER TABLE gone RENAME TO back;
SQL
    write_guarded_config
    start_daemon --set rollback.max_steps=9
    wait_until_ready
    # 7
    target=aaaaaaaaaaaa
    dry_run aaaaaaaaaaaa
    [ "$(member '.irreversible[0].revision')" = cccccccccccc ]
    [ "$(member .reversible)" = false ]
    change ', "accept_data_loss": true, "accept_drift": true'
    problem 422 irreversible
    # 9
    target=-1
    dry_run
    [ "$(member '.drift | join(" ")')" = '"gone"' ]
    change
    problem 409 drift
    # What is not as the last run left it counts where the SQL touches it.
    sql 'CREATE INDEX by_hand ON two (extra); CREATE TABLE elsewhere ()'
    dry_run
    [ "$(member '.drift | join(" ")')" = '"gone" index public.by_hand (added)' ]
    change
    problem 409 drift
    member .detail | grep -q 'not as the last run left it: index public.by_hand (added)'
    sql 'ALTER TABLE two DROP COLUMN extra'
    dry_run
    [ "$(member '.drift | sort | join(" ")')" = '"gone" public.two.extra' ]
    # Accepted, it fails: the statement, where, and what is in the database; no hold, and the gate reopens.
    change ', "accept_drift": true' -H 'Prefer: wait=30'
    [ "$code" = 200 ]
    [ "$(member .state)" = failed ]
    member .error.detail | grep -q 'extra'
    [ "$(member .error.sqlstate)" = 42703 ]
    [ "$(member .gate)" = open ]
    [ "$(heads)" = dddddddddddd ]
    [ -z "$(sql 'SELECT target FROM pgsluice.hold')" ]
    [ "$(gate_state)" = open ]
    # 8
    sed -i 's/CREATE TABLE one/CREATE  TABLE one/' "$migrations/versions/aaaaaaaaaaaa_test.sql"
    dry_run
    [ "$(member '.refusals[0].type')" = urn:pgsluice:problem:checksum-mismatch ]
    change
    problem 409 checksum-mismatch
    [ "$(heads)" = dddddddddddd ]
}

@test "the same key is the same operation, with another body a mistake, and both outlive the daemon" {
    make_history
    write_guarded_config
    start_daemon
    wait_until_ready
    dry_run
    key=one
    change
    [ "$code" = 202 ]
    cp body first
    id=$(member .id)
    grep -qi "^location: /admin/operations/$id" fields
    change
    [ "$code" = 202 ]
    cmp body first
    change '' -H 'Prefer: respond-async, wait=30'
    [ "$code" = 200 ]
    [ "$(member .id) $(member .state)" = "$id succeeded" ]
    change ', "accept_drift": true'
    problem 422 idempotency-key-reused
    stop_daemon
    start_daemon
    wait_until_ready
    change
    [ "$code" = 202 ]
    cmp body first
    change '' -H 'Prefer: respond-async' -H 'Prefer: wait=30'
    [ "$code" = 200 ]
    [ "$(member .id) $(member .state)" = "$id succeeded" ]
    grep -qi "^location: /admin/operations/$id" fields
    grep -qi '^preference-applied: wait' fields
    change ', "accept_drift": true'
    problem 422 idempotency-key-reused
    [ "$(sql "SELECT count(*) FROM pgsluice.ledger WHERE event = 'downgrade'")" = 1 ]
    # After its 24 hours a key is anybody's again.
    sql "UPDATE pgsluice.operation SET started_at = started_at - interval '25 hours'"
    change
    problem 412 precondition-failed
}

@test "two at the same instant: one runs, the other is told who" {
    make_table_revision aaaaaaaaaaaa '' one
    write_guarded_config
    sed -i '/^gate:/d; /^execution:/d' daemon.conf
    start_daemon
    wait_until_ready
    block_table one
    dry_run
    for n in 1 2; do
        curl -s -o "body.$n" -w '%{http_code}\n' -H "Authorization: Bearer $ops" -H "Idempotency-Key: key-$n" \
            -H "If-Match: $etag" --json "{\"target\": \"-1\", \"dry_run\": false, \"reason\": \"r\", \"confirm\": \"$digest\"}" \
            "http://$(daemon_address admin)/admin/migrations/rollback" >"code.$n" 3>&- &
    done
    wait_for '[ -s code.1 ] && [ -s code.2 ]'
    [ "$(sort code.1 code.2 | paste -sd' ')" = '202 409' ]
    cat body.1 body.2 | grep -q 'rollback to -1, asked for by token:ops'
    # While it runs: traffic meets 503 and Retry-After, the status names the operation, nobody else gets in.
    wait_for '[ "$(gate_state)" = rolling_back ]'
    [ "$(http_status /gate)" = 503 ]
    curl -s -D - -o /dev/null "http://$(daemon_address traffic)/gate" | grep -qi '^retry-after:'
    [ "$(http_body /admin/migrations admin | jq -r .operation.kind)" = rollback ]
    call POST /admin/migrations/rollback '{"target": "-1"}'
    problem 409 busy
    id=$(http_body /admin/migrations admin | jq -r .operation.id)
    call GET "/admin/operations/$id"
    [ "$(member .state)" = running ]
    unblock_table
    # It was the required revision: the gate stays closed and says what to do.
    wait_for '[ "$(gate_state)" = closed ]'
    http_body /readyz | grep -q 'rolled back from aaaaaaaaaaaa to base: r.*pgsluice release'
    wait_for 'call GET "/admin/operations/$id"; [ "$(member .state)" = succeeded ]'
    [ "$(member .gate)" = closed ]
    [ "$(sql 'SELECT target FROM pgsluice.hold')" = '' ]
    [ "$(sql 'SELECT count(*) FROM pgsluice.hold')" = 1 ]
    [ "$(refusals)" = 2 ]
}

@test "whoever holds the migration lock is named, and nothing waits for it" {
    make_history
    write_guarded_config
    start_daemon
    wait_until_ready
    dry_run
    hold_lock
    change
    problem 409 busy
    member .detail | grep -q a-colleague
    [ "$(gate_state)" = open ]
    release_lock
    wait_for 'change; [ "$code" = 202 ] || { etag=$(member .etag); dry_run; false; }'
}

@test "nor does a hold, where it would have to make its table first" {
    write_guarded_config
    sed -i '/^gate:/d' daemon.conf
    start_daemon
    wait_until_ready
    hold_lock
    call POST /admin/migrations/hold '{"reason": "too early"}' -m 10
    problem 409 busy
    member .detail | grep -q a-colleague
    release_lock
    call POST /admin/migrations/hold '{"reason": "in time"}'
    [ "$code" = 200 ]
    [ "$(sql 'SELECT target, reason FROM pgsluice.hold')" = '|in time' ]
    [ "$(migration_locks)" = 0 ]
}

@test "upgrade and hold: the way forward has the same guards" {
    make_table_revision aaaaaaaaaaaa '' one
    write_guarded_config
    start_daemon
    wait_until_ready
    call POST /admin/migrations/hold '{"reason": "freeze"}'
    [ "$code" = 200 ]
    [ "$(member '"\(.target) \(.reason) \(.actor)"')" = 'aaaaaaaaaaaa freeze token:ops' ]
    call POST /admin/migrations/hold '{"target": "nowhere", "reason": "freeze"}'
    problem 422 unknown-target
    make_table_revision bbbbbbbbbbbb aaaaaaaaaaaa two
    kill -HUP "${daemon_pids[daemon]}"
    wait_for 'dry_run heads upgrade && [ "$(member ".to[0]")" = bbbbbbbbbbbb ]'
    [ "$(member '.refusals[].type')" = urn:pgsluice:problem:held ]
    # The plan may be newer than the status by a moment, and its etag with it.
    wait_for 'dry_run heads upgrade && kind=upgrade target=heads change && problem 409 held'
    call DELETE /admin/migrations/hold '{"reason": "thaw"}'
    [ "$code" = 204 ]
    # The daemon goes on with what the hold had kept it from; then there is nothing to release.
    wait_for 'call DELETE /admin/migrations/hold "{\"reason\": \"thaw\"}"; [ "$code" = 204 ]'
    wait_for '[ "$(http_body /admin/migrations admin | jq -r .hold)" = null ]'
    wait_for '[ "$(heads)" = bbbbbbbbbbbb ]'
    # What is pending and not the daemon's to run, a person asks for.
    dry_run
    change '' -H 'Prefer: wait=30'
    call DELETE /admin/migrations/hold '{"reason": "thaw"}'
    wait_for 'dry_run heads upgrade && [ "$(member ".refusals | length")" = 0 ]'
    kind=upgrade target=heads change '' -H 'Prefer: wait=30'
    [ "$(member '"\(.kind) \(.state) \(.gate)"')" = 'upgrade succeeded open' ]
    [ "$(heads)" = bbbbbbbbbbbb ]
    [ "$(sql "SELECT event, actor FROM pgsluice.ledger ORDER BY id DESC LIMIT 1")" = 'upgrade|token:ops' ]
    call GET /admin/operations/not-a-uuid
    problem 404 unknown-operation
    call GET /admin/operations/00000000-0000-4000-8000-000000000000
    problem 404 unknown-operation
}

@test "behind a run, failed or not, a short wait for the ledger is no reason to refuse" {
    make_history
    sed -i 's/^DROP TABLE two;/SELECT 1 \/ 0;/' "$migrations"/versions/bbb*
    write_guarded_config
    start_daemon --set execution.lock_timeout=4s
    wait_until_ready
    for reason in 'behind the boot' 'behind a failure'; do
        PGAPPNAME=reader psql -XAtq -d "$url" -c "BEGIN; LOCK TABLE pgsluice.ledger IN SHARE ROW EXCLUSIVE MODE; SELECT pg_sleep(300)" \
            </dev/null >/dev/null 2>&1 3>&- 4>&- &
        holder_pid=$!
        wait_for '[ "$(sql "SELECT count(*) FROM pg_locks WHERE relation = '\''pgsluice.ledger'\''::regclass AND mode = '\''ShareRowExclusiveLock'\''")" = 1 ]'
        call POST /admin/migrations/hold "{\"reason\": \"$reason\"}" &
        caller=$!
        wait_for '[ "$(sql "SELECT count(*) FROM pg_locks WHERE relation = '\''pgsluice.ledger'\''::regclass AND NOT granted")" = 1 ] || ! kill -0 $caller 2>/dev/null'
        unblock_table
        wait $caller
        [ "$(sql "SELECT reason FROM pgsluice.hold")" = "$reason" ]
        call DELETE /admin/migrations/hold '{"reason": "over"}'
        dry_run
        change '' -H 'Prefer: wait=30'
        [ "$(member .error.sqlstate)" = 22012 ]
    done
}

@test "a hold for which the ledger is never free is to be asked for again, and the gate stays open" {
    make_table_revision aaaaaaaaaaaa '' one
    write_guarded_config
    start_daemon daemon --set execution.lock_timeout=0
    wait_until_ready
    PGAPPNAME=reader psql -XAtq -d "$url" -c "BEGIN; LOCK TABLE pgsluice.ledger; SELECT pg_sleep(300)" \
        </dev/null >/dev/null 2>&1 3>&- 4>&- &
    holder_pid=$!
    wait_for '[ "$(sql "SELECT count(*) FROM pg_locks WHERE relation = '\''pgsluice.ledger'\''::regclass AND granted")" = 1 ]'
    call POST /admin/migrations/hold '{"reason": "too early"}'
    problem 503 blocked
    grep -qi '^retry-after: [1-9]' fields
    [[ $(member .hint) == *pg_stat_activity* ]]
    [ "$(gate_state)" = open ]
    run -4 pgsluice --set execution.lock_timeout=10ms hold --reason 'too early'
    [[ $output == *pg_stat_activity* ]]
    unblock_table
    call POST /admin/migrations/hold '{"reason": "in time"}'
    [ "$code" = 200 ]
    run ! grep -q 'connection.*broke' daemon.stderr
}

@test "bad input is named by its place and moves nothing" {
    make_history
    write_guarded_config
    start_daemon
    wait_until_ready
    path=/admin/migrations/rollback
    while IFS='|' read -r want pointer data; do
        call POST $path "$data"
        [ "$code $(member .type) $(member .pointer)" = "$want urn:pgsluice:problem:body $pointer" ] || {
            echo "$data -> $code $body"
            return 1
        }
    done <<'ROWS'
400|null|{
400||[]
400|/target|{"target": "-1", "target": "-1"}
422|/taget|{"taget": "-1"}
422|/target|{"target": 7}
422|/target|{"target": ""}
422|/target|{"dry_run": true}
422|/reason|{"target": "-1", "dry_run": false}
422|/dry_run|{"target": "-1", "dry_run": "no"}
422|/target|{"target": "a\nb"}
400|/target|{"target": [[[[[[[[[[1]]]]]]]]]]}
400|null|{"target": 123456789012345678901234567890}
400|null|{"target": "\u0000"}
ROWS
    head -c 20000 /dev/zero | tr '\0' ' ' >huge
    call POST $path @huge
    [ "$code" = 413 ]
    printf '{"target": "\xff\xfe"}' >bytes
    call POST $path @bytes
    [ "$code" = 400 ]
    [ "$(gate_state)" = open ]
    [ "$(refusals)" = 0 ]
}

@test "a flood of refusals does not flood the ledger" {
    make_history
    write_guarded_config
    start_daemon
    wait_until_ready
    url_of_change="http://$(daemon_address admin)/admin/migrations/rollback"
    curl -s -o /dev/null -H "Authorization: Bearer $reader" --json '{}' "$url_of_change?n=[1-60]"
    wait_for '[ "$(refusals)" = 10 ]'
    curl -s -o /dev/null --json '{}' "$url_of_change?n=[1-20]"
    curl -s -o /dev/null -H "Authorization: Bearer $ops" \
        --json '{"target": "-1", "dry_run": false, "reason": "r"}' "$url_of_change"
    wait_for '[ "$(refusals)" = 11 ]'
}

@test "a client that hangs up does not stop what it has begun" {
    make_table_revision aaaaaaaaaaaa '' one
    write_guarded_config
    sed -i '/^execution:/d' daemon.conf
    start_daemon
    wait_until_ready
    block_table one
    dry_run
    curl -s -H "Authorization: Bearer $ops" -H 'Idempotency-Key: k' -H "If-Match: $etag" -H 'Prefer: wait=60' \
        --json "{\"target\": \"-1\", \"dry_run\": false, \"reason\": \"r\", \"confirm\": \"$digest\"}" \
        "http://$(daemon_address admin)/admin/migrations/rollback" >/dev/null 3>&- &
    client=$!
    wait_for '[ "$(gate_state)" = rolling_back ]'
    kill -KILL $client
    unblock_table
    wait_for '[ "$(gate_state)" = closed ]'
    [ -z "$(heads)" ]
    stop_quickly
}

@test "traffic that is in flight ends before anything is rolled back" {
    make_history
    write_guarded_config
    start_daemon
    wait_until_ready
    dry_run
    # A request whose body never ends is in flight until its client goes.
    exec 9<>"/dev/tcp/${traffic_host:=127.0.0.1}/$(daemon_address traffic | cut -d: -f2)"
    printf 'POST /gate HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nx' >&9
    change
    [ "$code" = 202 ]
    exec 9>&- 9<&-
    wait_for '[ "$(heads)" = aaaaaaaaaaaa ]'
    id=$(member .id)
    wait_for 'call GET "/admin/operations/$id"; [ "$(member .state)" = succeeded ]'
    [ "$(member '.events[0].event')" = drained ]
}

# The daemon dies at its failpoint; another one settles what it has left.
die_at() {
    wait_for_exit
    unset PGSLUICE_FAILPOINT
    start_daemon
    wait_until_ready
    call GET "/admin/operations/$(sql 'SELECT id FROM pgsluice.operation')"
    wait_for '[ -n "$(sql "SELECT document FROM pgsluice.operation")" ]'
    call GET "/admin/operations/$(sql 'SELECT id FROM pgsluice.operation')"
}

need_failpoints() {
    grep -q PGSLUICE_FAILPOINT "$(command -v pgsluiced)" || skip 'this build has no failpoints'
}

@test "kill -9 before the commit: nothing was done, no hold, and the operation says so" {
    need_failpoints
    make_history
    write_guarded_config
    for point in operation-begun operation-running statements-sent; do
        count=1
        [ $point != statements-sent ] || count=3 # two of them are the boot's
        rm -f daemon.stderr
        export PGSLUICE_FAILPOINT=$point:kill:$count
        start_daemon
        wait_until_ready
        dry_run
        change || :
        die_at
        [ "$(member .state)" = failed ]
        member .error.database | grep -q 'where it was before, at bbbbbbbbbbbb'
        [ "$(heads)" = bbbbbbbbbbbb ]
        [ -z "$(sql 'SELECT target FROM pgsluice.hold')" ]
        stop_daemon
        sql 'DROP SCHEMA pgsluice CASCADE; DROP TABLE one, two, alembic_version'
    done
}

@test "kill -9 after the commit: it is done and held, and no boot takes it up again" {
    need_failpoints
    make_history
    write_guarded_config
    for point in revision-committed:kill:3 operation-run:kill operation-ending:kill; do
        rm -f daemon.stderr
        export PGSLUICE_FAILPOINT=$point
        start_daemon
        wait_until_ready
        dry_run
        change || :
        die_at
        [ "$(member .state)" = succeeded ]
        [ "$(heads)" = aaaaaaaaaaaa ]
        [ "$(sql 'SELECT target FROM pgsluice.hold')" = aaaaaaaaaaaa ]
        stop_daemon
        sql 'DROP SCHEMA pgsluice CASCADE; DROP TABLE one, alembic_version'
    done
}

@test "a server that hangs up in the middle leaves an operation that tells" {
    make_revision aaaaaaaaaaaa '' <<'SQL'
-- migrate:up
CREATE TABLE one ();
-- migrate:down
SELECT pg_sleep(30);
DROP TABLE one;
SQL
    write_guarded_config
    start_daemon --set gate.poll_interval=60s
    wait_until_ready
    dry_run
    change
    id=$(member .id)
    wait_for sleeps_on_server
    sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(30)%' AND pid <> pg_backend_pid()
         AND datname = current_database()" >/dev/null
    wait_for 'call GET "/admin/operations/$id"; [ "$(member .state)" = failed ]'
    [ "$(heads)" = aaaaaaaaaaaa ]
    [ -z "$(sql 'SELECT target FROM pgsluice.hold')" ]
    wait_for '[ "$(gate_state)" = open ]'
    wait_for '[ -n "$(sql "SELECT document FROM pgsluice.operation")" ]'
    # The new session hears of what others do, as the old one did.
    pgsluice hold --reason 'not again'
    wait_for '[ "$(http_body /admin/migrations admin | jq -r .hold.reason)" = "not again" ]' 10
}

@test "what another daemon guesses of an operation gives way to who has run it" {
    need_failpoints
    make_history
    write_guarded_config
    sed -i '/^execution:/d' daemon.conf
    sed 's/^gate: .*/gate: { required_revision = "aaaaaaaaaaaa"; poll_interval = "100ms"; };/' daemon.conf >other.conf
    PGSLUICE_FAILPOINT=operation-ending:stop start_daemon
    wait_until_ready
    block_table two
    dry_run
    change
    wait_for '[ "$(gate_state)" = rolling_back ]'
    start_daemon other
    wait_until_ready other
    unblock_table
    wait_for 'grep -q "^State:.*T" "/proc/${daemon_pids[daemon]}/status"'
    wait_for '[ "$(sql "SELECT document IS NOT NULL FROM pgsluice.operation")" = t ]' || {
        kill -CONT "${daemon_pids[daemon]}"
        false
    }
    kill -CONT "${daemon_pids[daemon]}"
    wait_for '[ "$(sql "SELECT document::json ->> '\''gate'\'' FROM pgsluice.operation")" = open ]'
    sql 'SELECT document FROM pgsluice.operation' | jq -e '.state == "succeeded" and (.events | length) > 0'
}

# example NAME: the curl calls of that name in the manual.
example() {
    sed -n "/^# curl: $1\$/,/^\.Ed/p" "$top_srcdir/man/pgsluiced.8" | sed '/^\./d; s/\\e$/\\/'
}

@test "the examples of pgsluiced(8), word for word" {
    make_history
    write_guarded_config
    start_daemon
    wait_until_ready
    export TOKEN=$ops KEY=k ADMIN
    ADMIN=http://$(daemon_address admin)
    for name in 'dry run' rollback operation release; do
        example "$name" >example.sh
        [ "$(wc -l <example.sh)" -ge 3 ]
        bash -eu example.sh >"$name.out"
    done
    grep -q "^AccessExclusiveLock.DROP TABLE two$" 'dry run.out'
    head -n 2 operation.out | paste -sd' ' | grep -qx 'succeeded open'
    [ "$(heads)" = aaaaaaaaaaaa ]
    [ "$(sql 'SELECT count(*) FROM pgsluice.hold')" = 0 ]
}

@test "SIGTERM in the middle undoes the rollback, says so, and the next boot serves" {
    make_history
    write_guarded_config
    sed -i '/^execution:/d' daemon.conf
    start_daemon
    wait_until_ready
    block_table two
    dry_run
    change
    id=$(member .id)
    wait_for '[ "$(gate_state)" = rolling_back ]'
    stop_quickly
    unblock_table
    [ "$(heads)" = bbbbbbbbbbbb ]
    [ -z "$(sql 'SELECT target FROM pgsluice.hold')" ]
    start_daemon
    wait_until_ready
    wait_for 'call GET "/admin/operations/$id"; [ "$(member .state)" = failed ]'
}

@test "a rollback of several revisions that fails on its way is held where it ended" {
    make_history
    make_revision cccccccccccc bbbbbbbbbbbb <<'SQL'
-- migrate:up
CREATE TABLE three ();
-- migrate:down
DROP TABLE three;
SQL
    sed -i 's/^DROP TABLE two;/SELECT 1 \/ 0;\nDROP TABLE two;/' "$migrations"/versions/bbb*
    write_guarded_config
    start_daemon --set rollback.max_steps=9
    wait_until_ready
    target=aaaaaaaaaaaa
    dry_run aaaaaaaaaaaa
    change '' -H 'Prefer: wait=30'
    [ "$(member .state)" = failed ]
    [ "$(member .error.sqlstate)" = 22012 ]
    member .error.database | grep -q 'at bbbbbbbbbbbb'
    [ "$(member '.to[0]')" = bbbbbbbbbbbb ]
    [ "$(sql 'SELECT target FROM pgsluice.hold')" = bbbbbbbbbbbb ]
    stop_daemon
    start_daemon
    wait_until_ready
    [ "$(heads)" = bbbbbbbbbbbb ]
}

@test "the ledger and a revision, for whoever may read" {
    make_history
    write_guarded_config
    start_daemon
    wait_until_ready
    token=$reader call GET '/admin/migrations/ledger'
    [ "$(member 'map(.event + " " + .revision) | join(", ")')" = 'upgrade aaaaaaaaaaaa, upgrade bbbbbbbbbbbb' ]
    token=$reader call GET '/admin/migrations/ledger?limit=1&since=2026-01-01'
    problem 422 query
    token=$reader call GET '/admin/migrations/ledger?limit=1&since=2026-01-01T00:00:00Z'
    [ "$(member '.[].revision')" = bbbbbbbbbbbb ]
    call GET '/admin/migrations/ledger?limit=1&since=2026-01-01T00:00:00.5%2B05:30'
    [ "$(member '.[].revision')" = bbbbbbbbbbbb ]
    for since in 2026-01-01T00:00:00,5Z 2026-W01-1T00:00:00Z 2026-001T00:00:00Z; do
        call GET "/admin/migrations/ledger?since=$since"
        problem 422 query
    done
    call GET '/admin/migrations/ledger?limit=1001'
    problem 422 query
    call GET /admin/migrations/bbbb
    [ "$(member '"\(.revision) \(.applied) \(.down.sql)"')" = 'bbbbbbbbbbbb true DROP TABLE two;' ]
    [ "$(member .up.checksum)" = "$(member .recorded.up_checksum)" ]
    call GET /admin/migrations/cccc
    problem 404 unknown-revision
    call GET /admin/migrations/rollback
    [ "$code" = 405 ]
}

@test "a live instance that needs what would be undone is named" {
    make_history
    write_guarded_config
    start_daemon
    wait_until_ready
    write_default_config other
    start_daemon other
    wait_until_ready other
    dry_run
    [ "$(member '.instances | length')" = 1 ]
    [ "$(member '.refusals[].type')" = urn:pgsluice:problem:instances ]
    change
    problem 409 instances
    [ "$(gate_state)" = open ]
    stop_daemon other
    wait_for 'dry_run && [ "$(member ".refusals | length")" = 0 ]'
    change '' -H 'Prefer: wait=30'
    [ "$(member '"\(.state) \(.gate)"')" = 'succeeded open' ]
    # What was undone is anybody's to bring back, and to serve on.
    pgsluice -c daemon.conf release --reason 'repaired'
    pgsluice -c daemon.conf upgrade head
    start_daemon other
    wait_until_ready other
}

@test "a rollback that fails lets others serve on what it would have undone" {
    make_history
    sed -i 's/^DROP TABLE two;/SELECT 1 \/ 0;/' "$migrations"/versions/bbb*
    write_guarded_config
    start_daemon
    wait_until_ready
    dry_run
    change '' -H 'Prefer: wait=30'
    [ "$(member .state)" = failed ]
    [ "$(migration_locks)" = 0 ]
    write_default_config other
    start_daemon other
    wait_until_ready other
}
