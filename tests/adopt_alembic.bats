# An Alembic project as its users have it (tests/adopt/alembic) becomes revision files.

load lib/common

setup() {
    command -v alembic >/dev/null || skip "alembic is not installed"
    common_setup
    cp -R "$BATS_TEST_DIRNAME/adopt/alembic" project
    unset VIRTUAL_ENV
    export SYNC_DATABASE_URL=postgresql://nobody@nowhere.invalid/none
    echo 'migrations: { directory = "db"; };' >pgsluice.conf
}

# The section that could not be rendered, written by hand.
complete_fill_audit() {
    sed -i '/^-- migrate:up/,/^-- migrate:down/{/^-- migrate/!d}
        /^-- migrate:up/a INSERT INTO audit SELECT id, upper(endpoint) FROM usage_logs ORDER BY id;' \
        db/versions/0a1b2c3d4e07_fill_audit.sql
}

@test "a section that cannot be rendered shows its Python, and fails instead of being skipped" {
    create_database
    pgsluice import alembic project >told 2>&1
    grep -F 'cannot run yet: 2025_05_0a1b2c3d4e07_fill_audit.py line 19' told
    grep -F -- '-- |     for row in bind.execute(' db/versions/*07_fill_audit.sql
    run -5 pgsluice upgrade heads
    [[ $output == *'revision 0a1b2c3d4e07 was imported unfinished'* ]]
    [ "$(sql "SELECT count(*) FROM alembic_version WHERE version_num = '0a1b2c3d4e07'")" = 0 ]
    [ "$(sql 'SELECT count(*) FROM audit')" = 0 ]
}

# revision ID PARENT UP DOWN: bodies are lines of Python.
revision() {
    {
        printf '"""%s"""\nimport sqlalchemy as sa\nfrom alembic import context, op\nimport helper\n' "revision $1"
        printf 'revision = "%s"\ndown_revision = %s\n' "$1" "${2:-None}"
        printf 'def upgrade():\n'
        sed 's/^/    /' <<<"$3"
        printf 'def downgrade():\n'
        sed 's/^/    /' <<<"$4"
    } >"project/migrations/versions/$1.py"
}

@test "what cannot be carried over by itself is marked, in the file and in the list" {
    rm project/migrations/versions/*
    echo 'def fill(): pass' >project/helper.py
    revision a1 '' 'pass' '...'
    revision a2 '"a1"' $'op.execute("SELECT \'a\\r\\nb\'")' 'raise Exception("no way back")'
    revision a3 '"a2"' 'helper.fill()' 'raise NotImplementedError()'
    revision a4 '"a3"' $'if context.is_offline_mode():\n    return\nop.execute("SELECT 1")' 'pass'
    revision a5 '"a4"' $'op.execute("SELECT 1")\nop.get_bind().execute(sa.text("SELECT :a"), {"a": 1})' 'pass'
    revision a6 '"a5"' $'op.execute("COMMIT")\nop.execute("CREATE INDEX CONCURRENTLY i ON t (a)")' \
        $'op.execute("DROP INDEX i")\ndef inner(): pass'
    sed -i 's/literal_binds=True,/&\n        on_version_apply=[None],/' project/migrations/env.py
    revision a7 '"a6"' $'engine = sa.create_engine("postgresql://nobody@nowhere.invalid/none")\nengine.connect()' 'pass'
    revision a8 '"a7"' $'op.execute("""INSERT INTO t VALUES (\'{"a":true}\')""")' 'pass'
    pgsluice import alembic project --json >document.json

    column() { jq -c "[.revisions[] | $1]" document.json; }
    [ "$(column '.up_blocked != null')" = '[false,false,true,true,true,false,true,true]' ]
    [[ $(column .up_blocked) == *'upgrade() renders no SQL though it is not empty'* ]]
    [[ $(column .up_blocked) == *'parameters of execute()'* ]]
    [[ $(column .up_blocked) == *'no value for the parameter :true'* ]]
    [[ $(column .up_blocked) == *'an import does not connect to a database'* ]]
    [[ $(column .notes) == *'fill() is not Alembic'* ]]
    [[ $(column .notes) == *'is_offline_mode() is asked'* ]]
    [[ $(column .notes) == *'up: a text with CR LF has LF alone here'* ]]
    jq -e '.left_out | length == 1' document.json
    # an empty way back, and none
    grep -Fx -- '-- nothing to undo' db/versions/a1_*.sql
    run ! grep -F -- '-- migrate:down' db/versions/a2_*.sql db/versions/a3_*.sql
    grep -Fx -- '-- Transaction: none' db/versions/a6_*.sql
    run ! grep -F COMMIT db/versions/a6_*.sql
    grep -F -- '-- import: a4.py line 8' db/versions/a4_*.sql
}

@test "beside an Alembic project every verb says what to type, and an import needs no configuration" {
    rm pgsluice.conf
    cp -R project/. .
    run -0 --separate-stderr pgsluice heads
    [ -z "$output" ]
    [[ $stderr == *"migrations/versions has Alembic's revisions"*'pgsluice import alembic --adopt'* ]]
    run -0 --separate-stderr pgsluice check --no-database
    [[ $stderr == *'pgsluice import alembic --adopt'* ]]
    [ -z "$(pgsluice complete show x 2>&1)" ]
    run -0 --separate-stderr pgsluice heads --quiet
    [ -z "$stderr" ]
    run -2 pgsluice init
    [[ $output == *'pgsluice import alembic --adopt'* ]]
    pgsluice -q import alembic
    run -0 --separate-stderr pgsluice heads
    [ -z "$stderr" ]
    diff <(alembic heads 2>/dev/null | cut -d ' ' -f 1 | sort) <(cut -d ' ' -f 1 <<<"$output" | sort)
    mkdir elsewhere && cd elsewhere
    run -2 pgsluice import alembic ..
    [[ $output == *'there is no script directory to import into'* ]]
    pgsluice import alembic .. --to db --dry-run >told 2>&1
    grep -F "write into pgsluice.conf: migrations: { directory = \"$PWD/db\"; };" told
}

@test "a second import brings only what is new, and keeps what somebody has changed" {
    pgsluice import alembic project --dry-run >told 2>&1
    grep -F 'Would import' told
    [ ! -e db ]
    mv project/migrations/versions/*08_processing_time.py .
    pgsluice -q import alembic project
    complete_fill_audit
    mv ./*08_processing_time.py project/migrations/versions/
    pgsluice import alembic project >told 2>counts
    [ "$(grep -c Importing told)" = 1 ]
    grep -E 'Keeping .*07_fill_audit.sql, which differs' told
    grep -F '1 revision imported' counts
    grep -F '7 there already, 1 of them different' counts
    grep -F 'upper(endpoint)' db/versions/*07_fill_audit.sql
}

@test "nothing is written when one file is in the way, or a label is taken" {
    mkdir -p db/versions
    printf -- '-- other\n-- Revision ID: ffff\n-- Revises:\n\n-- migrate:up\n' \
        >db/versions/0a1b2c3d4e08_processing_time.sql
    run -2 pgsluice import alembic project
    [ "$(ls -A db/versions)" = 0a1b2c3d4e08_processing_time.sql ]
    rm db/versions/*
    printf -- '-- other\n-- Revision ID: ffff\n-- Revises:\n-- Branch Labels: audit\n\n-- migrate:up\n' \
        >db/versions/ffff_other.sql
    run -2 pgsluice import alembic project
    [[ $output == *audit* ]]
    [ "$(ls -A db/versions)" = ffff_other.sql ]
}

@test "a project that cannot be read says why and what to do" {
    run -2 pgsluice import alembic nowhere
    [[ $output == *'name the folder with alembic.ini'* ]]
    run -2 pgsluice import alembic project --alembic /bin/cat
    [[ $output == *'does not say which Python'* ]]
    run -2 pgsluice import alembic project -n other
    [[ $output == *"script_location"* ]]
    SYNC_DATABASE_URL=sqlite:// run -2 pgsluice import alembic project
    [[ $output == *'is for sqlite, not for PostgreSQL'* ]]
    echo 'engine = create_engine(os.environ["SYNC_DATABASE_URL"]).connect()' >>project/migrations/env.py
    run -2 pgsluice import alembic project
    [[ $output == *'an import does not connect to a database'* ]]
    echo 'this is no Python' >project/migrations/versions/x.py
    run -2 pgsluice import alembic project
    [[ $output == *SyntaxError* ]]
    rm -r pgsluice.conf migrations
    run -2 pgsluice import alembic project
    [[ $output == *'pgsluice init DIR'* ]]
    [ ! -e db ]
}

@test "an interruption stops the project's Python and leaves nothing behind" {
    cat >>project/migrations/env.py <<'PY'
import time
with open("started.new", "w") as file:
    print(os.getpid(), file=file)
os.rename("started.new", "started")
time.sleep(600)
PY
    pgsluice import alembic project >told 2>&1 3>&- 4>&- &
    pid=$!
    wait_for '[ -e project/started ]'
    kill -INT "$pid"
    wait "$pid" || status=$?
    [ "$status" = 130 ]
    run ! kill -0 "$(<project/started)"
    run ! grep Traceback told
    [ ! -e db ]
}

@test "the project's own environment, its .env, its ini file and -x are used" {
    cat >>project/migrations/env.py <<'PY'
assert context.get_x_argument(as_dictionary=True) == {"tenant": "a=b"}
PY
    mkdir -p project/.venv/bin
    python=$(head -n 1 "$(command -v alembic)")
    printf '#!/bin/sh\n'"'''exec'"' "%s" "$0" "$@"\n'"' '''"'\n' "${python#\#!}" >project/.venv/bin/alembic
    chmod +x project/.venv/bin/alembic
    mv project/alembic.ini project/other.ini
    echo 'SYNC_DATABASE_URL=postgresql+asyncpg://nobody:secretpassword@nowhere.invalid/none?ssl=require' >project/.env
    unset SYNC_DATABASE_URL
    PATH=$(dirname "$(command -v pgsluice)"):$(dirname "$(command -v jq)") pgsluice -x tenant=a=b import alembic project/other.ini
    [ "$(ls db/versions | wc -l)" = 8 ]
    run ! grep -rF -e '%%' -e '\\\\' db/versions
    [ -z "$(find project -name __pycache__)" ]
}
