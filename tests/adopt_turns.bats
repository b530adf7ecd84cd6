# Alembic and pgsluice on one database: they take turns, and pgsluice takes one over. The project is the one
# in tests/adopt/alembic.

load lib/common

setup() {
    command -v alembic >/dev/null || skip "alembic is not installed"
    common_setup
    cp -R "$BATS_TEST_DIRNAME/adopt/alembic" project
    unset VIRTUAL_ENV
    echo 'migrations: { directory = "db"; };' >pgsluice.conf
}

teardown() {
    if [ -n "${shell_PID:-}" ]; then
        kill "$shell_PID" 2>/dev/null || :
    fi
    common_teardown
}

# --- Alembic in a process of its own, see adopt/alembic_shell.py ------------------------------------

start_alembic() {
    local python

    python=$(head -n 1 "$(command -v alembic)")
    python=${python#\#!}
    coproc shell { cd project && exec $python "$BATS_TEST_DIRNAME/adopt/alembic_shell.py" 2>../alembic.log 3>&- 4>&-; }
}

# run_alembic URL VERB [TARGET]: what it prints goes into the array `told`.
run_alembic() {
    local line

    told=()
    echo "$*" >&"${shell[1]}"
    while read -r -u "${shell[0]}" line; do
        case $line in
            done) return 0 ;;
            failed) tail -n 3 alembic.log && return 1 ;;
        esac
        told+=("$line")
    done
    return 1
}

# --- Comparing ---------------------------------------------------------------------------------------

# dump URL: schema and rows, without pgsluice's own and what is random.
dump() {
    pg_dump --inserts --exclude-schema=pgsluice "$1" | grep -Ev '^(\\(un)?restrict|--|SET |SELECT pg_cat)'
}

# The database that both change is what Alembic alone makes, and both say the same about it.
agree() {
    dump "$alone" >alone.sql &
    dump "$url" >both.sql
    wait $!
    diff -u alone.sql both.sql
    run_alembic "$url" current
    printf '%s\n' "${told[@]}" | sed '/^$/d' | sort >alembic.current
    pgsluice current | sort >pgsluice.current
    diff -u alembic.current pgsluice.current
    pgsluice status --json >status.json
    [ "$(jq -c '[.mismatched, .unknown]' status.json)" = '[[],[]]' ]
}

# turn TOOL VERB TARGET: TOOL moves the common database, Alembic the other one.
turn() {
    case $1 in
        alembic) run_alembic "$url" "$2" "$3" ;;
        pgsluice) pgsluice -q "$2" "$3" ;;
    esac
    run_alembic "$alone" "$2" "$3"
    agree
}

# The section that could not be rendered, written by hand.
complete_fill_audit() {
    sed -i '/^-- migrate:up/,/^-- migrate:down/{/^-- migrate/!d}
        /^-- migrate:up/a INSERT INTO audit SELECT id, upper(endpoint) FROM usage_logs ORDER BY id;' \
        db/versions/0a1b2c3d4e07_fill_audit.sql
}

@test "Alembic and pgsluice take turns on one database, up to the heads and back" {
    create_database
    alone=$url
    create_database
    pgsluice -q import alembic project
    complete_fill_audit
    start_alembic

    turn alembic upgrade 0a1b2c3d4e02
    [ "$(jq -c '[.pending[].revision[-2:]] | sort' status.json)" = '["03","04","05","06","07","08"]' ]
    turn pgsluice upgrade 0a1b2c3d4e04
    turn alembic upgrade 0a1b2c3d4e03
    turn pgsluice upgrade 0a1b2c3d4e05
    turn alembic upgrade audit@head
    turn pgsluice upgrade heads
    turn alembic downgrade audit@-1
    turn pgsluice upgrade audit@head
    turn pgsluice downgrade audit@base
    turn alembic downgrade 0a1b2c3d4e05
    turn pgsluice downgrade 0a1b2c3d4e02
    turn alembic upgrade heads
    turn pgsluice downgrade base
}

@test "--adopt records what an Alembic database has applied, so that a changed file is noticed" {
    create_database
    (cd project && alembic upgrade 0a1b2c3d4e03 2>/dev/null)
    pgsluice import alembic project --adopt 2>told
    grep -F 'The database is at 0a1b2c3d4e03' told
    [ "$(sql "SELECT string_agg(right(revision, 1) || event, ',' ORDER BY revision) FROM pgsluice.applied")" = \
        1stamp,2stamp,3stamp ]
    [ "$(sql 'SELECT event, reason FROM pgsluice.ledger')" = 'stamp|import alembic' ]
    [ "$(sql 'SELECT version_num FROM alembic_version')" = 0a1b2c3d4e03 ]
    echo 'SELECT 2;' >>db/versions/0a1b2c3d4e03_file_types.sql
    [ "$(pgsluice status --json | jq -c '[.mismatched[] | .revision // .]')" = '[]' ]
    sed -i 's/^-- migrate:down/SELECT 2;\n&/' db/versions/0a1b2c3d4e02_add_success.sql
    pgsluice status --json | jq -e '.mismatched | length == 1'
    pgsluice import alembic project --adopt
}

@test "a revision that Alembic has undone may change: it is pending, not mismatched" {
    create_database
    pgsluice -q import alembic project
    pgsluice -q upgrade 0a1b2c3d4e02
    sed -i 's/^-- migrate:down/SELECT 2;\n&/' db/versions/0a1b2c3d4e02_add_success.sql
    pgsluice status --json | jq -e '.mismatched | length == 1'
    (cd project && alembic downgrade -1 2>/dev/null)
    pgsluice status --json | jq -e '.mismatched == []'
}

@test "a project with a version table of its own is taken over where the configuration names it" {
    create_database
    sed -i 's/transaction_per_migration=True,/&\n            version_table="steps", version_table_schema="meta",/
        s/literal_binds=True,/&\n        version_table="steps", version_table_schema="meta",/' project/migrations/env.py
    sql 'CREATE SCHEMA meta'
    (cd project && alembic upgrade 0a1b2c3d4e01 2>/dev/null)
    run -2 pgsluice import alembic project --adopt
    [[ $output == *'set database.version_table = "steps", database.version_table_schema = "meta"'* ]]
    [ ! -e db ]
    echo 'database: { version_table = "steps"; version_table_schema = "meta"; };' >>pgsluice.conf
    pgsluice -q import alembic project --adopt
    [ "$(pgsluice current)" = 0a1b2c3d4e01 ]
    pgsluice -q upgrade 0a1b2c3d4e02
    (cd project && alembic current 2>/dev/null | grep -F 0a1b2c3d4e02)
}
