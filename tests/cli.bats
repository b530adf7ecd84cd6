# The verbs of pgsluice, each against a real server.

load lib/common

setup() {
    common_setup
    write_pgsluice_conf
}

# Three revisions in a row, aaaa1111 to cccc3333, that make the tables a, b and c.
make_line() {
    make_table_revision aaaa1111 '' a
    make_table_revision bbbb2222 aaaa1111 b
    make_table_revision cccc3333 bbbb2222 c
}

tables() {
    sql "SELECT coalesce(string_agg(relname, ' ' ORDER BY relname), '') FROM pg_class
         WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
         AND relname <> 'alembic_version'"
}

# --- Without a database ---------------------------------------------------------------------------

@test "init makes a script directory and a configuration that work at once" {
    rm -r migrations pgsluice.conf
    run --separate-stderr pgsluice init
    [ "$status" -eq 0 ]
    [[ $output == *"Creating directory $BATS_TEST_TMPDIR/migrations/versions ...  done"* ]]
    [[ $stderr == *"pgsluice upgrade head"* ]]
    [ -d migrations/models ]

    pgsluice revision -m "create account table"
    run pgsluice history
    [[ $output == "<base> -> "????????????" (head), create account table" ]]
}

@test "init refuses a folder with files in it and leaves a configuration alone" {
    make_line
    run --separate-stderr pgsluice init migrations
    [ "$status" -eq 2 ]
    [[ $stderr == *"is not empty"* ]]

    cp pgsluice.conf before
    run --separate-stderr pgsluice init 'other "one"'
    [ "$status" -eq 0 ]
    cmp pgsluice.conf before
    [ -d 'other "one"/versions' ]
}

@test "init writes a configuration for a folder whose name needs quotes" {
    rm pgsluice.conf
    pgsluice init 'my "own" \folder'
    run --separate-stderr pgsluice heads
    [ "$status" -eq 0 ]
}

@test "revision writes a file that follows the head and passes the parser" {
    make_line
    run --separate-stderr pgsluice revision -m "Added größe & colour: to b" --rev-id dddd4444
    [ "$status" -eq 0 ]
    [[ $output == "Generating $BATS_TEST_TMPDIR/migrations/versions/dddd4444_"*".sql ...  done" ]]
    run pgsluice heads
    [ "$output" = "dddd4444 (head)" ]
    run pgsluice show dddd4444
    [[ $output == *"Parent: cccc3333"* ]]
    [[ $output == *"Section up: line "* ]]
    [[ $output == *"Added größe & colour"* ]]
}

@test "revision with --json prints the new revision" {
    make_line
    run --separate-stderr pgsluice revision -m more --rev-id dddd4444 --json
    [ "$status" -eq 0 ]
    [ "$(jq -r '.[0].revision' <<<"$output")" = dddd4444 ]
}

@test "revision takes label, dependency and a new root" {
    make_line
    pgsluice revision -m other --head base --branch-label side --depends-on bbbb --rev-id ffff6666
    run pgsluice history
    [ "${lines[0]}" = "<base> (bbbb2222) -> ffff6666 (side) (head), other" ] ||
        [[ $output == *"<base> (bbbb2222) -> ffff6666 (side) (head), other"* ]]
    run --separate-stderr pgsluice revision -m again --head base --branch-label side
    [ "$status" -eq 2 ]
    [[ $stderr == *"label side is taken by revision ffff6666"* ]]
}

@test "revision asks which head, and can join them" {
    make_line
    make_table_revision dddd4444 bbbb2222 d
    run --separate-stderr pgsluice revision -m which
    [ "$status" -eq 2 ]
    [[ $stderr == *"several heads: "*"cccc3333"* ]]
    [[ $stderr == *"pgsluice merge heads"* ]]

    pgsluice revision -m merged --head heads --rev-id eeee5555
    run pgsluice heads
    [ "$output" = "eeee5555 (head)" ]
}

@test "revision refuses what would break the history" {
    make_line
    run --separate-stderr pgsluice revision -m x --rev-id cccc3333
    [ "$status" -eq 2 ]
    [[ $stderr == *"revision cccc3333 exists already: "*cccc3333_test.sql* ]]
    run --separate-stderr pgsluice revision -m x --rev-id head
    [ "$status" -eq 2 ]
    run --separate-stderr pgsluice revision -m x --head aaaa1111
    [ "$status" -eq 2 ]
    [[ $stderr == *"--splice"* ]]
    run --separate-stderr pgsluice revision -m x --version-path /tmp
    [ "$status" -eq 2 ]
    run --separate-stderr pgsluice revision
    [ "$status" -eq 2 ]
    [[ $stderr == *"-m"* ]]
    [ "$(ls migrations/versions | wc -l)" -eq 3 ]

    pgsluice revision -m x --head aaaa1111 --splice --rev-id dddd4444
    run pgsluice heads
    [ "${#lines[@]}" -eq 2 ]
}

@test "heads and history and show read only the files" {
    unset SYNC_DATABASE_URL
    make_line
    run pgsluice heads
    [ "$output" = "cccc3333 (head)" ]
    run pgsluice history
    [ "${lines[0]}" = "bbbb2222 -> cccc3333 (head), revision cccc3333" ]
    [ "${lines[2]}" = "<base> -> aaaa1111, revision aaaa1111" ]
    run pgsluice history -r aaaa:bbbb
    [ "${#lines[@]}" -eq 2 ]
    run pgsluice history -v
    [[ $output == *"Rev: cccc3333 (head)"*"Parent: bbbb2222"*"Path: "*/cccc3333_test.sql* ]]
    run pgsluice show bbb
    [[ $output == *"Rev: bbbb2222"*"Transaction: auto"*"Reversible: yes"* ]]
    run pgsluice heads --json
    [ "$(jq -r '.[].revision' <<<"$output")" = cccc3333 ]
}

@test "plan --from needs no database" {
    unset SYNC_DATABASE_URL
    make_line
    run pgsluice plan upgrade head --from ''
    [ "${lines[0]}" = "3 steps from <base> to cccc3333:" ]
    [ "${lines[1]}" = "   1. upgrade  -> aaaa1111, revision aaaa1111" ]
    run pgsluice plan downgrade -1 --from cccc3333
    [ "${lines[1]}" = "   1. downgrade cccc3333 -> bbbb2222, revision cccc3333" ]
    run pgsluice plan upgrade head --from head
    [ "$output" = "Nothing to do at cccc3333" ]
    run pgsluice plan upgrade head --from bbbb2222 --json
    [ "$(jq -c '[.direction, .from, .to, .steps[0].revision, .steps[0].down_revision,
                 .steps[0].transactional]' <<<"$output")" = \
        '["upgrade",["bbbb2222"],["cccc3333"],"cccc3333",["bbbb2222"],true]' ]
}

# --- With a database ------------------------------------------------------------------------------

@test "upgrade applies what is pending, once" {
    create_database
    make_line
    run --separate-stderr pgsluice upgrade head
    [ "$status" -eq 0 ]
    [ -z "$output" ]
    [[ ${stderr_lines[0]} == "Running upgrade  -> aaaa1111, revision aaaa1111 ("*")" ]]
    [[ ${stderr_lines[2]} == "Running upgrade bbbb2222 -> cccc3333, revision cccc3333 ("*")" ]]
    [[ ${stderr_lines[3]} == "3 revisions applied in "*"; the database is at cccc3333 (head)" ]]
    [ "$(tables)" = "a b c" ]

    run --separate-stderr pgsluice upgrade
    [ "$status" -eq 0 ]
    [ "$stderr" = "Nothing to do: the database is at cccc3333 (head)" ]
    run --separate-stderr pgsluice -q upgrade
    [ -z "$output$stderr" ]
}

@test "upgrade and downgrade take relative targets without dashes" {
    create_database
    make_line
    pgsluice upgrade +2
    [ "$(tables)" = "a b" ]
    pgsluice downgrade -1
    [ "$(tables)" = "a" ]
    pgsluice upgrade aaaa+1
    [ "$(tables)" = "a b" ]
    pgsluice downgrade -- -2
    [ -z "$(tables)" ]
}

@test "downgrade says what it undoes and keeps its target" {
    create_database
    make_line
    pgsluice upgrade
    run --separate-stderr pgsluice downgrade aaaa1111
    [ "$status" -eq 0 ]
    [[ ${stderr_lines[0]} == "Running downgrade cccc3333 -> bbbb2222, revision cccc3333 ("*")" ]]
    [[ ${stderr_lines[2]} == "2 revisions undone in "*"; the database is at aaaa1111" ]]
    [ "$(tables)" = "a" ]
    run --separate-stderr pgsluice downgrade
    [ "$status" -eq 2 ]
}

@test "upgrade --json prints the plan that was run and nothing else on stdout" {
    create_database
    make_line
    run --separate-stderr pgsluice upgrade bbbb --json
    [ "$(jq -c '[.direction, .from, .to, [.steps[].revision]]' <<<"$output")" = \
        '["upgrade",[],["bbbb2222"],["aaaa1111","bbbb2222"]]' ]
    run --separate-stderr pgsluice upgrade bbbb --json
    [ "$(jq -c '[.from, .steps]' <<<"$output")" = '[["bbbb2222"],[]]' ]
}

@test "current prints the heads, and nothing when nothing is applied" {
    create_database
    make_line
    run --separate-stderr pgsluice current
    [ "$status" -eq 0 ]
    [ -z "$output" ]
    [ "$(sql "SELECT to_regclass('alembic_version') IS NULL")" = t ]
    pgsluice upgrade bbbb
    run --separate-stderr pgsluice current
    [ "$output" = bbbb2222 ]
    pgsluice upgrade
    run --separate-stderr pgsluice current
    [ "$output" = "cccc3333 (head)" ]
    run --separate-stderr pgsluice current -v
    [[ ${lines[0]} == "Current revision(s) for "*"$database"*":" ]]
    [ "${lines[1]}" = "Rev: cccc3333 (head)" ]
    run --separate-stderr pgsluice current --json
    [ "$(jq -c .database.heads <<<"$output")" = '["cccc3333"]' ]
}

@test "history -i marks what the database is at" {
    create_database
    make_line
    pgsluice upgrade bbbb
    run --separate-stderr pgsluice history -i
    [ "${lines[1]}" = "aaaa1111 -> bbbb2222 (current), revision bbbb2222" ]
    run --separate-stderr pgsluice history -r-1:current
    [ "${#lines[@]}" -eq 2 ]
    run --separate-stderr pgsluice show current
    [ "${lines[0]}" = "Rev: bbbb2222" ]
}

@test "stamp moves the heads without running anything" {
    create_database
    make_line
    run --separate-stderr pgsluice stamp bbbb
    [ "$status" -eq 0 ]
    [ "$stderr" = "Running stamp_revision <base> -> bbbb2222" ]
    [ -z "$(tables)" ]
    [ "$(sql 'SELECT version_num FROM alembic_version')" = bbbb2222 ]
    run --separate-stderr pgsluice stamp bbbb
    [[ $stderr == "The database stays at"* ]]
    pgsluice stamp base
    [ -z "$(sql 'SELECT version_num FROM alembic_version')" ]
}

@test "status says where things stand and what to type next" {
    create_database
    make_line
    run --separate-stderr pgsluice status
    [ "$status" -eq 0 ]
    [[ $output == *"pending     3 revisions"* ]]
    [[ $output == *"next        pgsluice upgrade head"* ]]
    pgsluice upgrade
    run --separate-stderr pgsluice status
    [[ $output == *"at          cccc3333 (head)"* ]]
    [[ $output == *"next        nothing, the database is up to date"* ]]

    sed -i 's/bigint/integer/' migrations/versions/bbbb2222_test.sql
    run --separate-stderr pgsluice status
    [ "$status" -eq 0 ]
    [[ $output == *"mismatched  bbbb2222: "*bbbb2222_test.sql* ]]
}

@test "status names the command that lifts a hold" {
    create_database
    make_line
    pgsluice upgrade aaaa
    pgsluice hold --reason 'it hurt'
    run --separate-stderr pgsluice status
    [[ $output == *"hold        at aaaa1111 since "*": it hurt"* ]]
    next=$(sed -n 's/^next .*lifted: //p' <<<"$output")
    $next
    run --separate-stderr pgsluice status
    [[ $output == *"next        pgsluice upgrade head"* ]]
}

@test "hold stops an upgrade, release lets it pass, and both are in the ledger" {
    create_database
    make_line
    pgsluice upgrade aaaa
    run --separate-stderr pgsluice hold --reason 'the index is slow'
    [ "$status" -eq 0 ]
    [ -z "$output" ]
    [[ $stderr == *"on hold at aaaa1111"* ]]
    run --separate-stderr pgsluice upgrade head
    [ "$status" -eq 6 ]
    [[ $stderr == *"the index is slow"*"pgsluice release"* ]]
    [ "$(tables)" = a ]
    [ "$(pgsluice --json -q release --reason 'index dropped' | jq -r .released)" = aaaa1111 ]
    pgsluice upgrade head
    [ "$(sql "SELECT string_agg(event || coalesce(': ' || reason, ''), ', ' ORDER BY id) FROM pgsluice.ledger")" = \
        'upgrade, hold: the index is slow, release: index dropped, upgrade, upgrade' ]
    run --separate-stderr pgsluice release
    [ "$status" -eq 0 ]
    [[ $stderr == *"not on hold"* ]]
}

@test "hold takes a revision, base, and asks when the database is at several heads" {
    create_database
    make_line
    make_table_revision dddd4444 aaaa1111 d
    [ "$(pgsluice --json -q hold base | jq -c .held_at)" = '""' ]
    pgsluice release
    pgsluice upgrade heads
    run --separate-stderr pgsluice hold
    [ "$status" -eq 2 ]
    [[ $stderr == *"several heads: cccc3333, dddd4444"*"pgsluice hold cccc3333"* ]]
    [ "$(pgsluice --json -q hold bbbb | jq -r .held_at)" = bbbb2222 ]
    run --separate-stderr pgsluice hold zzzz
    [ "$status" -eq 2 ]
}

@test "audit tells who did what, and --verify finds a row that was changed" {
    create_database
    make_line
    [ -z "$(pgsluice audit)" ]
    [ "$(pgsluice audit --json)" = '[]' ]
    pgsluice upgrade bbbb
    pgsluice downgrade -1
    run --separate-stderr pgsluice audit
    [ "$status" -eq 0 ]
    [ "${#lines[@]}" -eq 3 ]
    [[ ${lines[0]} == "1 20"*"Z upgrade aaaa1111, <base> -> aaaa1111, by "*" as role "*" on "* ]]
    [[ ${lines[2]} == "3 20"*" downgrade bbbb2222, bbbb2222 -> aaaa1111, by "* ]]
    [ "$(pgsluice audit --json | jq -c 'map([.id, .event, .revision])')" = \
        '[[1,"upgrade","aaaa1111"],[2,"upgrade","bbbb2222"],[3,"downgrade","bbbb2222"]]' ]
    [ "$(pgsluice audit --since 1h | wc -l)" -eq 3 ]
    [ -z "$(pgsluice audit --since 2999-01-01)" ]
    run --separate-stderr pgsluice audit --since yesterday
    [ "$status" -eq 2 ]
    run --separate-stderr pgsluice audit --verify
    [ "$status" -eq 0 ]
    [ "$output" = "The ledger is whole: 3 rows, the last hash is $(sql \
        "SELECT encode(hash, 'hex') FROM pgsluice.ledger WHERE id = 3")" ]
    sql "ALTER TABLE pgsluice.ledger DISABLE TRIGGER ledger_append_only;
        UPDATE pgsluice.ledger SET actor = 'nobody' WHERE id = 2"
    run --separate-stderr pgsluice audit --verify
    [ "$status" -eq 1 ]
    [ -z "$output" ]
    [[ $stderr == *"row 2 of the ledger was changed"* ]]
    [ "$(pgsluice --json audit --verify 2>/dev/null | jq -r .error.kind)" = findings ]
    # Not even a time that no integer holds hides which row it is.
    sql "UPDATE pgsluice.ledger SET at = 'infinity' WHERE id = 1"
    run --separate-stderr pgsluice audit --verify
    [ "$status" -eq 1 ]
    [[ $stderr == *"row 1 of the ledger was changed"* ]]
}

@test "status --json is the daemon's document without a gate" {
    create_database
    make_line
    pgsluice upgrade bbbb
    run --separate-stderr pgsluice status --json
    [ "$status" -eq 0 ]
    [ "$(jq -c '[.gate.state, .gate.controlled, .database.heads, .scripts.heads, .pending[].revision, .unknown,
                 .lock.held]' <<<"$output")" = \
        '[null,false,["bbbb2222"],["cccc3333"],"cccc3333",[],false]' ]
}

@test "wait ends when somebody else has upgraded" {
    create_database
    make_line
    pgsluice wait --timeout 30s >wait.out 2>&1 3>&- &
    waiter=$!
    wait_for "grep -q 'the database is at <base>' wait.out"
    pgsluice upgrade
    wait "$waiter"
}

@test "wait outlasts a server that is not there, and gives up with 1" {
    create_database
    make_line
    run --separate-stderr pgsluice wait --timeout 300ms
    [ "$status" -eq 1 ]
    [[ $stderr == *"cccc3333 was not reached in time: the database is at <base>"* ]]
    SYNC_DATABASE_URL="postgresql:///x?host=$BATS_TEST_TMPDIR" run --separate-stderr \
        pgsluice wait --timeout 300ms
    [ "$status" -eq 1 ]
    pgsluice upgrade aaaa
    pgsluice wait --revision aaaa1111 --timeout 1s
    run --separate-stderr pgsluice wait --timeout 5
    [ "$status" -eq 2 ]
}

@test "ensure_version makes the tables and runs nothing" {
    create_database
    make_line
    run --separate-stderr pgsluice ensure_version
    [ "$status" -eq 0 ]
    [ "$(sql 'SELECT count(*) FROM alembic_version')" = 0 ]
    [ "$(sql "SELECT count(*) FROM pg_namespace WHERE nspname = 'pgsluice'")" = 1 ]
    [ -z "$(tables)" ]
    pgsluice ensure_version
}

@test "cluster starts, tells its URL and stops, without any configuration" {
    rm pgsluice.conf
    here=$(mktemp -d "$TMPDIR/XXXXXX")/cluster # where the server's user may go
    chmod 755 "${here%/*}"
    run --separate-stderr pgsluice cluster url "$here"
    [ "$status" -eq 1 ]
    [ ! -e "$here" ]

    run --separate-stderr pgsluice cluster start --throwaway "$here"
    [ "$status" -eq 0 ]
    started=$output
    [ "$(sql 'SELECT 1' "$started")" = 1 ]
    [ "$(sql 'SHOW fsync' "$started")" = off ]
    run --separate-stderr pgsluice cluster start "$here"
    [ "$status" -eq 0 ]
    [ "$output" = "$started" ]
    [[ $stderr == *"already running"* ]]
    run --separate-stderr pgsluice cluster url "$here"
    [ "$output" = "$started" ]

    pgsluice cluster stop "$here"
    run --separate-stderr pgsluice cluster status "$here"
    [ "$status" -eq 1 ]
    pgsluice cluster stop "$here"
}

@test "help explains every verb, and so does the manual" {
    all=$(pgsluice help)
    for verb in $(sed -n 's/^VERB(\([a-z_]*\),.*/\1/p' "$top_srcdir/src/cli/verbs.def"); do
        [[ $all == *"  $verb "* || $verb == complete ]] # which is for the shells
        one=$(pgsluice help "$verb")
        [[ $one == "Usage: pgsluice $verb "* ]]
        grep -q "^\.It Cm $verb\b" "$top_srcdir/man/pgsluice.1"
        for option in $(grep -o -- '--[a-z-]*' <<<"$one"); do
            grep -q -- "Fl -${option#--}\b" "$top_srcdir/man/pgsluice.1"
        done
    done
}
