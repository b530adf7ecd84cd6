/* Locks in the way, and statements that take long: what the second connection sees of them. Nobody
 * here measures time: who is in the way stays there until it was named. */
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "engine/tries.h"
#include "engine/watch.h"
#include "fixture.h"

/* What the disturbing observers share. */
typedef struct {
    guint tries;
    guint named;      /* retries that named somebody */
    char *first_name; /* the first of them */
    char *waited_for; /* by a statement in progress */
    Sight *sight;     /* with a phase */
    guint statement;
    guint statements;
} Notes;

static void notes_clear(Notes *notes)
{
    g_free(notes->first_name);
    g_free(notes->waited_for);
    sight_unref(notes->sight);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Notes, notes_clear)

static int witness_pid(Fixture *fixture)
{
    return conn_backend_pid(fixture->witness);
}

static void let_go_when_named(gpointer data, const EngineEvent *event)
{
    Fixture *fixture = data;
    Notes *notes = fixture->disturb_data;

    if (event->kind == EVENT_REVISION_RETRY) {
        notes->tries++;
        if (event->sight && notes->named++ == 0) {
            notes->first_name = sight_describe_blockers(event->sight);
            testdb_run(fixture->witness, "COMMIT");
        }
    }
}

/* A table that somebody reads, and a revision that wants to change it. */
static void set_up_busy_table(Fixture *fixture)
{
    testdb_run(fixture->witness, "CREATE TABLE busy AS SELECT generate_series(1, 2000) AS a");
    fixture_revision(fixture, "aaaa1111", "", NULL, "ALTER TABLE busy ADD b int;", NULL);
    fixture_load(fixture);
    testdb_run(fixture->witness, "SET application_name = 'a reader'; BEGIN; TABLE busy LIMIT 1");
}

static void test_retry_names_the_blocker(Fixture *fixture, gconstpointer data)
{
    g_autofree char *process = g_strdup_printf("a reader (process %d, ", witness_pid(fixture));
    g_auto(MigrateResult) result = {0};
    g_auto(Notes) notes = {0};
    g_autoptr(GError) error = NULL;

    (void)data;
    set_up_busy_table(fixture);
    fixture->disturb = let_go_when_named;
    fixture->disturb_data = &notes;
    fixture_upgrade(fixture, "head", &result, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(result.count, ==, 1);
    g_assert_true(g_str_has_prefix(notes.first_name, process));
    g_assert_nonnull(strstr(notes.first_name, "idle in transaction"));
    g_assert_nonnull(strstr(notes.first_name, "TABLE busy LIMIT 1"));
}

static gint64 leap; /* microseconds that the clock is ahead */

static gint64 leaping_monotonic(gpointer data)
{
    (void)data;
    return g_get_monotonic_time() + leap;
}

static gint64 real_wall(gpointer data)
{
    (void)data;
    return g_get_real_time();
}

static gboolean no_wait(gint64 microseconds, Cancel *cancel, gpointer data)
{
    (void)microseconds;
    (void)data;
    return !cancel_is_triggered(cancel);
}

static void leap_when_named(gpointer data, const EngineEvent *event)
{
    const Fixture *fixture = data;

    if (event->kind == EVENT_REVISION_RETRY && event->sight)
        leap = 2 * fixture->settings.retry_deadline;
}

static void test_deadline_names_the_blocker_and_its_end(Fixture *fixture, gconstpointer data)
{
    g_autofree char *remedy =
        g_strdup_printf("SELECT pg_terminate_backend(%d)", witness_pid(fixture));
    g_auto(MigrateResult) result = {0};
    const Clock clock = {leaping_monotonic, real_wall, no_wait, NULL};
    g_autoptr(GError) error = NULL;

    (void)data;
    set_up_busy_table(fixture);
    fixture->disturb = leap_when_named;
    clock_replace(&clock);
    g_assert_false(fixture_upgrade(fixture, "head", &result, &error));
    clock_replace(NULL);
    g_assert_cmpstr(error_sqlstate(error), ==, "55P03");
    g_assert_nonnull(strstr(error->message, "; in its way: a reader (process "));
    g_assert_nonnull(strstr(error_hint(error), remedy));
    testdb_run(fixture->witness, "COMMIT");
    testdb_assert_value(fixture->witness,
                        "SELECT count(*) FROM pgsluice.ledger WHERE event = 'fail' AND message "
                        "LIKE '%in its way: a reader%'",
                        "1");
}

static void note_waiting(gpointer data, const EngineEvent *event)
{
    Fixture *fixture = data;
    Notes *notes = fixture->disturb_data;

    if (event->kind != EVENT_PROGRESS || notes->waited_for || !event->sight)
        return;
    notes->waited_for = sight_describe_blockers(event->sight);
    if (notes->waited_for) {
        notes->statement = event->statement;
        notes->statements = event->statements;
        g_assert_false(sight_is_working(event->sight));
        testdb_run(fixture->witness, "COMMIT");
    }
}

/* CREATE INDEX CONCURRENTLY has no lock_timeout: it waits, and says for whom. */
static void test_concurrent_index_tells_whom_it_waits_for(Fixture *fixture, gconstpointer data)
{
    g_auto(MigrateResult) result = {0};
    g_auto(Notes) notes = {0};
    g_autoptr(GError) error = NULL;

    (void)data;
    testdb_run(fixture->witness, "CREATE TABLE busy (a int)");
    fixture_revision(fixture, "aaaa1111", "", "-- Transaction: none\n",
                     "SELECT 1;\nCREATE INDEX CONCURRENTLY busy_a ON busy (a);", NULL);
    fixture_load(fixture);
    testdb_run(fixture->witness,
               "SET application_name = 'a writer'; BEGIN; INSERT INTO busy VALUES (1)");
    fixture->settings.lock_timeout = 1;
    fixture->disturb = note_waiting;
    fixture->disturb_data = &notes;
    fixture_upgrade(fixture, "head", &result, &error);
    g_assert_no_error(error);
    g_assert_true(g_str_has_prefix(notes.waited_for, "a writer (process "));
    g_assert_cmpuint(notes.statement, ==, 1);
    g_assert_cmpuint(notes.statements, ==, 2);
}

static void note_phase(gpointer data, const EngineEvent *event)
{
    Fixture *fixture = data;
    Notes *notes = fixture->disturb_data;

    if (event->kind != EVENT_PROGRESS || notes->sight || !event->sight || !event->sight->phase ||
        sight_percent(event->sight) < 0)
        return;
    notes->sight = sight_ref(event->sight);
    notes->statement = event->statement;
    g_assert_true(sight_is_working(event->sight));
    testdb_run(fixture->witness, "SELECT pg_advisory_unlock(77)");
}

/* An index whose expression takes its time: it ends when its progress has been seen. */
static void test_index_tells_phase_and_percentage(Fixture *fixture, gconstpointer data)
{
    g_auto(MigrateResult) result = {0};
    g_auto(Notes) notes = {0};
    g_autoptr(GError) error = NULL;

    (void)data;
    testdb_run(fixture->witness,
               "CREATE TABLE big AS SELECT generate_series(1, 2000) AS a;"
               "CREATE FUNCTION slowly(a int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN"
               "  WHILE a = 1500 AND NOT pg_try_advisory_xact_lock_shared(77) LOOP"
               "    PERFORM pg_sleep(0.005); END LOOP;"
               "  RETURN a; END $$;"
               "SELECT pg_advisory_lock(77)");
    fixture_revision(fixture, "aaaa1111", "", NULL,
                     "SELECT 1;\nCREATE INDEX big_a ON big (slowly(a));\nSELECT 2;", NULL);
    fixture_load(fixture);
    fixture->disturb = note_phase;
    fixture->disturb_data = &notes;
    fixture_upgrade(fixture, "head", &result, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(notes.statement, ==, 1);
    g_assert_cmpstr(notes.sight->command, ==, "CREATE INDEX");
    g_assert_cmpstr(notes.sight->phase, ==, "building index: scanning table");
    g_assert_cmpint(sight_percent(notes.sight), >, 0);
    g_assert_cmpint(sight_percent(notes.sight), <, 100);
}

/* Statements that last until the witness gives its lock 77 back. */
#define UNTIL_UNLOCKED                                                                             \
    "DO $$ BEGIN WHILE NOT pg_try_advisory_xact_lock_shared(77) LOOP PERFORM pg_sleep(0.005);"     \
    " END LOOP; END $$;"
#define LOCK "SELECT pg_advisory_lock(77)"
#define UNLOCK "SELECT pg_advisory_unlock(77)"

static void break_in(gpointer data, const EngineEvent *event)
{
    Fixture *fixture = data;
    Notes *notes = fixture->disturb_data;

    if (event->kind != EVENT_PROGRESS)
        return;
    if (notes->tries++ == 0 && event->sight)
        testdb_run(fixture->witness, "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                                     " WHERE application_name = 'pgsluice-watch/unit'"
                                     " AND datname = current_database()");
    else
        testdb_run(fixture->witness, UNLOCK);
}

/* The second connection is not needed: the statement goes on, and is told of without a look. */
static void test_watch_that_breaks_harms_nobody(Fixture *fixture, gconstpointer data)
{
    g_auto(MigrateResult) result = {0};
    g_auto(Notes) notes = {0};
    g_autoptr(GError) error = NULL;

    (void)data;
    testdb_run(fixture->witness, LOCK);
    fixture_revision(fixture, "aaaa1111", "", NULL, UNTIL_UNLOCKED, NULL);
    fixture_load(fixture);
    fixture->disturb = break_in;
    fixture->disturb_data = &notes;
    fixture_upgrade(fixture, "head", &result, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(notes.tries, >=, 2);
}

/* No second connection to be had at all. */
static void test_watch_without_a_connection(Fixture *fixture, gconstpointer data)
{
    g_autofree char *role = g_strdup_printf("unit_single_%d", (int)g_random_int_range(1, G_MAXINT));
    g_autofree char *name = testdb_value(fixture->witness, "SELECT current_database()");
    g_autofree char *create =
        g_strdup_printf("CREATE ROLE %s LOGIN CONNECTION LIMIT 1; GRANT ALL ON SCHEMA public TO %s;"
                        "GRANT CREATE ON DATABASE \"%s\" TO %s;" LOCK,
                        role, role, name, role);
    g_autofree char *drop = g_strdup_printf("DROP OWNED BY %s; DROP ROLE %s", role, role);
    g_autofree char *poor = testdb_as_role(fixture->url, role);
    g_auto(MigrateResult) result = {0};
    g_auto(Notes) notes = {.tries = 1};
    g_autoptr(GError) error = NULL;

    (void)data;
    testdb_run(fixture->witness, create);
    fixture_revision(fixture, "aaaa1111", "", NULL, UNTIL_UNLOCKED, NULL);
    secret_free(fixture->secret);
    fixture->secret = secret_new(poor);
    fixture->settings.url = fixture->secret;
    fixture_reopen(fixture);
    fixture_load(fixture);
    fixture->disturb = break_in;
    fixture->disturb_data = &notes;
    fixture_upgrade(fixture, "head", &result, &error);
    g_assert_no_error(error);
    g_clear_pointer(&fixture->session, session_close);
    testdb_run(fixture->witness, drop);
}

/* --- How long a try may wait ------------------------------------------------------------------ */

/* `transaction` is borrowed for ever. */
static Sight *make_sight(const char *transaction, gboolean gives_way)
{
    Sight *sight = g_atomic_rc_box_new0(Sight);
    Blocker *blocker = g_new0(Blocker, 1);

    sight->blockers = g_ptr_array_new_with_free_func(g_free);
    blocker->pid = 4711;
    blocker->transaction = (char *)transaction;
    blocker->gives_way = gives_way;
    g_ptr_array_add(sight->blockers, blocker);
    return sight;
}

/* Milliseconds of lock_timeout after that many tries that met `transaction`, or with NULL one that
 * was new each time. */
static gint64 timeout_after(guint failures, const char *transaction, gboolean gives_way)
{
    const EngineSettings settings = {.lock_timeout = 2 * G_USEC_PER_SEC,
                                     .retry_deadline = G_USEC_PER_SEC};
    g_auto(Tries) tries = {0};

    tries_begin(&tries, &settings);
    for (guint i = 0; i < failures; i++) {
        g_autofree char *own = g_strdup_printf("3/%u", i);
        g_autoptr(Sight) sight =
            make_sight(transaction ? transaction : g_intern_string(own), gives_way);

        tries_note_failure(&tries, sight);
    }
    return tries_lock_timeout(&tries, &settings) / 1000;
}

static void test_tries_grow_on_a_healthy_table_only(void)
{
    g_assert_cmpint(timeout_after(0, NULL, FALSE), ==, 10);
    g_assert_cmpint(timeout_after(7, NULL, FALSE), ==, 10);
    g_assert_cmpint(timeout_after(8, NULL, FALSE), ==, 20);
    g_assert_cmpint(timeout_after(24, NULL, FALSE), ==, 80);
    g_assert_cmpint(timeout_after(800, NULL, FALSE), ==, 2000);
    g_assert_cmpint(timeout_after(800, "3/17", FALSE), ==, 10);
    /* autovacuum leaves only when a wait outlasts deadlock_timeout */
    g_assert_cmpint(timeout_after(16, "3/17", TRUE), ==, 40);
}

static void test_tries_of_which_nothing_is_seen_grow(void)
{
    const EngineSettings settings = {.lock_timeout = 2 * G_USEC_PER_SEC,
                                     .retry_deadline = G_USEC_PER_SEC};
    g_auto(Tries) tries = {0};

    tries_begin(&tries, &settings);
    for (guint i = 0; i < 8; i++)
        tries_note_failure(&tries, NULL);
    g_assert_cmpint(tries_lock_timeout(&tries, &settings), ==, 20 * 1000);
    g_assert_cmpint(tries_lock_timeout(&tries, &(EngineSettings){.lock_timeout = 0}), ==, 0);
}

int main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    testdb_start();
#define ADD(name, function)                                                                        \
    g_test_add("/engine/watch/" name, Fixture, NULL, fixture_set_up, function, fixture_tear_down)
    ADD("retry-names-blocker", test_retry_names_the_blocker);
    ADD("deadline-names-blocker", test_deadline_names_the_blocker_and_its_end);
    ADD("concurrent-index", test_concurrent_index_tells_whom_it_waits_for);
    ADD("index-progress", test_index_tells_phase_and_percentage);
    ADD("broken-watch", test_watch_that_breaks_harms_nobody);
    ADD("no-watch", test_watch_without_a_connection);
    g_test_add_func("/engine/tries/growth", test_tries_grow_on_a_healthy_table_only);
    g_test_add_func("/engine/tries/blind", test_tries_of_which_nothing_is_seen_grow);
    status = g_test_run();
    testdb_stop();
    return status;
}
