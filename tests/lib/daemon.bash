# What the tests of the daemon share beyond common.bash: the lock held by somebody else, HTTP, and
# what the daemon told the service manager.
# shellcheck shell=bash
# Variables are common.bash's and bats'; conditions of wait_for are evaluated there.
# shellcheck disable=SC2154,SC2016

holder_pid= # of the psql that holds the migration lock
cutter_pid= # of start_cutting_server's
frozen_pid= # of the backend that freeze_backend has stopped

# Stops the server's process that answers the daemon; thaw_backend lets it go on.
freeze_backend() {
    frozen_pid=$(sql "SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'pgsluice/%'
                      AND datname = current_database()")
    kill -STOP "$frozen_pid"
}

thaw_backend() {
    kill -CONT "$frozen_pid" 2>/dev/null || :
    frozen_pid=
}

# The advisory lock's key for public.alembic_version, as the header of src/db/lock.h defines it.
lock_key() {
    local hex

    hex=$(printf 'pgsluice migration lock\npublic\nalembic_version' | sha256sum | head -c 16)
    echo "('x$hex')::bit(64)::bigint"
}

# Takes the migration lock in a session of psql's that stays until release_lock or the test's end.
hold_lock() {
    PGAPPNAME=a-colleague psql -XAtq -d "$url" -c "SELECT pg_try_advisory_lock($(lock_key))" \
        -c "SELECT pg_sleep(300)" </dev/null >/dev/null 2>&1 3>&- 4>&- &
    holder_pid=$!
    wait_for '[ "$(migration_locks)" = 1 ]'
}

release_lock() {
    sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE application_name = 'a-colleague' AND datname = current_database()" >/dev/null
    wait "$holder_pid" || :
    holder_pid=
}

# status_says PATTERN [NAME]: has the daemon told the service manager so?
status_says() {
    grep -Eq "STATUS=.*$1" "$BATS_TEST_TMPDIR/${2:-daemon}.notify"
}

# How often the daemon has sent this line.
count_notified() {
    grep -c "^ *[0-9.]* [0-9]* $1\$" "$BATS_TEST_TMPDIR/${2:-daemon}.notify" || :
}

# logged PATTERN [NAME]
logged() {
    grep -Eq "$1" "$BATS_TEST_TMPDIR/${2:-daemon}.stderr"
}

# http_status PATH [LISTENER] [NAME]: the status code, 000 when nobody answers.
http_status() {
    curl -s -m 5 -o /dev/null -w '%{http_code}' \
        "http://$(daemon_address "${2:-traffic}" "${3:-daemon}")$1" || :
}

# http_body PATH [LISTENER] [NAME]
http_body() {
    curl -s -m 5 "http://$(daemon_address "${2:-traffic}" "${3:-daemon}")$1"
}

wait_for_http() {
    wait_for '[ -n "$(daemon_address traffic)" ] && [ "$(http_status /livez)" = 200 ]'
}

# token_hash TOKEN: as http.admin.tokens wants it.
token_hash() {
    printf %s "$1" | sha256sum | head -c 64
}

# Makes `cutting_url`: a server that lets every session log in and LISTEN, and hangs up at the next
# question. Each session adds a line to the file "sessions". `cutter_pid` is for the teardown.
start_cutting_server() {
    local folder

    folder=$(sed -E 's/.*[?&]host=([^&]*).*/\1/; s/%2F/\//g' <<<"$url")
    # shellcheck disable=SC2016 # perl's variables
    perl -MIO::Socket::INET -MIO::Socket::UNIX -MIO::Select -e '
        my ($server_path, $port_file, $sessions) = @ARGV;
        my $listener = IO::Socket::INET->new(Listen => 16, LocalAddr => "127.0.0.1") or die;
        open my $port, ">", $port_file or die;
        print $port $listener->sockport, "\n";
        close $port;
        while (my $client = $listener->accept) {
            my $server = IO::Socket::UNIX->new(Peer => $server_path) or die;
            my $both = IO::Select->new($client, $server);
            my $has_listened;
            session: while (1) {
                for my $from ($both->can_read) {
                    sysread $from, my $bytes, 65536 or last session;
                    last session if $from == $client && $has_listened;
                    if ($from == $client && $bytes =~ /LISTEN/) {
                        $has_listened = 1;
                        open my $log, ">>", $sessions or die;
                        print $log "session\n";
                    }
                    syswrite $from == $client ? $server : $client, $bytes;
                }
            }
            close $_ for $client, $server;
        }' "$folder/.s.PGSQL.5432" cutter.port sessions 3>&- 4>&- &
    # shellcheck disable=SC2034 # for the teardown
    cutter_pid=$!
    wait_for '[ -s cutter.port ]'
    # shellcheck disable=SC2034 # for the test
    cutting_url="postgresql://postgres@127.0.0.1:$(<cutter.port)/$database"
}

# make_slow_revision REV DOWN-REV TABLE SECONDS: make_table_revision, and so long it takes the server.
make_slow_revision() {
    make_revision "$1" "$2" <<SQL
-- migrate:up
CREATE TABLE $3 (id int);
SELECT pg_sleep($4);
-- migrate:down
DROP TABLE $3;
SQL
}

# write_uncontrolled_config [LINE...]: the default configuration with the flag off and more lines.
write_uncontrolled_config() {
    write_default_config daemon
    sed -i 's/controlled = true/controlled = false/' "$BATS_TEST_TMPDIR/daemon.conf"
    printf '%s\n' "$@" >>"$BATS_TEST_TMPDIR/daemon.conf"
}

# Is a statement of the daemon's sleeping on the server?
sleeps_on_server() {
    [ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'pgsluice/%'
              AND datname = current_database() AND query LIKE '%pg_sleep%' AND state = 'active'")" != 0 ]
}

# No backend of a daemon's is left in this database.
nothing_left() {
    [ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'pgsluice/%'
              AND datname = current_database()")" = 0 ]
}

# Sends TERM and demands exit status 0 in less than two seconds.
stop_quickly() {
    local start=${EPOCHREALTIME/./}

    stop_daemon "${1:-daemon}"
    [ "$status" -eq 0 ]
    [ $((${EPOCHREALTIME/./} - start)) -lt 2000000 ]
}
