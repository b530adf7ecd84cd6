# What the measurements over HTTP share: a daemon on free ports of 127.0.0.1, and load from wrk.
# shellcheck shell=bash
# shellcheck disable=SC2154 # BENCH_WORK, PGSLUICED, scripts: bench/run and common.bash
# shellcheck disable=SC2034 # admin is for who sources this
# shellcheck disable=SC2016 # wait_until evaluates its condition

connections=128
daemon= # its pid
admin=  # its address

# start_daemon: pgsluiced with the revisions in $scripts. Sets `daemon` and `admin`, when it is open.
start_daemon() {
    "$PGSLUICED" -c "$scripts/herd.conf" >"$BENCH_WORK/output" 2>&1 &
    daemon=$!
    wait_until '[ "$(curl -s -o /dev/null -w "%{http_code}" "http://$(admin_address)/readyz")" = 200 ]'
    admin=$(admin_address)
}

stop_daemon() {
    kill "$daemon"
    wait "$daemon" || give_up "pgsluiced ended with status $?"
}

admin_address() {
    sed -n 's|.*listening: admin http://||p' "$BENCH_WORK/output"
}

# wait_until CONDITION: evaluates it until it holds, for 20 s.
wait_until() {
    local deadline=$((SECONDS + 20))
    until eval "$1"; do
        [ $SECONDS -lt $deadline ] || {
            tail -n 20 "$BENCH_WORK/output" >&2
            give_up "after 20 s still not: $1"
        }
        sleep 0.05
    done
}

# CPU milliseconds so far of a process.
cpu_of() {
    awk -v tick="$(getconf CLK_TCK)" '{ sub(/.*\) /, ""); print ($12 + $13) * 1000 / tick }' "/proc/$1/stat"
}

# kib_of PID FIELD: VmRSS, VmHWM...
kib_of() {
    awk -v field="$2:" '$1 == field { print $2 }' "/proc/$1/status"
}

# load LABEL PID ADDRESS SECONDS: asks for the status document as fast as one thread of wrk can, and
# appends "requests/s, CPU us a request of PID, p99 ms" to $samples/LABEL. Every answer must be 200.
load() {
    local before after
    before=$(cpu_of "$2")
    wrk -t 1 -c $connections -d "${4}s" --latency "http://$3/admin/migrations" >"$BENCH_WORK/wrk"
    after=$(cpu_of "$2")
    ! grep -E 'Non-2xx|Socket errors' "$BENCH_WORK/wrk" >&2 || give_up "$1: not every request was answered"
    read_wrk "$((after - before))" >>"$samples/$1"
}

# read_wrk CPU-MS: "requests/s, CPU us a request, p99 ms" of the last load.
read_wrk() {
    awk -v cpu="$1" '
        function ms(text) { return text ~ /us$/ ? text / 1000 : text ~ /ms$/ ? text + 0 : text * 1000 }
        / requests in / { count = $1 }
        /^Requests\/sec/ { rate = $2 }
        $1 == "99%" { late = ms($2) }
        END { print rate, cpu * 1000 / count, late }' "$BENCH_WORK/wrk"
}
