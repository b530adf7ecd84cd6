# Files that are not what was applied, revisions without files, failures in a row and the environment marker, as a
# person meets them. The cases one by one are in tests/unit/engine/test_integrity.c.

load lib/common

setup() {
    common_setup
    echo 'migrations: { directory = "migrations"; };' >pgsluice.conf
    create_database
}

make_line() {
    make_table_revision aaaa1111 '' a
    make_table_revision bbbb2222 aaaa1111 b
    make_table_revision cccc3333 bbbb2222 c
}

make_table_revision() {
    make_revision "$1" "$2" <<SQL
-- migrate:up
CREATE TABLE $3 (id bigint PRIMARY KEY);
-- migrate:down
DROP TABLE $3;
SQL
}

tables() {
    sql "SELECT coalesce(string_agg(relname, ' ' ORDER BY relname), '') FROM pg_class
         WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'alembic_version'"
}

@test "an edited file is named, refused and accepted" {
    make_line
    pgsluice -q upgrade bbbb
    run pgsluice verify
    [ "$status" -eq 0 ]
    [[ $output == *"2 applied revisions"* ]]

    sed -i 's/CREATE TABLE a (id bigint/CREATE TABLE a (id integer/' migrations/versions/aaaa1111_test.sql
    run --separate-stderr pgsluice status
    [[ $output == *"mismatched  aaaa1111: "*"has changed since it was applied"* ]]
    [[ $output == *"next        "*"pgsluice verify"* ]]
    run --separate-stderr pgsluice verify
    [ "$status" -eq 1 ]
    [[ $output == *"the SQL of revision aaaa1111 has changed"*"pgsluice repair --accept-checksum aaaa1111"* ]]
    run --separate-stderr pgsluice verify --json
    [ "$status" -eq 1 ]
    [ "$(jq -r '.findings[].kind' <<<"$output")" = mismatch ]
    run --separate-stderr pgsluice check
    [ "$status" -eq 1 ]
    for change in 'upgrade head' 'downgrade -1'; do
        run --separate-stderr pgsluice $change
        [ "$status" -eq 6 ]
        [[ $stderr == *"the SQL of revision aaaa1111 has changed"*"nothing was changed"* ]]
    done
    [ "$(tables)" = 'a b' ]

    run --separate-stderr pgsluice repair --accept-checksum aaaa
    [ "$status" -eq 2 ]
    [[ $stderr == *--reason* ]]
    run --separate-stderr pgsluice repair --accept-checksum aaaa --reason 'done by hand' --json
    [ "$status" -eq 0 ]
    [ "$(jq -c . <<<"$output")" = '{"revision":"aaaa1111","accepted":true}' ]
    pgsluice verify
    pgsluice -q upgrade head
    pgsluice audit | grep -F 'reason: done by hand'
    pgsluice audit --verify
}

@test "a revision put in below what is applied is refused, though nothing seems to be pending" {
    make_line
    pgsluice -q upgrade head
    make_table_revision abab0000 aaaa1111 lost
    sed -i 's/^-- Revises: aaaa1111/-- Revises: abab0000/' migrations/versions/bbbb2222_test.sql
    run --separate-stderr pgsluice upgrade head
    [ "$status" -eq 6 ]
    [[ $stderr == *"not recorded as applied: abab0000"* ]]
    pgsluice status --json | jq -e '.mismatched[0] | .revision == "bbbb2222" and .kind == "reparented"'
}

@test "an older release undoes what a newer one has applied" {
    make_line
    pgsluice -q upgrade head
    rm migrations/versions/{bbbb2222,cccc3333}_test.sql
    run --separate-stderr pgsluice downgrade aaaa1111
    [ "$status" -eq 0 ]
    [[ $stderr == *"revision cccc3333 has no file here"* ]]
    [[ $stderr == *"the database is at aaaa1111 (head)"* ]]
    [ "$(tables)" = a ]
    run --separate-stderr pgsluice upgrade head
    [[ $stderr == "Nothing to do"* ]]
}

@test "row 22: a service that is restarted over a failing revision stops trying, until the file is corrected" {
    make_table_revision aaaa1111 '' a
    make_revision bbbb2222 aaaa1111 <<<$'-- migrate:up\nSELECT 1 / 0;'
    echo 'execution: { failure_limit = 2; };' >>pgsluice.conf
    run ! pgsluice upgrade
    run --separate-stderr pgsluice upgrade
    [ "$status" -eq 5 ]
    [[ $stderr == *"has failed 2 times with the same SQL: the database is on hold"* ]]
    run --separate-stderr pgsluice upgrade
    [ "$status" -eq 6 ]
    [[ $stderr == *"on hold at aaaa1111"*"division by zero"* ]]

    {
        cat <<CONF
migrations: { directory = "$migrations"; };
environment: { controlled = true; };
http: { traffic: { listen = [ "127.0.0.1:0" ]; }; admin: { listen = [ "127.0.0.1:0" ]; }; };
CONF
    } | write_config
    start_daemon
    wait_for 'grep -q "a hold by pgsluice" daemon.stderr'
    [ "$(sql "SELECT count(*) FROM pgsluice.ledger WHERE event = 'fail'")" = 2 ]

    make_table_revision bbbb2222 aaaa1111 b
    pgsluice status | grep '^hold  *void, at aaaa1111'
    pgsluice -q upgrade
    [ "$(tables)" = 'a b' ]
    [ "$(sql "SELECT string_agg(event, ' ' ORDER BY id) FROM pgsluice.ledger")" = \
        'upgrade fail fail hold release upgrade' ]
}

@test "a database of another environment is left alone, unless its name is typed" {
    make_line
    staging=(--set environment.name=staging)
    pgsluice -q upgrade aaaa
    pgsluice status | grep '^environment  *production$' # the default
    for change in 'upgrade head' 'downgrade base' 'stamp bbbb' 'upgrade --environment staging head'; do
        run --separate-stderr pgsluice "${staging[@]}" $change
        [ "$status" -eq 6 ]
        [[ $stderr == *'the database belongs to environment "production"'*'nothing was changed'* ]]
    done
    pgsluice "${staging[@]}" status | grep '^environment  *production, which is not'
    pgsluice "${staging[@]}" -q upgrade --environment production bbbb
    [ "$(tables)" = 'a b' ]

    pgsluice "${staging[@]}" upgrade bbbb:head --sql >script.sql
    run psql -X -f script.sql "$url"
    [ "$status" -eq 3 ]
    [[ $output == *'belongs to environment "production", and this script is for "staging"'* ]]
    pgsluice "${staging[@]}" upgrade bbbb:head --sql --environment production | psql -X -q -f - "$url"
    [ "$(tables)" = 'a b c' ]

    run --separate-stderr pgsluice "${staging[@]}" repair --environment staging --reason 'a copy'
    [ "$status" -eq 0 ]
    [[ $stderr == *'belongs to environment "staging" now, before it was "production"'* ]]
    for name in '' $'two\nlines' $'\e[31m' $'\xff'; do
        run --separate-stderr pgsluice repair --environment "$name"
        [ "$status" -eq 2 ]
    done
    pgsluice "${staging[@]}" -q downgrade -1
    run --separate-stderr pgsluice downgrade -1
    [ "$status" -eq 6 ]
    pgsluice audit | grep -F 'environment production renamed to staging'
}

@test "a start of the daemon under another name changes nothing" {
    make_line
    pgsluice -q upgrade aaaa
    {
        cat <<CONF
migrations: { directory = "$migrations"; };
environment: { name = "staging"; controlled = true; };
http: { traffic: { listen = [ "127.0.0.1:0" ]; }; admin: { listen = [ "127.0.0.1:0" ]; }; };
CONF
    } | write_config
    start_daemon
    wait_for_exit
    [ "$status" -eq 6 ]
    grep -F 'belongs to environment "production"' daemon.stderr
    [ "$(tables)" = a ]
}
