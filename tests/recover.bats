# Commits in doubt: the connection breaks, the server is asked, nothing is guessed and nothing repeated.
load lib/common
load lib/wire

setup() {
    common_setup
    create_database
    sql 'CREATE TABLE effects (revision text)'
    start_wire
    pgsluice --set migrations.directory="$migrations" ensure_version
}

teardown() {
    stop_wire
    common_teardown
}

# revisions COUNT: a1, a2... each leaves one row in effects.
revisions() {
    local i

    for ((i = 1; i <= $1; i++)); do
        make_revision "a$i" "$([ "$i" = 1 ] || echo "a$((i - 1))")" <<SQL
-- migrate:up
CREATE TABLE t$i (a int);
INSERT INTO effects VALUES ('a$i');

-- migrate:down
DROP TABLE t$i;
DELETE FROM effects WHERE revision = 'a$i';
SQL
    done
}

# start_wired VERB...: over the wire, in the background. end_wired waits and sets status and told.
start_wired() {
    pgsluice --set migrations.directory="$migrations" --set "database.migration_url=$wired_url" \
        --set execution.retry_deadline="${deadline:-20s}" --set execution.lock_timeout=0 "$@" \
        >told 2>&1 </dev/null 3>&- 4>&- &
    wired_pid=$!
}

end_wired() {
    status=0
    wait "$wired_pid" || status=$?
    told=$(<told)
    echo "$told"
}

wired() {
    start_wired "$@"
    end_wired
}

# As if nothing had been.
start_anew() {
    sql 'SET client_min_messages = error;
         DROP TABLE IF EXISTS t1, t2, t3, t4;
         TRUNCATE effects, alembic_version, pgsluice.applied, pgsluice.settled;
         ALTER TABLE pgsluice.ledger DISABLE TRIGGER ledger_append_only;
         TRUNCATE pgsluice.ledger;
         ALTER TABLE pgsluice.ledger ENABLE ALWAYS TRIGGER ledger_append_only'
}

# hold_lock KEY, let_go: an advisory lock that a revision waits for.
hold_lock() {
    coproc HOLDER { exec psql -XAtq -d "$url" 3>&- 4>&-; }
    holder=$HOLDER_PID
    echo "SELECT pg_advisory_lock($1);" >&"${HOLDER[1]}"
    wait_for '[ "$(migration_locks)" = 1 ]'
}

let_go() {
    kill "$holder"
    wait "$holder" || :
}

# waiters KEY: how many sessions wait for that lock.
waiters() {
    sql "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = $1 AND NOT granted
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
}

effects() {
    sql "SELECT string_agg(revision, ' ' ORDER BY revision) FROM effects"
}

ledger() {
    sql "SELECT string_agg(event || ' ' || revision, ' ' ORDER BY id) FROM pgsluice.ledger"
}

# all_is_in: four revisions, once each.
all_is_in() {
    [ "$(effects)" = 'a1 a2 a3 a4' ]
    [ "$(ledger)" = 'upgrade a1 upgrade a2 upgrade a3 upgrade a4' ]
    [ "$(sql 'SELECT version_num FROM alembic_version')" = a4 ]
    [ "$(sql 'SELECT count(*) FROM pgsluice.applied')" = 4 ]
    [ "$(migration_locks)" = 0 ]
}

@test "the server got COMMIT, its answer is lost: the run goes on behind it" {
    revisions 4
    for n in 1 2 3 4; do
        wire strand after COMMIT $n
        start_wired upgrade head
        wire_says cut
        # The old server process is idle now and has the lock: the client must wait for its end.
        wait_for "[ \"\$(sql 'SELECT count(*) FROM pgsluice.applied')\" -ge $n ]"
        wire drop
        end_wired
        [ "$status" -eq 0 ]
        [[ $told == *'connecting again to ask what was committed'* ]]
        [ "$(grep -c 'Running upgrade' told)" -ge 4 ]
        all_is_in
        start_anew
    done
}

@test "the server never got COMMIT: that revision runs again, those before it do not" {
    revisions 4
    for n in 1 2 3 4; do
        wire cut before COMMIT $n
        wired upgrade head
        wire_says cut
        [ "$status" -eq 0 ]
        all_is_in
        start_anew
    done
}

@test "cut anywhere, by the byte: each revision is in once" {
    revisions 4
    for n in 900 4000 6000 8000; do
        wire cut bytes $n
        wired upgrade head
        wire_says cut
        # Before the run has begun a broken connection is an ordinary failure.
        [ "$status" -eq 0 ] || wired upgrade head
        [ "$status" -eq 0 ]
        all_is_in
        start_anew
    done
}

@test "a downgrade is asked after in the same way" {
    revisions 4
    pgsluice --set migrations.directory="$migrations" upgrade head
    wire cut before COMMIT 2
    wired downgrade -3
    [ "$status" -eq 0 ]
    [ "$(effects)" = a1 ]
    [ "$(ledger)" = 'upgrade a1 upgrade a2 upgrade a3 upgrade a4 downgrade a4 downgrade a3 downgrade a2' ]
}

@test "the old server process still runs the revision: the new session waits for it, nothing runs twice" {
    revisions 2
    make_revision a3 a2 <<'SQL'
-- migrate:up
SELECT pg_advisory_xact_lock(4711);
INSERT INTO effects VALUES ('a3');
SQL
    hold_lock 4711
    wire strand after COMMIT 3
    start_wired upgrade head
    wire_says cut
    wait_for '[ "$(waiters 4711)" = 1 ]'
    # Both sessions are there: the old one in its statement, the new one without the migration lock.
    wait_for "[ \"\$(sql \"SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
        AND application_name LIKE 'pgsluice/%'\")\" = 2 ]"
    let_go
    wait_for '[ "$(effects)" = "a1 a2 a3" ]'
    wire drop
    end_wired
    [ "$status" -eq 0 ]
    [ "$(effects)" = 'a1 a2 a3' ]
    [ "$(ledger)" = 'upgrade a1 upgrade a2 upgrade a3' ]
}

@test "the server cannot be asked: the error says what is in doubt and why; the next run goes on" {
    revisions 3
    wire refuse after
    wire cut before COMMIT 2
    deadline=300ms
    wired upgrade head
    wire_says cut
    [ "$status" -eq 5 ]
    [[ $told == *'whether a'[12]*' committed'*' is not known, because '* ]]
    [[ $told == *'`pgsluice current` tells'* ]]
    wire accept
    wired upgrade head
    [ "$status" -eq 0 ]
    [ "$(effects)" = 'a1 a2 a3' ]
    [ "$(ledger)" = 'upgrade a1 upgrade a2 upgrade a3' ]
}

@test "somebody moved the database meanwhile: the run stops and says so" {
    revisions 3
    wire refuse after
    wire cut after COMMIT 3
    start_wired upgrade head
    wire_says cut
    wait_for '[ "$(migration_locks)" = 0 ]'
    pgsluice --set migrations.directory="$migrations" upgrade head
    pgsluice --set migrations.directory="$migrations" downgrade base
    wire accept
    end_wired
    [ "$status" -eq 5 ]
    [[ $told == *'somebody moved it'* ]]
    [ -z "$(effects)" ]
    [ "$(sql 'SELECT count(*) FROM alembic_version')" = 0 ]
}

@test "a session that somebody ended stays ended: the error is exact" {
    revisions 2
    make_revision a3 a2 <<'SQL'
-- migrate:up
INSERT INTO effects VALUES ('a3');
SELECT pg_terminate_backend(pg_backend_pid());
SQL
    wired upgrade head
    [ "$status" -eq 5 ]
    [[ $told == *"nothing of a3 is in the database; the database is at a2 (2 of this run's"* ]]
    [[ $told == *'somebody ended the session'* ]]
    [ "$(effects)" = 'a1 a2' ]
    [ "$(ledger)" = 'upgrade a1 upgrade a2' ]
}

@test "what breaks the connection twice is not tried a third time" {
    revisions 1
    make_revision a2 a1 <<'SQL'
-- migrate:up
INSERT INTO effects VALUES ('a2');
SELECT pg_advisory_xact_lock(4712);
SQL
    hold_lock 4712
    start_wired upgrade head
    for _ in 1 2; do
        wait_for '[ "$(waiters 4712)" = 1 ]'
        waiter=$(sql "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = 4712 AND NOT granted")
        wire cut now
        wait_for "[ -z \"\$(sql 'SELECT 1 FROM pg_stat_activity WHERE pid = $waiter')\" ]"
    done
    end_wired
    let_go
    [ "$status" -eq 5 ]
    [[ $told == *'nothing of a2 is in the database; the database is at a1 (1 of this run'* ]]
    [ "$(effects)" = a1 ]
}

@test "a revision without a transaction is recorded once, wherever its record was lost" {
    for when in before after; do
        rm -f "$migrations"/versions/*
        {
            printf -- '-- plain\n--\n-- Revision ID: b1\n-- Revises:\n-- Transaction: none\n\n'
            printf -- "-- migrate:up\nINSERT INTO effects VALUES ('b1');\n-- migrate:down\nDELETE FROM effects;\n"
        } >"$migrations/versions/b1_plain.sql"
        wire cut $when COMMIT
        wired upgrade head
        wire_says cut
        [ "$status" -eq 0 ]
        [ "$(effects)" = b1 ]
        [ "$(ledger)" = 'upgrade b1' ]
        start_anew
    done
}

@test "a daemon goes on on a new connection, and still hears of changes there" {
    revisions 3
    write_default_config daemon
    sed -i '$a gate: { poll_interval = "10min"; };' daemon.conf
    wire cut before COMMIT 2
    SYNC_DATABASE_URL=$wired_url start_daemon
    wait_until_ready
    wire_says cut
    grep -q 'connecting again to ask what was committed' daemon.stderr
    [ "$(effects)" = 'a1 a2 a3' ]
    [ "$(ledger)" = 'upgrade a1 upgrade a2 upgrade a3' ]
    pgsluice --set migrations.directory="$migrations" downgrade -1 --despite-instances
    wait_for 'grep -q "STATUS=1 revision is pending" daemon.notify'
    stop_daemon
    [ "$status" -eq 0 ]
}

@test "a statement that runs by itself: what the catalog tells of it, the same run goes on with" {
    make_revision a1 '' <<'SQL'
-- migrate:up
CREATE TABLE t1 (a int);
CREATE INDEX CONCURRENTLY ON t1 (a);
INSERT INTO effects VALUES ('a1');
-- migrate:down
DROP TABLE t1;
SQL
    for when in before after; do
        wire cut "$when" CONCURRENTLY 1
        wired upgrade head
        wire_says cut
        [ "$status" -eq 0 ]
        [[ $told == *'connecting again to ask what was committed'* ]]
        [ "$(effects)" = a1 ]
        [ "$(sql "SELECT count(*), bool_and(indisvalid) FROM pg_index WHERE indrelid = 't1'::regclass")" = '1|t' ]
        start_anew
    done
    # what it does not tell, a person must
    sed -i 's/^CREATE INDEX.*/CALL work();/; s/^-- Create Date/-- Transaction: none\n&/' "$migrations/versions/a1_test.sql"
    sql "CREATE PROCEDURE work() LANGUAGE plpgsql AS 'BEGIN COMMIT; END'"
    wire cut after CALL 1
    wired upgrade head
    wire_says cut
    [ "$status" -eq 6 ]
    [[ $told == *'whether statement 2 of a1 has had its effect is not known'*'repair --applied a1:2'* ]]
}
