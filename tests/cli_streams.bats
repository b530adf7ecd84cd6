# What pgsluice does with its streams and signals: closed, full, without a reader, for a terminal, as JSON.

load lib/common

setup() {
    common_setup
    write_pgsluice_conf
}

# Two revisions, each with a table.
make_line() {
    make_revision aaaa1111 '' <<<$'-- migrate:up\nCREATE TABLE a ();\n-- migrate:down\nDROP TABLE a;'
    make_revision bbbb2222 aaaa1111 <<<$'-- migrate:up\nCREATE TABLE b ();\n-- migrate:down\nDROP TABLE b;'
}

heads() {
    sql 'SELECT version_num FROM alembic_version'
}

# --- Signals --------------------------------------------------------------------------------------

@test "a signal after the work is done changes nothing" {
    create_database
    make_line
    mkfifo said
    pgsluice upgrade 2>said 3>&- 4>&- &
    upgrade=$!
    while read -r line; do
        if [[ $line == *"the database is at"* ]]; then
            break
        fi
    done <said
    while kill -INT "$upgrade" 2>/dev/null; do :; done
    status=0
    wait "$upgrade" || status=$?
    [ "$status" -eq 0 ]
    [ "$(heads)" = bbbb2222 ]
}

@test "a reader that goes away does not stop a migration" {
    create_database
    make_line
    run bash -c 'pgsluice upgrade 2>&1 | true; exit ${PIPESTATUS[0]}'
    [ "$status" -eq 0 ]
    [ "$(heads)" = bbbb2222 ]
    run --separate-stderr bash -c 'pgsluice downgrade base --json | true; exit ${PIPESTATUS[0]}'
    [ -z "$(heads)" ]
    [ "$status" -eq 0 ] || [[ $status -eq 5 && $stderr == *"the database is at <base>"* ]]
}

@test "a listing whose reader goes away ends quietly" {
    make_line
    mkfifo listing
    # Opened for reading and closed again before a word is written.
    run --separate-stderr bash -c 'exec 9<>listing; exec 8>listing; exec 9<&-; pgsluice history >&8 8>&-'
    [ "$status" -eq 141 ]
    [ -z "$stderr" ]
}

# --- Descriptors ----------------------------------------------------------------------------------

@test "closed standard streams do not become the connection" {
    create_database
    make_line
    for closed in '<&-' '>&-' '2>&-' '<&- >&-' '<&- >&- 2>&-'; do
        for command in 'upgrade --json' status 'current -vvv' 'downgrade base'; do
            bash -c "pgsluice $command $closed" >seen.out 2>&1
        done
        [ -z "$(heads)" ]
    done
    for closed in '>&-' '<&- >&- 2>&-'; do
        bash -c "pgsluiced --version $closed"
    done
}

@test "a change whose result cannot be written says that it is done" {
    create_database
    make_line
    run --separate-stderr bash -c 'pgsluice upgrade --json >/dev/full'
    [ "$status" -eq 5 ]
    [[ $stderr == *"cannot write to the standard output: No space left on device"* ]]
    [[ $stderr == *"database: the change is done: the database is at bbbb2222 (head)"* ]]
    [ "$(heads)" = bbbb2222 ]
    run --separate-stderr bash -c 'pgsluice stamp aaaa --json >/dev/full'
    [ "$status" -eq 5 ]
    [[ $stderr == *"the change is done: the database is at aaaa1111"* ]]
    run --separate-stderr bash -c 'pgsluice status >/dev/full'
    [ "$status" -eq 2 ]
    run --separate-stderr bash -c 'pgsluice --version >/dev/full'
    [ "$status" -eq 2 ]
    [[ $stderr == *"standard output"* ]]
}

@test "results and remarks keep their order in one file" {
    rm -r migrations pgsluice.conf
    run pgsluice init
    [[ ${lines[0]} == "Creating directory "* ]]
    [[ ${lines[4]} == "Next: "* ]]
}

# --- What is printed ------------------------------------------------------------------------------

@test "control characters from elsewhere do not reach the terminal" {
    create_database
    make_revision aaaa1111 '' <<SQL
-- migrate:up
DO \$\$ BEGIN RAISE EXCEPTION E'boo\\x1b[31m\\x07' USING HINT = E'\\x1b]0;title'; END \$\$;
SQL
    run --separate-stderr pgsluice upgrade
    [ "$status" -eq 5 ]
    [[ $stderr == *'boo\x1b[31m\x07'* ]]
    [[ $stderr != *$'\033'* ]]
    rm migrations/versions/*
    make_revision bbbb2222 '' <<<$'-- migrate:up\nSELECT 1;'
    sed -i $'1s/.*/-- red\033[31m/' migrations/versions/bbbb2222_test.sql
    run pgsluice history
    [[ $output == *', red\x1b[31m' ]]
    run pgsluice history --json
    [ "$(jq -r '.[0].message' <<<"$output")" = $'red\033[31m' ]
    run pgsluice show $'\033[31m'
    [[ $output != *$'\033'* ]]
}

@test "warnings of the server are shown" {
    create_database
    make_revision aaaa1111 '' <<SQL
-- migrate:up
DO \$\$ BEGIN RAISE NOTICE 'a mere notice'; RAISE WARNING E'mind the \\x1bgap'; END \$\$;
SQL
    run --separate-stderr pgsluice upgrade
    [ "$status" -eq 0 ]
    [[ $stderr == *"WARNING"*'mind the \x1bgap'* ]]
    [[ $stderr != *"mere notice"* ]]
}

# locks_on TABLE: how many are held on it in this database.
locks_on() {
    sql "SELECT count(*) FROM pg_locks JOIN pg_database d ON d.oid = database
         WHERE datname = current_database() AND relation = '$1'::regclass AND granted"
}

@test "a table that somebody has locked: said once, not at every try" {
    create_database
    make_revision aaaa1111 '' <<<$'-- migrate:up\nCREATE TABLE a ();'
    make_revision bbbb2222 aaaa1111 <<<$'-- migrate:up\nALTER TABLE a ADD COLUMN one int;'
    pgsluice upgrade aaaa1111
    psql -Xq -d "$url" -c 'BEGIN; LOCK TABLE a; SELECT pg_sleep(600)' >/dev/null 2>&1 3>&- 4>&- &
    wait_for '[ "$(locks_on a)" = 1 ]'
    pgsluice upgrade 2>told 3>&- 4>&- &
    upgrade=$!
    wait_for 'grep -q "trying again" told'
    sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep'
         AND datname = current_database()"
    wait "$upgrade"
    cat told
    [ "$(grep -c '^Running upgrade' told)" -eq 1 ]
    grep -Eq 'bbbb2222.*lock timeout(; in its way: psql .*)?; trying again every [0-9.]+ ms$' told
    run ! grep -q 'the same command' told
    grep -q '^  done in ' told
}

@test "current -v prints the URL as Alembic does" {
    create_database
    make_line
    pgsluice upgrade
    run --separate-stderr pgsluice current -v
    [[ ${lines[0]} == "Current revision(s) for postgresql://"*"$database"*":" ]]
    SYNC_DATABASE_URL="postgresql://postgres:canary-7f3a@/$database?${url#*\?}" run --separate-stderr pgsluice current -v
    [[ ${lines[0]} == "Current revision(s) for postgresql://postgres:***@"* ]]
    [[ ${lines[0]} != *application_name=* ]]
}

@test "a password in the wrong place of a URL is not shown" {
    make_line
    for wrong in '127.0.0.1/x?ssl=canary-7f3a' '127.0.0.1:canary-7f3a/x'; do
        for key in migration_url runtime_url; do
            run pgsluice -vvv history --set "database.$key=postgresql://$wrong"
            [ "$status" -eq 0 ]
            [[ $output == *"database.$key = *** (not understood) "* ]]
            [[ $output != *canary* ]]
        done
    done
}

@test "init and cluster start refuse a regular file in our own words" {
    : >taken
    run --separate-stderr pgsluice init taken
    [ "$status" -eq 2 ]
    [ "${stderr_lines[0]}" = "pgsluice: error: $PWD/taken is there already and is not a folder" ]
    [[ ${stderr_lines[1]} == "  next: "* ]]
    run --separate-stderr pgsluice cluster start taken
    [ "$status" -eq 2 ]
    [ "${stderr_lines[0]}" = "pgsluice: error: taken is not a folder" ]
    [[ ${stderr_lines[1]} == "  next: "* ]]
}

@test "without a verb the help is shown, and it is an error" {
    run --separate-stderr pgsluice
    [ "$status" -eq 2 ]
    [ -z "$output" ]
    [[ $stderr == *"  upgrade "*"pgsluice: error: no verb is given"* ]]
}

@test "an operand that looks like an option follows two dashes" {
    pgsluice init -- -dash
    [ -d ./-dash/versions ]
    run --separate-stderr pgsluice init -other
    [ "$status" -eq 2 ]
    rm -r ./-dash pgsluice.conf
    pgsluice -q -- init -- --
    [ -d ./--/versions ]
}

@test "--version after a verb prints the version and runs nothing" {
    create_database
    make_line
    run --separate-stderr pgsluice upgrade --version
    [ "$status" -eq 0 ]
    [[ $output == "pgsluice "* ]]
    [ "$(sql "SELECT to_regclass('alembic_version') IS NULL")" = t ]
}

# --- JSON -----------------------------------------------------------------------------------------

@test "--json is understood by the verbs that need no revision" {
    create_database
    run --separate-stderr pgsluice --version --json
    [ "pgsluice $(jq -r .version <<<"$output")" = "$(pgsluice --version)" ]
    rm -r migrations pgsluice.conf
    run --separate-stderr pgsluice init --json
    [ "$(jq -r '.created[]' <<<"$output" | grep -v '/\.')" = "$PWD/migrations/models
$PWD/migrations/revision.sql.in
$PWD/migrations/versions
$PWD/pgsluice.conf" ]
    make_line
    pgsluice -q upgrade
    run --separate-stderr pgsluice wait --json
    [ "$(jq -c . <<<"$output")" = '{"reached":true,"revisions":["bbbb2222"]}' ]
    run --separate-stderr pgsluice wait --json --revision aaaa
    [ "$(jq -c .revisions <<<"$output")" = '["aaaa1111"]' ]
}

@test "--json is understood by cluster" {
    here=$(mktemp -d "$TMPDIR/XXXXXX")/cluster # where the server's user may go
    chmod 755 "${here%/*}"
    run --separate-stderr pgsluice cluster stop --json "$here"
    [ "$(jq -c . <<<"$output")" = \
        "{\"running\":false,\"pid\":null,\"url\":null,\"directory\":\"$here\",\"version\":null}" ]
    run --separate-stderr pgsluice cluster start --throwaway --json "$here"
    [ "$status" -eq 0 ]
    started=$output
    [ "$(jq -c '[.running, .directory, .pid > 1, .version > 13]' <<<"$started")" = \
        "[true,\"$here\",true,true]" ]
    [ "$(sql 'SELECT 1' "$(jq -r .url <<<"$started")")" = 1 ]
    for action in status url; do
        run --separate-stderr pgsluice cluster $action --json "$here"
        [ "$(jq -c '[.running, .pid, .url]' <<<"$output")" = \
            "$(jq -c '[.running, .pid, .url]' <<<"$started")" ]
    done
    run --separate-stderr pgsluice cluster stop --json "$here"
    [ "$(jq -c '[.running, .pid, .url]' <<<"$output")" = '[false,null,null]' ]
}
