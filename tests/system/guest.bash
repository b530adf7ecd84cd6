# What runs inside the container of scripts/check-system, as root, after the boot: installs the package, and
# tries it as systemd runs it. Prints TAP. The case of the reboot is in two parts: this script runs at
# both boots.
#
# Cases run side by side. Each has an instance of pgsluiced@.service with its own database; those about
# pgsluiced.service itself share it and run one after the other.
# shellcheck shell=bash
# shellcheck disable=SC2016 # conditions of wait_for are evaluated there
set -uo pipefail

packages=/mnt/packages
state=/var/lib/pgsluice-guest # kept through the reboot
tree=/mnt/tree
declare -A pids=()

# --- Tools ----------------------------------------------------------------------------------------

# sql DATABASE STATEMENT: as the administrator.
sql() {
    psql -XAtq -v ON_ERROR_STOP=1 -h /run/postgresql -U postgres -d "$1" -c "$2"
}

# wait_for CONDITION [SECONDS]
wait_for() {
    local deadline=$((SECONDS + ${2:-30}))

    until eval "$1"; do
        if [ $SECONDS -gt $deadline ]; then
            echo "still not: $1"
            return 1
        fi
        sleep 0.05
    done
}

show() {
    systemctl show --value -p "$2" "$1"
}

# The only words about a unit that count are systemd's.
is_state() {
    [ "$(show "$1" ActiveState)" = "$2" ]
}

says() {
    [[ $(show "$1" StatusText) == *"$2"* ]]
}

logged() {
    journalctl --sync
    journalctl -q -o cat -u "$1" --grep "$2" >/dev/null
}

# drop_in UNIT < LINES. The caller reloads.
drop_in() {
    mkdir -p "/etc/systemd/system/$1.d"
    cat >"/etc/systemd/system/$1.d/guest-test.conf"
}

# revision CASE REV DOWN-REV [DOWN] < UP
revision() {
    mkdir -p "/etc/pgsluice/$1/versions"
    {
        printf -- '-- revision %s\n--\n-- Revision ID: %s\n-- Revises: %s\n\n-- migrate:up\n' "$2" "$2" "$3"
        cat
        printf -- '-- migrate:down\n%s\n' "${4:--- nothing to undo}"
    } >"/etc/pgsluice/$1/versions/$2.sql"
}

# section CASE [SETTINGS]: of the configuration file, with its database.
section() {
    sql postgres "CREATE DATABASE $1 OWNER pgsluice TEMPLATE template0 STRATEGY file_copy"
    cat <<CONF
    $1: { database: { migration_url = "postgresql:///$1"; };
        migrations: { directory = "/etc/pgsluice/$1"; };
        ${2:-} };
CONF
}

# What a revision does until somebody wakes it: it is found in its middle however slow the machine is.
nap='DO $$ BEGIN WHILE (SELECT asleep FROM nap) LOOP PERFORM pg_sleep(0.05); END LOOP; END $$;'

make_nap() {
    sql "$1" 'CREATE TABLE nap (asleep boolean); INSERT INTO nap VALUES (true); GRANT SELECT ON nap TO PUBLIC'
}

wake() {
    sql "$1" 'UPDATE nap SET asleep = false'
}

# wait_for_nap CASE: its daemon is in the middle of 222222222222.
wait_for_nap() {
    wait_for "says pgsluiced@$1.service 222222222222 && [ \"\$(sql $1 \"SELECT count(*) FROM pg_stat_activity
        WHERE datname = '$1' AND query LIKE '%asleep%' AND wait_event = 'PgSleep'\")\" = 1 ]"
}

heads() {
    sql "$1" 'SELECT string_agg(version_num, $$ $$) FROM alembic_version'
}

# Everything that pgsluice has written about the run tells one story.
history_is_sound() {
    runuser -u pgsluice -- pgsluice -c /etc/pgsluice/pgsluice.conf -n "$1" audit --verify &&
        runuser -u pgsluice -- pgsluice -c /etc/pgsluice/pgsluice.conf -n "$1" verify
}

# --- PostgreSQL and the package -------------------------------------------------------------------

start_postgresql() {
    local bin

    bin=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
    cat >/etc/systemd/system/guest-postgresql.service <<UNIT
[Service]
Type=notify
User=postgres
RuntimeDirectory=postgresql
StateDirectory=guest-postgresql
ExecStartPre=/bin/sh -c 'test -e /var/lib/guest-postgresql/d || $bin/initdb -D /var/lib/guest-postgresql/d \\
    -N -U postgres --no-instructions -E UTF8 --locale=C >/dev/null'
ExecStartPre=/bin/sh -c 'printf "%%s\\n" "local all postgres trust" "local all all peer" \\
    "host all all 127.0.0.1/32 scram-sha-256" >/var/lib/guest-postgresql/d/pg_hba.conf'
ExecStart=$bin/postgres -D /var/lib/guest-postgresql/d -k /run/postgresql \\
    -c fsync=off -c max_connections=200 -c listen_addresses=127.0.0.1,192.0.2.10,192.0.2.11
ExecStartPre=+/bin/sh -c 'ip address add 192.0.2.10/32 dev lo; ip address add 192.0.2.11/32 dev lo'
KillSignal=SIGINT
UNIT
    # debian/tests/gate calls Debian's wrappers, which look for a cluster of Debian's.
    export PGHOST=/run/postgresql
    systemctl daemon-reload
    systemctl start guest-postgresql.service
}

install_package() {
    dpkg -i "$packages"/pgsluice_*.deb
    systemctl is-enabled pgsluiced.service pgsluiced.socket && return 1
    [ "$(stat -c '%a %U' /etc/pgsluice/credentials)" = '700 root' ] &&
        [ "$(stat -c '%a %U' /run/pgsluice)" = '755 pgsluice' ] &&
        (cd /usr/share && ls bash-completion/completions/pgsluice zsh/vendor-completions/_pgsluice \
            fish/vendor_completions.d/pgsluice.fish doc/pgsluice/NEWS.gz) &&
        man -w 1 pgsluice && man -w 5 pgsluice.conf && man -w 5 pgsluice-revision && man -w 8 pgsluiced &&
        id pgsluice && pgsluice --version &&
        SYNC_DATABASE_URL=postgresql:///main pgsluiced -c /etc/pgsluice/pgsluice.conf --check-config
}

# An application with a socket of its own, behind the gate as the example is shipped.
write_application() {
    cat >/etc/systemd/system/application.socket <<'UNIT'
[Socket]
ListenStream=/run/application.sock
UNIT
    cat >/etc/systemd/system/application.service <<'UNIT'
[Service]
ExecStart=/usr/bin/perl -MIO::Socket::UNIX -e 'my $l = IO::Socket::UNIX->new_from_fd(3, "r+"); while (my $c = $l->accept) { while (<$c>) { last if /^\r?$/ } print $c "HTTP/1.0 200 OK\r\n\r\nhello\n"; close $c }'
UNIT
    mkdir -p /etc/systemd/system/application.service.d
    cp /usr/share/doc/pgsluice/examples/systemd/behind-the-gate.conf /etc/systemd/system/application.service.d
}

prepare_cases() {
    local name

    sql postgres "CREATE ROLE app LOGIN PASSWORD 'right-password'"
    {
        echo 'environment: { name = "guest"; controlled = true; };'
        echo 'gate: { poll_interval = "100ms"; };'
        echo 'sections: {'
        section long
        section stuck 'execution: { statement_timeout = "2s"; };'
        section blocked 'execution: { retry_deadline = "10s"; };'
        section password
        section pending 'environment: { controlled = false; };'
        section refusing 'environment: { controlled = false; }; gate: { on_pending = "fail"; };'
        section frozen
        section reloading
        section killed
        section sockets
        section rebooted
        section kept 'http: { traffic: { listen = [ "127.0.0.1:8090", "unix:/run/pgsluice/kept/traffic.sock" ]; };
            admin: { listen = [ "127.0.0.1:8091", "unix:/run/pgsluice/kept/admin.sock" ]; }; };'
        section pair
        section web1
        for name in {2..20}; do
            echo "    web$name: { database: { migration_url = \"postgresql:///web1\"; };"
            echo '        migrations: { directory = "/etc/pgsluice/web1"; }; };'
        done
        echo '};'
    } >>/etc/pgsluice/pgsluice.conf
    sed -i '/^environment:$/,/^};/d; /^gate:$/,/^};/d' /etc/pgsluice/pgsluice.conf

    revision long 111111111111 '' <<<"CREATE TABLE t (id int); SELECT pg_sleep(20);"
    revision stuck 111111111111 '' <<<"SELECT pg_sleep(1.9);"
    revision blocked 111111111111 '' <<<"ALTER TABLE busy ADD COLUMN c int;"
    for name in password pending refusing frozen reloading sockets kept pair web1; do
        revision $name 111111111111 '' <<<"CREATE TABLE t (id int);"
    done
    for name in killed rebooted; do
        revision $name 111111111111 '' <<<"CREATE TABLE t (id int);"
        revision $name 222222222222 111111111111 <<<"INSERT INTO t VALUES (1); $nap CREATE TABLE u (id int);"
        make_nap $name
    done
    for name in long stuck blocked; do
        printf '[Service]\nTimeoutStartSec=5\nTimeoutStopSec=10\nRestart=no\n' | drop_in pgsluiced@$name.service
    done
    printf '[Unit]\nStartLimitBurst=100\n' | drop_in pgsluiced@kept.service
    for name in frozen password killed refusing; do
        printf '[Service]\nRestartSec=100ms\nWatchdogSec=2\n' | drop_in pgsluiced@$name.service
    done
    echo 'postgresql://app:wrong-password@127.0.0.1/password' \
        >/etc/pgsluice/credentials/sections.password.database.migration_url
    echo 'postgresql://app:right-password@127.0.0.1:5433/stuck' \
        >/etc/pgsluice/credentials/sections.stuck.database.migration_url
    sed -i -E '/^    (password|stuck):/s/database: \{[^}]*\};//' /etc/pgsluice/pgsluice.conf
    printf '[Socket]\nListenStream=127.0.0.1:5433\n' >/etc/systemd/system/guest-wire.socket
    printf '[Service]\nExecStart=/lib/systemd/systemd-socket-proxyd 127.0.0.1:5432\n' \
        >/etc/systemd/system/guest-wire.service
    sql stuck 'ALTER DATABASE stuck OWNER TO app; GRANT CREATE ON SCHEMA public TO app'
    chmod 600 /etc/pgsluice/credentials/*
    write_application
    systemctl daemon-reload
}

# --- Cases of instances ---------------------------------------------------------------------------

case_long() {
    local unit=pgsluiced@long.service started=$SECONDS

    systemctl start $unit
    [ $((SECONDS - started)) -ge 19 ]
    is_state $unit active
    [ "$(show $unit NRestarts)" = 0 ]
    [ "$(heads long)" = 111111111111 ]
    journalctl --sync
    journalctl -q -o cat -u $unit PGSLUICE_REVISION=111111111111 | grep 111111111111
    journalctl -q -o cat -u $unit PGSLUICE_STATE=open PRIORITY=6 | grep open
}

# The server goes silent in mid-migration, without hanging up.
case_stuck() {
    local unit=pgsluiced@stuck.service

    systemctl start guest-wire.socket
    systemctl start --no-block $unit
    wait_for "[ \"\$(sql stuck \"SELECT count(*) FROM pg_stat_activity WHERE datname = 'stuck'
        AND wait_event = 'PgSleep'\")\" = 1 ]"
    kill -STOP "$(show guest-wire.service MainPID)"
    wait_for "is_state $unit failed" 60
    [ "$(show $unit Result)" = timeout ]
}

# Somebody else's lock is tried for until execution.retry_deadline, and then named.
case_blocked() {
    local unit=pgsluiced@blocked.service holder

    sql blocked 'CREATE TABLE busy (id int); ALTER TABLE busy OWNER TO pgsluice'
    PGAPPNAME=a-colleague psql -XAtq -h /run/postgresql -U postgres -d blocked \
        -c 'BEGIN; LOCK TABLE busy; SELECT pg_sleep(600)' &
    holder=$!
    wait_for '[ "$(sql blocked "SELECT count(*) FROM pg_locks WHERE mode = \$\$AccessExclusiveLock\$\$
        AND relation = \$\$busy\$\$::regclass")" = 1 ]'
    if systemctl start $unit; then return 1; fi
    [ "$(show $unit ExecMainStatus)" = 5 ]
    logged $unit a-colleague
    [ "$(heads blocked)" = '' ]
    kill $holder
}

case_password() {
    local unit=pgsluiced@password.service

    if systemctl start $unit; then return 1; fi
    wait_for "is_state $unit failed"
    [ "$(show $unit ExecMainStatus)" = 3 ]
    systemctl status $unit >"$state/status.password" || :
    cat "$state/status.password"
    [ "$(grep -c '^ *Status: .*password authentication failed for user .*app' "$state/status.password")" = 1 ]
    journalctl --sync
    if journalctl -u $unit | grep wrong-password; then return 1; fi
}

# Stays closed, says what to type, and opens when that has been typed.
case_pending() {
    local unit=pgsluiced@pending.service

    systemctl start --no-block $unit
    wait_for "says $unit 'pgsluice upgrade head'"
    is_state $unit activating
    [ "$(curl -s -o /dev/null -w '%{http_code}' --unix-socket /run/pgsluice/pending/traffic.sock \
        http://localhost/readyz)" = 503 ]
    runuser -u pgsluice -- pgsluice -c /etc/pgsluice/pgsluice.conf -n pending upgrade head
    wait_for "is_state $unit active"
    [ "$(curl -s -o /dev/null -w '%{http_code}' --unix-socket /run/pgsluice/pending/traffic.sock \
        http://localhost/readyz)" = 200 ]
}

case_refusing() {
    local unit=pgsluiced@refusing.service

    if systemctl start $unit; then return 1; fi
    is_state $unit failed
    [ "$(show $unit ExecMainStatus)" = 6 ]
    [ "$(show $unit NRestarts)" = 0 ]
    says $unit 111111111111
    [ "$(sql refusing "SELECT to_regclass('t') IS NULL")" = t ]
}

case_frozen() {
    local unit=pgsluiced@frozen.service

    systemctl start $unit
    kill -STOP "$(show $unit MainPID)"
    wait_for "[ \"\$(show $unit NRestarts)\" = 1 ] && is_state $unit active"
    logged $unit 'Watchdog timeout'
    [ "$(curl -s -o /dev/null -w '%{http_code}' --unix-socket /run/pgsluice/frozen/traffic.sock \
        http://localhost/readyz)" = 200 ]
}

# `systemctl reload` returns when the files are in force, or refused.
case_reloading() {
    local unit=pgsluiced@reloading.service pid i

    systemctl start $unit
    pid=$(show $unit MainPID)
    for i in 2 3 4 5; do
        revision reloading "${i}00000000000" "$([ $i = 2 ] && echo 111111111111 || echo $((i - 1))00000000000)" \
            <<<"CREATE TABLE t$i (id int);"
        systemctl reload $unit
        logged $unit "Reloaded: .*$i revisions"
    done
    wait_for '[ "$(heads reloading)" = 500000000000 ]'
    echo 'this is no revision' >/etc/pgsluice/reloading/versions/broken.sql
    systemctl reload $unit
    logged $unit 'Reload refused'
    is_state $unit active
    says $unit 'the reload was refused'
    [ "$(show $unit MainPID)" = "$pid" ]
}

case_killed() {
    local unit=pgsluiced@killed.service

    systemctl start --no-block $unit
    wait_for_nap killed
    kill -KILL "$(show $unit MainPID)"
    wake killed
    wait_for "is_state $unit active"
    [ "$(show $unit NRestarts)" -ge 1 ]
    [ "$(heads killed)" = 222222222222 ]
    [ "$(sql killed 'SELECT count(*) FROM t')" = 1 ]
    history_is_sound killed
}

# Clients come first; the daemon's start is what they cause.
case_sockets() {
    local client clients=()

    systemctl start pgsluiced@sockets.socket pgsluiced-admin@sockets.socket
    is_state pgsluiced@sockets.service inactive
    for client in traffic traffic admin; do
        curl -s -m 20 -o /dev/null -w '%{http_code}\n' --unix-socket "/run/pgsluice/sockets/$client.sock" \
            http://localhost/livez >>"$state/clients" &
        clients+=($!)
    done
    wait "${clients[@]}"
    [ "$(sort "$state/clients" | uniq -c | tr -s ' ')" = ' 3 200' ]
    wait_for 'is_state pgsluiced@sockets.service active'
    systemctl stop pgsluiced@sockets.service
    [ -S /run/pgsluice/sockets/admin.sock ]
    [ "$(stat -c '%a %U' /run/pgsluice/sockets/admin.sock)" = '660 pgsluice' ]
}

# each_web WORDS: what all 20 say in their Status.
each_web() {
    local i

    for i in {1..20}; do
        says "pgsluiced@web$i.service" "$1" || return
    done
}

# 20 servers, here 20 daemons on one database, all at once.
case_deploy() {
    local units=() i

    for i in {1..20}; do
        units+=("pgsluiced@web$i.service")
    done
    systemctl start "${units[@]}"
    each_web 'open at 111111111111'
    revision web1 222222222222 111111111111 <<<"CREATE TABLE t2 (id int);"
    systemctl reload "${units[@]}"
    wait_for "each_web 'open at 222222222222'"
    [ "$(sql web1 'SELECT string_agg(revision, $$ $$ ORDER BY revision) FROM pgsluice.applied')" = \
        '111111111111 222222222222' ]
    [ "$(sql web1 "SELECT count(*) FROM pgsluice.ledger WHERE event = 'upgrade'")" = 2 ]
    echo 'this is no revision' >/etc/pgsluice/web1/versions/broken.sql
    systemctl reload "${units[@]}"
    each_web 'the reload was refused'
    [ "$(curl -s -o /dev/null -w '%{http_code}' --unix-socket /run/pgsluice/web20/traffic.sock \
        http://localhost/readyz)" = 200 ]
    systemctl stop "${units[@]}"
    history_is_sound web20 || [ $? = 2 ] # the broken file
    rm /etc/pgsluice/web1/versions/broken.sql
    history_is_sound web20
}

# A pair of servers of its own, and the URL of the runbook.
case_failover() {
    local unit=pgsluiced@pair.service bin pid

    bin=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
    printf '127.0.0.31 db1\n127.0.0.32 db2\n' >>/etc/hosts
    install -d -o postgres /var/lib/guest-pair /run/db1 /run/db2
    node() { # NUMBER ACTION [OPTION...]
        runuser -u postgres -- "$bin/pg_ctl" -w -s -D "/var/lib/guest-pair/$1" -l "/var/lib/guest-pair/log$1" \
            -o "-k /run/db$1 -c listen_addresses=127.0.0.3$1 -c fsync=off" "${@:2}"
    }
    runuser -u postgres -- "$bin/initdb" -D /var/lib/guest-pair/1 -A trust -N --no-instructions >/dev/null
    node 1 start
    psql -XAtq -h /run/db1 -U postgres -c 'CREATE ROLE pgsluice LOGIN' -c 'CREATE DATABASE app OWNER pgsluice'
    runuser -u postgres -- "$bin/pg_basebackup" -h /run/db1 -D /var/lib/guest-pair/2 -R -c fast
    node 2 start
    grep -o 'postgresql://pgsluice@db1,db2[^`]*' "$tree/docs/operations.md" \
        >/etc/pgsluice/credentials/sections.pair.database.migration_url
    chmod 600 /etc/pgsluice/credentials/sections.pair.database.migration_url
    sed -i -E '/^    pair:/s/database: \{[^}]*\};//' /etc/pgsluice/pgsluice.conf
    systemctl start $unit
    pid=$(show $unit MainPID)
    wait_for '[ "$(psql -XAtq -h /run/db2 -U postgres app -c "SELECT version_num FROM alembic_version")" = 111111111111 ]'
    node 1 stop -m immediate
    wait_for "logged $unit 'lost the database'"
    node 2 promote
    wait_for "says $unit 'open at 111111111111'"
    revision pair 222222222222 111111111111 <<<"CREATE TABLE t2 (id int);"
    systemctl reload $unit
    wait_for "says $unit 'open at 222222222222'"
    [ "$(psql -XAtq -h /run/db2 -U postgres app -c 'SELECT count(*) FROM t2')" = 0 ]
    [ "$(show $unit MainPID)" = "$pid" ]
    systemctl stop $unit
    node 2 stop -m immediate
}

# --- Cases of pgsluiced.service, one after the other ----------------------------------------------

case_autopkgtest() {
    "$tree/debian/tests/gate"
}

# pgsluiced.service, which is started more often than anybody should, has the database "main" from here on, and its
# URL from a credential.
prepare_main() {
    sql postgres 'CREATE DATABASE main OWNER app TEMPLATE template0 STRATEGY file_copy'
    echo 'postgresql://app:right-password@127.0.0.1/main' >/etc/pgsluice/credentials/database.migration_url
    chmod 600 /etc/pgsluice/credentials/database.migration_url
    printf '[Unit]\nStartLimitBurst=100\n[Service]\nTimeoutStartSec=20\n' | drop_in pgsluiced.service
    printf '[Socket]\nListenStream=/run/pgsluice/traffic.sock\n' | drop_in pgsluiced.socket
    examples pgsluice-check.service ip-address
    systemctl daemon-reload
    rm -rf /etc/pgsluice/migrations/versions
    revision migrations 111111111111 '' <<<"CREATE TABLE t (id int); SELECT pg_sleep(1);"
}

# Its clients wait at its socket.
case_application() {
    local client clients=()

    systemctl start application.socket
    for client in 1 2 3; do
        curl -s -m 20 --unix-socket /run/application.sock "http://localhost/$client" >>"$state/application" &
        clients+=($!)
    done
    wait "${clients[@]}"
    [ "$(cat "$state/application")" = $'hello\nhello\nhello' ]
    [ "$(heads main)" = 111111111111 ]
    [ "$(show application.service ExecMainStartTimestampMonotonic)" -ge \
        "$(show pgsluiced.service ActiveEnterTimestampMonotonic)" ]
    [ "$(($(show pgsluiced.service ActiveEnterTimestampMonotonic) -
        $(show pgsluiced.service InactiveExitTimestampMonotonic)))" -ge 1000000 ]
    systemctl stop application.socket application.service
}

# What a gate is for: the application of a failed migration does not start.
case_application_stays_down() {
    systemctl stop pgsluiced.service
    revision migrations 222222222222 111111111111 <<<"SELECT no_such_function();"
    if systemctl start application.service; then return 1; fi
    is_state application.service inactive
    [ "$(show pgsluiced.service ExecMainStatus)" = 5 ]
    says pgsluiced.service 'no_such_function'
    systemctl stop pgsluiced.service
    rm /etc/pgsluice/migrations/versions/222222222222.sql
}

case_wait_unit() {
    systemctl start pgsluice-wait@head.service
    revision migrations 222222222222 111111111111 <<<"CREATE TABLE t2 (id int);"
    systemctl start --no-block pgsluice-wait@222222222222.service
    wait_for 'logged pgsluice-wait@222222222222.service "Waiting: the database is at 111111111111"'
    is_state pgsluice-wait@222222222222.service activating
    systemctl start pgsluiced.service
    wait_for '[ "$(show pgsluice-wait@222222222222.service ActiveState)" = inactive ]'
    [ "$(show pgsluice-wait@222222222222.service Result)" = success ]
}

case_check_unit() {
    systemctl start pgsluice-check.service
    revision migrations 333333333333 222222222222 <<<"CREATE TABLE t3 (id int);"
    sql main 'CREATE TABLE made_by_hand (id int)'
    if systemctl start pgsluice-check.service; then return 1; fi
    logged pgsluice-check.service 'not applied: 333333333333'
    logged pgsluice-check.service 'added table public.made_by_hand'
    logged pgsluice-check.service 'The ledger is whole'
    sql main 'DROP TABLE made_by_hand'
    rm /etc/pgsluice/migrations/versions/333333333333.sql
    systemctl start pgsluice-check.timer
    [ "$(show pgsluice-check.timer ActiveState)" = active ]
}

# Only the service's own processes see the URL, and nothing carries it on.
case_credentials() {
    local pid folder=/run/credentials/pgsluiced.service

    systemctl start pgsluiced.service
    pid=$(show pgsluiced.service MainPID)
    [ "$(cat $folder/database.migration_url)" = 'postgresql://app:right-password@127.0.0.1/main' ]
    if runuser -u nobody -- cat $folder/database.migration_url; then return 1; fi
    if runuser -u postgres -- cat /etc/pgsluice/credentials/database.migration_url; then return 1; fi
    if tr '\0' '\n' <"/proc/$pid/environ" | grep right-password; then return 1; fi
    if tr '\0' '\n' <"/proc/$pid/cmdline" | grep right-password; then return 1; fi
    journalctl --sync
    if journalctl -b | grep right-password; then return 1; fi
    # The same file serves a person at the keyboard.
    CREDENTIALS_DIRECTORY=/etc/pgsluice/credentials pgsluice current | grep 222222222222
}

# examples UNIT NAME...: these drop-ins of the documentation, for that unit.
examples() {
    local name

    mkdir -p "/etc/systemd/system/$1.d"
    for name in "${@:2}"; do
        cp "/usr/share/doc/pgsluice/examples/systemd/$name.conf" "/etc/systemd/system/$1.d"
    done
}

# The example lets a unit reach this host and the server's address, and nothing else.
case_addresses() {
    local status=0
    local -a allowed

    show pgsluice-check.service IPAddressDeny | grep -F 0.0.0.0/0
    systemctl start pgsluice-check.service # over 127.0.0.1
    mapfile -t allowed < <(sed -n 's/^IPAddress/--property=&/p' /usr/share/doc/pgsluice/examples/systemd/ip-address.conf)
    pg_isready -h 192.0.2.11
    systemd-run --quiet --wait --pipe "${allowed[@]}" pg_isready -h 192.0.2.10
    systemd-run --quiet --wait --pipe "${allowed[@]}" pg_isready -t 1 -h 192.0.2.11 || status=$?
    [ $status = 2 ]
}

# What verify says of pgsluiced.service with the drop-ins of the documentation: on an old systemd, that it does not
# know the type that is for a new one.
case_drop_ins() {
    mkdir -p "$state/units/pgsluiced.service.d"
    cp /lib/systemd/system/pgsluiced.service "$state/units"
    cp /usr/share/doc/pgsluice/examples/systemd/{credentials,ip-address,notify-reload,unlimited-start}.conf \
        "$state/units/pgsluiced.service.d"
    systemd-analyze verify --man=no "$state/units/pgsluiced.service" 2>&1 | grep pgsluice >"$state/verify" || :
    cat "$state/verify"
    if [ "$(systemctl --version | sed -n '1s/systemd \([0-9]*\).*/\1/p')" -lt 253 ]; then
        [ "$(wc -l <"$state/verify")" = 1 ]
        grep 'notify-reload.conf:.*service type' "$state/verify"
    else
        [ ! -s "$state/verify" ]
    fi
}

case_hardening() {
    local unit

    for unit in pgsluiced.service pgsluiced@x.service pgsluice-wait@head.service pgsluice-check.service; do
        systemd-analyze security --no-pager --threshold=15 $unit >"$state/security" ||
            { grep '✗' "$state/security"; return 1; }
        tail -n 1 "$state/security"
    done
    systemd-analyze verify --man=no pgsluiced.service pgsluiced@x.service pgsluiced.socket \
        pgsluiced-admin.socket pgsluiced@x.socket pgsluiced-admin@x.socket pgsluice-wait@head.service \
        pgsluice-check.timer 2>&1 | tee "$state/verify"
    if grep -i pgsluice "$state/verify"; then return 1; fi
}

# least FILES...: the lines of the shortest.
least() {
    wc -l "$@" | grep -v total | sort -n | awk 'NR == 1 { print $1 }'
}

# Each listener of pgsluiced.service, TCP and Unix, has one client with a connection for each request and one that
# keeps its own; so has the first of pgsluiced@kept.service, whose listeners are what its configuration says, and no
# socket units.
case_restart_under_load() {
    local client clients=() address i units=(pgsluiced.service pgsluiced@kept.service)

    systemctl stop pgsluiced.service
    systemctl start pgsluiced.socket pgsluiced-admin.socket
    systemctl start "${units[@]}"
    touch "$state/load"
    for address in 8080 8081 /run/pgsluice/traffic.sock /run/pgsluice/admin.sock \
        8090 8091 /run/pgsluice/kept/traffic.sock /run/pgsluice/kept/admin.sock; do
        for client in '' keep-alive; do
            case $address:$client in 8090:*) ;; *809?:keep* | */kept/*:keep*) continue ;; esac
            perl "$tree/tests/system/load.pl" "$state/load" $address $client \
                >"$state/load.${address//\//-}.${client:-once}" &
            clients+=($!)
        done
    done
    for i in 1 2 3 4 5; do
        systemctl restart "${units[@]}"
        wait_for "[ \"\$(least $state/load.*)\" -ge $((i * 100 - 50)) ]"
        systemctl reload "${units[@]}"
        wait_for "[ \"\$(least $state/load.*)\" -ge $((i * 100)) ]"
    done
    rm "$state/load"
    wait "${clients[@]}"
    wc -l "$state"/load.*
    sort "$state"/load.* | uniq -c
    [ "$(sort -u "$state"/load.*)" = 200 ]
    echo "# $(cat "$state"/load.* | wc -l) requests on 8 addresses over 5 restarts and 5 reloads, none lost" >"$state/restart_under_load.note"
    is_state pgsluiced@kept.socket inactive # else it would have proved the same twice
    systemctl kill --signal=KILL --kill-who=main pgsluiced@kept.service
    curl -fsS -m 30 http://127.0.0.1:8090/livez # waits for the next one
    systemctl stop pgsluiced@kept.service
    if curl -s -m 5 http://127.0.0.1:8090/livez; then return 1; fi
}

# typed NAME [USER]: the block of docs/operations.md that begins with "# NAME", as root or that user.
typed() {
    awk -v "name=# $1" '/^```/ { is_inside = 0; is_first = $0 == "```sh"; next }
        is_first { is_inside = $0 == name; is_first = 0 }
        is_inside' "$tree/docs/operations.md" >"$state/typed"
    [ -s "$state/typed" ]
    echo "--- $1"
    (umask 077; runuser -u "${2:-root}" -- bash -euo pipefail /dev/stdin <"$state/typed")
}

# The service has the database "app" by peer login now, and its own users, tokens and certificate.
prepare_app() {
    systemctl stop pgsluiced.socket pgsluiced-admin.socket pgsluiced.service
    rm /etc/pgsluice/credentials/database.migration_url
    sed -i 's|^    # migration_url = .*|    migration_url = "postgresql:///app";|
        s|^        anonymous_read = true;|&\n peers = ( { name = "deploy"; uid = "deploy"; scopes = [ "read", "rollback" ]; } );|
        /^rollback:$/,/^};/s|enabled = false|enabled = true|' /etc/pgsluice/pgsluice.conf
    useradd -G pgsluice deploy
    useradd -G pgsluice other
    runuser -u postgres -- createdb -O pgsluice app
    rm /etc/pgsluice/migrations/versions/*
    revision migrations 111111111111 '' 'DROP TABLE a;' <<<"CREATE TABLE a (id int);"
    revision migrations 222222222222 111111111111 'DROP TABLE b;' <<<"CREATE TABLE b (id int);"
    cd "$state"
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj /CN=localhost \
        -addext subjectAltName=DNS:localhost -keyout server.key -out server.pem 2>/dev/null
    cp server.pem ca.pem
}

# The chapters of docs/operations.md that one host can show, as they are written.
case_first_start() {
    prepare_app
    typed 'first start'
    says pgsluiced.service 'open at 222222222222'
    typed sockets
    [ "$(show pgsluiced-admin.socket ActiveState)" = active ]
    revision migrations 333333333333 222222222222 <<<"SELECT no_such_function();"
    if systemctl restart pgsluiced.service; then return 1; fi
    typed 'a failed migration' >"$state/failed"
    grep -q 'no_such_function' "$state/failed"
    rm /etc/pgsluice/migrations/versions/333333333333.sql
    systemctl restart pgsluiced.service
}

# ask_hold [CURL-OPTION...]: what a hold is answered over TLS.
ask_hold() {
    curl -s -o answer -w '%{http_code}' --cacert ca.pem --json '{"reason": "a look"}' "$@" \
        https://localhost:8444/admin/migrations/hold || :
}

# A socket for TLS, and hashes of tokens, both from credentials.
case_certificate() {
    cd "$state"
    cp /usr/share/doc/pgsluice/examples/systemd/pgsluiced-traffic-tls.socket /etc/systemd/system
    systemctl stop pgsluiced.service
    systemctl daemon-reload
    systemctl start pgsluiced-traffic-tls.socket
    if systemctl start pgsluiced.service; then return 1; fi
    [ "$(show pgsluiced.service ExecMainStatus)" = 2 ]
    logged pgsluiced.service 'http.tls_certificate and http.tls_key'
    typed certificate
    typed token
    [ "$(ask_hold)" = 401 ]
    [ "$(ask_hold -H "Authorization: Bearer $(cat ops.token)")" = 200 ]
    runuser -u pgsluice -- pgsluice release
    curl -fsS --cacert ca.pem https://localhost:8443/readyz
    if curl -fsS http://localhost:8443/readyz; then return 1; fi
    [ "$(cat /run/credentials/pgsluiced.service/pgsluice.tls_key)" = "$(cat server.key)" ]
    if runuser -u deploy -- cat /run/credentials/pgsluiced.service/pgsluice.tls_key; then return 1; fi
    journalctl --sync
    if journalctl -b | grep -F "$(cat ops.token)"; then return 1; fi
}

# The kernel's word for who calls, under the unit's own hardening.
case_rollback() {
    local status=0 program

    cd "$state"
    chmod 755 .
    typed rollback other && return 1
    [ "$(heads app)" = 222222222222 ]
    setpriv --reuid=pgsluice --regid=pgsluice --clear-groups pgsluice run -- sleep 600 &
    program=$!
    wait_for '[ "$(sql app "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE \$\$%sleep%\$\$")" -ge 1 ]'
    typed rollback deploy || status=$?
    [ $status = 6 ]
    [ "$(heads app)" = 222222222222 ]
    kill $program
    wait $program || :
    typed rollback deploy
    [ "$(heads app)" = 111111111111 ]
    sql app "SELECT event, actor, reason FROM pgsluice.ledger ORDER BY id DESC LIMIT 2" |
        grep "uid:$(id -u deploy)|release 7 is broken"
    [ "$(curl -s -o /dev/null -w '%{http_code}' http://127.0.0.1:8080/gate)" = 503 ]
    typed release
    wait_for '[ "$(heads app)" = 222222222222 ]'
    wait_for "says pgsluiced.service 'open at 222222222222'"
    typed 'rollback with curl'
    [ "$(heads app)" = 111111111111 ]
    [ "$(jq -r .state operation.json)" = succeeded ]
    typed release
    wait_for "says pgsluiced.service 'open at 222222222222'"
}

case_restore() {
    cd "$state"
    typed backup
    sql app 'DROP TABLE a'
    typed restore
    says pgsluiced.service 'open at 222222222222'
    [ "$(sql app 'SELECT count(*) FROM a')" = 0 ]
    typed 'another server'
    systemctl stop pgsluiced-admin.socket pgsluiced.socket pgsluiced-admin-tls.socket pgsluiced-traffic-tls.socket pgsluiced.service
    typed downgrade
    [ "$(heads app)" = 111111111111 ]
    systemctl start pgsluiced.socket pgsluiced-admin.socket
    typed release || [ "$(show pgsluiced.service ActiveState)" = inactive ]
    systemctl start pgsluiced.service
}

# PgBouncer pools transactions; usage logs go through it, migrations do not.
case_pooler() {
    cd "$state"
    revision migrations 333333333333 222222222222 </usr/share/pgsluice/migrations/models/usage_logs.sql
    systemctl reload pgsluiced.service
    wait_for "says pgsluiced.service 'open at 333333333333'"
    echo '"pgsluice" ""' >users.txt
    printf '%s\n' '[databases]' 'app = host=/run/postgresql user=pgsluice' '[pgbouncer]' 'listen_addr = 127.0.0.1' \
        'listen_port = 6432' 'auth_type = trust' "auth_file = $state/users.txt" 'pool_mode = transaction' \
        'unix_socket_dir =' >pgbouncer.ini
    systemd-run --quiet --unit=guest-pooler --uid=pgsluice pgbouncer "$state/pgbouncer.ini"
    wait_for 'pg_isready -q -h 127.0.0.1 -p 6432'
    typed pooler
    says pgsluiced.service 'open at 333333333333'
    wait_for '[ "$(curl -s -o answer -w "%{http_code}" --json "{\"action_type\": \"upload\", \"endpoint\": \"/x\"}" \
        http://127.0.0.1:8080/v1/usage-logs)" = 201 ]'
    [ "$(sql app 'SELECT count(*) FROM usage_logs')" = 1 ]
    logged guest-pooler.service 'login attempt: db=app user=pgsluice'
    # A pooler is no place for migrations.
    cp /etc/pgsluice/credentials/database.{runtime,migration}_url
    if systemctl restart pgsluiced.service; then return 1; fi
    [ "$(show pgsluiced.service ExecMainStatus)" = 6 ]
    says pgsluiced.service pooler
    rm /etc/pgsluice/credentials/database.{runtime,migration}_url
    systemctl restart pgsluiced.service
    systemctl stop guest-pooler.service
}

# The same package with a higher version: conffiles stay, what runs is replaced.
case_upgrade() {
    local pid

    pid=$(show pgsluiced.service MainPID)
    dpkg-deb -R "$packages"/pgsluice_*.deb "$state/newer"
    sed -i 's/^Version: .*/Version: 9.0-1/' "$state/newer/DEBIAN/control"
    echo '# a new default' >>"$state/newer/etc/pgsluice/pgsluice.conf"
    dpkg-deb --root-owner-group -Zgzip -b "$state/newer" "$state/newer.deb"
    dpkg --force-confold -i "$state/newer.deb"
    grep -q 'name = "guest"' /etc/pgsluice/pgsluice.conf
    wait_for '[ "$(show pgsluiced.service MainPID)" != '"$pid"' ] && is_state pgsluiced.service active'
    is_state pgsluiced.socket active
    curl -fsS http://127.0.0.1:8080/readyz
}

# Without the random key that pg_dump writes against hostile names.
dump_main() {
    pg_dump -h /run/postgresql -U postgres main | sed '/^\\\(un\)\?restrict /d'
}

case_removal() {
    dump_main >"$state/before.sql"
    systemctl start pgsluiced@sockets.service
    dpkg -r pgsluice
    [ ! -e /usr/sbin/pgsluiced ]
    [ -e /etc/pgsluice/pgsluice.conf ]
    is_state pgsluiced.service inactive
    is_state pgsluiced@sockets.service inactive
    is_state pgsluiced.socket inactive
    if curl -s -m 2 http://127.0.0.1:8080/livez; then return 1; fi
    dpkg -P pgsluice
    [ ! -e /etc/pgsluice/pgsluice.conf ]
    [ ! -e /etc/pgsluice/credentials ]
    [ -e /etc/pgsluice/migrations/versions/111111111111.sql ]
    dump_main >"$state/after.sql"
    cmp "$state/before.sql" "$state/after.sql"
}

# The RPM package, on a system that its package manager knows nothing of.
case_rpm() {
    rpm -i --nodeps "$packages"/pgsluice-*.rpm
    id pgsluice
    systemctl is-enabled pgsluiced.service pgsluiced.socket && return 1
    [ "$(stat -c '%a %U' /etc/pgsluice/credentials)" = '700 root' ]
    "$tree/debian/tests/gate"
    echo '# mine' >>/etc/pgsluice/pgsluice.conf
    systemctl start pgsluiced.socket
    rpm -e --nodeps pgsluice
    is_state pgsluiced.socket inactive
    [ ! -e /usr/sbin/pgsluiced ]
    grep '# mine' /etc/pgsluice/pgsluice.conf.rpmsave
}

# What packages do when they are installed, asked for by scripts/install-deps: a service that comes starts
# neither now nor at the next boot, with and without a systemd that runs.
case_dependencies() {
    local fake=$state/fake

    mkdir "$fake"
    printf '#!/bin/sh\ncase $* in *" install "*) ;; *) exit 0 ;; esac\n%s\n' '
        systemctl --quiet enable nginx.service haproxy.service prometheus.service
        deb-systemd-invoke start nginx.service haproxy.service prometheus.service
        invoke-rc.d nginx start' >"$fake/apt-get"
    printf '#!/bin/sh\n' >"$fake/dpkg-query"
    chmod 755 "$fake"/*
    cat "$fake/apt-get"
    [ ! -e /usr/sbin/policy-rc.d ]
    PATH=$fake:$PATH "$tree/scripts/install-deps" check
    all_rest
    unshare --mount sh -euc 'mount -t tmpfs tmpfs /run/systemd; PATH=$1:$PATH; "$2" check' sh "$fake" "$tree/scripts/install-deps"
    all_rest
    systemctl --quiet enable nginx.service
    deb-systemd-invoke start nginx.service
    is_state nginx.service active # else the above could not fail
    systemctl stop nginx.service
}

all_rest() {
    local name

    for name in nginx haproxy prometheus; do
        is_state $name.service inactive || return
        if systemctl is-enabled $name.service; then return 1; fi
    done
    [ ! -e /usr/sbin/policy-rc.d ]
}

# --- The reboot -----------------------------------------------------------------------------------

# Pulls the plug: no process gets a signal that it could handle.
begin_reboot() {
    systemctl start --no-block pgsluiced@rebooted.service
    wait_for_nap rebooted || return
    touch "$state/rebooted"
    systemctl reboot --force --force
    sleep 60
}

case_rebooted() {
    [ "$(heads rebooted)" = 111111111111 ]
    [ "$(sql rebooted 'SELECT count(*) FROM t')" = 0 ]
    wake rebooted
    systemctl start pgsluiced@rebooted.service
    [ "$(heads rebooted)" = 222222222222 ]
    [ "$(sql rebooted 'SELECT count(*) FROM t')" = 1 ]
    history_is_sound rebooted
}

# --- Running them ---------------------------------------------------------------------------------

# run NAME DESCRIPTION [UNIT]: a case in the background; await prints its result.
run() {
    local name=$1

    descriptions[$name]=$2
    unit_of[$name]=${3:-pgsluiced.service}
    (
        SECONDS=0
        set -eE
        trap 'echo "line $LINENO: $BASH_COMMAND"' ERR
        trap 'echo $SECONDS >"$state/$name.seconds"' EXIT
        "case_$name"
    ) >"$state/$name.out" 2>&1 &
    pids[$name]=$!
}

declare -A descriptions=() unit_of=()

await() {
    local name=$1 status=0

    wait "${pids[$name]}" || status=$?
    if [ "$status" -eq 0 ]; then
        echo "ok - ${descriptions[$name]} ($(cat "$state/$name.seconds") s)"
        [ ! -e "$state/$name.note" ] || cat "$state/$name.note"
    else
        echo "not ok - ${descriptions[$name]}"
        { echo "exit status $status"; tail -n 40 "$state/$name.out"; journalctl -q -b -o short-precise --no-hostname -n 40 -u "${unit_of[$name]}"; } | sed 's/^/# /'
    fi
}

in_turn() {
    run "$@"
    await "$1"
}

# The databases of the instances that are still at it must stay while the package is upgraded.
first_boot() {
    local name

    mkdir -p "$state"
    start_postgresql >"$state/postgresql.out" 2>&1
    install_package >"$state/install.out" 2>&1 || { cat "$state/install.out"; echo 'Bail out! not installed'; exit 1; }
    echo 'ok - dpkg installs it: user, folders, nothing started'
    in_turn autopkgtest 'debian/tests/gate'
    { prepare_cases; prepare_main; } >"$state/prepare.out" 2>&1
    run long 'a migration of 20 s survives TimeoutStartSec=5' pgsluiced@long.service
    run stuck 'a server that falls silent in mid-migration ends the start' pgsluiced@stuck.service
    run blocked 'a lock that never comes: status 5, and whose it is' pgsluiced@blocked.service
    run password 'a wrong password: failed, status 3, one clear line' pgsluiced@password.service
    run pending 'the flag off: closed until a person upgrades' pgsluiced@pending.service
    run refusing 'on_pending = "fail": status 6, no restart' pgsluiced@refusing.service
    run frozen 'the watchdog replaces a frozen daemon' pgsluiced@frozen.service
    run reloading 'systemctl reload swaps files, and returns when it has' pgsluiced@reloading.service
    run killed 'kill -9 in mid-migration: the next one does it once' pgsluiced@killed.service
    run deploy 'a deploy on 20 at once: one migrates, all open; a broken file changes nothing' 'pgsluiced@web*'
    run sockets 'socket activation answers who connected before' pgsluiced@sockets.service
    run failover 'the runbook: a standby is promoted, and the daemon goes on there' pgsluiced@pair.service
    in_turn application 'an application behind the gate starts after READY; its clients wait'
    in_turn application_stays_down 'a failed migration keeps the application down'
    in_turn wait_unit 'pgsluice-wait@REVISION.service waits for that revision' 'pgsluice-wait@*'
    in_turn check_unit 'pgsluice-check.service names all that is wrong: behind, and drifted' pgsluice-check.service
    in_turn credentials 'credentials are the service'\''s alone'
    in_turn addresses 'the IPAddressDeny= example: this host and the server, nobody else' pgsluice-check.service
    in_turn drop_ins 'the other drop-ins load; Type=notify-reload where systemd is new enough'
    in_turn hardening 'systemd-analyze security says at most 1.5, verify nothing'
    in_turn restart_under_load 'restarts and reloads under load lose no request'
    # A daemon-reload forgets by how much a running start has been extended: none before these are done.
    for name in long stuck blocked; do
        await $name
    done
    run dependencies 'install-deps: services that come with packages do not start' nginx.service
    in_turn first_start 'the runbook: first start, sockets, a failed migration'
    in_turn certificate 'the runbook: tokens and TLS sockets, from credentials'
    in_turn rollback 'the runbook: rollback by a user of the host, past the fence, and with curl'
    in_turn restore 'the runbook: backup, restore, another server, downgrade'
    in_turn pooler 'the runbook: usage logs through a pooler, migrations past it'
    await dependencies
    for name in password pending refusing frozen reloading killed sockets deploy failover; do
        await $name
    done
    in_turn upgrade 'an upgrade keeps conffiles and replaces the daemon'
}

second_boot() {
    start_postgresql
    run rebooted 'a reboot in mid-migration: nothing of it is there, then all' pgsluiced@rebooted.service
    await rebooted
    in_turn removal 'removal and purge leave databases and revisions'
    rm -rf /etc/pgsluice /etc/systemd/system/pgsluiced.service.d
    [ ! -e "$packages/rpm.wanted" ] || wait_for '[ -e "$packages/rpm.done" ]' 60 >/dev/null || :
    if ls "$packages"/pgsluice-*.rpm >/dev/null 2>&1; then
        in_turn rpm 'the RPM package installs, opens its gate, and goes'
    else
        echo 'skip - the RPM package installs, opens its gate, and goes: there is none'
    fi
    echo '1..33'
}

# Never as a condition: bash ignores `set -e` in all that a condition calls, and no case could fail.
if [ -e "$state/rebooted" ]; then
    second_boot
else
    first_boot
    begin_reboot
    echo 'Bail out! no reboot'
fi
