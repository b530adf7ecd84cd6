# The fence: a rollback does not pull a revision out from under a program that requires it.
# timeout: 120 s
# Conditions of wait_for are evaluated there.
# shellcheck disable=SC2016
load lib/common
load lib/daemon

setup() {
    common_setup
    create_database
    write_pgsluice_conf
    make_table_revision aaaa1111 '' one
    make_table_revision bbbb2222 aaaa1111 two
    make_table_revision cccc3333 bbbb2222 three
    runner_pid=
    slow_pid=
    folder= # of a server of the test's own
}

teardown() {
    local failed=0

    [ -z "$runner_pid" ] || kill -KILL "$runner_pid" 2>/dev/null || :
    [ -z "$slow_pid" ] || kill -KILL "$slow_pid" 2>/dev/null || :
    common_teardown || failed=1
    if [ -n "$folder" ]; then
        pgsluice cluster stop "$folder" >/dev/null 2>&1 || :
        rm -rf "${folder%/*}"
    fi
    return $failed
}

# Daemons of this file poll often, require what the second argument says, and never migrate.
serve() {
    write_default_config "$1"
    sed -i 's/controlled = true/controlled = false/' "$1.conf"
    printf 'gate: { poll_interval = "50ms"; required_revision = "%s"; };\n' "${2:-head}" >>"$1.conf"
    start_daemon "$1"
    wait_until_ready "$1"
}

# start_program [OPTION...]: a program under `pgsluice run` that lives until the fifo is written to.
start_program() {
    mkfifo fifo
    pgsluice run "$@" -- sh -c 'echo "$$" >program.out; read word <fifo; exit "${word:-9}"' \
        </dev/null 2>runner.err 3>&- 4>&- &
    runner_pid=$!
    wait_for '[ -s program.out ]'
}

# end_program STATUS: it ends so, and pgsluice with it.
end_program() {
    echo "$1" >fifo
    ended "$runner_pid" "$1"
}

# ended PID STATUS: waits for a child of ours. Not under `run`, whose shell has no such child.
ended() {
    local ended=0

    wait "$1" || ended=$?
    runner_pid=
    slow_pid=
    [ "$ended" -eq "$2" ]
}

# instances [NAME]: of the daemon's document: how many, and what they require.
instances() {
    http_body /admin/migrations admin "$1" | jq -r '[.instances[].required_revision] | sort | join(" ")'
}

shared_locks() {
    sql "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ShareLock'
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
}

@test "what open gates require is not undone, until they close or somebody insists" {
    pgsluice -q upgrade head
    serve one
    serve two bbbb2222
    wait_for '[ "$(instances one)" = "bbbb2222 cccc3333" ]'
    [ "$(http_body /admin/migrations admin two | jq -c .fence)" = '{"held":true,"required":["bbbb2222"]}' ]

    run -6 --separate-stderr pgsluice downgrade bbbb2222
    [[ $stderr == *"what would be undone is required by "*":${daemon_pids[one]} (from [local], pgsluice 0.1.0, process "* ]]
    [[ $stderr == *"since 20"*"requires cccc3333)"* ]]
    [[ $stderr != *":${daemon_pids[two]} "* ]]
    [[ $stderr == *"nothing was changed"*"--despite-instances"* ]]
    run -6 --separate-stderr pgsluice --json downgrade base
    [ "$(jq -r .error.kind <<<"$output")" = instances ]
    [[ $(jq -r .error.message <<<"$output") == *":${daemon_pids[one]} "*":${daemon_pids[two]} "* ]]
    run -6 pgsluice stamp bbbb2222
    run -6 pgsluice stamp --purge aaaa1111
    [ "$(migration_locks)" = 0 ]
    [ "$(sql 'SELECT version_num FROM alembic_version')" = cccc3333 ]

    # Half of the way is free as soon as the first has left.
    stop_daemon one
    wait_for '[ "$(instances two)" = bbbb2222 ]'
    pgsluice -q downgrade bbbb2222
    [ "$(http_status /readyz traffic two)" = 200 ]
    run -6 pgsluice downgrade -1

    run --separate-stderr pgsluice downgrade -1 --despite-instances --tag 'night shift'
    [ "$status" -eq 0 ]
    [[ $stderr == *"what is undone is required by "*":${daemon_pids[two]}"* ]]
    [[ $(sql 'SELECT reason FROM pgsluice.ledger ORDER BY id DESC LIMIT 1') == \
        "night shift; despite running instances: "*":${daemon_pids[two]}" ]]
    wait_for '[ "$(http_status /readyz traffic two)" = 503 ]'
    wait_for '[ "$(instances two)" = "" ]'
    [ "$(http_body /admin/migrations admin two | jq -c .fence)" = '{"held":false,"required":[]}' ]
    wait_for '[ "$(shared_locks)" = 0 ]'
    pgsluice -q stamp base
}

@test "a fence is listed by who knows its revision, without a table or a right" {
    pgsluice -q upgrade head
    serve one bbbb2222
    run --separate-stderr pgsluice --json status
    [ "$(jq -c '.instances[0] | [.version, .host, .required_revision, .required, .unknown]' <<<"$output")" = \
        '["0.1.0","[local]","bbbb2222",["bbbb2222"],0]' ]
    [ "$(jq '.instances[0].pid' <<<"$output")" = \
        "$(sql "SELECT DISTINCT pid FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ShareLock'
                AND database = (SELECT oid FROM pg_database WHERE datname = current_database())")" ]
    run pgsluice status
    [[ $output == *"instances   "*":${daemon_pids[one]} (from [local], pgsluice 0.1.0"*"requires bbbb2222)"* ]]
    # Files that do not have it; the records still tell. Without them nobody knows.
    mkdir -p other/versions
    mv "$migrations"/versions/aaaa1111* other/versions
    run pgsluice --set migrations.directory=other status
    [[ $output == *"requires bbbb2222)"* ]]
    sql 'DELETE FROM pgsluice.applied'
    run --separate-stderr pgsluice --set migrations.directory=other --json status
    [ "$(jq -c '.instances[0] | [.required_revision, .required, .unknown]' <<<"$output")" = '["unknown",[],1]' ]
}

@test "a reload that changes required_revision moves the fence without a gap" {
    pgsluice -q upgrade head
    serve one bbbb2222
    sed -i 's/required_revision = "bbbb2222"/required_revision = "head"/' one.conf
    kill -HUP "${daemon_pids[one]}"
    wait_for '[ "$(instances one)" = cccc3333 ]'
    run -6 pgsluice downgrade -1
    [ "$(shared_locks)" = 3 ]
    sed -i 's/required_revision = "head"/required_revision = "aaaa1111"/' one.conf
    kill -HUP "${daemon_pids[one]}"
    wait_for '[ "$(instances one)" = aaaa1111 ]'
    pgsluice -q downgrade aaaa1111
    [ "$(http_status /readyz traffic one)" = 200 ]
}

@test "a daemon that boots into a rollback waits for its end" {
    rm "$migrations"/versions/cccc3333*
    make_revision cccc3333 bbbb2222 <<'SQL'
-- migrate:up
CREATE TABLE three (id int);
-- migrate:down
SELECT pg_advisory_lock(4711);
SELECT pg_advisory_unlock(4711);
DROP TABLE no_such_table;
SQL
    pgsluice -q upgrade head
    PGAPPNAME=gatekeeper psql -XAtq -d "$url" -c 'SELECT pg_advisory_lock(4711)' -c 'SELECT pg_sleep(300)' \
        </dev/null >/dev/null 2>&1 3>&- 4>&- &
    wait_for '[ "$(migration_locks)" = 1 ]'
    pgsluice -q --set execution.lock_timeout=0 downgrade -1 </dev/null >slow.out 2>&1 3>&- 4>&- &
    slow_pid=$!
    wait_for "[ \"\$(sql \"SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
        AND wait_event = 'advisory'\")\" = 1 ]"
    write_default_config one
    printf 'gate: { poll_interval = "50ms"; };\n' >>one.conf
    start_daemon one
    wait_for "status_says 'a rollback is running that undoes what is required here .cccc3333.' one"
    [ "$(http_status /readyz traffic one)" = 503 ]
    # Something that the rollback does not touch is free.
    serve two bbbb2222
    sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'gatekeeper'
         AND datname = current_database()" >/dev/null
    ended "$slow_pid" 5
    grep -q no_such_table slow.out
    # It failed, so that the revision is still there.
    wait_until_ready one
    run -6 pgsluice downgrade -1
}

@test "a rollback between the look and the fence of a boot is seen" {
    grep -q PGSLUICE_FAILPOINT "$(command -v pgsluice)" || skip 'this build has no failpoints'
    pgsluice -q upgrade head
    write_uncontrolled_config 'gate: { poll_interval = "50ms"; };'
    PGSLUICE_FAILPOINT=fence-taking:stop start_daemon
    PGSLUICE_FAILPOINT=fence-taking:stop pgsluice run --wait 1min -- touch ran.out 2>runner.err </dev/null 3>&- 4>&- &
    runner_pid=$!
    wait_for "grep -q ') T ' /proc/$runner_pid/stat && grep -q ') T ' /proc/${daemon_pids[daemon]}/stat"
    pgsluice -q downgrade -1
    kill -CONT "$runner_pid" "${daemon_pids[daemon]}"
    wait_for "status_says '1 revision is pending, next cccc3333'"
    run ! notified READY=1
    wait_for 'grep -q "Waiting: the database is at bbbb2222" runner.err'
    wait_for '[ "$(shared_locks)" = 0 ]'
    pgsluice -q upgrade head
    wait_until_ready
    ended "$runner_pid" 0
    [ -e ran.out ]
}

@test "both sides come back with a server that was restarted" {
    folder=$(mktemp -d "$TMPDIR/XXXXXX")/cluster # where the server's user may go
    chmod 755 "${folder%/*}"
    pgsluice cluster start --throwaway "$folder" >/dev/null 3>&- 4>&-
    url=$(pgsluice cluster url "$folder")
    export SYNC_DATABASE_URL=$url
    pgsluice -q upgrade head
    serve one
    start_program
    wait_for '[ "$(instances one)" = "cccc3333 cccc3333" ]'
    pgsluice cluster stop "$folder"
    wait_for '[ "$(http_status /readyz traffic one)" = 503 ] && grep -q "^Lost the fence" runner.err'
    [ "$(http_body /admin/migrations admin one | jq -c .fence)" = '{"held":false,"required":[]}' ]
    pgsluice cluster start --throwaway "$folder" >/dev/null 3>&- 4>&-
    wait_for '[ "$(http_status /readyz traffic one)" = 200 ] && [ "$(instances one)" = "cccc3333 cccc3333" ]'
    run -6 pgsluice downgrade -1
    end_program 0
}

@test "a fence that was lost with the connection is taken again" {
    local before

    pgsluice -q upgrade head
    serve one
    start_program
    wait_for '[ "$(instances one)" = "cccc3333 cccc3333" ]'
    before=$(http_body /admin/migrations admin one | jq -c '[.instances[].pid] | sort')
    sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'pgsluice/%'
         AND datname = current_database()" >/dev/null
    wait_for 'grep -q "The fence stands again" runner.err'
    grep -q "Lost the fence, .*: a rollback would not spare sh until it stands again" runner.err
    wait_for '[ "$(http_status /readyz traffic one)" = 200 ] && [ "$(instances one)" = "cccc3333 cccc3333" ]'
    [ "$(http_body /admin/migrations admin one | jq -c '[.instances[].pid] | sort')" != "$before" ]
    run -6 pgsluice downgrade -1
    end_program 0
}

@test "run waits for the revision, is listed by the program's name, and passes its status" {
    pgsluice run --required bbbb2222 -- sh -c 'echo ran >early.out; exit 3' 2>early.err 3>&- 4>&- &
    slow_pid=$!
    wait_for 'grep -q "Waiting: the database is at <base>" early.err'
    [ ! -e early.out ]
    pgsluice -q upgrade bbbb2222
    ended "$slow_pid" 3
    [ -e early.out ]

    start_program --required aaaa1111
    run pgsluice status
    [[ $output == *"instances   sh@"*"requires aaaa1111)"* ]]
    pgsluice -q downgrade -1
    run -6 --separate-stderr pgsluice downgrade base
    [[ $stderr == *"required by sh@"* ]]
    end_program 7
    wait_for '[ "$(shared_locks)" = 0 ]'
    pgsluice -q downgrade base

    run -1 pgsluice run --required aaaa1111 --wait 50ms -- touch never.out
    [[ $output == *"aaaa1111 was not reached in time"* ]]
    [ ! -e never.out ]
}

@test "run passes signals on, and leaves the environment alone" {
    local signal

    pgsluice -q upgrade head
    cat >.env <<ENV
SYNC_DATABASE_URL=$url&application_name=sEcReT
ENV
    cat >program.pl <<'PERL'
for my $name (qw(HUP INT QUIT USR1 USR2 TERM WINCH)) {
    $SIG{$name} = sub { open my $got, ">", "got.$name"; exit 5 if $name eq "TERM" };
}
open my $ready, ">", "new"; print $ready map { "$_=$ENV{$_}\n" } sort keys %ENV; close $ready;
rename "new", "ready";
sleep 1 while 1;
PERL
    env -u SYNC_DATABASE_URL pgsluice run perl program.pl </dev/null 2>runner.err 3>&- 4>&- &
    runner_pid=$!
    wait_for '[ -s ready ]'
    for signal in HUP INT QUIT USR1 USR2 WINCH TERM; do
        kill "-$signal" "$runner_pid"
        wait_for "[ -e got.$signal ]"
    done
    ended "$runner_pid" 5
    run ! grep -E 'sEcReT|^PG(PASS|URL)|SYNC_DATABASE_URL' ready
    start_program
    kill -KILL "$(<program.out)"
    ended "$runner_pid" 137
}

@test "on a terminal the program hears of Ctrl-C once" {
    pgsluice -q upgrade head
    mkfifo keys
    cat >program.pl <<'PERL'
$SIG{INT} = sub { $count++; open my $got, ">", "got"; close $got };
$SIG{TERM} = sub { print "interrupted $count times\n"; exit 6 };
open my $ready, ">", "ready"; print $ready getppid, "\n"; close $ready;
sleep 1 while 1;
PERL
    script -qec 'pgsluice run -- perl program.pl' screen <keys >/dev/null 2>&1 3>&- 4>&- &
    runner_pid=$!
    exec 5>keys
    wait_for '[ -s ready ]'
    printf '\003' >&5
    wait_for '[ -e got ]'
    # Of what is pending the program gets SIGINT, were there another one, before SIGTERM.
    kill -TERM "$(<ready)"
    exec 5>&-
    ended "$runner_pid" 6
    grep -q 'interrupted 1 times' screen
}

@test "run --strict ends its program with the fence; wrong words run nothing" {
    pgsluice -q upgrade head
    start_program --strict
    sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'pgsluice/sh@%'
         AND datname = current_database()" >/dev/null
    ended "$runner_pid" 5
    grep -q 'sh was ended because the fence was lost' runner.err
    run -2 pgsluice run
    run -2 pgsluice run -- no-such-program-here
    [[ $output == *'there is no program "no-such-program-here"'* ]]
    run -2 pgsluice run --required nonsense -- true
    run -2 pgsluice run --wait soon -- true
    run -2 pgsluice run -c no-such.conf touch never.out
    [ ! -e never.out ]
    # The command's options are its own, with and without "--".
    run -4 pgsluice run sh -c 'exit 4' --json
    run -4 pgsluice -q run --wait 9s -- sh -c 'exit 4' --wait soon
}

@test "locks that a revision leaves are given back, and the fence of the daemon that ran it stays" {
    local held="SELECT mode, count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) GROUP BY mode"

    write_default_config daemon
    printf 'gate: { required_revision = "aaaa1111"; poll_interval = "10min"; };\n' >>daemon.conf
    start_daemon
    wait_until_ready
    before=$(sql "$held")
    [[ $before == ShareLock\|* ]]
    make_revision dddd4444 cccc3333 <<'SQL'
-- migrate:up
LISTEN gossip;
SELECT pg_advisory_lock(7), pg_advisory_lock_shared(7, 8);
CREATE TABLE four ();
-- migrate:down
DROP TABLE four;
SQL
    kill -HUP "${daemon_pids[daemon]}"
    wait_for '[ "$(sql "SELECT version_num FROM alembic_version")" = dddd4444 ]'
    wait_for '[ "$(sql "$held")" = "$before" ]'
    # Still woken by a notification.
    pgsluice hold --reason 'a test'
    wait_for '[ "$(http_body /admin/migrations admin | jq -r .hold.reason)" = "a test" ]'
}
