# pgsluice drift: each run leaves a record of the schema, and what differs from it is named.

# Conditions of wait_for are evaluated in common.bash.
# shellcheck disable=SC2016,SC2154
load lib/common
load lib/daemon

setup() {
    common_setup || return
    create_database
    make_revision aaaa0001 <<'SQL'
-- migrate:up
CREATE TABLE orders (id int PRIMARY KEY, total numeric(10,2));
CREATE VIEW totals AS SELECT sum(total) AS total FROM orders;

-- migrate:down
DROP VIEW totals;
DROP TABLE orders;
SQL
    make_revision aaaa0002 aaaa0001 <<'SQL'
-- migrate:up
CREATE TABLE notes (text text);

-- migrate:down
DROP TABLE notes;
SQL
    export PGSLUICE_MIGRATIONS_DIRECTORY=$migrations
}

# drift STATUS: runs it with that exit status; its text is in $output, its notes in $stderr.
drift() {
    run --separate-stderr pgsluice drift
    echo "$output"
    # shellcheck disable=SC2154 # set by run
    echo "$stderr"
    [ "$status" -eq "$1" ]
}

@test "drift: there is none after an upgrade, a downgrade, and a run that failed half-way" {
    drift 1
    [[ $output == *'has not been recorded yet'* ]]
    pgsluice -q upgrade head
    drift 0
    [[ $output == 'The schema is as it was recorded at 20'* ]]
    [ "$(sql "SELECT heads, fingerprint FROM pgsluice.baseline")" = "{aaaa0002}|$(pgsluice dump --fingerprint)" ]
    [ "$(sql "SELECT revision FROM pgsluice.applied WHERE fingerprint = '$(pgsluice dump --fingerprint)'")" = aaaa0002 ]

    pgsluice -q downgrade -1
    drift 0
    [ "$(sql "SELECT count(*) FROM pgsluice.object WHERE identity LIKE '%notes%'")" = 0 ]

    make_revision aaaa0003 aaaa0002 <<<$'-- migrate:up\nCREATE TABLE orders ();\n-- migrate:down\nDROP TABLE orders;'
    run pgsluice -q upgrade head
    [ "$status" -eq 5 ]
    [ "$(sql 'SELECT heads FROM pgsluice.baseline')" = '{aaaa0002}' ]
    drift 0
}

@test "drift: what was added, removed and changed is named, with the difference" {
    pgsluice -q upgrade head
    sql "ALTER TABLE orders ADD COLUMN success boolean; CREATE INDEX by_total ON orders (total);
         DROP TABLE notes; COMMENT ON VIEW totals IS 'postgresql://u:hunter22@h/d'"
    drift 1
    [[ $output == *'changed table public.orders'* ]]
    [[ $output == *$'\n+    success boolean'* ]]
    [[ $output == *$'\n     id integer NOT NULL,'* ]]
    [[ $output == *'added index public.by_total'* ]]
    [[ $output == *'removed table public.notes'* ]]
    [[ $output != *hunter22* ]]
    [[ $stderr == *'pgsluice drift --accept --reason'* ]]

    run -1 --separate-stderr pgsluice --json drift
    [ "$(jq -c '[.state, .count, .recorded_for]' <<<"$output")" = '["drifted",4,["aaaa0002"]]' ]
    [ "$(jq -r '.objects[] | .kind + " " + .name + ": " + .change' <<<"$output" | sort | head -n 2)" = \
        $'index public.by_total: added\ntable public.notes: removed' ]

    # Put back by hand, it is as it was: the order of things does not count.
    sql "ALTER TABLE orders DROP COLUMN success; DROP INDEX by_total; CREATE TABLE notes (text text);
         COMMENT ON VIEW totals IS NULL"
    drift 0
}

@test "drift: --accept records it as right, with a reason, in the ledger" {
    pgsluice -q upgrade head
    sql 'CREATE TABLE hand_made (a int)'
    for words in '--accept' '--reason x' '--accept --reason' 'surplus'; do
        # shellcheck disable=SC2086 # words
        run pgsluice drift $words
        echo "$words: $status"
        [ "$status" -eq 2 ]
    done
    run -0 pgsluice drift --accept --reason 'hotfix of Sunday'
    [[ $output == *'Recorded as right: table public.hand_made (added)'* ]]
    drift 0
    [ "$(sql "SELECT reason, message FROM pgsluice.ledger WHERE event = 'accept-drift'")" = \
        'hotfix of Sunday|the schema is recorded as it is: table public.hand_made (added)' ]
    run -0 pgsluice drift --accept --reason again
    [[ $output == *'Nothing to do'* ]]
    [ "$(sql "SELECT count(*) FROM pgsluice.ledger WHERE event = 'accept-drift'")" = 1 ]
    pgsluice audit --verify
    [ "$(migration_locks)" = 0 ]
}

@test "drift: a record that belongs to other heads, settings or hands is not compared with" {
    pgsluice -q upgrade aaaa0001
    sql "UPDATE alembic_version SET version_num = 'aaaa0002'"   # as a crash before the record leaves it
    drift 1
    [[ $output == *'not recorded for these heads (aaaa0002): the last record is that of aaaa0001'* ]]
    [ "$(pgsluice --json drift | jq -c '[.state, .objects]')" = '["unknown",[]]' ]
    sql "UPDATE alembic_version SET version_num = 'aaaa0001'"
    drift 0
    run -1 pgsluice --set migrations.exclude=orders drift
    [[ $output == *'other migrations.schemas or migrations.exclude'* ]]
    sql "UPDATE pgsluice.object SET digest = 'x' WHERE identity = 'table public.orders'"
    drift 1
    [[ $output == *'changed by somebody else'* ]]
    pgsluice drift --accept --reason 'repaired'
    drift 0
}

@test "drift: a run that makes and drops schemas is recorded, with what is in them" {
    make_revision aaaa0003 aaaa0002 <<<$'-- migrate:up\nCREATE SCHEMA billing CREATE TABLE invoices (id int);\n-- migrate:down\nDROP SCHEMA billing CASCADE;'
    pgsluice -q upgrade aaaa0002
    pgsluice -q upgrade head
    drift 0
    [ "$(sql "SELECT count(*) FROM pgsluice.object WHERE identity = 'table billing.invoices'")" = 1 ]
    pgsluice -q downgrade -1
    drift 0
    [ "$(sql "SELECT count(*) FROM pgsluice.object WHERE identity LIKE '%billing%'")" = 0 ]
}

@test "drift: a stamp records what is there, and drift.record can be off" {
    sql 'CREATE TABLE legacy (a int)'
    pgsluice -q stamp aaaa0001
    drift 0
    pgsluice -q --set drift.record=false upgrade head || :
    drift 1
    sql 'DROP TABLE legacy'
    [ "$(sql 'SELECT heads FROM pgsluice.baseline')" = '{aaaa0001}' ]
}

@test "drift: a half-run revision has no schema to compare with or to accept" {
    make_revision aaaa0003 aaaa0002 <<'SQL'
-- migrate:up
CREATE INDEX CONCURRENTLY by_total ON orders (total);
SELECT 1/0;

-- migrate:down
DROP INDEX by_total;
SQL
    run pgsluice -q upgrade head
    [ "$status" -eq 5 ]
    drift 1
    [[ $output == *'half-run'* ]]
    run -6 pgsluice drift --accept --reason x
}

@test "drift: the partitions of the usage log that appear at run time are none" {
    sql "CREATE TABLE usage_logs (id int, at date) PARTITION BY RANGE (at); CREATE INDEX ON usage_logs (at)"
    pgsluice -q upgrade head
    sql "CREATE TABLE usage_logs_2026_11 PARTITION OF usage_logs FOR VALUES FROM ('2026-11-01') TO ('2026-12-01')"
    drift 0
    sql 'CREATE TABLE usage_logs_2026_12 (a int)'
    drift 1
    [[ $output == *'added table public.usage_logs_2026_12'* ]]
}

@test "drift: the daemon looks by itself, and says so in status, metrics and log" {
    pgsluice -q upgrade head
    start_daemon --set drift.interval=200ms
    wait_until_ready
    wait_for '[ "$(http_body /admin/migrations admin | jq -r .drift.state)" = same ]'
    sql 'CREATE TABLE hand_made (a int)'
    wait_for '[ "$(http_body /admin/migrations admin | jq -r .drift.state)" = drifted ]'
    [ "$(http_body /admin/migrations admin | jq -c '.drift | [.recorded_for, .count, .objects]')" = \
        '[["aaaa0002"],1,[{"kind":"table","name":"public.hand_made","change":"added"}]]' ]
    http_body /metrics admin | grep -qx 'pgsluice_drift_objects 1'
    grep -q 'not as the last run left it: table public.hand_made (added)' "$BATS_TEST_TMPDIR/daemon.stderr"
    sql 'DROP TABLE hand_made'
    wait_for '[ "$(http_body /admin/migrations admin | jq -r .drift.state)" = same ]'
}

@test "drift: after its own upgrade the daemon looks at once, and never when it is told so" {
    start_daemon
    wait_until_ready
    wait_for '[ "$(http_body /admin/migrations admin | jq -r .drift.state)" = same ]'
    stop_daemon
    sql 'CREATE TABLE hand_made (a int)'
    start_daemon --set drift.interval=0 --set gate.poll_interval=50ms
    wait_until_ready
    pgsluice hold -q
    wait_for '[ "$(http_body /admin/migrations admin | jq -r .hold.target)" = aaaa0002 ]'
    [ "$(http_body /admin/migrations admin | jq .drift)" = null ]
}

@test "drift: gate.on_drift closes the gate, at boot and later, until the schema is right again" {
    pgsluice -q upgrade head
    start_daemon --set gate.on_drift=close --set drift.interval=100ms
    wait_until_ready
    sql 'CREATE TABLE hand_made (a int)'
    wait_for '[ "$(http_body /readyz | jq -r .state)" = closed ]'
    [[ $(http_body /readyz | jq -r .reason) == *'table public.hand_made (added)'*'pgsluice drift --adopt'* ]]
    sql 'DROP TABLE hand_made'
    wait_for '[ "$(http_body /readyz | jq -r .state)" = open ]'
    stop_daemon
    sql 'CREATE TABLE hand_made (a int)'
    make_table_revision aaaa0003 aaaa0002 later
    start_daemon --set gate.on_drift=close --set drift.interval=0
    wait_for '[ "$(http_body /readyz | jq -r .state)" = closed ]'
    [ "$(sql "SELECT to_regclass('later')")" = '' ] # nothing is brought in above it
    pgsluice drift --accept --reason 'it is right'
    wait_until_ready
}
