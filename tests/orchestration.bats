# What docs/operations.md promises to those who start programs by other means than systemd: real proxies
# ask /gate, NOTIFY_SOCKET goes through namespaces, `pgsluice upgrade` goes before an application.
load lib/common
load lib/daemon

proxies=() # processes of nginx and HAProxy

containers= # folder of what podman keeps, which wants a short path

teardown() {
    if [ -n "$containers" ]; then
        in_podman rm --force --all >/dev/null || :
        rm -rf "$containers"
    fi
    for proxy in "${proxies[@]}"; do
        kill "$proxy" 2>/dev/null || :
        wait "$proxy" 2>/dev/null || :
    done
    thaw_backend
    common_teardown
}

# A database that is behind, and a daemon that may not help it.
start_closed_gate() {
    create_database
    make_table_revision aaaa1111 '' t
    write_uncontrolled_config
    start_daemon
    wait_for_http
    wait_for '[ "$(http_status /gate)" = 503 ]'
}

# start_proxy COMMAND...: in the background, until its socket front.sock is there.
start_proxy() {
    "$@" >proxy.log 2>&1 </dev/null 3>&- 4>&- &
    proxies+=($!)
    wait_for '[ -S front.sock ]' || { cat proxy.log; return 1; }
}

front_status() {
    curl -s -m 5 -o /dev/null -w '%{http_code}' --unix-socket front.sock http://app.example/
}

open_gate() {
    pgsluice --set migrations.directory="$migrations" upgrade head
    wait_for '[ "$(http_status /gate)" = 204 ]'
}

# The whole of nginx's configuration but for what docs/operations.md shows; the application is nginx, too.
nginx_conf() {
    cat <<CONF
daemon off;
user $(id -un);
pid nginx.pid;
error_log stderr;
events { }
http {
    access_log off;
    client_body_temp_path temp; proxy_temp_path temp; fastcgi_temp_path temp; uwsgi_temp_path temp;
    scgi_temp_path temp;
    server { listen unix:$PWD/app.sock; return 200 "hello\n"; }
    server {
        listen unix:$PWD/front.sock;
        $1
    }
}
CONF
}

@test "nginx: auth_request on /gate lets nobody through before the schema is right" {
    start_closed_gate
    nginx_conf "
        location / {
            auth_request /gate;
            error_page 500 = @closed;
            proxy_pass http://unix:$PWD/app.sock;
        }
        location = /gate {
            internal;
            proxy_pass http://$(daemon_address traffic)/gate;
            proxy_pass_request_body off;
            proxy_set_header Content-Length \"\";
        }
        location @closed {
            add_header Retry-After 5 always;
            return 503;
        }" >nginx.conf
    start_proxy nginx -e stderr -p "$PWD" -c "$PWD/nginx.conf"
    [ "$(front_status)" = 503 ]
    open_gate
    [ "$(front_status)" = 200 ]
}

@test "HAProxy: httpchk on /gate takes the server out, and back in" {
    start_closed_gate
    nginx_conf 'return 404;' | sed 's/front.sock/unused.sock/' >nginx.conf
    nginx -e stderr -p "$PWD" -c "$PWD/nginx.conf" >app.log 2>&1 </dev/null 3>&- 4>&- &
    proxies+=($!)
    wait_for '[ -S app.sock ]'
    cat >haproxy.cfg <<CONF
defaults
    mode http
    timeout connect 5s
    timeout client 5s
    timeout server 5s
frontend front
    bind unix@$PWD/front.sock
    default_backend application
backend application
    option httpchk
    http-check send meth GET uri /gate
    http-check expect status 204
    server one unix@$PWD/app.sock check inter 50ms fall 1 rise 1 addr 127.0.0.1 port $(daemon_address traffic | cut -d: -f2)
CONF
    start_proxy haproxy -db -f haproxy.cfg
    wait_for '[ "$(front_status)" = 503 ]'
    open_gate
    wait_for '[ "$(front_status)" = 200 ]'
}

# probe KIND: as a kubelet does the one that docs/operations.md shows, by the pod's address.
probe() {
    local path port

    path=$(sed -n "s/^$1: .* path: \([^,]*\),.*/\1/p" "$top_srcdir/docs/operations.md")
    port=$(sed -n 's/.*traffic http:..127\.0\.0\.2:\([0-9]*\)$/\1/p' daemon.stderr)
    [ -n "$path" ] && [ -n "$port" ]
    curl -sf -o /dev/null -m 5 -A kube-probe/1.30 -H 'Connection: close' -H 'Accept: */*' "http://127.0.0.2:$port$path"
}

@test "Kubernetes' probes: alive and not ready while it migrates; podman's health command" {
    create_database
    sql 'CREATE TABLE nap (asleep boolean); INSERT INTO nap VALUES (true)'
    make_revision aaaa1111 '' <<'SQL'
-- migrate:up
DO $$ BEGIN WHILE (SELECT asleep FROM nap) LOOP PERFORM pg_sleep(0.05); END LOOP; END $$;
SQL
    write_default_config daemon
    sed -i 's/traffic: *{ *listen = \[ "127.0.0.1:0"/traffic: { listen = [ "127.0.0.1:0", "127.0.0.2:0"/' daemon.conf
    start_daemon
    wait_for_http
    wait_for '[ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
        AND wait_event = \$\$PgSleep\$\$")" = 1 ]'
    probe startupProbe
    probe livenessProbe
    run ! probe readinessProbe
    health="$(sed -n "s/.*--health-cmd '\([^']*\)'.*/\1/p" "$top_srcdir/docs/operations.md")"
    health=${health/127.0.0.1:8080/$(daemon_address traffic)}
    run ! sh -c "$health"
    sql 'UPDATE nap SET asleep = false'
    wait_until_ready
    probe livenessProbe
    probe readinessProbe
    run -0 sh -c "$health"
}

# in_podman ARGUMENT...: podman itself, where no other manager of containers need be: it gets a tree of control
# groups without those of version 1.
in_podman() {
    # shellcheck disable=SC2016 # for the other shell
    unshare --mount --propagation slave sh -euc '
        new=$(mktemp -d)
        mount --bind "$(findmnt -nro TARGET -t cgroup2 | head -n 1)" "$new"
        umount -R /sys/fs/cgroup
        mount --bind "$new" /sys/fs/cgroup
        umount "$new"
        rmdir "$new"
        folder=$0
        exec podman --cgroup-manager=cgroupfs --storage-driver=vfs --root "$folder/root" --runroot "$folder/run" "$@"' \
        "$containers" "$@"
}

# healthy: as podman sees it.
healthy() {
    in_podman healthcheck run gate >>podman.log 2>&1
}

# The container's root is the machine's own, so there is no image to fetch; what it writes is dropped.
@test "podman: READY from within the container, its health command, SIGTERM by podman stop" {
    [ "$(id -u)" -eq 0 ] || skip 'namespaces want root'
    command -v podman >/dev/null || skip 'podman is missing (scripts/install-deps system)'
    containers=$(mktemp -d /tmp/pgsluice-podman.XXXXXX)
    in_podman run --rm --cgroups=disabled --network=host --security-opt seccomp=unconfined \
        --ulimit nofile=1024:1024 --ulimit nproc=4096:4096 --rootfs /:O true >podman.log 2>&1 ||
        skip "no container can run here: $(tail -n 1 podman.log)"
    create_database
    make_table_revision aaaa1111 '' t
    write_uncontrolled_config
    health="$(sed -n "s/.*--health-cmd '\([^']*\)'.*/\1/p" "$top_srcdir/docs/operations.md")"
    [ -n "$health" ]
    # The command names a port: what is healthy, and what is not, is what it says of the daemon's own.
    health=${health/http:\/\/127.0.0.1:8080/'"http://$(cat traffic)"'}
    start_notify_socket daemon
    NOTIFY_SOCKET=$BATS_TEST_TMPDIR/daemon.socket in_podman run --name gate --sdnotify=container \
        --health-cmd "$health" --health-interval=disable --cgroups=disabled --network=host \
        --security-opt seccomp=unconfined --ulimit nofile=1024:1024 --ulimit nproc=4096:4096 \
        --volume /tmp:/tmp --volume "$PWD:$PWD" --workdir "$PWD" --env PATH --env SYNC_DATABASE_URL="$url" \
        --rootfs /:O pgsluiced -c daemon.conf >daemon.stdout 2>daemon.stderr </dev/null 3>&- 4>&- &
    daemon_pids[daemon]=$!
    wait_for_http
    daemon_address traffic >traffic
    wait_for '[ "$(http_status /gate)" = 503 ]'
    run ! healthy
    run ! notified READY=1 daemon
    open_gate
    wait_until_ready
    healthy
    in_podman stop gate
    wait_for_exit
    [ "$status" -eq 0 ]
    logged 'Stopping: Terminated'
}

@test "NOTIFY_SOCKET reaches the manager from within other namespaces" {
    [ "$(id -u)" -eq 0 ] || skip 'namespaces want root'
    create_database
    make_table_revision aaaa1111 '' t
    write_default_config daemon
    start_notify_socket daemon
    NOTIFY_SOCKET=$BATS_TEST_TMPDIR/daemon.socket unshare --mount --pid --fork --kill-child --mount-proc \
        pgsluiced -c daemon.conf >daemon.stdout 2>daemon.stderr </dev/null 3>&- 4>&- &
    daemon_pids[daemon]=$!
    wait_until_ready
    status_says 'open at aaaa1111'
    kill -TERM "$(pgrep -P "${daemon_pids[daemon]}")" # unshare itself hears no SIGTERM
    wait_for_exit
    [ "$status" -eq 0 ]
}

@test "an init container: pgsluice upgrade head && exec the application" {
    create_database
    make_table_revision aaaa1111 '' t
    write_pgsluice_conf
    # shellcheck disable=SC2016 # for the other shell
    start='pgsluice -q upgrade head && exec echo "application $0 runs"'
    sh -c "$start" one >one.out 2>&1 3>&- 4>&- &
    sh -c "$start" two >two.out 2>&1 3>&- 4>&-
    wait $!
    [ "$(cat one.out two.out)" = $'application one runs\napplication two runs' ]
    [ "$(sql 'SELECT count(*) FROM pgsluice.applied')" = 1 ]
    make_revision bbbb2222 aaaa1111 <<'SQL'
-- migrate:up
SELECT no_such_function();
SQL
    run sh -c "$start" three
    [ "$status" -eq 5 ]
    [[ $output != *'three runs'* ]]
}
