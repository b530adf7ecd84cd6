/* The fence between sessions of one database: every order in which one requires and another undoes.
 */
#include "engine/fence.h"

#include <string.h>

#include "base/backoff.h"
#include "base/clock.h"
#include "base/error.h"
#include "fixture.h"

#define LOCKS_OF(mode)                                                                             \
    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND mode = '" mode                  \
    "' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
#define SHARED LOCKS_OF("ShareLock")
#define EXCLUSIVE LOCKS_OF("ExclusiveLock")
#define HEADS "SELECT string_agg(version_num, ',') FROM alembic_version"

static const char *const nothing[] = {NULL};
static const char *const bbbb[] = {"bbbb2222", NULL};
static const char *const cccc[] = {"cccc3333", NULL};
static const char *const both[] = {"cccc3333", "bbbb2222", "cccc3333", NULL};

/* Three revisions, all applied. */
static void begin(Fixture *fixture)
{
    g_auto(MigrateResult) result = {0};
    g_autoptr(GError) error = NULL;

    fixture_three(fixture);
    fixture_upgrade(fixture, "head", &result, &error);
    g_assert_no_error(error);
}

static Session *join(Fixture *fixture)
{
    g_autoptr(GError) error = NULL;
    Session *session = session_open(&fixture->settings, FALSE, fixture->cancel, NULL, &error);

    g_assert_no_error(error);
    return session;
}

/* A session that was closed lets go when the server has noticed. */
static void wait_for_value(Fixture *fixture, const char *question, const char *expected)
{
    Backoff backoff = {.initial = G_TIME_SPAN_MILLISECOND,
                       .ceiling = 50 * G_TIME_SPAN_MILLISECOND,
                       .factor = 2.0,
                       .deadline = clock_monotonic() + 20 * G_USEC_PER_SEC};
    g_autofree char *value = testdb_value(fixture->witness, question);

    while (!g_str_equal(value, expected)) {
        g_assert_true(backoff_wait(&backoff, NULL));
        g_free(value);
        value = testdb_value(fixture->witness, question);
    }
}

static void assert_take(Session *session, const char *const *ids, FenceOutcome expected)
{
    g_autoptr(GError) error = NULL;
    FenceOutcome outcome;

    fence_take(session, ids, &outcome, &error);
    g_assert_no_error(error);
    g_assert_cmpint(outcome, ==, expected);
}

/* `says` NULL: it goes well. */
static void assert_downgrade(Fixture *fixture, Session *session, const char *target,
                             gboolean despite, const char *says)
{
    MigrateOptions options = {.target = target, .reason = "why", .despite_instances = despite};
    g_auto(MigrateResult) result = {0};
    g_autoptr(GError) error = NULL;

    migrate_downgrade(session, fixture->graph, &options, &fixture->events, &result, &error);
    if (says) {
        g_assert_true(error_is(error, ERROR_INSTANCES));
        g_assert_nonnull(strstr(error->message, says));
        g_assert_cmpstr(error_outcome(error), ==, "nothing was changed");
    } else {
        g_assert_no_error(error);
    }
    testdb_assert_value(fixture->witness, EXCLUSIVE, "0");
}

static void test_take_and_give_back(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;

    (void)data;
    begin(fixture);
    assert_take(fixture->session, both, FENCE_TAKEN);
    testdb_assert_value(fixture->witness, SHARED, "4"); /* two revisions, all, instance */
    assert_take(fixture->session, both, FENCE_HELD);
    assert_take(fixture->session, bbbb, FENCE_HELD);
    testdb_assert_value(fixture->witness, SHARED, "3");
    assert_take(fixture->session, cccc, FENCE_TAKEN);
    testdb_assert_value(fixture->witness, SHARED, "3");
    assert_take(fixture->session, nothing, FENCE_HELD);
    testdb_assert_value(fixture->witness, SHARED, "1");
    assert_take(fixture->session, cccc, FENCE_TAKEN);
    /* What a revision has let go of is seen to be gone, and is not held twice afterwards. */
    g_assert_true(
        conn_exec(session_conn(fixture->session), "SELECT pg_advisory_unlock_all()", NULL, &error));
    assert_take(fixture->session, cccc, FENCE_TAKEN);
    g_assert_true(fence_release(fixture->session, &error));
    testdb_assert_value(fixture->witness, SHARED, "0");
    g_assert_null(fence_revisions(fixture->session));
    g_assert_true(fence_release(fixture->session, &error));
}

static void test_others_are_refused(Fixture *fixture, gconstpointer data)
{
    g_autoptr(Session) other = NULL;

    (void)data;
    begin(fixture);
    other = join(fixture);
    assert_take(other, bbbb, FENCE_TAKEN);
    assert_downgrade(fixture, fixture->session, "base", FALSE, "required by unit (from ");
    assert_downgrade(fixture, fixture->session, "aaaa1111", FALSE, "requires bbbb2222)");
    testdb_assert_value(fixture->witness, HEADS, "cccc3333");
    assert_downgrade(fixture, fixture->session, "bbbb2222", FALSE, NULL);
    /* One's own is not in the way, of this session and of no other. */
    assert_downgrade(fixture, other, "aaaa1111", FALSE, NULL);
    testdb_assert_value(fixture->witness, HEADS, "aaaa1111");
    testdb_assert_value(fixture->witness, SHARED, "3");
}

static void test_despite(Fixture *fixture, gconstpointer data)
{
    g_autoptr(Session) other = NULL;

    (void)data;
    begin(fixture);
    other = join(fixture);
    assert_take(other, cccc, FENCE_TAKEN);
    assert_downgrade(fixture, fixture->session, "-1", TRUE, NULL);
    testdb_assert_value(fixture->witness,
                        "SELECT reason FROM pgsluice.ledger WHERE event = 'downgrade'",
                        "why; despite running instances: unit");
    /* Nobody was in the way: nothing is said. */
    assert_downgrade(fixture, fixture->session, "-1", TRUE, NULL);
    testdb_assert_value(fixture->witness,
                        "SELECT reason FROM pgsluice.ledger ORDER BY id DESC LIMIT 1", "why");
}

/* While the rollback runs: whoever requires what it undoes is barred, others are not. */
typedef struct {
    Session *boots;
    guint count;
} Boot;

static void boot_meanwhile(gpointer data, const EngineEvent *event)
{
    Boot *boot = ((Fixture *)data)->disturb_data;

    if (event->kind != EVENT_REVISION_STARTED)
        return;
    boot->count++;
    assert_take(boot->boots, both, FENCE_BARRED);
    g_assert_null(fence_revisions(boot->boots));
    assert_take(boot->boots, (const char *const[]){"aaaa1111", NULL}, FENCE_TAKEN);
    g_assert_true(fence_release(boot->boots, NULL));
}

static void test_boot_during_rollback(Fixture *fixture, gconstpointer data)
{
    Boot boot = {0};

    (void)data;
    begin(fixture);
    boot.boots = join(fixture);
    fixture->disturb_data = &boot;
    fixture->disturb = boot_meanwhile;
    assert_downgrade(fixture, fixture->session, "aaaa1111", FALSE, NULL);
    fixture->disturb = NULL;
    g_assert_cmpuint(boot.count, ==, 2);
    /* A boot that has looked before and takes only now is told that its look is too old. */
    assert_take(boot.boots, bbbb, FENCE_TAKEN);
    session_close(boot.boots);
}

static void lock(Fixture *fixture)
{
    g_autoptr(GError) error = NULL;
    gboolean taken;

    session_lock(fixture->session, NULL, NULL, &taken, NULL, &error);
    g_assert_no_error(error);
}

/* A rollback whose connection breaks has to put its bars up again, and may come too late. */
static void test_bars_after_reconnecting(Fixture *fixture, gconstpointer data)
{
    g_autoptr(Session) other = NULL;
    g_autofree char *overruled = NULL;
    g_autoptr(GError) error = NULL;

    (void)data;
    begin(fixture);
    other = join(fixture);
    lock(fixture);
    g_assert_true(fence_require(fixture->session, fixture->graph, bbbb, FALSE, &overruled, &error));
    assert_take(other, bbbb, FENCE_BARRED);
    g_assert_true(session_reconnect(fixture->session, NULL, &error));
    lock(fixture);
    g_assert_true(fence_require_again(fixture->session, &error));
    assert_take(other, bbbb, FENCE_BARRED);
    g_assert_true(session_reconnect(fixture->session, NULL, &error));
    wait_for_value(fixture, EXCLUSIVE, "0");
    assert_take(other, bbbb, FENCE_TAKEN);
    lock(fixture);
    g_assert_false(fence_require_again(fixture->session, &error));
    g_assert_true(error_is(error, ERROR_INSTANCES));
    g_assert_true(fence_lift(fixture->session, NULL));
    g_assert_true(session_unlock(fixture->session, NULL));
    testdb_assert_value(fixture->witness, EXCLUSIVE, "0");
}

/* The bars of a session that died may outlast its migration lock for a moment. */
static void test_bars_of_the_dead(Fixture *fixture, gconstpointer data)
{
    LockKey key = lock_key_of_fence("public", "alembic_version", "cccc3333");
    g_autofree char *sql =
        g_strdup_printf("SELECT pg_advisory_lock(%" G_GINT64_FORMAT ")", key.key);
    MigrateOptions options = {.target = "-1"};
    g_auto(MigrateResult) result = {0};
    g_autoptr(GError) error = NULL;

    (void)data;
    begin(fixture);
    testdb_run(fixture->witness, sql);
    migrate_downgrade(fixture->session, fixture->graph, &options, NULL, &result, &error);
    g_assert_true(error_is(error, ERROR_INSTANCES));
    g_assert_nonnull(strstr(error->message, "a program that is not listed"));
    conn_free(fixture->witness);
    fixture->witness = testdb_connect(fixture->url);
    assert_downgrade(fixture, fixture->session, "-1", FALSE, NULL);
}

static void test_many_at_once(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GString) before = g_string_new(NULL);
    g_autoptr(Session) other = NULL;
    g_auto(MigrateResult) result = {0};
    g_autoptr(GError) error = NULL;

    (void)data;
    for (guint i = 0; i <= FENCE_BARS_MAX; i++) {
        g_autofree char *id = g_strdup_printf("r%03u", i);

        fixture_revision(fixture, id, before->str, NULL, "", "-- nothing to undo");
        g_string_assign(before, id);
    }
    fixture_load(fixture);
    fixture_upgrade(fixture, "head", &result, &error);
    g_assert_no_error(error);
    other = join(fixture);
    assert_take(other, (const char *const[]){"r005", NULL}, FENCE_TAKEN);
    assert_downgrade(fixture, fixture->session, "base", FALSE, "requires r005)");
    assert_downgrade(fixture, fixture->session, "r005", FALSE, NULL);
    g_assert_true(fence_release(other, NULL));
    assert_downgrade(fixture, fixture->session, "base", FALSE, NULL);
}

static void assert_stamp(Fixture *fixture, const char *target, gboolean purges, gboolean passes)
{
    const char *targets[] = {target, NULL};
    MigrateOptions options = {.target = target};
    g_auto(MigrateResult) result = {0};
    g_autoptr(GError) error = NULL;

    migrate_stamp(fixture->session, fixture->graph, targets, purges, &options, NULL, &result,
                  &error);
    if (passes)
        g_assert_no_error(error);
    else
        g_assert_true(error_is(error, ERROR_INSTANCES));
    testdb_assert_value(fixture->witness, EXCLUSIVE, "0");
}

static void test_stamp(Fixture *fixture, gconstpointer data)
{
    g_autoptr(Session) other = NULL;

    (void)data;
    begin(fixture);
    other = join(fixture);
    assert_take(other, bbbb, FENCE_TAKEN);
    assert_stamp(fixture, "aaaa1111", FALSE, FALSE);
    assert_stamp(fixture, "aaaa1111", TRUE, FALSE);
    assert_stamp(fixture, "bbbb2222", FALSE, TRUE);
    assert_stamp(fixture, "cccc3333", FALSE, TRUE);
    /* The files do not know the head; what is below it only the records tell. */
    testdb_run(fixture->witness, "UPDATE alembic_version SET version_num = 'dddd4444'");
    assert_stamp(fixture, "aaaa1111", TRUE, FALSE);
    assert_take(other, (const char *const[]){"dddd4444", NULL}, FENCE_TAKEN);
    assert_stamp(fixture, "cccc3333", TRUE, FALSE);
    g_assert_true(fence_release(other, NULL));
    assert_stamp(fixture, "aaaa1111", TRUE, TRUE);
}

static void test_hand_over_and_reconnect(Fixture *fixture, gconstpointer data)
{
    g_autoptr(Session) next = NULL;
    g_autoptr(GError) error = NULL;

    (void)data;
    begin(fixture);
    assert_take(fixture->session, cccc, FENCE_TAKEN);
    next = join(fixture);
    g_assert_true(fence_hand_over(fixture->session, next, &error));
    testdb_assert_value(fixture->witness, SHARED, "6");
    g_assert_true(fence_release(fixture->session, &error));
    assert_downgrade(fixture, fixture->session, "-1", FALSE, "requires cccc3333");
    g_assert_true(session_reconnect(next, NULL, &error));
    assert_take(next, cccc, FENCE_HELD);
    wait_for_value(fixture, SHARED, "3");
    assert_downgrade(fixture, fixture->session, "-1", FALSE, "requires cccc3333");
}

/* Another version table in the same database is another fence. */
static void test_projects_do_not_meet(Fixture *fixture, gconstpointer data)
{
    EngineSettings theirs = fixture->settings;
    g_autoptr(Session) other = NULL;
    g_autoptr(GPtrArray) seen = NULL;

    (void)data;
    begin(fixture);
    theirs.version_table = "their_version";
    other = session_open(&theirs, FALSE, fixture->cancel, NULL, NULL);
    g_assert_nonnull(other);
    assert_take(other, cccc, FENCE_TAKEN);
    seen = instances_read(fixture->session, fixture->graph, NULL, NULL);
    g_assert_cmpuint(seen->len, ==, 0);
    assert_downgrade(fixture, fixture->session, "base", FALSE, NULL);
}

static void test_instances(Fixture *fixture, gconstpointer data)
{
    g_autoptr(Session) other = NULL;
    g_autoptr(GPtrArray) seen = NULL, again = NULL, in_the_way = NULL;
    g_autoptr(Plan) plan = NULL;
    g_autoptr(GError) error = NULL;
    const Instance *instance;
    g_autofree char *text = NULL;

    (void)data;
    begin(fixture);
    other = join(fixture);
    assert_take(other, (const char *const[]){"cccc3333", "bbbb2222", "nobodys", NULL}, FENCE_TAKEN);
    seen = instances_read(fixture->session, fixture->graph, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(seen->len, ==, 1);
    instance = seen->pdata[0];
    g_assert_cmpstr(instance->name, ==, "unit");
    g_assert_cmpstr(instance->version, ==, PACKAGE_VERSION);
    g_assert_cmpstr(instance->required[0], ==, "bbbb2222");
    g_assert_cmpstr(instance->required[1], ==, "cccc3333");
    g_assert_null(instance->required[2]);
    g_assert_cmpuint(instance->unknown, ==, 1);
    text = instance_describe(instance);
    g_assert_nonnull(strstr(text, "requires bbbb2222, cccc3333 and 1 that is not known here)"));
    g_assert_true(fence_is_listed(other, seen) == FALSE); /* one of them is not known here */
    again = instances_read(fixture->session, fixture->graph, fence_revisions(other), &error);
    g_assert_true(fence_is_listed(other, again));
    g_assert_false(fence_is_listed(fixture->session, again));
    g_assert_false(instances_equal(seen, again));
    g_assert_true(instances_equal(again, again));
    g_assert_false(instances_equal(again, NULL));

    plan = plan_downgrade(fixture->graph, cccc, "bbbb2222", &error);
    in_the_way = fence_find_in_the_way(fixture->session, fixture->graph, plan, &error);
    g_assert_cmpuint(in_the_way->len, ==, 1);
    g_ptr_array_unref(in_the_way);
    in_the_way = fence_find_in_the_way(other, fixture->graph, plan, &error);
    g_assert_cmpuint(in_the_way->len, ==, 0);
}

static void test_versions(void)
{
    static const struct {
        const char *text;
        gint32 packed;
        const char *back;
    } cases[] = {{"1.2.3", 1002003, "1.2.3"},
                 {"0.1.0", 1000, "0.1.0"},
                 {"2.0", 2000000, "2.0.0"},
                 {"1.2.3-rc1", 1002003, "1.2.3"},
                 {"", 0, "0.0.0"},
                 {"1.2000.3", 1999003, "1.999.3"},
                 {"99999.0.0", 2146000000, "2146.0.0"}};

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *back = version_unpack(cases[i].packed);

        g_assert_cmpint(version_pack(cases[i].text), ==, cases[i].packed);
        g_assert_cmpstr(back, ==, cases[i].back);
    }
}

/* Programs of other versions must agree on them. */
static void test_keys(void)
{
    g_autofree char *sum =
        g_compute_checksum_for_string(G_CHECKSUM_SHA256, "pgsluice fence\ns\nt\nabc", -1);
    g_autofree char *class_sum =
        g_compute_checksum_for_string(G_CHECKSUM_SHA256, "pgsluice instance\ns\nt", -1);
    g_autofree char *key =
        g_strdup_printf("%016" G_GINT64_MODIFIER "x", lock_key_of_fence("s", "t", "abc").key);
    g_autofree char *class_id = g_strdup_printf("%08x", (guint)lock_class_of_instances("s", "t"));

    g_assert_true(g_str_has_prefix(sum, key));
    g_assert_true(g_str_has_prefix(class_sum, class_id));
}

int main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    testdb_start();
#define TEST(path, function)                                                                       \
    g_test_add("/engine/fence/" path, Fixture, NULL, fixture_set_up, function, fixture_tear_down)
    TEST("take-and-give-back", test_take_and_give_back);
    TEST("others-are-refused", test_others_are_refused);
    TEST("despite", test_despite);
    TEST("boot-during-rollback", test_boot_during_rollback);
    TEST("bars-after-reconnecting", test_bars_after_reconnecting);
    TEST("bars-of-the-dead", test_bars_of_the_dead);
    TEST("many-at-once", test_many_at_once);
    TEST("stamp", test_stamp);
    TEST("hand-over-and-reconnect", test_hand_over_and_reconnect);
    TEST("projects-do-not-meet", test_projects_do_not_meet);
    TEST("instances", test_instances);
    g_test_add_func("/engine/fence/versions", test_versions);
    g_test_add_func("/engine/fence/keys", test_keys);
    status = g_test_run();
    testdb_stop();
    return status;
}
