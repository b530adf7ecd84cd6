# The shipped migrations/: each revision can be undone, and together they make the models.

load lib/common

setup() {
    common_setup
    export PGSLUICE_MIGRATIONS_DIRECTORY=$top_srcdir/migrations
}

# The schema as pg_dump writes it, without pgsluice's own tables.
dump_schema() {
    pg_dump --schema-only --no-owner --exclude-schema=pgsluice --exclude-table=alembic_version \
        -d "${1:-$url}" | grep -v '^--\|^\\\(un\)\?restrict\|^$'
}

@test "there are five revisions in one line" {
    run pgsluice history
    [ "${#lines[@]}" -eq 5 ]
    [[ ${lines[0]} == *"(head)"* ]]
    [[ ${lines[2]} == *", added tracking fields to usage_logs" ]]
    [[ ${lines[3]} == *", added success column" ]]
    [[ ${lines[4]} == "<base> -> "*", create usage_logs table" ]]
}

@test "versions and models end in the same schema" {
    create_database
    pgsluice upgrade head
    dump_schema >versions.sql
    create_database
    for model in "$top_srcdir"/migrations/models/*.sql; do
        psql -Xq -v ON_ERROR_STOP=1 -d "$url" -f "$model"
    done
    dump_schema >models.sql
    grep -q 'CREATE TABLE public.usage_logs' versions.sql
    grep -q "'delete'" versions.sql
    diff -u models.sql versions.sql
}

@test "each revision undone and done again leaves the schema as it was" {
    create_database
    dump_schema >empty.sql
    for step in 1 2 3 4 5; do
        dump_schema >before.sql
        pgsluice upgrade +1
        dump_schema >after.sql
        run ! diff -q before.sql after.sql
        pgsluice downgrade -1
        diff -u before.sql <(dump_schema)
        pgsluice upgrade +1
        diff -u after.sql <(dump_schema)
    done
    pgsluice downgrade base
    diff -u empty.sql <(dump_schema)
    [ "$(sql "SELECT count(*) FROM pg_type WHERE typnamespace = 'public'::regnamespace
              AND typname NOT LIKE '%alembic_version'")" = 0 ]
    pgsluice upgrade head
}

@test "rows survive every revision that can keep them" {
    create_database
    pgsluice upgrade +1
    sql "INSERT INTO usage_logs (action_type, endpoint, ip_address)
         VALUES ('upload', '/v1/files', '192.0.2.7')"
    pgsluice upgrade head
    [ "$(sql 'SELECT action_type, endpoint, success, recorded_at FROM usage_logs')" = \
        'upload|/v1/files|t|' ]
    pgsluice downgrade -3
    pgsluice downgrade -1
    [ "$(sql 'SELECT action_type, endpoint, ip_address FROM usage_logs')" = \
        'upload|/v1/files|192.0.2.7' ]
}

@test "undoing the enum value stops at rows that use it" {
    create_database
    pgsluice upgrade head
    sql "INSERT INTO usage_logs (action_type, endpoint) VALUES ('delete', '/v1/files/1')"
    pgsluice downgrade -1
    run --separate-stderr pgsluice downgrade -1
    [ "$status" -eq 5 ]
    [[ $stderr == *"usage_logs has rows whose action_type is delete"* ]]
    [[ $stderr == *"HINT: Remove these rows"* ]]
    [ "$(sql "SELECT action_type FROM usage_logs")" = delete ]
    sql "DELETE FROM usage_logs"
    pgsluice downgrade -1
    [ "$(sql "SELECT enum_range(NULL::action_type)")" = '{upload,download,convert}' ]
}

@test "what cannot be true is refused" {
    create_database
    pgsluice upgrade head
    run ! sql "INSERT INTO usage_logs (action_type, endpoint) VALUES ('upload', '')"
    run ! sql "INSERT INTO usage_logs (action_type, endpoint, file_size) VALUES ('upload', '/', -1)"
    run ! sql "INSERT INTO usage_logs (action_type, endpoint, processing_time_ms) VALUES ('upload', '/', -1)"
    run ! sql "INSERT INTO usage_logs (action_type, endpoint) VALUES ('print', '/')"
    sql "INSERT INTO usage_logs (action_type, endpoint) VALUES ('upload', '/')"
}
