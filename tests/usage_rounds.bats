# Rounds of broken daemons, servers and wires under load: clients keep what was acknowledged, and the table is
# compared with that. USAGE_CRASH_ROUNDS says how many (5).
# timeout: 3600 s
# Variables are common.bash's and the wire's; conditions of wait_for are evaluated there.
# shellcheck disable=SC2034,SC2154,SC2016
load lib/common
load lib/daemon
load lib/wire

setup() {
    common_setup
    here=$TMPDIR/rounds-$BATS_TEST_NUMBER-$$ # where the server's user may go
    pgsluice cluster start "$here" >/dev/null
    url=$(pgsluice cluster url "$here")
    database=postgres
    export SYNC_DATABASE_URL=$url
}

teardown() {
    touch stop
    stop_wire
    pgsluice cluster stop "$here" >/dev/null 2>&1 || :
    common_teardown
}

go_on() {
    start_daemon
    wait_for '[ "$(http_status /readyz)" = 200 ]'
    echo "http://$(daemon_address traffic)/v1/usage-logs" >base.new
    mv base.new base
}

# The whole server dies without a checkpoint, and recovers from its log.
crash_cluster() {
    local bindir owner data="$here/data"

    bindir=$(pg_config --bindir)
    owner=$(stat -c %U "$data")
    if [ "$owner" = "$(id -un)" ]; then
        "$bindir/pg_ctl" -D "$data" -m immediate -w stop >/dev/null
    else
        runuser -u "$owner" -- "$bindir/pg_ctl" -D "$data" -m immediate -w stop >/dev/null
    fi
    pgsluice cluster start "$here" >/dev/null
}

# break_off KIND: in the middle of whatever goes on.
break_off() {
    case $1 in
        daemon)
            kill -KILL "${daemon_pids[daemon]}"
            wait "${daemon_pids[daemon]}" 2>/dev/null || :
            go_on
            ;;
        # One server process: the others leave too, and the server recovers.
        server)
            kill -KILL "$(sql "SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'pgsluice-usage/%'
                               ORDER BY random() LIMIT 1")"
            ;;
        cluster) crash_cluster ;;
        wire) wire cut now ;;
        # The server gets the rows, and nobody hears that it has stored them.
        answer)
            wire cut after COPY
            wire_says cut
            ;;
    esac
}

count_acks() {
    cat ./*.acks 2>/dev/null | wc -l
}

@test "nothing acknowledged is lost or twice, whatever breaks" {
    local kinds=(daemon server wire answer cluster) round before

    start_wire
    write_config daemon <<CONF
database:    { migration_url = "$url"; runtime_url = "$wired_url"; };
migrations:  { directory = "$top_srcdir/migrations"; };
environment: { controlled = true; };
gate:        { poll_interval = "100ms"; };
http:        { traffic: { listen = [ "127.0.0.1:0" ]; }; admin: { listen = [ "127.0.0.1:0" ]; }; };
usage_log:   { retry_deadline = "2s"; };
CONF
    go_on
    for name in single-1 single-2 bare-1 bare-2 batch-1 stream-1 stream-2; do
        "$top_srcdir/tests/lib/usage-load" "$name" "${name%-*}" 3>&- 4>&- 2>>load.err &
        loaders+=($!)
    done
    for ((round = 0; round < ${USAGE_CRASH_ROUNDS:-5}; round++)); do
        before=$(count_acks)
        wait_for '[ "$(count_acks)" -ge $((before + 300)) ]' 60
        break_off "${kinds[round % ${#kinds[@]}]}"
    done
    before=$(count_acks)
    wait_for '[ "$(count_acks)" -ge $((before + 300)) ]' 60
    touch stop
    for pid in "${loaders[@]}"; do
        wait "$pid"
    done
    [ ! -s load.err ]
    stop_daemon

    cat ./*.acks | LC_ALL=C sort >acknowledged
    sql 'SELECT file_name FROM usage_logs' | LC_ALL=C sort >stored
    echo "# $round rounds, $(wc -l <acknowledged) acknowledged, $(wc -l <stored) stored" >&3
    [ -z "$(LC_ALL=C comm -23 acknowledged stored | head)" ]
    [ -z "$(uniq -d stored | head)" ]
    [ -z "$(uniq -d acknowledged | head)" ]
    [ "$(sql "SELECT count(*) - count(DISTINCT id) FROM usage_logs")" = 0 ]
}
