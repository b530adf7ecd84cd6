# Two PostgreSQL servers under Patroni, with etcd, on free ports of 127.0.0.1: a pair that fails over when its
# primary dies. For setup_file and teardown_file of tests/ha/*.bats; needs scripts/install-deps ha.
# shellcheck shell=bash
# Variables are common.bash's and bats'; conditions of wait_for are evaluated there.
# shellcheck disable=SC2154,SC2016

# As the user that servers may run as.
as_server_user() {
    if [ "$(id -u)" -eq 0 ]; then
        exec setpriv --reuid=postgres --regid=postgres --init-groups env HOME="$ha" "$@"
    else
        exec "$@"
    fi
}

# The kernel picks them; they were free a moment ago.
free_ports() {
    python3 -c 'import socket, sys
sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(int(sys.argv[1]))]
print(*(s.getsockname()[1] for s in sockets))' "$1"
}

write_node() { # NAME POSTGRES-PORT REST-PORT
    cat >"$ha/$1.yml" <<YML
scope: pgsluice
name: $1
restapi: { listen: "127.0.0.1:$3", connect_address: "127.0.0.1:$3" }
etcd3: { host: "127.0.0.1:$etcd_port" }
bootstrap:
  dcs:
    ttl: 20
    loop_wait: 1
    retry_timeout: 3
    primary_start_timeout: 0
    master_start_timeout: 0
    synchronous_mode: true
    postgresql: { use_pg_rewind: true }
  initdb: [ { encoding: UTF8 }, { locale: C }, data-checksums ]
postgresql:
  listen: "127.0.0.1:$2"
  connect_address: "127.0.0.1:$2"
  data_dir: "$ha/$1"
  bin_dir: "$(pg_config --bindir)"
  pgpass: "$ha/$1.pgpass"
  authentication:
    superuser: { username: postgres, password: none }
    replication: { username: replicator, password: none }
  pg_hba: [ "local all all trust", "host all all 127.0.0.1/32 trust", "host replication all 127.0.0.1/32 trust" ]
  parameters: { unix_socket_directories: "$ha", fsync: "off", shared_buffers: 16MB, max_connections: 30 }
YML
}

# Starts it in the background and adds its pid to the list that stop_pair ends, etcd's as the first.
start_member() { # NAME COMMAND...
    local name=$1
    shift
    (as_server_user "$@") </dev/null >"$ha/$name.log" 2>&1 3>&- 4>&- &
    echo $! >>"$ha/pids"
}

# Exports what the tests need of the pair: `ha` (its folder), `rest_ports`, `postgres_ports`.
start_pair() {
    local ports
    ha=$(mktemp -d "$TMPDIR/ha-XXXXXX")
    chmod 755 "$ha"
    read -ra ports < <(free_ports 6)
    etcd_port=${ports[0]}
    export ha postgres_ports="${ports[2]} ${ports[3]}" rest_ports="${ports[4]} ${ports[5]}"
    write_node one "${ports[2]}" "${ports[4]}"
    write_node two "${ports[3]}" "${ports[5]}"
    [ "$(id -u)" -ne 0 ] || chown -R postgres "$ha"
    start_member etcd etcd --data-dir "$ha/etcd" --log-level error --name e \
        --listen-client-urls "http://127.0.0.1:$etcd_port" --advertise-client-urls "http://127.0.0.1:$etcd_port" \
        --listen-peer-urls "http://127.0.0.1:${ports[1]}" --initial-advertise-peer-urls "http://127.0.0.1:${ports[1]}" \
        --initial-cluster "e=http://127.0.0.1:${ports[1]}"
    start_member one patroni "$ha/one.yml"
    start_member two patroni "$ha/two.yml"
    wait_for pair_is_whole 90 || {
        tail -n 20 "$ha"/*.log
        return 1
    }
}

# Ends what start_pair has started: first Patroni, which ends its servers, then etcd.
stop_pair() {
    local etcd members
    [ -f "${ha:-}/pids" ] || return 0
    { read -r etcd && mapfile -t members; } <"$ha/pids"
    [ ${#members[@]} -eq 0 ] || kill "${members[@]}" 2>/dev/null || :
    wait_for "! kill -0 ${members[*]} 2>/dev/null" 30
    kill "$etcd" 2>/dev/null || :
}

# A primary, and a synchronous standby that follows it: nothing that was acknowledged gets lost.
pair_is_whole() {
    local port roles
    for port in $rest_ports; do
        roles=$(curl -fsm 2 "http://127.0.0.1:$port/cluster" 2>/dev/null | jq -r '[.members[] |
            select(.state == "running" or .state == "streaming").role] | sort | join(" ")') || continue
        [ "$roles" != 'leader sync_standby' ] || return 0
    done
    return 1
}

# pair_url DATABASE: both hosts, in a fixed order; whoever takes writes answers.
pair_url() {
    # shellcheck disable=SC2086 # two words
    printf 'postgresql://postgres@127.0.0.1:%s,127.0.0.1:%s/%s?target_session_attrs=read-write\n' $postgres_ports "$1"
}

# Kills the primary's postmaster; its backends follow it. Patroni makes the standby the primary.
kill_primary() {
    kill -9 "$(head -n 1 "$(sql 'SHOW data_directory')/postmaster.pid")"
}
