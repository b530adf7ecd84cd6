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

@test "there are seven revisions in one line" {
    run pgsluice history
    [ "${#lines[@]}" -eq 7 ]
    [[ ${lines[0]} == *"(head)"* ]]
    [[ ${lines[4]} == *", added tracking fields to usage_logs" ]]
    [[ ${lines[5]} == *", added success column" ]]
    [[ ${lines[6]} == "<base> -> "*", create usage_logs table" ]]
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
    for step in 1 2 3 4 5 6 7; do
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
    pgsluice downgrade -5
    pgsluice downgrade -1
    [ "$(sql 'SELECT action_type, endpoint, ip_address FROM usage_logs')" = \
        'upload|/v1/files|192.0.2.7' ]
}

@test "undoing the enum value stops at rows that use it" {
    create_database
    pgsluice upgrade head
    sql "INSERT INTO usage_logs (action_type, endpoint) VALUES ('delete', '/v1/files/1')"
    pgsluice downgrade -3
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

@test "a fraction of a millisecond stops its own undoing, until somebody rounds it" {
    create_database
    pgsluice upgrade a4d09e7c35b1
    sql "INSERT INTO usage_logs (action_type, endpoint, processing_time_ms) VALUES ('upload', '/', 42.5)"
    run --separate-stderr pgsluice downgrade -1
    [ "$status" -eq 5 ]
    [[ $stderr == *"HINT: UPDATE usage_logs SET processing_time_ms = round"* ]]
    [ "$(sql "SELECT processing_time_ms FROM usage_logs")" = 42.5 ]
    sql "UPDATE usage_logs SET processing_time_ms = round(processing_time_ms)"
    pgsluice downgrade -1
    [ "$(sql "SELECT processing_time_ms FROM usage_logs")" = 42 ]
}

# id7 MILLISECONDS LAST: a version 7 UUID of that time that ends in LAST.
id7() {
    local hex

    hex=$(printf %012x "$1")
    echo "${hex:0:8}-${hex:8:4}-7000-8000-00000000000$2"
}

@test "partitioning keeps rows, ids, and privileges, there and back" {
    local july=1782864000000 # 2026-07-01

    create_database
    pgsluice upgrade a4d09e7c35b1
    sql "DO \$\$ BEGIN CREATE ROLE t_reader; EXCEPTION WHEN duplicate_object THEN NULL; END \$\$;
         GRANT SELECT, INSERT ON usage_logs TO t_reader;
         INSERT INTO usage_logs (id, action_type, endpoint, created_at)
              VALUES ('$(id7 $july 1)', 'upload', '/seven', '2026-07-01 00:00:00.000987+00');
         INSERT INTO usage_logs (action_type, endpoint, ip_address)
              SELECT 'upload', '/' || n, '192.0.2.7' FROM generate_series(1, 100) AS n"
    sql "SELECT * FROM usage_logs ORDER BY id" >before.rows
    pgsluice upgrade head
    sql "SELECT * FROM usage_logs ORDER BY id" >after.rows
    cmp before.rows after.rows
    [ "$(sql "SELECT count(*) FROM usage_log_ids")" = 100 ]
    [ "$(sql "SELECT has_table_privilege('t_reader', 'usage_logs', 'INSERT')")" = t ]

    # Half of it in another partition: all of it comes back.
    sql "ALTER TABLE usage_logs DETACH PARTITION usage_logs_first;
         ALTER TABLE usage_logs ATTACH PARTITION usage_logs_first
             FOR VALUES FROM (MINVALUE) TO ('2100-01-01 00:00+00');
         CREATE TABLE usage_logs_late PARTITION OF usage_logs (PRIMARY KEY (id))
             FOR VALUES FROM ('2100-01-01 00:00+00') TO (MAXVALUE);
         INSERT INTO usage_logs (action_type, endpoint, created_at)
             VALUES ('upload', '/late', '2100-01-02 00:00+00')"
    sql "SELECT * FROM usage_logs ORDER BY id" >before.rows
    pgsluice downgrade -1
    sql "SELECT * FROM usage_logs ORDER BY id" >after.rows
    cmp before.rows after.rows
    [ "$(sql "SELECT has_table_privilege('t_reader', 'usage_logs', 'INSERT')")" = t ]
    sql "DROP OWNED BY t_reader"
}

@test "an id stays unique in all partitions, whoever writes" {
    local july=1782864000000

    create_database
    pgsluice upgrade head
    sql "ALTER TABLE usage_logs DETACH PARTITION usage_logs_first;
         ALTER TABLE usage_logs ATTACH PARTITION usage_logs_first
             FOR VALUES FROM (MINVALUE) TO ('2026-07-01 00:00+00');
         CREATE TABLE usage_logs_july PARTITION OF usage_logs (PRIMARY KEY (id))
             FOR VALUES FROM ('2026-07-01 00:00+00') TO (MAXVALUE)"

    # Any other id: the second row is passed over, wherever it would have gone.
    for time in '2026-06-30 12:00+00' '2026-07-02 12:00+00' '2026-06-30 12:00+00'; do
        sql "INSERT INTO usage_logs (id, action_type, endpoint, created_at)
             VALUES ('11111111-1111-4111-8111-111111111111', 'upload', '/', '$time')"
    done
    [ "$(sql "SELECT created_at AT TIME ZONE 'UTC' FROM usage_logs")" = '2026-06-30 12:00:00' ]

    # Version 7: only the time that it tells, and there it is the key.
    sql "INSERT INTO usage_logs (id, action_type, endpoint, created_at)
         VALUES ('$(id7 $july 1)', 'upload', '/', '2026-07-01 00:00:00.000999+00')"
    run ! sql "INSERT INTO usage_logs (id, action_type, endpoint, created_at)
         VALUES ('$(id7 $july 1)', 'upload', '/', '2026-06-30 23:59:59.999999+00')"
    [[ $output == *usage_logs_id_tells_time* ]]
    run ! sql "INSERT INTO usage_logs (id, action_type, endpoint, created_at)
         VALUES ('$(id7 $july 1)', 'upload', '/', '2026-07-01 00:00+00')"
    [[ $output == *usage_logs_july_pkey* ]]
    sql "INSERT INTO usage_logs (id, action_type, endpoint, created_at)
         VALUES ('$(id7 $july 1)', 'upload', '/', '2026-07-01 00:00+00') ON CONFLICT DO NOTHING"
    [ "$(sql "SELECT count(*) FROM usage_logs")" = 2 ]

    # A row that somebody deletes may come again.
    sql "DELETE FROM usage_logs WHERE id = '11111111-1111-4111-8111-111111111111'"
    sql "INSERT INTO usage_logs (id, action_type, endpoint)
         VALUES ('11111111-1111-4111-8111-111111111111', 'upload', '/')"
    [ "$(sql "SELECT count(*) FROM usage_logs")" = 2 ]
    sql "TRUNCATE usage_logs"
    [ "$(sql "SELECT count(*) FROM usage_log_ids")" = 0 ]
}
