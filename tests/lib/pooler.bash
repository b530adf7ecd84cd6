# PgBouncer in front of $database. The teardown of the file calls stop_pooler.
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # variables of common.bash and of the test

# start_pooler MODE: PgBouncer before $database. Sets `pooler` and `pooled_url`.
start_pooler() {
    local host port pool

    pool=$(mktemp -d)
    host=$(sql 'SHOW unix_socket_directories')
    port=$(sql 'SHOW port')
    chmod 777 "$pool"
    cat >"$pool/pgbouncer.ini" <<INI
[databases]
$database = host=$host port=$port dbname=$database user=postgres
[pgbouncer]
listen_addr =
listen_port = 6432
unix_socket_dir = $pool
auth_type = any
pool_mode = $1
logfile = $pool/log
pidfile = $pool/pid
INI
    # It refuses to run as root; the server's user may enter the server's socket folder.
    local -a as=()
    if [ "$(id -u)" -eq 0 ]; then as=(setpriv --reuid="$(stat -c %U "$host")" --clear-groups); fi
    "${as[@]}" pgbouncer -q "$pool/pgbouncer.ini" >/dev/null 2>&1 </dev/null 3>&- 4>&- &
    pooler=$!
    pooler_folder=$pool
    pooled_url="postgresql:///$database?host=${pool//\//%2F}&port=6432"
    # shellcheck disable=SC2016 # wait_for expands it
    wait_for 'psql -XAtq -d "$pooled_url" -c "SELECT 1" >/dev/null 2>&1'
}

stop_pooler() {
    [ -n "${pooler:-}" ] || return 0
    kill "$pooler" 2>/dev/null || :
    wait "$pooler" 2>/dev/null || :
    rm -rf "$pooler_folder"
    pooler=''
}
