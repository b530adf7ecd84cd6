# The daemon as its operators meet it: boot, lock, signals, reload, lost servers, exit statuses.
# timeout: 300 s
load lib/common
load lib/daemon

setup() {
    common_setup
    create_database
}

teardown() {
    [ -z "$frozen_pid" ] || thaw_backend
    [ -z "$cutter_pid" ] || kill "$cutter_pid" 2>/dev/null || :
    [ -z "$holder_pid" ] || kill "$holder_pid" 2>/dev/null || :
    common_teardown
}

@test "an empty database is migrated, and READY comes after the commit" {
    make_table_revision aaaaaaaaaaaa '' one
    make_slow_revision bbbbbbbbbbbb aaaaaaaaaaaa two 1
    start_daemon
    wait_for sleeps_on_server
    [ "$(count_notified READY=1)" = 0 ]
    [ "$(http_status /livez)" = 200 ]
    [ "$(http_status /readyz)" = 503 ]
    wait_until_ready
    [ "$(sql 'SELECT version_num FROM alembic_version')" = bbbbbbbbbbbb ]
    [ "$(http_status /readyz)" = 200 ]
    [ "$(http_status /gate)" = 204 ]
    [ "$(count_notified READY=1)" = 1 ]
    logged 'Running upgrade  -> aaaaaaaaaaaa, revision aaaaaaaaaaaa'
    logged 'Running upgrade aaaaaaaaaaaa -> bbbbbbbbbbbb'
    stop_quickly
    notified STOPPING=1
}

@test "STATUS= tells the way to READY, and the start's limit is extended meanwhile" {
    make_slow_revision aaaaaaaaaaaa '' one 1
    start_daemon
    wait_until_ready
    status_says 'connecting to postgresql://'
    status_says 'checking t_daemon'
    status_says 'running 1 '
    status_says 'open at aaaaaaaaaaaa'
    grep -q 'EXTEND_TIMEOUT_USEC=' daemon.notify
}

@test "a database that is up to date is opened without the lock" {
    make_table_revision aaaaaaaaaaaa '' one
    pgsluice -c /dev/null --set migrations.directory="$migrations" upgrade head
    hold_lock
    start_daemon
    wait_until_ready
    [ "$(sql "SELECT count(*) FROM pgsluice.ledger")" = 1 ]
    run ! status_says 'waiting for the migration lock'
}

@test "the status document follows the gate" {
    make_table_revision aaaaaaaaaaaa '' one
    hold_lock
    start_daemon
    wait_for_http
    wait_for "status_says 'waiting for the migration lock'"
    [ "$(http_body /admin/migrations admin | jq -r .gate.state)" = waiting_for_lock ]
    wait_for "http_body /readyz | grep -q a-colleague"
    release_lock
    wait_until_ready
    [ "$(http_body /admin/migrations admin | jq -r .gate.state)" = open ]
    [ "$(http_body /admin/migrations admin | jq -r '.database.heads[0]')" = aaaaaaaaaaaa ]
}

@test "SIGTERM while waiting for the lock" {
    make_table_revision aaaaaaaaaaaa '' one
    hold_lock
    start_daemon
    wait_for "status_says 'waiting for the migration lock'"
    stop_quickly
    wait_for nothing_left
    release_lock
    [ -z "$(sql "SELECT to_regclass('public.one')")" ]
}

@test "SIGTERM while migrating cancels on the server and leaves nothing" {
    make_slow_revision aaaaaaaaaaaa '' one 60
    start_daemon
    wait_for sleeps_on_server
    stop_quickly
    wait_for nothing_left
    [ -z "$(sql "SELECT to_regclass('public.one')")" ]
    [ "$(migration_locks)" = 0 ]
    [ "$(count_notified READY=1)" = 0 ]
}

@test "SIGTERM while the server cannot be reached" {
    write_default_config daemon
    start_daemon --set database.migration_url=postgresql://u@127.0.0.1:1/none
    wait_for "status_says 'cannot reach the database'"
    stop_quickly
}

@test "SIGHUP brings in a new revision file" {
    make_table_revision aaaaaaaaaaaa '' one
    start_daemon
    wait_until_ready
    make_table_revision bbbbbbbbbbbb aaaaaaaaaaaa two
    kill -HUP "${daemon_pids[daemon]}"
    wait_for '[ "$(count_notified READY=1)" = 2 ]'
    notified RELOADING=1
    grep -q 'MONOTONIC_USEC=' daemon.notify
    wait_for "status_says 'open at bbbbbbbbbbbb'"
    [ -n "$(sql "SELECT to_regclass('public.two')")" ]
}

@test "SIGHUP migrates under open traffic when the required revision is applied" {
    make_table_revision aaaaaaaaaaaa '' one
    start_daemon --set gate.required_revision=aaaaaaaaaaaa
    wait_until_ready
    make_slow_revision bbbbbbbbbbbb aaaaaaaaaaaa two 1
    kill -HUP "${daemon_pids[daemon]}"
    wait_for sleeps_on_server
    [ "$(http_status /readyz)" = 200 ]
    wait_for "status_says 'open at bbbbbbbbbbbb'"
    run ! logged 'Gate open -> '
}

@test "a reload that fails to migrate closes the gate, once, and says why" {
    make_table_revision aaaaaaaaaaaa '' one
    start_daemon
    wait_until_ready
    make_revision bbbbbbbbbbbb aaaaaaaaaaaa <<'SQL'
-- migrate:up
SELECT 1 / 0;
-- migrate:down
-- nothing to undo
SQL
    kill -HUP "${daemon_pids[daemon]}"
    wait_for "status_says 'the last upgrade failed .*division by zero'"
    daemon_runs
    [ "$(http_status /readyz)" = 503 ]
    [ "$(grep -c 'error: .*division by zero' daemon.stderr)" = 1 ]
}

@test "a reload with broken files or settings keeps the old ones" {
    make_table_revision aaaaaaaaaaaa '' one
    start_daemon
    wait_until_ready
    echo '-- Revision ID: oops' >"$migrations/versions/broken.sql"
    echo '-- Revises: aaaaaaaaaaaa' >>"$migrations/versions/broken.sql"
    echo '-- Nonsense: yes' >>"$migrations/versions/broken.sql"
    kill -HUP "${daemon_pids[daemon]}"
    wait_for "status_says 'open at aaaaaaaaaaaa; the reload was refused: .*broken.sql'"
    rm "$migrations/versions/broken.sql"
    sed -i 's/controlled = true/controled = true/' daemon.conf
    kill -HUP "${daemon_pids[daemon]}"
    wait_for "status_says 'the reload was refused: .*daemon.conf:3'"
    [ "$(http_status /readyz)" = 200 ]
    wait_for '[ "$(count_notified READY=1)" = 3 ]'
}

@test "a reload whose database cannot be reached keeps the old one" {
    unset SYNC_DATABASE_URL # it would win over the file
    make_table_revision aaaaaaaaaaaa '' one
    start_daemon
    wait_until_ready
    sed -i 's|migration_url = ".*"|migration_url = "postgresql://u@127.0.0.1:1/none"|' daemon.conf
    kill -HUP "${daemon_pids[daemon]}"
    wait_for "status_says 'open at aaaaaaaaaaaa; the reload was refused: .*Connection refused'"
    [ "$(http_status /readyz)" = 200 ]
    run ! logged 'Gate open -> '
}

@test "a reload names the keys that need a restart" {
    make_table_revision aaaaaaaaaaaa '' one
    start_daemon
    wait_until_ready
    sed -i 's/^http: *{/http: { threads = 3;/' daemon.conf
    kill -HUP "${daemon_pids[daemon]}"
    wait_for "logged 'http.threads has changed, which takes effect only after a restart'"
    wait_for "logged 'Reloaded: .*daemon.conf, 1 revision in'"
}

@test "a reload before the gate has opened does not say READY" {
    make_table_revision aaaaaaaaaaaa '' one
    write_uncontrolled_config
    start_daemon
    wait_for "status_says 'not controlled'"
    kill -HUP "${daemon_pids[daemon]}"
    wait_for "logged Reloaded"
    [ "$(count_notified READY=1)" = 0 ]
    [ "$(count_notified RELOADING=1)" = 0 ]
}

@test "killed in the middle of a revision, then started again" {
    make_slow_revision aaaaaaaaaaaa '' one 60
    start_daemon
    wait_for sleeps_on_server
    kill -KILL "${daemon_pids[daemon]}"
    wait_for_exit
    make_slow_revision aaaaaaaaaaaa '' one 0
    start_daemon
    wait_until_ready
    [ "$(sql 'SELECT version_num FROM alembic_version')" = aaaaaaaaaaaa ]
    [ "$(sql "SELECT count(*) FROM pgsluice.applied")" = 1 ]
}

@test "a server that restarts under an open gate" {
    local directory=${TMPDIR:-/tmp}/$database # open to the user that runs the server

    pgsluice cluster start "$directory" 3>&- 4>&-
    url=$(pgsluice cluster url "$directory")
    export SYNC_DATABASE_URL=$url
    make_table_revision aaaaaaaaaaaa '' one
    start_daemon
    wait_until_ready
    pgsluice cluster stop "$directory"
    wait_for "status_says 'lost the database'"
    wait_for '[ "$(http_status /readyz)" = 503 ]'
    [ "$(http_status /livez)" = 200 ]
    wait_for "status_says 'cannot reach the database, next try in'"
    pgsluice cluster start "$directory" 3>&- 4>&-
    wait_for '[ "$(http_status /readyz)" = 200 ]'
    [ "$(count_notified READY=1)" = 1 ]
    stop_quickly
    pgsluice cluster stop "$directory"
    rm -r "$directory"
}

@test "a server that cuts each session right after its login ends the start in time" {
    make_table_revision aaaaaaaaaaaa '' one
    start_cutting_server
    start_daemon --set "database.migration_url=$cutting_url" --set database.connect_timeout=2s
    wait_for_exit
    [ "$status" -eq 3 ]
    [ "$(wc -l <sessions)" -gt 1 ]
    [ "$(wc -l <sessions)" -lt 10 ]
    [ "$(grep -c 'warning:' daemon.stderr)" -lt 5 ]
    run ! grep -q EXTEND_TIMEOUT_USEC daemon.notify
}

@test "a backend that does not answer any more closes the gate" {
    make_table_revision aaaaaaaaaaaa '' one
    start_daemon --set gate.poll_interval=50ms
    wait_until_ready
    freeze_backend
    wait_for "status_says 'lost the database.*gave no answer within 5.0 s'"
    thaw_backend
    wait_for '[ "$(http_status /readyz)" = 200 ]'
}

@test "SIGTERM under a frozen backend and an unfinished request" {
    local client

    make_slow_revision aaaaaaaaaaaa '' one 60
    start_daemon
    wait_for sleeps_on_server
    freeze_backend
    exec {client}<>"/dev/tcp/127.0.0.1/$(daemon_address admin | sed 's/.*://')"
    printf 'POST /livez HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nbegun' >&$client
    stop_quickly
    exec {client}>&-
    thaw_backend
    wait_for nothing_left
}

@test "a token that is taken away ends at once, even while a migration runs" {
    make_slow_revision aaaaaaaaaaaa '' one 60
    write_default_config daemon
    sed -i "s/admin: *{/& anonymous_read = false; tokens = ( { name = \"ops\"; sha256 = \"$(token_hash old)\"; scopes = [ \"read\" ]; } );/" daemon.conf
    start_daemon
    wait_for sleeps_on_server
    local document
    document=http://$(daemon_address admin)/admin/migrations
    [ "$(curl -s -o /dev/null -w '%{http_code}' -H 'Authorization: Bearer old' "$document")" = 200 ]
    sed -i "s/$(token_hash old)/$(token_hash new)/" daemon.conf
    kill -HUP "${daemon_pids[daemon]}"
    wait_for '[ "$(curl -s -o /dev/null -w "%{http_code}" -H "Authorization: Bearer old" '"$document"')" = 401 ]'
    [ "$(curl -s -o /dev/null -w '%{http_code}' -H 'Authorization: Bearer new' "$document")" = 200 ]
    sleeps_on_server
}

@test "a key that needs a restart is compared with the start, not with the last reload" {
    make_table_revision aaaaaaaaaaaa '' one
    start_daemon
    wait_until_ready
    sed -i 's/^http: *{/http: { threads = 3;/' daemon.conf
    kill -HUP "${daemon_pids[daemon]}"
    wait_for '[ "$(grep -c "http.threads has changed" daemon.stderr)" = 1 ]'
    wait_for '[ "$(grep -c "Reloaded:" daemon.stderr)" = 1 ]'
    kill -HUP "${daemon_pids[daemon]}"
    wait_for '[ "$(grep -c "http.threads has changed" daemon.stderr)" = 2 ]'
    wait_for '[ "$(grep -c "Reloaded:" daemon.stderr)" = 2 ]'
    sed -i 's/threads = 3;//' daemon.conf
    kill -HUP "${daemon_pids[daemon]}"
    wait_for '[ "$(grep -c "Reloaded:" daemon.stderr)" = 3 ]'
    [ "$(grep -c "http.threads has changed" daemon.stderr)" = 2 ]
}

@test "trouble that every poll meets is logged once" {
    make_table_revision aaaaaaaaaaaa '' one
    start_daemon --set gate.poll_interval=50ms --set log.level=debug
    wait_until_ready
    sql 'ALTER TABLE alembic_version RENAME COLUMN version_num TO v'
    wait_for '[ "$(grep -c "reading the database.s revision: " daemon.stderr)" -ge 4 ]'
    [ "$(grep -c "warning: .*version_num" daemon.stderr)" = 1 ]
    sql 'ALTER TABLE alembic_version RENAME COLUMN v TO version_num'
    wait_for '[ "$(http_status /readyz)" = 200 ]'
}

@test "SIGUSR1 and SIGUSR2 are ignored" {
    make_table_revision aaaaaaaaaaaa '' one
    start_daemon
    wait_until_ready
    kill -USR1 "${daemon_pids[daemon]}"
    kill -USR2 "${daemon_pids[daemon]}"
    kill -HUP "${daemon_pids[daemon]}"
    wait_for 'logged Reloaded:'
}

@test "an unknown head written by hand keeps the gate closed, whatever was recorded before" {
    make_table_revision aaaaaaaaaaaa '' one
    pgsluice -c /dev/null --set migrations.directory="$migrations" upgrade head
    sql "UPDATE alembic_version SET version_num = 'feedfacefeed'"
    start_daemon
    wait_for "status_says 'the database is at feedfacefeed, which the files in .* pgsluice did not apply'"
    [ "$(http_status /readyz)" = 503 ]
    [ "$(count_notified READY=1)" = 0 ]
}

@test "a port that is in use" {
    make_table_revision aaaaaaaaaaaa '' one
    start_daemon first
    wait_until_ready first
    write_default_config second
    start_daemon second --set "http.traffic.listen=$(daemon_address traffic first)"
    wait_for_exit second
    [ "$status" -eq 2 ]
    logged "http.traffic.listen: .*$(daemon_address traffic first)" second
}

@test "a server that cannot be reached" {
    start_daemon --set database.migration_url=postgresql://u@127.0.0.1:1/none \
        --set database.connect_timeout=500ms
    wait_for_exit
    [ "$status" -eq 3 ]
    status_says 'cannot reach the database, next try in .*Connection refused'
    run ! grep -q EXTEND_TIMEOUT_USEC daemon.notify
}

@test "a role or database that does not exist ends the start at once" {
    start_daemon --set "database.migration_url=${url/user=postgres/user=nobody_at_all}"
    wait_for_exit daemon 5
    [ "$status" -eq 3 ]
    logged nobody_at_all
    rm daemon.conf
    start_daemon --set "database.migration_url=$(url_of no_such_database)"
    wait_for_exit daemon 5
    [ "$status" -eq 3 ]
    run ! status_says 'next try'
}

@test "a revision that fails ends the start with the place and what is in the database" {
    make_table_revision aaaaaaaaaaaa '' one
    make_revision bbbbbbbbbbbb aaaaaaaaaaaa <<'SQL'
-- migrate:up
CREATE TABLE two (id int);
ALTER TABLE no_such_table ADD COLUMN x int;
-- migrate:down
DROP TABLE two;
SQL
    start_daemon
    wait_for_exit
    [ "$status" -eq 5 ]
    logged 'bbbbbbbbbbbb_test.sql:[0-9]+'
    logged no_such_table
    status_says no_such_table
    [ "$(sql 'SELECT version_num FROM alembic_version')" = aaaaaaaaaaaa ]
    [ -z "$(sql "SELECT to_regclass('public.two')")" ]
    [ "$(count_notified READY=1)" = 0 ]
}

@test "on_pending = fail: exit status 6" {
    make_table_revision aaaaaaaaaaaa '' one
    write_uncontrolled_config 'gate: { on_pending = "fail"; };'
    start_daemon
    wait_for_exit
    [ "$status" -eq 6 ]
    logged 'pgsluice upgrade head'
    [ -z "$(sql "SELECT to_regclass('public.one')")" ]
}

@test "on_pending = wait: closed until somebody upgrades" {
    make_table_revision aaaaaaaaaaaa '' one
    write_uncontrolled_config 'gate: { poll_interval = "10min"; };'
    start_daemon
    wait_for "status_says 'pending, next aaaaaaaaaaaa.*pgsluice upgrade head'"
    [ "$(http_status /readyz)" = 503 ]
    [ "$(count_notified READY=1)" = 0 ]
    pgsluice -c daemon.conf upgrade head
    wait_until_ready
}

@test "the poll sees what no notification tells" {
    make_table_revision aaaaaaaaaaaa '' one
    write_uncontrolled_config 'gate: { poll_interval = "50ms"; };'
    start_daemon
    wait_for "status_says 'pgsluice upgrade head'"
    sql "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY);
         INSERT INTO alembic_version VALUES ('aaaaaaaaaaaa')"
    wait_until_ready
    sql "DELETE FROM alembic_version"
    wait_for '[ "$(http_status /readyz)" = 503 ]'
}

@test "a person's downgrade closes the gate and is not undone" {
    make_table_revision aaaaaaaaaaaa '' one
    make_table_revision bbbbbbbbbbbb aaaaaaaaaaaa two
    start_daemon
    wait_until_ready
    pgsluice -c daemon.conf downgrade -1 --despite-instances
    wait_for "status_says '1 revision is pending, next bbbbbbbbbbbb'"
    [ "$(http_status /readyz)" = 503 ]
    [ "$(sql 'SELECT version_num FROM alembic_version')" = aaaaaaaaaaaa ]
}

@test "four daemons at once: one migrates, all become READY" {
    local name

    make_table_revision aaaaaaaaaaaa '' one
    make_slow_revision bbbbbbbbbbbb aaaaaaaaaaaa two 0.3
    for name in a b c d; do
        start_daemon "$name"
    done
    for name in a b c d; do
        wait_until_ready "$name"
    done
    [ "$(sql "SELECT count(*) FROM pgsluice.applied")" = 2 ]
    [ "$(grep -l 'Running upgrade' ./*.stderr | wc -l)" = 1 ]
    for name in a b c d; do
        stop_daemon "$name"
        [ "$status" -eq 0 ]
    done
}

@test "a lock that stays held: exit status 4, naming the holder" {
    make_table_revision aaaaaaaaaaaa '' one
    hold_lock
    start_daemon --set gate.lock_wait=300ms
    wait_for_exit
    [ "$status" -eq 4 ]
    logged a-colleague
    status_says a-colleague
    release_lock
}

@test "a newer database is served when it records the required revision" {
    make_table_revision aaaaaaaaaaaa '' one
    make_table_revision bbbbbbbbbbbb aaaaaaaaaaaa two
    pgsluice -c /dev/null --set migrations.directory="$migrations" upgrade head
    rm "$migrations"/versions/bbbbbbbbbbbb_*
    start_daemon
    wait_until_ready
    status_says 'open at bbbbbbbbbbbb, newer than the files here'
}

@test "an unknown database stays closed, with its revision named" {
    make_table_revision aaaaaaaaaaaa '' one
    sql "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY);
         INSERT INTO alembic_version VALUES ('eeeeeeeeeeee')"
    start_daemon
    wait_for "status_says 'the database is at eeeeeeeeeeee, which the files in .* do not have'"
    [ "$(http_status /readyz)" = 503 ]
    [ -z "$(sql "SELECT to_regclass('public.one')")" ]
}

@test "a password in the configuration appears nowhere" {
    local canary='correct-horse-battery'

    make_table_revision aaaaaaaaaaaa '' one
    unset SYNC_DATABASE_URL # it would win over the file
    url="$url&password=$canary"
    start_daemon -vvv
    wait_until_ready
    http_body /admin/migrations admin >document
    http_body /readyz >readyz
    kill -HUP "${daemon_pids[daemon]}"
    wait_for '[ "$(count_notified READY=1)" = 2 ]'
    stop_daemon
    rm daemon.conf
    start_daemon -vvv --set "database.migration_url=postgresql://u:$canary@127.0.0.1:1/none" \
        --set database.connect_timeout=300ms
    wait_for_exit
    [ "$status" -eq 3 ]
    rm daemon.conf
    run grep -r "$canary" .
    [ "$status" -eq 1 ]
}

@test "the status document shows who else migrates under an open gate" {
    make_table_revision aaaaaaaaaaaa '' one
    start_daemon --set gate.poll_interval=50ms
    wait_until_ready
    [ "$(http_body /admin/migrations admin | jq .lock.held)" = false ]
    hold_lock
    wait_for '[ "$(http_body /admin/migrations admin | jq -r .lock.holder.application_name)" = a-colleague ]'
    [ "$(http_status /readyz)" = 200 ]
    release_lock
    wait_for '[ "$(http_body /admin/migrations admin | jq .lock.held)" = false ]'
}

@test "log.format = journal without a journal still says something" {
    [ ! -e /run/systemd/journal/socket ] || skip 'a journal runs here'
    make_table_revision aaaaaaaaaaaa '' one
    start_daemon --set log.format=journal
    wait_until_ready
    logged 'Gate checking -> open'
}

@test "the watchdog is answered, also while the server has the word" {
    make_slow_revision aaaaaaaaaaaa '' one 1.5
    export WATCHDOG_USEC=400000
    start_daemon
    wait_for sleeps_on_server
    wait_for '[ "$(count_notified WATCHDOG=1)" -ge 3 ]'
    [ "$(count_notified READY=1)" = 0 ]
    wait_until_ready
    local before
    before=$(count_notified WATCHDOG=1)
    wait_for '[ "$(count_notified WATCHDOG=1)" -ge $((before + 2)) ]'
}

@test "--check-config" {
    make_table_revision aaaaaaaaaaaa '' one
    write_default_config daemon
    run -0 pgsluiced --check-config -c daemon.conf
    [[ $output == "Valid: "*"/daemon.conf, 1 revision in $migrations" ]]
    run -0 pgsluiced --check-config --show -c daemon.conf --set gate.on_pending=fail
    [[ $output == *'gate.on_pending = fail'*'--set'* ]]
    run -2 pgsluiced --check-config -c daemon.conf --set gate.on_pendin=fail
    [[ $output == *gate.on_pending* ]]
    run -2 pgsluiced --check-config -c daemon.conf --set gate.required_revision=+1
    [[ $output == *'gate.required_revision = "+1"'*LABEL@head* ]]
    run -0 pgsluiced --check-config -c daemon.conf --set gate.required_revision=bbbbbbbbbbbb
    [[ $output == *'warning: gate.required_revision is bbbbbbbbbbbb, which no file in'*Valid:* ]]
    run -2 pgsluiced --check-config -c no-such-file.conf
    echo '-- Revises: zzzz' >"$migrations/versions/bad.sql"
    run -2 pgsluiced --check-config -c daemon.conf
    [[ $output == *bad.sql* ]]
}

@test "--print-gate is a drawing" {
    pgsluiced --print-gate >gate.dot
    if command -v dot >/dev/null; then
        dot -Tsvg gate.dot >gate.svg
        grep -q waiting_for_lock gate.svg
    fi
    head -n 1 gate.dot | grep -qx 'digraph gate {'
    tail -n 1 gate.dot | grep -qx '}'
    run ! grep -Ev '^(digraph gate \{|\}|    (rankdir|node|edge) .*;|    [a-z_]+( \[style = "[a-z,]+"\])?;|    [a-z_]+ -> [a-z_]+ \[label = "[^"]+"\];)$' gate.dot
}

@test "the command line" {
    run -2 pgsluiced --nonsense
    [[ $output == *--nonsense*--help* ]]
    run -2 pgsluiced stray
    [[ $output == *stray* ]]
    run -2 pgsluiced --show
    run -0 pgsluiced --help
    [[ $output == *--embedded* ]]
    run -0 pgsluiced --version
    [[ $output == 'pgsluiced '[0-9]* ]]
}

@test "every option and every state of the gate is in pgsluiced(8)" {
    local manual=$top_srcdir/man/pgsluiced.8 name

    for name in $(sed -n 's/^OPTION("\([a-z-]*\)".*/\1/p' "$top_srcdir/src/daemon/options.def"); do
        grep -Eq "^\.It .*Fl -$name( |\$)" "$manual" || { echo "--$name"; return 1; }
        pgsluiced --help | grep -q -- "--$name" || { echo "--$name"; return 1; }
    done
    for name in $(sed -n 's/^GATE_STATE([A-Z_]*, "\(.*\)")/\1/p' "$top_srcdir/src/daemon/gate.def"); do
        grep -qx "\.It Cm $name" "$manual" || { echo "$name"; return 1; }
    done
}

@test "a start whose question is refused for a moment asks again" {
    local holder

    make_table_revision aaaaaaaaaaaa '' one
    start_daemon first
    wait_until_ready first
    stop_daemon first
    coproc holder { psql -XAtqn -d "$url" 2>&1; }
    echo 'BEGIN; LOCK TABLE pgsluice.hold; SELECT 1;' >&"${holder[1]}"
    read -r <&"${holder[0]}"
    start_daemon daemon --set execution.lock_timeout=100ms
    wait_for '[ "$(http_body /admin/migrations admin | jq -r .gate.state)" = closed ]'
    http_body /admin/migrations admin | jq -r .gate.reason | grep -q 'reading the database'
    echo 'COMMIT;' >&"${holder[1]}"
    wait_until_ready
    stop_daemon
}

@test "sockets from the service manager" {
    make_table_revision aaaaaaaaaaaa '' one
    write_default_config daemon
    start_notify_socket daemon
    NOTIFY_SOCKET=$BATS_TEST_TMPDIR/daemon.socket perl -MIO::Socket::INET -MFcntl -MPOSIX=dup2 -e '
        my $socket = IO::Socket::INET->new(Listen => 16, LocalAddr => "127.0.0.1") or die;
        open my $port, ">", "port" or die;
        print $port $socket->sockport, "\n";
        close $port;
        fcntl $socket, F_SETFD, 0;
        fileno $socket == 3 or dup2(fileno $socket, 3) or die;
        @ENV{qw(LISTEN_PID LISTEN_FDS LISTEN_FDNAMES)} = ($$, 1, "traffic");
        exec @ARGV;' pgsluiced -c daemon.conf >daemon.stdout 2>daemon.stderr 3>&- 4>&- &
    daemon_pids[daemon]=$!
    wait_until_ready
    [ "$(curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1:$(<port)/readyz")" = 200 ]
    [ "$(http_status /readyz admin)" = 200 ]
    stop_quickly
}

@test "sockets of the configuration are left to a manager that keeps them, and found again" {
    make_table_revision aaaaaaaaaaaa '' one
    write_default_config daemon
    start_notify_socket daemon
    # The second stands in the way of an address that is new.
    NOTIFY_SOCKET=$BATS_TEST_TMPDIR/daemon.socket FDSTORE=16 perl -MIO::Socket::INET -MFcntl -MPOSIX=dup2 -e '
        my @sockets = map { IO::Socket::INET->new(Listen => 16, LocalAddr => "127.0.0.1", ReuseAddr => 1) or die } 1 .. 2;
        my ($same, $other) = map { $_->sockport } @sockets;
        open my $ports, ">", "ports" or die;
        print $ports "$same $other\n";
        close $ports;
        dup2(fileno $sockets[$_], 10 + $_) or die for 0, 1;
        dup2(10 + $_, 3 + $_) or die for 0, 1;
        @ENV{qw(LISTEN_PID LISTEN_FDS LISTEN_FDNAMES)} = ($$, 2, "kept:kept");
        exec @ARGV, "--set", "http.traffic.listen=localhost:$same,0.0.0.0:$other", "--set", "http.admin.listen=unix:admin.sock"' \
        pgsluiced -c daemon.conf >daemon.stdout 2>daemon.stderr 3>&- 4>&- &
    daemon_pids[daemon]=$!
    wait_until_ready
    read -r same other <ports
    for port in "$same" "$other"; do
        [ "$(curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1:$port/readyz")" = 200 ]
    done
    logged "listening: traffic http://0.0.0.0:$other\$"
    [ "$(count_notified FDSTORE=1)" = 1 ]
    [ "$(count_notified FDNAME=kept)" = 1 ]
    stop_quickly
    [ -S admin.sock ]
}

@test "a socket that nobody knows, or that is not there, is an error" {
    write_default_config daemon
    LISTEN_FDS=1 LISTEN_FDNAMES=traffic run -2 bash -c 'LISTEN_PID=$$ exec pgsluiced -c daemon.conf 3>&-'
    [[ $output == *'LISTEN_FDS'* ]]
    LISTEN_FDS=1 LISTEN_FDNAMES=other run -2 bash -c 'LISTEN_PID=$$ exec pgsluiced -c daemon.conf 3</dev/null'
    [[ $output == *'a socket named "other"'*FileDescriptorName=* ]]
}

@test "--embedded starts a server of its own, migrates it and stops it" {
    local directory=${TMPDIR:-/tmp}/$database # open to the user that runs the server

    unset SYNC_DATABASE_URL
    make_table_revision aaaaaaaaaaaa '' one
    start_daemon --embedded="$directory" --set database.connect_timeout=10s
    wait_until_ready
    status_says 'starting the embedded server'
    [ "$(sql 'SELECT version_num FROM alembic_version' "$(pgsluice cluster url "$directory")")" = aaaaaaaaaaaa ]
    stop_daemon
    [ "$status" -eq 0 ]
    run -1 pgsluice cluster status "$directory"
    rm -r "$directory"
}
