# Servers that are not what they should be: a password that is wrong, a pooler in between, a standby, an
# owner that was killed. Each has a server of its own.
load lib/common
load lib/pooler

setup() {
    common_setup
    servers=()
    # Not below bats' own folder: that is root's alone, and servers do not run as root.
    place=$(mktemp -d)
    chmod 755 "$place"
}

teardown() {
    local folder

    common_teardown
    stop_pooler
    for folder in "${servers[@]}"; do
        pgsluice cluster stop "$folder" >/dev/null 2>&1 || :
    done
    rm -rf "$place"
}

# start_server NAME: sets `folder` and `url`.
start_server() {
    folder=$place/$1
    servers+=("$folder")
    pgsluice cluster start --throwaway "$folder" >/dev/null 3>&- 4>&-
    url=$(pgsluice cluster url "$folder")
}

# As the user that runs the server.
as_server() {
    local user

    user=$(stat -c %U "$folder/data")
    if [ "$user" = "$(id -un)" ]; then "$@"; else runuser -u "$user" -- "$@"; fi
}

require_password() {
    sql "CREATE ROLE locked LOGIN SUPERUSER PASSWORD 'right-word-4711'"
    sed -i '1i local all locked scram-sha-256' "$folder/data/pg_hba.conf"
    sql 'SELECT pg_reload_conf()' >/dev/null
    locked_url="postgresql://locked:$1@/postgres?host=$(sed 's|/|%2F|g' <<<"$folder")"
}

logins_refused() {
    grep -c 'password authentication failed for user "locked"' "$folder/log"
}

@test "a wrong password: one try, exit 3, and the password is not repeated" {
    start_server own
    require_password wrong-word-swordfish
    wait_for '! psql -Xq -d "$locked_url" -c "SELECT 1" 2>/dev/null'
    local before
    before=$(logins_refused)
    make_table_revision aaaa1111 '' t

    run --separate-stderr pgsluice --set migrations.directory="$migrations" --set "database.migration_url=$locked_url" -vvv upgrade head
    [ "$status" -eq 3 ]
    [[ $stderr == *'password authentication failed'* ]]
    [[ $stderr == *'next: '* ]]
    [[ $output$stderr != *swordfish* ]]
    [ $(($(logins_refused) - before)) -eq 1 ]

    url=$locked_url start_daemon
    wait_for_exit
    [ "$status" -eq 3 ]
    [ $(($(logins_refused) - before)) -eq 2 ]
    run cat daemon.stderr daemon.notify
    [[ $output == *'password authentication failed'* ]]
    [[ $output != *swordfish* ]]
}

@test "the right password works, and is not repeated either" {
    start_server own
    require_password right-word-4711
    make_table_revision aaaa1111 '' t

    run --separate-stderr pgsluice --set migrations.directory="$migrations" --set "database.migration_url=$locked_url" -vvv upgrade head
    [ "$status" -eq 0 ]
    [[ $output$stderr != *4711* ]]
    [ "$(sql 'SELECT version_num FROM alembic_version')" = aaaa1111 ]
}

@test "the password comes from a passfile, and is not repeated either" {
    start_server own
    require_password ''
    make_table_revision aaaa1111 '' t
    printf '*:*:*:locked:right-word-4711\n' >passwords
    chmod 600 passwords
    local -a current=(pgsluice --set migrations.directory="$migrations" -vvv current)

    PGPASSFILE=$PWD/passwords SYNC_DATABASE_URL=$locked_url run "${current[@]}"
    [ "$status" -eq 0 ]
    [[ $output != *4711* ]]
    SYNC_DATABASE_URL="$locked_url&passfile=$PWD/passwords" run "${current[@]}"
    [ "$status" -eq 0 ]
    SYNC_DATABASE_URL="host=$folder user=locked dbname=postgres passfile=$PWD/passwords" run "${current[@]}"
    [ "$status" -eq 0 ]

    SYNC_DATABASE_URL=$locked_url run "${current[@]}"
    [ "$status" -eq 3 ]
    [[ $output == *'no password supplied'* ]]
    chmod 644 passwords
    PGPASSFILE=$PWD/passwords SYNC_DATABASE_URL=$locked_url run "${current[@]}"
    [ "$status" -eq 3 ]
    [[ $output != *4711* ]]
}

@test "row 5: a transaction pooler, which gives two clients the same lock, is refused, exit 6" {
    create_database
    start_pooler transaction
    make_table_revision aaaa1111 '' t
    # Both are told that they have it.
    [ "$(psql -XAtq -d "$pooled_url" -c 'SELECT pg_try_advisory_lock(1)')" = t ]
    [ "$(psql -XAtq -d "$pooled_url" -c 'SELECT pg_try_advisory_lock(1)')" = t ]

    run --separate-stderr pgsluice --set migrations.directory="$migrations" --set "database.migration_url=$pooled_url" upgrade head
    [ "$status" -eq 6 ]
    [[ $stderr == *'connection pooler'* ]]
    [[ $stderr == *'direct address'* ]]
    [ "$(sql "SELECT to_regclass('alembic_version') IS NULL")" = t ]
}

@test "a session pooler is refused, too, until it is accepted by name" {
    create_database
    start_pooler session
    make_table_revision aaaa1111 '' t

    run pgsluice --set migrations.directory="$migrations" --set "database.migration_url=$pooled_url" upgrade head
    [ "$status" -eq 6 ]
    run pgsluice --set migrations.directory="$migrations" --set "database.migration_url=$pooled_url" --set database.pooler=session upgrade head
    [ "$status" -eq 0 ]
    [ "$(sql 'SELECT version_num FROM alembic_version')" = aaaa1111 ]
}

@test "a pooler that was accepted as a session pooler and switches the server process is found out in the transaction" {
    grep -q PGSLUICE_FAILPOINT "$(command -v pgsluice)" || skip 'this build has no failpoints'
    create_database
    start_pooler transaction
    make_table_revision aaaa1111 '' t
    pgsluice --set migrations.directory="$migrations" ensure_version

    PGSLUICE_FAILPOINT=lock-decided:stop pgsluice --set migrations.directory="$migrations" \
        --set "database.migration_url=$pooled_url" --set database.pooler=session upgrade head \
        >told 2>&1 </dev/null 3>&- 4>&- &
    local upgrade=$!
    wait_for "grep -q ') T ' /proc/$upgrade/stat"
    # Another client gets the server process that has the lock, and keeps it.
    coproc OTHER { exec psql -XAtq -d "$pooled_url" 3>&- 4>&-; }
    local other=$OTHER_PID
    echo 'BEGIN; SELECT pg_backend_pid();' >&"${OTHER[1]}"
    IFS= read -r -t 20 -u "${OTHER[0]}" taken
    kill -CONT "$upgrade"
    status=0
    wait "$upgrade" || status=$?
    kill "$other"
    cat told
    [ "$status" -eq 6 ]
    grep -q 'switched the server process' told
    [ "$(sql "SELECT to_regclass('t') IS NULL")" = t ]
    [ "$(sql "SELECT count(*) FROM pgsluice.applied")" = 0 ]
}

@test "row 16: a standby, whose locks are its own, is refused, exit 3" {
    local primary

    start_server primary
    primary=$folder
    # A folder of a server's own, with a copy of the primary as its data.
    start_server standby
    pgsluice cluster stop "$folder"
    rm -rf "$folder/data"
    (cd / && folder=$primary as_server pg_basebackup -D "$folder/data" -h "$primary" -U postgres -R -c fast)
    pgsluice cluster start --throwaway "$folder" >/dev/null 3>&- 4>&-
    make_table_revision aaaa1111 '' t

    run --separate-stderr pgsluice --set migrations.directory="$migrations" --set database.connect_timeout=1s \
        --set "database.migration_url=$(pgsluice cluster url "$folder")" upgrade head
    [ "$status" -eq 3 ]
    [[ $stderr == *standby* ]]

    # So is it by a script for psql.
    pgsluice --set migrations.directory="$migrations" upgrade head --sql >script.sql
    run psql -X -f script.sql "$(pgsluice cluster url "$folder")"
    [ "$status" -eq 3 ]
    [[ $output == *"this server is a standby"*"run the script on the primary"* ]]
}

@test "a commit that waits for somebody's NOTIFY is patient, and tried again when that is not enough" {
    local notifier

    start_server notified
    export SYNC_DATABASE_URL=$url
    make_table_revision aaaa1111 '' one
    make_table_revision bbbb2222 aaaa1111 two
    pgsluice --set migrations.directory="$migrations" upgrade aaaa1111
    pgsluice --set migrations.directory="$migrations" downgrade base
    # A commit with a NOTIFY has a lock of the whole server; this one is never confirmed by a standby.
    sql "ALTER ROLE postgres SET synchronous_commit = local"
    sql "ALTER SYSTEM SET synchronous_standby_names = 'nobody'"
    sql 'SELECT pg_reload_conf()' >/dev/null
    for settings in 'lock_timeout=1h aaaa1111' 'lock_timeout=20ms bbbb2222'; do
        psql -XAtq -d "$url" -c 'SET synchronous_commit = on' -c 'CREATE TABLE IF NOT EXISTS noted (); DROP TABLE noted; NOTIFY somebody' \
            </dev/null >/dev/null 2>&1 3>&- 4>&- &
        notifier=$!
        wait_for '[ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE wait_event = '\''SyncRep'\''")" = 1 ]'
        pgsluice --set migrations.directory="$migrations" --set "execution.${settings% *}" \
            upgrade "${settings#* }" </dev/null >told 2>&1 3>&- 4>&- &
        migrator=$!
        if [ "${settings#* }" = aaaa1111 ]; then
            wait_for '[ "$(sql "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = '\''object'\''")" = 1 ]'
        else
            wait_for 'grep -q "again" told'
        fi
        sql "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
        wait "$notifier" || :
        wait "$migrator" || { cat told; false; }
        [ "$(sql 'SELECT version_num FROM alembic_version')" = "${settings#* }" ]
        [ "${settings#* }" = bbbb2222 ] || run ! grep -q 'again' told
    done
    [ "$(sql "SELECT string_agg(event, ' ' ORDER BY id) FROM pgsluice.ledger")" = 'upgrade downgrade upgrade upgrade' ]
}

@test "an embedded server outlives a killed owner, and the next one takes it over and stops it" {
    make_table_revision aaaa1111 '' t
    url='' start_daemon --embedded="$place/own"
    servers+=("$place/own")
    wait_until_ready
    stop_daemon daemon KILL
    run pgsluice cluster status "$place/own"
    [ "$status" -eq 0 ]
    url='' start_daemon again --embedded="$place/own"
    wait_until_ready again
    stop_daemon again
    [ "$status" -eq 0 ]
    pgsluice cluster stop "$place/own"
}
