# The peers of bench/usage, where PEERS_DIR names their folder; without it all of this does nothing.
#
# limits_mhd.c    a server on the same library that parses nothing and stores one and the same row
# limits_pq.c     a client of the database: INSERT of unnested arrays of 100 rows, COPY of 1,000
# guide_stack     the same service with FastAPI, SQLAlchemy and asyncpg under uvicorn, two workers with 16
#                 connections each; only where the modules are installed
#
# They write usage_logs.sql, a plain table with a serial key and two more indexes, in the database `peers`. In the
# database `peers_same` that table has the indexes of ours instead: what the library and the protocol cost, without what
# the shape of the table costs. Neither has our checks, partitions or trigger.
# shellcheck shell=bash
# shellcheck disable=SC2154 # BENCH_WORK, BENCH_TOOLS, samples, single...: bench/run, common.bash, usage

peer_pids=()
guide= # pid of the guide's stack, when it runs
has_peers() { [ -n "${PEERS_DIR:-}" ]; }

free_port() {
    perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1")->sockport'
}

# The interpreter that runs uvicorn, which need not be the first in PATH, has what the guide's stack needs.
can_guide() {
    local uvicorn interpreter

    uvicorn=$(command -v uvicorn) || return
    interpreter=$(sed -n '1s/^#! *//p' "$uvicorn")
    $interpreter -c 'import fastapi, asyncpg, sqlalchemy, uvloop, httptools' 2>/dev/null
}

build_peers() {
    local name

    for name in limits_mhd limits_pq; do
        gcc -O2 -I"$(pg_config --includedir)" -o "$BENCH_TOOLS/$name" "$PEERS_DIR/$name.c" \
            -L"$(pg_config --libdir)" -lpq -lmicrohttpd -lpthread
    done
}

make_peer_tables() {
    local database

    for database in peers peers_same; do
        sql "DROP DATABASE IF EXISTS $database WITH (FORCE)" -d postgres
        sql "CREATE DATABASE $database TEMPLATE template0" -d postgres
        psql -qX -d $database -f "$PEERS_DIR/usage_logs.sql"
    done
    sql 'DROP INDEX ix_usage_logs_action_type, ix_usage_logs_created_at' -d peers_same
    sql "SELECT indexdef || ';' FROM pg_indexes WHERE tablename = 'usage_logs' AND indexname NOT LIKE '%pkey'" |
        psql -qX -v ON_ERROR_STOP=1 -d peers_same
}

# start_mhd DATABASE: sets `mhd_pid` and `mhd_url`.
start_mhd() {
    local port

    port=$(free_port)
    PGDATABASE=$1 "$BENCH_TOOLS/limits_mhd" "$port" poll 2 group &
    mhd_pid=$!
    peer_pids+=("$mhd_pid")
    mhd_url=http://127.0.0.1:$port/usage-logs
    wait_until "curl -s -o /dev/null $mhd_url"
}

start_guide() {
    local port

    can_guide || {
        echo 'uvicorn or the modules of the guide'\''s stack are not installed: left out'
        return 0
    }
    port=$(free_port)
    cp -r "$PEERS_DIR/guide_stack" "$BENCH_WORK/guide"
    chmod -R u+w "$BENCH_WORK/guide"
    (
        cd "$BENCH_WORK/guide" || exit
        DATABASE_URL="postgresql+asyncpg://postgres@/peers?host=$PGHOST" POOL_SIZE=16 MAX_OVERFLOW=0 \
            exec uvicorn app.main:app --host 127.0.0.1 --port "$port" --workers 2 --loop uvloop \
            --http httptools --no-access-log --log-level critical
    ) >"$BENCH_WORK/guide.log" 2>&1 &
    guide=$!
    peer_pids+=("$guide")
    guide_url=http://127.0.0.1:$port/usage-logs
    wait_until "curl -fs -o /dev/null http://127.0.0.1:$port/health"
    # Until each connection knows its statements.
    wrk -t 1 -c 128 -d 3s --timeout 10s -s "$BENCH_WORK/single.lua" "$guide_url" >/dev/null
}

start_peers() {
    has_peers || return 0
    build_peers
    make_peer_tables
    start_mhd peers
    plain_pid=$mhd_pid plain_url=$mhd_url
    start_mhd peers_same
    start_guide
}

stop_peers() {
    [ ${#peer_pids[@]} -eq 0 ] || kill "${peer_pids[@]}" 2>/dev/null || :
}

# ask_peers CONNECTIONS: one row a request.
ask_peers() {
    has_peers || return 0
    ask "mhd-$1" "$plain_pid" "$plain_url" "$1" "$BENCH_WORK/single.lua"
    ask "mhd-same-$1" "$mhd_pid" "$mhd_url" "$1" "$BENCH_WORK/single.lua"
    [ -z "$guide" ] || ask "guide-$1" "$guide" "$guide_url" "$1" "$BENCH_WORK/single.lua"
}

server_processes() {
    wc -w <"/proc/$BENCH_POSTMASTER/task/$BENCH_POSTMASTER/children"
}

# write_rows LABEL DATABASE MODE CONNECTIONS ROWS: limits_pq; the sample is as those of `together`.
write_rows() {
    local before line others

    others=$(server_processes)
    before=$(server_cpu)
    line=$(PGDATABASE=$2 "$BENCH_TOOLS/limits_pq" "$3" "$4" "${BENCH_SECONDS:-3}" "$5")
    wait_until "[ \$(server_processes) -le $others ]"
    awk -v ms=$(($(server_cpu) - before)) '{ printf "%s %.2f -\n", $1, ms * 1000 / $2 + $3 }' <<<"$line" >>"$samples/$1"
}

ask_peers_hundreds() {
    has_peers || return 0
    write_rows unnest peers unnest 8 100
    write_rows unnest-same peers_same unnest 8 100
    [ -z "$guide" ] || ask guide-hundred "$guide" "$guide_url/batch" 8 "$BENCH_WORK/hundred.lua"
}

copy_peers() {
    has_peers || return 0
    write_rows copy peers copy 2 1000
    write_rows copy-same peers_same copy 2 1000
}

list_peers() {
    [ -z "$guide" ] || ask guide-list "$guide" "$guide_url?limit=50" 32
}

# by LABEL OTHER [FACTOR]: the median of the rounds' rate of OTHER by FACTOR times that of LABEL.
by() {
    ratio "$2" "$1" | awk -v factor="${3:-1}" '{ printf "%.3f\n", $1 / factor }'
}

report_peers() {
    local label

    has_peers || return 0
    row 'Peers; of unnest and copy: rows/s, CPU us/row. "same": with the indexes of our table.'
    for label in mhd-32 mhd-same-32 guide-32 mhd-128 mhd-same-128 guide-128 unnest unnest-same guide-hundred copy \
        copy-same guide-list; do
        [ ! -s "$samples/$label" ] || row '%-16s %12s %16s %8s' "$label" "$(median "$label" 1 0)" \
            "$(median "$label" 2)" "$(median "$label" 3)"
    done
    target 'requests/s of limits_mhd by pgsluiced'\''s, 128 connections' "$(by usage-128 mhd-128)" 1.25
    target 'the same with our indexes' "$(by usage-128 mhd-same-128)" 1.25
    target 'rows/s of unnest by those of batches of 100' "$(by usage-hundred unnest 100)" 2
    target 'the same with our indexes' "$(by usage-hundred unnest-same 100)" 2
    target 'rows/s of limits_pq'\''s COPY by those of streams' "$(by usage-stream copy)" 2
    target 'the same with our indexes' "$(by usage-stream copy-same)" 2
    [ -n "$guide" ] || return 0
    target 'requests/s of the guide'\''s stack by ours, 128 connections' "$(by usage-128 guide-128)" 0.05
    target 'the same in batches of 100' "$(by usage-hundred guide-hundred)" 0.143
    target 'lists of 50: the guide'\''s stack by ours' "$(by list-fifty guide-list)" 0.056
}
