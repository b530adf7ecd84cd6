# What tests/*.bats share: databases, daemons, waiting. A file starts with
#
#   load lib/common
#
#   @test "the daemon migrates an empty database" {
#       create_database
#       make_revision 3f2a9c1b7d10 <<'SQL'
#   -- migrate:up
#   CREATE TABLE t ();
#   -- migrate:down
#   DROP TABLE t;
#   SQL
#       start_daemon
#       wait_until_ready
#       [ "$(sql "SELECT count(*) FROM t")" = 0 ]
#       stop_daemon
#   }
#
# Call the functions directly, never under `run` or in $(...): they keep pids and names in variables.
# A file with a teardown of its own calls common_teardown in it. Never wait but with wait_for.
# shellcheck shell=bash

bats_require_minimum_version 1.5.0

declare -gA daemon_pids=() # name => pid of its pgsluiced
declare -gA notify_pids=() # name => pid of its notify-socket
databases=()
migrations=$BATS_TEST_TMPDIR/migrations # what the default configuration points to
seconds_to_wait=20

setup() {
    common_setup
}

teardown() {
    common_teardown
}

common_setup() {
    cd "$BATS_TEST_TMPDIR" || return
    mkdir -p "$migrations/versions"
}

common_teardown() {
    local name status=0

    for name in "${!daemon_pids[@]}"; do
        stop_daemon "$name" || status=1
    done
    # shellcheck disable=SC2154 # set by bats
    if [ -z "${BATS_TEST_COMPLETED:-}" ]; then
        show_daemons
    fi
    drop_databases
    return $status
}

# --- Databases ------------------------------------------------------------------------------------

# sql STATEMENT [URL]: runs it as the administrator, prints bare rows with | between columns.
sql() {
    psql -XAtq -v ON_ERROR_STOP=1 -d "${2:-$url}" -c "$1"
}

# migration_locks [URL]: how many migration locks are held in the database (the fence's are shared); other tests share
# the server.
migration_locks() {
    sql "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ExclusiveLock'
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())" "${1:-$url}"
}

# Makes an empty database. Sets `database` and `url`, and exports SYNC_DATABASE_URL, so that pgsluice
# finds it by itself.
create_database() {
    local file=${BATS_TEST_FILENAME##*/}

    if [ -z "${PGSLUICE_TEST_URL:-}" ]; then
        echo 'no PostgreSQL: PGSLUICE_TEST_URL is not set (scripts/run-tests sets it)'
        return 1
    fi
    file=${file%.bats}
    database=t_${file//[!a-z0-9]/_}_${BATS_TEST_NUMBER}_$$_${#databases[@]}
    databases+=("$database")
    sql "CREATE DATABASE $database TEMPLATE template0 STRATEGY file_copy" "$PGSLUICE_TEST_URL"
    url=$(url_of "$database")
    export SYNC_DATABASE_URL=$url
}

# url_of DATABASE: the administrator's URL of a database of the cluster.
url_of() {
    sed -E "s|^([a-z]+://[^/]*/)[^?]*|\1$1|" <<<"$PGSLUICE_TEST_URL"
}

drop_databases() {
    local name

    for name in "${databases[@]}"; do
        sql "DROP DATABASE IF EXISTS $name WITH (FORCE)" "$PGSLUICE_TEST_URL" || :
    done
    databases=()
}

# --- Revisions ------------------------------------------------------------------------------------

# make_revision REV [DOWN-REV[, DOWN-REV...]] < SECTIONS: writes a revision file into $migrations.
make_revision() {
    mkdir -p "$migrations/versions"
    {
        printf -- '-- revision %s\n--\n-- Revision ID: %s\n-- Revises: %s\n' "$1" "$1" "${2:-}"
        printf -- '-- Create Date: 2026-01-01 00:00:00+00:00\n\n'
        cat
    } >"$migrations/versions/$1_test.sql"
}

# make_table_revision REV DOWN-REV TABLE: one that makes a table; DOWN-REV may be ''.
make_table_revision() {
    make_revision "$1" "$2" <<SQL
-- migrate:up
CREATE TABLE $3 (id bigint PRIMARY KEY);
-- migrate:down
DROP TABLE $3;
SQL
}

# Makes the test's folder a project: pgsluice finds its files by itself.
write_pgsluice_conf() {
    echo 'migrations: { directory = "migrations"; };' >pgsluice.conf
}

# --- Waiting --------------------------------------------------------------------------------------

# wait_for CONDITION [SECONDS]: evaluates CONDITION every 20 ms until it holds.
wait_for() {
    local seconds=${2:-$seconds_to_wait}
    local deadline=$((${EPOCHREALTIME/./} + seconds * 1000000))

    until eval "$1"; do
        if [ "${EPOCHREALTIME/./}" -gt "$deadline" ]; then
            echo "after $seconds s still not: $1"
            return 1
        fi
        sleep 0.02
    done
}

# --- Daemons --------------------------------------------------------------------------------------
# A test has one daemon, called "daemon", or several with names. In $BATS_TEST_TMPDIR:
#   NAME.conf     its configuration      NAME.stderr   what it logged
#   NAME.stdout   what it printed        NAME.notify   what it told systemd, see notify-socket.c

# write_config [NAME] < TEXT
write_config() {
    cat >"$BATS_TEST_TMPDIR/${1:-daemon}.conf"
}

write_default_config() {
    write_config "$1" <<CONF
database:    { migration_url = "${url:-}"; };
migrations:  { directory = "$migrations"; };
environment: { controlled = true; };
http:        { traffic: { listen = [ "127.0.0.1:0" ]; };
               admin:   { listen = [ "127.0.0.1:0" ]; }; };
CONF
}

# start_daemon [NAME] [OPTION...]: starts pgsluiced in the background, with a configuration for
# `url` and $migrations unless write_config has made one.
start_daemon() {
    local name=daemon

    case ${1:-} in
        '' | -*) ;;
        *)
            name=$1
            shift
            ;;
    esac
    [ -e "$BATS_TEST_TMPDIR/$name.conf" ] || write_default_config "$name"
    start_notify_socket "$name"
    # Descriptors 3 and 4 are bats' own: a process that keeps them keeps bats waiting.
    NOTIFY_SOCKET=$BATS_TEST_TMPDIR/$name.socket \
        pgsluiced -c "$BATS_TEST_TMPDIR/$name.conf" "$@" \
        >"$BATS_TEST_TMPDIR/$name.stdout" 2>"$BATS_TEST_TMPDIR/$name.stderr" \
        </dev/null 3>&- 4>&- &
    daemon_pids[$name]=$!
}

start_notify_socket() {
    local name=$1

    [ -z "${notify_pids[$name]:-}" ] || return 0
    rm -f "$BATS_TEST_TMPDIR/$name.notify"
    notify-socket "$BATS_TEST_TMPDIR/$name.socket" "$BATS_TEST_TMPDIR/$name.notify" \
        </dev/null >/dev/null 3>&- 4>&- &
    notify_pids[$name]=$!
    wait_for "[ -s '$BATS_TEST_TMPDIR/$name.notify' ]"
}

# notified TEXT [NAME]: has the daemon sent this line?
notified() {
    grep -q "^ *[0-9.]* [0-9]* $1\$" "$BATS_TEST_TMPDIR/${2:-daemon}.notify"
}

# Ends as soon as the daemon has gone, too.
wait_until_ready() {
    local name=${1:-daemon}

    wait_for "notified READY=1 '$name' || ! daemon_runs '$name'" "${2:-$seconds_to_wait}" &&
        notified READY=1 "$name"
}

daemon_runs() {
    kill -0 "${daemon_pids[${1:-daemon}]}" 2>/dev/null
}

# wait_for_exit [NAME] [SECONDS]: until the daemon ends by itself; sets `status`.
wait_for_exit() {
    local name=${1:-daemon}

    wait_for "! daemon_runs '$name'" "${2:-$seconds_to_wait}" || return
    forget_daemon "$name"
}

# stop_daemon [NAME] [SIGNAL]: sets `status` to its exit status. Fails when it does not stop, or when
# a sanitizer has complained.
stop_daemon() {
    local name=${1:-daemon} stopped=0

    kill "-${2:-TERM}" "${daemon_pids[$name]}" 2>/dev/null || :
    if ! wait_for "! daemon_runs '$name'"; then
        kill -KILL "${daemon_pids[$name]}"
        stopped=1
    fi
    forget_daemon "$name" && return $stopped
}

forget_daemon() {
    local name=$1

    status=0
    wait "${daemon_pids[$name]}" || status=$?
    unset "daemon_pids[$name]"
    if [ -n "${notify_pids[$name]:-}" ]; then
        kill "${notify_pids[$name]}" 2>/dev/null || :
        wait "${notify_pids[$name]}" 2>/dev/null || :
        unset "notify_pids[$name]"
    fi
    # 99: the sanitizers' exit status, see scripts/run-tests.
    if [ "$status" -eq 99 ]; then
        echo "$name: a sanitizer complained"
        cat "$BATS_TEST_TMPDIR/$name.stderr"
        return 1
    fi
}

# daemon_address LISTENER [NAME]: where "traffic" or "admin" listens, HOST:PORT, as logged.
daemon_address() {
    sed -n -E "s/.*\b$1\b.*\b(127\.0\.0\.1:[0-9]+).*/\1/p; s/.*\b(127\.0\.0\.1:[0-9]+).*\b$1\b.*/\1/p" \
        "$BATS_TEST_TMPDIR/${2:-daemon}.stderr" | head -n 1
}

show_daemons() {
    local file

    for file in "$BATS_TEST_TMPDIR"/*.notify "$BATS_TEST_TMPDIR"/*.stdout "$BATS_TEST_TMPDIR"/*.stderr; do
        [ ! -s "$file" ] || { echo "--- ${file##*/}"; tail -n 100 "$file"; }
    done
}
