# A server that is far away, and one that is not the one it was: round trips, what a role or database has
# set, and a ledger that was written elsewhere.
load lib/common

teardown() {
    stop_wire
    common_teardown
}

# A line of revisions: make_line COUNT.
make_line() {
    local i before=
    for ((i = 1; i <= $1; i++)); do
        make_revision "$(printf 'aaaa%04d' "$i")" "$before" <<SQL
-- migrate:up
CREATE TABLE t$i (a int);

-- migrate:down
DROP TABLE t$i;
SQL
        before=$(printf 'aaaa%04d' "$i")
    done
}

upgrade() {
    pgsluice --set migrations.directory="$migrations" "$@" upgrade head
}

# --- Round trips ----------------------------------------------------------------------------------
# So long a wire that a busy machine still sends everything before the first answer is back.

# Starts it and points SYNC_DATABASE_URL to its end.
start_wire() {
    local socket
    socket=$(sql 'SHOW unix_socket_directories')/.s.PGSQL.$(sql 'SHOW port')
    far-wire "$socket" "$1" >wire.out 2>&1 3>&- 4>&- &
    wire=$!
    wait_for '[ -s wire.out ]'
    export SYNC_DATABASE_URL
    SYNC_DATABASE_URL=postgresql://$(sql 'SELECT current_user')@127.0.0.1:$(head -n 1 wire.out)/$database
}

stop_wire() {
    [ -n "${wire:-}" ] || return 0
    kill "$wire"
    wait "$wire" || :
    wire=
}

# at_most COUNT: stops the wire; so many round trips were made, at most.
at_most() {
    local turns
    stop_wire
    read -r turns _ < <(tail -n 1 wire.out)
    echo "$turns round trips"
    [ "$turns" -gt 1 ] && [ "$turns" -le "$1" ]
}

@test "far: forty revisions and their tables take at most 10 round trips" {
    create_database
    make_line 40
    start_wire 150
    upgrade
    at_most 10
    [ "$(sql 'SELECT count(*) FROM pgsluice.applied')" = 40 ]
    # With the tables made, and another one pending.
    make_revision bbbb0001 aaaa0040 <<<$'-- migrate:up\nCREATE TABLE u ();\n-- migrate:down\nDROP TABLE u;'
    start_wire 100
    upgrade
    at_most 10
}

@test "far: nothing to do takes at most 5 round trips" {
    create_database
    make_line 1
    upgrade
    start_wire 50
    upgrade
    at_most 5
}

@test "far: an error in the middle of a pipeline names its statement, and only what came before is there" {
    create_database
    make_line 8
    make_revision aaaa0005 aaaa0004 <<'SQL'
-- migrate:up
CREATE TABLE t5 (a int);
ALTER TABLE t5
    ADD COLUMN a int;

-- migrate:down
DROP TABLE t5;
SQL
    start_wire 30
    run upgrade
    [ "$status" -eq 5 ]
    [[ $output == *'aaaa0005_test.sql:10:16:'* ]]
    [[ $output == *'statement 2'* ]]
    stop_wire
    [ "$(sql 'SELECT version_num FROM alembic_version')" = aaaa0004 ]
    [ "$(sql "SELECT count(*) FROM pg_class WHERE relname ~ '^t[0-9]'")" = 4 ]
    [ "$(sql "SELECT count(*) FILTER (WHERE event = 'upgrade'), count(*) FILTER (WHERE event = 'fail') FROM pgsluice.ledger")" = '4|1' ]
}
