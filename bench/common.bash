# What the measurements share: databases, samples, medians, targets. They are started by bench/run,
# which has built the programs and started a server, and says where in the environment.
# shellcheck shell=bash
set -euo pipefail

: "${BENCH_WORK:?start it with bench/run}" "${BENCH_TOOLS:?}" "${BENCH_POSTMASTER:?}" "${PGSLUICE:?}" "${PGSLUICED:?}"
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
samples=$BENCH_WORK/samples
mkdir -p "$samples"

# --- Databases and revisions ----------------------------------------------------------------------

sql() {
    psql -qXAt -v ON_ERROR_STOP=1 -c "$1" "${@:2}"
}

# An empty database, with everything before it on the disk.
fresh_database() {
    sql 'DROP DATABASE IF EXISTS bench WITH (FORCE)' -d postgres
    sql 'CREATE DATABASE bench TEMPLATE template0' -d postgres
    sql 'CHECKPOINT' -d postgres
}

# revisions COUNT: sets `scripts` to a folder with that many revisions and writes, beside it, the
# configurations cli.conf and daemon.conf.
revisions() {
    scripts=$BENCH_WORK/revisions-$1
    [ -d "$scripts" ] || "$here/generate" "$scripts" "$1"
    write_config >"$scripts/cli.conf"
    write_config "http: { traffic: { listen = [ \"unix:$BENCH_WORK/traffic.sock\" ]; };
        admin: { listen = [ \"unix:$BENCH_WORK/admin.sock\" ]; }; };" >"$scripts/daemon.conf"
    write_config 'http: { traffic: { listen = [ "127.0.0.1:0" ]; }; admin: { listen = [ "127.0.0.1:0" ]; }; };' \
        >"$scripts/herd.conf"
}

write_config() {
    cat <<CONF
database: { migration_url = "$SYNC_DATABASE_URL"; };
migrations: { directory = "$scripts"; };
environment: { name = "bench"; controlled = true; };
${1:-}
CONF
}

# verify_schema COUNT: the database holds what COUNT revisions make, no more and no less.
verify_schema() {
    local found expected=$((($1 + 4) / 5)),$((($1 + 3) / 5)),$((($1 + 2) / 5)),$((($1 + 1) / 5)),$(($1 / 5))
    found=$(sql "SELECT (SELECT count(*) FROM pg_tables WHERE tablename LIKE 't\_%'),
        (SELECT count(*) FROM pg_attribute WHERE attname LIKE 'c\_0%'),
        (SELECT count(*) FROM pg_indexes WHERE indexname LIKE 'ix\_%'),
        (SELECT count(*) FROM pg_enum WHERE enumlabel LIKE 'v\_%'),
        (SELECT count(*) FROM pg_constraint WHERE conname LIKE 'ck\_%')" -F ,)
    [ "$found" = "$expected" ] || give_up "after $1 revisions the schema has $found, not $expected"
}

# verify_ledger COUNT: every revision is in the ledger once, all applied by one process, and the head
# is the last one.
verify_ledger() {
    local found expected
    expected="$1,$1,1,$(cat "$scripts/head")"
    found=$(sql "SELECT count(*), count(DISTINCT revision), count(DISTINCT instance),
        (SELECT string_agg(version_num, ' ') FROM alembic_version) FROM pgsluice.ledger" -F ,)
    [ "$found" = "$expected" ] ||
        give_up "ledger rows, revisions, instances, head: $found, not $expected"
}

give_up() {
    echo "${0##*/}: $1" >&2
    exit 1
}

# --- Samples --------------------------------------------------------------------------------------
# $samples/LABEL has one line a run: wall ms, CPU ms, peak RSS MiB, exit status, server CPU ms.

# sample LABEL COMMAND...: one run, which must succeed.
sample() {
    local label=$1 line before
    shift
    before=$(server_cpu)
    line=$("$BENCH_TOOLS/measure" -t 300 -o "$BENCH_WORK/output" "$@")
    [ "${line##* }" = 0 ] || {
        tail -n 20 "$BENCH_WORK/output" >&2
        give_up "$label: exit status ${line##* }: $*"
    }
    wait_for_backends
    echo "$line $(($(server_cpu) - before))" >>"$samples/$label"
}

# median LABEL FIELD [DIGITS]
median() {
    cut -d ' ' -f "$2" "$samples/$1" | sort -n | awk -v digits="${3:-1}" '
        { value[NR] = $1 }
        END { printf "%.*f\n", digits, (value[int((NR + 1) / 2)] + value[int((NR + 2) / 2)]) / 2 }'
}

# highest LABEL FIELD
highest() {
    cut -d ' ' -f "$2" "$samples/$1" | sort -n | tail -n 1
}

runs() {
    wc -l <"$samples/$1"
}

# ratio LABEL OTHER: the median of the rounds' wall(LABEL) / wall(OTHER). Both ran within seconds of each
# other, so a machine that is slow for a while does not count.
ratio() {
    paste -d ' ' <(cut -d ' ' -f 1 "$samples/$1") <(cut -d ' ' -f 1 "$samples/$2") |
        awk '{ print $1 / $2 }' | sort -n | awk '
            { value[NR] = $1 }
            END { printf "%.2f\n", (value[int((NR + 1) / 2)] + value[int((NR + 2) / 2)]) / 2 }'
}

# CPU milliseconds so far of the database server.
server_cpu() {
    family_cpu "$BENCH_POSTMASTER"
}

# CPU milliseconds so far of a process, its children, and those that it has reaped.
family_cpu() {
    local child children files=("/proc/$1/stat")
    read -ra children <"/proc/$1/task/$1/children" || :
    for child in "${children[@]}"; do
        files+=("/proc/$child/stat")
    done
    # A child that goes meanwhile is found, reaped, by the next call.
    { cat "${files[@]}" 2>/dev/null || :; } |
        awk -v tick="$(getconf CLK_TCK)" '
            { sub(/.*\) /, ""); sum += $12 + $13 }
            NR == 1 { sum += $14 + $15 }
            END { printf "%d\n", sum * 1000 / tick }'
}

# Until the postmaster has reaped the backends of the run: only then is their time in its own.
wait_for_backends() {
    local deadline=$((SECONDS + 20)) left
    while [ $SECONDS -lt $deadline ]; do
        read -ra left <"/proc/$BENCH_POSTMASTER/task/$BENCH_POSTMASTER/children" || :
        [ ${#left[@]} -gt "$BENCH_SERVER_PROCESSES" ] || return 0
        sleep 0.005
    done
    give_up 'the server still has clients 20 s after the run'
}

# Milliseconds that the disk takes for a small synchronous write, now.
disk_ms() {
    LC_ALL=C dd if=/dev/zero of="$BENCH_WORK/probe" bs=8k count=100 oflag=dsync 2>&1 |
        awk '/copied/ { for (i = 2; i <= NF; i++) if ($i ~ /^s,?$/) printf "%.2f\n", $(i - 1) * 10 }'
}

# --- Targets --------------------------------------------------------------------------------------

# target TEXT VALUE LIMIT: prints the line and remembers whether it was met.
target() {
    local verdict
    verdict=$(awk -v value="$2" -v limit="$3" 'BEGIN { print value <= limit ? "met" : "MISSED" }')
    printf '  %-62s %9s  at most %6s  %s\n' "$1" "$2" "$3" "$verdict"
    printf '%s\t%s\n' "$verdict" "$1" >>"$BENCH_WORK/targets"
}

row() {
    local format=$1
    shift
    # shellcheck disable=SC2059 # the format is the caller's
    printf "$format\n" "$@"
}
