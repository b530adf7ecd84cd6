/* Upgrade, downgrade and stamp on a real server: what is in the database after success, and after
 * each way to fail. */
#include <string.h>

#include "base/error.h"
#include "engine/hold.h"
#include "engine/ledger.h"
#include "engine/status.h"
#include "fixture.h"

#define HEADS "SELECT string_agg(version_num, ',' ORDER BY version_num) FROM alembic_version"
#define APPLIED "SELECT string_agg(revision, ',' ORDER BY revision) FROM pgsluice.applied"
#define EVENTS                                                                                     \
    "SELECT string_agg(event || ' ' || coalesce(revision, ''), ',' ORDER BY id) FROM "             \
    "pgsluice.ledger"
#define TABLES                                                                                     \
    "SELECT coalesce(string_agg(tablename, ',' ORDER BY tablename), '') FROM pg_tables"            \
    " WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
#define LOCKS                                                                                      \
    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM "   \
    "pg_database WHERE datname = current_database())"

static void test_upgrade_from_nothing(Fixture *fixture, gconstpointer data)
{
    g_auto(MigrateResult) result = {0};
    g_autoptr(GError) error = NULL;

    (void)data;
    fixture_three(fixture);
    fixture_upgrade(fixture, "head", &result, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(result.count, ==, 3);
    g_assert_cmpstr(result.to[0], ==, "cccc3333");
    g_assert_cmpstr(fixture->told->str, ==, "LSPB.DB.DB.DF");
    testdb_assert_value(fixture->witness, HEADS, "cccc3333");
    testdb_assert_value(fixture->witness, APPLIED, "aaaa1111,bbbb2222,cccc3333");
    testdb_assert_value(fixture->witness, EVENTS,
                        "upgrade aaaa1111,upgrade bbbb2222,upgrade cccc3333");
    testdb_assert_value(fixture->witness, TABLES, "t1,t2,t3");
    testdb_assert_value(fixture->witness, LOCKS, "0");
    testdb_assert_value(
        fixture->witness,
        "SELECT count(*) FROM pgsluice.ledger WHERE actor = 'tester' AND reason = 'a test' AND"
        " system_identifier = (SELECT system_identifier::text FROM pg_control_system())"
        " AND role = 'postgres' AND instance = 'unit'",
        "3");
    fixture_assert_ledger(fixture, 3);
}

static void test_nothing_to_do_touches_nothing(Fixture *fixture, gconstpointer data)
{
    g_auto(MigrateResult) first = {0}, second = {0};
    g_autoptr(GError) error = NULL;

    (void)data;
    fixture_three(fixture);
    fixture_upgrade(fixture, "head", &first, &error);
    g_assert_no_error(error);
    g_string_truncate(fixture->told, 0);
    /* Somebody else holding the lock does not matter when there is nothing to do. */
    {
        LockKey key = lock_key("public", "alembic_version");
        gboolean taken;

        g_assert_true(lock_try(fixture->witness, key, &taken, NULL) && taken);
    }
    fixture_upgrade(fixture, "head", &second, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(second.count, ==, 0);
    g_assert_cmpstr(fixture->told->str, ==, "");
    fixture_assert_ledger(fixture, 3);
}

static void test_failure_leaves_nothing_of_it(Fixture *fixture, gconstpointer data)
{
    g_auto(MigrateResult) result = {0};
    g_autoptr(GError) error = NULL;
    ErrorSite site;

    (void)data;
    fixture_revision(fixture, "aaaa1111", "", NULL, "CREATE TABLE t1 (a int);", "DROP TABLE t1;");
    fixture_revision(fixture, "bbbb2222", "aaaa1111", NULL,
                     "CREATE TABLE t2 (a int);\n\n-- a comment\nINSERT INTO t2\n    SELECT wrong;",
                     "DROP TABLE t2;");
    fixture_revision(fixture, "cccc3333", "bbbb2222", NULL, "CREATE TABLE t3 (a int);", NULL);
    fixture_load(fixture);
    g_assert_false(fixture_upgrade(fixture, "head", &result, &error));
    g_assert_cmpint(error_kind(error), ==, ERROR_MIGRATION);
    g_assert_cmpstr(
        error->message, ==,
        "applying bbbb2222 (make bbbb2222), statement 2 of 2: column \"wrong\" does not exist");
    g_assert_cmpstr(error_sqlstate(error), ==, "42703");
    g_assert_true(error_site(error, &site));
    g_assert_true(g_str_has_suffix(site.path, "/bbbb2222_test.sql"));
    g_assert_cmpuint(site.line, ==, 11);
    g_assert_cmpuint(site.column, ==, 12);
    g_assert_cmpstr(site.source, ==, "    SELECT wrong;");
    g_assert_cmpstr(
        error_outcome(error), ==,
        "nothing of bbbb2222 is in the database; the database is at aaaa1111 (1 of this "
        "run's revisions committed before the failure)");
    g_assert_nonnull(error_hint(error));
    testdb_assert_value(fixture->witness, HEADS, "aaaa1111");
    testdb_assert_value(fixture->witness, TABLES, "t1");
    testdb_assert_value(fixture->witness, APPLIED, "aaaa1111");
    testdb_assert_value(fixture->witness, EVENTS, "upgrade aaaa1111,fail bbbb2222");
    testdb_assert_value(fixture->witness, LOCKS, "0");
    fixture_assert_ledger(fixture, 2);
    g_assert_null(result.to);
}

static void test_downgrade(Fixture *fixture, gconstpointer data)
{
    g_auto(MigrateResult) up = {0}, one = {0}, all = {0};
    g_autoptr(GError) error = NULL;

    (void)data;
    fixture_three(fixture);
    fixture_upgrade(fixture, "head", &up, &error);
    g_assert_no_error(error);
    fixture_downgrade(fixture, "-1", &one, &error);
    g_assert_no_error(error);
    testdb_assert_value(fixture->witness, HEADS, "bbbb2222");
    testdb_assert_value(fixture->witness, TABLES, "t1,t2");
    testdb_assert_value(fixture->witness, APPLIED, "aaaa1111,bbbb2222");
    fixture_downgrade(fixture, "base", &all, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(all.count, ==, 2);
    testdb_assert_value(fixture->witness, HEADS, "");
    testdb_assert_value(fixture->witness, TABLES, "");
    fixture_assert_ledger(fixture, 6);
}

static void test_irreversible_is_refused_before_anything(Fixture *fixture, gconstpointer data)
{
    g_auto(MigrateResult) up = {0}, down = {0};
    g_autoptr(GError) error = NULL;

    (void)data;
    fixture_revision(fixture, "aaaa1111", "", NULL, "CREATE TABLE t1 (a int);", NULL);
    fixture_revision(fixture, "bbbb2222", "aaaa1111", NULL, "CREATE TABLE t2 (a int);",
                     "DROP TABLE t2;");
    fixture_load(fixture);
    fixture_upgrade(fixture, "head", &up, &error);
    g_assert_no_error(error);
    g_assert_false(fixture_downgrade(fixture, "base", &down, &error));
    g_assert_cmpint(error_kind(error), ==, ERROR_IRREVERSIBLE);
    g_assert_nonnull(strstr(error->message, "aaaa1111"));
    testdb_assert_value(fixture->witness, TABLES, "t1,t2");
    testdb_assert_value(fixture->witness, HEADS, "bbbb2222");
}

/* A revision that changes the version table itself, as a rival would. */
static void test_moved_heads_are_noticed(Fixture *fixture, gconstpointer data)
{
    g_auto(MigrateResult) result = {0};
    g_autoptr(GError) error = NULL;

    (void)data;
    fixture_revision(fixture, "aaaa1111", "", NULL, "CREATE TABLE t1 (a int);", NULL);
    fixture_revision(fixture, "bbbb2222", "aaaa1111", NULL,
                     "CREATE TABLE t2 (a int); UPDATE alembic_version SET version_num = 'rival';",
                     NULL);
    fixture_load(fixture);
    g_assert_false(fixture_upgrade(fixture, "head", &result, &error));
    g_assert_cmpint(error_kind(error), ==, ERROR_HEADS_MOVED);
    testdb_assert_value(fixture->witness, HEADS, "aaaa1111");
    testdb_assert_value(fixture->witness, TABLES, "t1");
}

static void test_lost_lock_is_noticed(Fixture *fixture, gconstpointer data)
{
    g_auto(MigrateResult) result = {0};
    g_autoptr(GError) error = NULL;

    (void)data;
    fixture_revision(fixture, "aaaa1111", "", NULL,
                     "CREATE TABLE t1 (a int); SELECT pg_advisory_unlock_all();", NULL);
    fixture_load(fixture);
    g_assert_false(fixture_upgrade(fixture, "head", &result, &error));
    g_assert_cmpint(error_kind(error), ==, ERROR_LOCK_LOST);
    testdb_assert_value(fixture->witness, TABLES, "");
    testdb_assert_value(fixture->witness, HEADS, "");
}

static void test_transaction_control_is_refused(Fixture *fixture, gconstpointer data)
{
    g_auto(MigrateResult) result = {0};
    g_autoptr(GError) error = NULL;
    ErrorSite site;

    (void)data;
    fixture_revision(fixture, "aaaa1111", "", NULL, "CREATE TABLE t1 (a int);", NULL);
    fixture_revision(fixture, "bbbb2222", "aaaa1111", NULL, "SELECT 1;\n  COMMIT;", NULL);
    fixture_load(fixture);
    g_assert_false(fixture_upgrade(fixture, "head", &result, &error));
    g_assert_cmpint(error_kind(error), ==, ERROR_REVISION_FILE);
    g_assert_true(error_site(error, &site));
    g_assert_cmpuint(site.line, ==, 8);
    g_assert_cmpuint(site.column, ==, 3);
    testdb_assert_value(fixture->witness, TABLES, "");
    testdb_assert_value(fixture->witness, "SELECT to_regclass('alembic_version') IS NULL", "t");
}

static void test_without_transaction(Fixture *fixture, gconstpointer data)
{
    g_auto(MigrateResult) result = {0}, again = {0};
    g_autoptr(GError) error = NULL;

    (void)data;
    fixture_revision(fixture, "aaaa1111", "", NULL, "CREATE TABLE t1 (a int);", NULL);
    fixture_revision(fixture, "bbbb2222", "aaaa1111", "-- Transaction: none\n",
                     "CREATE INDEX CONCURRENTLY i1 ON t1 (a);\nSELECT 1 / (count(*) - 1) FROM t1;",
                     NULL);
    fixture_load(fixture);
    fixture_upgrade(fixture, "head", &result, &error);
    g_assert_no_error(error);
    testdb_assert_value(fixture->witness, HEADS, "bbbb2222");
    testdb_assert_value(fixture->witness,
                        "SELECT indisvalid FROM pg_index WHERE indexrelid = 'i1'::regclass", "t");
    fixture_revision(fixture, "cccc3333", "bbbb2222", "-- Transaction: none\n",
                     "CREATE INDEX CONCURRENTLY i2 ON t1 (a);\nSELECT 1 / 0;", NULL);
    fixture_load(fixture);
    g_assert_false(fixture_upgrade(fixture, "head", &again, &error));
    g_assert_cmpstr(
        error_outcome(error), ==,
        "statement 1 of cccc3333's up section has run and stays; nothing of statement 2 remains; "
        "cccc3333 is not recorded as applied; the database is at bbbb2222 (0 of this run's "
        "revisions committed before the failure)");
    g_assert_nonnull(strstr(error_hint(error), "from statement 2 on"));
    testdb_assert_value(fixture->witness, HEADS, "bbbb2222");
}

static void cancel_at_start(gpointer data, const EngineEvent *event)
{
    Fixture *fixture = data;

    if (event->kind == EVENT_REVISION_STARTED && event->index == 1)
        cancel_trigger(fixture->cancel);
}

static void test_cancel_rolls_back(Fixture *fixture, gconstpointer data)
{
    g_auto(MigrateResult) result = {0};
    g_autoptr(GError) error = NULL;

    (void)data;
    fixture_revision(fixture, "aaaa1111", "", NULL, "CREATE TABLE t1 (a int);", NULL);
    fixture_revision(fixture, "bbbb2222", "aaaa1111", NULL,
                     "CREATE TABLE t2 (a int); SELECT pg_sleep(60);", NULL);
    fixture_load(fixture);
    fixture->disturb = cancel_at_start;
    g_assert_false(fixture_upgrade(fixture, "head", &result, &error));
    g_assert_cmpint(error_kind(error), ==, ERROR_CANCELLED);
    g_assert_nonnull(strstr(error_outcome(error), "nothing of bbbb2222 is in the database"));
    testdb_assert_value(fixture->witness, HEADS, "aaaa1111");
    testdb_assert_value(fixture->witness, TABLES, "t1");
    testdb_assert_value(fixture->witness, LOCKS, "0");
    testdb_assert_value(fixture->witness, EVENTS, "upgrade aaaa1111,fail bbbb2222");
}

static void test_killed_backend(Fixture *fixture, gconstpointer data)
{
    g_auto(MigrateResult) result = {0};
    g_autoptr(GError) error = NULL;

    (void)data;
    fixture_revision(fixture, "aaaa1111", "", NULL, "CREATE TABLE t1 (a int);", NULL);
    fixture_revision(fixture, "bbbb2222", "aaaa1111", NULL,
                     "CREATE TABLE t2 (a int); SELECT pg_terminate_backend(pg_backend_pid());",
                     NULL);
    fixture_load(fixture);
    g_assert_false(fixture_upgrade(fixture, "head", &result, &error));
    g_assert_cmpint(error_kind(error), ==, ERROR_CONNECTION_LOST);
    testdb_assert_value(fixture->witness, HEADS, "aaaa1111");
    testdb_assert_value(fixture->witness, TABLES, "t1");
}

static void test_busy_lock_names_holder(Fixture *fixture, gconstpointer data)
{
    LockKey key = lock_key("public", "alembic_version");
    g_auto(MigrateResult) result = {0};
    g_autoptr(GError) error = NULL;
    g_autofree char *pid = testdb_value(fixture->witness, "SELECT pg_backend_pid()");
    gboolean taken;

    (void)data;
    fixture_three(fixture);
    fixture->settings.lock_wait = 50 * 1000;
    g_assert_true(lock_try(fixture->witness, key, &taken, NULL) && taken);
    g_assert_false(fixture_upgrade(fixture, "head", &result, &error));
    g_assert_cmpint(error_kind(error), ==, ERROR_LOCK_TIMEOUT);
    g_assert_nonnull(strstr(error->message, pid));
    g_assert_nonnull(strstr(error->message, "test"));
    g_assert_cmpstr(fixture->told->str, ==, "W");
}

/* The holder finishes the work while we wait: nothing is left to do, and the lock is never ours. */
static void finish_for_us(gpointer data, const EngineEvent *event)
{
    Fixture *fixture = data;

    if (event->kind == EVENT_WAITING_FOR_LOCK)
        testdb_run(fixture->witness,
                   "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY);"
                   "INSERT INTO alembic_version VALUES ('cccc3333')");
}

static void test_wait_ends_when_work_is_done(Fixture *fixture, gconstpointer data)
{
    LockKey key = lock_key("public", "alembic_version");
    g_auto(MigrateResult) result = {0};
    g_autoptr(GError) error = NULL;
    gboolean taken;

    (void)data;
    fixture_three(fixture);
    g_assert_true(lock_try(fixture->witness, key, &taken, NULL) && taken);
    fixture->disturb = finish_for_us;
    fixture_upgrade(fixture, "head", &result, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(result.count, ==, 0);
    g_assert_cmpstr(fixture->told->str, ==, "W");
    testdb_assert_value(fixture->witness, TABLES, "");
}

static void release_table(gpointer data, const EngineEvent *event)
{
    Fixture *fixture = data;

    if (event->kind == EVENT_REVISION_RETRY)
        testdb_run(fixture->witness, "COMMIT");
}

static void test_lock_timeout_is_retried(Fixture *fixture, gconstpointer data)
{
    g_auto(MigrateResult) result = {0};
    g_autoptr(GError) error = NULL;

    (void)data;
    testdb_run(fixture->witness, "CREATE TABLE busy (a int)");
    fixture_revision(fixture, "aaaa1111", "", NULL, "CREATE TABLE t1 (a int);", NULL);
    fixture_revision(fixture, "bbbb2222", "aaaa1111", NULL, "ALTER TABLE busy ADD b int;", NULL);
    fixture_load(fixture);
    testdb_run(fixture->witness, "BEGIN; LOCK TABLE busy");
    fixture->disturb = release_table;
    fixture_upgrade(fixture, "head", &result, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(result.count, ==, 2);
    /* One or two tries before the news of it. */
    g_assert_true(g_str_has_prefix(fixture->told->str, "LSPB.DB"));
    g_assert_true(g_str_has_suffix(fixture->told->str, "BYB.DF"));
    fixture_assert_ledger(fixture, 2);
}

static void test_lock_timeout_gives_up(Fixture *fixture, gconstpointer data)
{
    g_auto(MigrateResult) result = {0};
    g_autoptr(GError) error = NULL;

    (void)data;
    testdb_run(fixture->witness, "CREATE TABLE busy (a int)");
    fixture_revision(fixture, "aaaa1111", "", NULL, "ALTER TABLE busy ADD b int;", NULL);
    fixture_load(fixture);
    testdb_run(fixture->witness, "BEGIN; LOCK TABLE busy");
    fixture->settings.retry_deadline = 1;
    g_assert_false(fixture_upgrade(fixture, "head", &result, &error));
    g_assert_cmpstr(error_sqlstate(error), ==, "55P03");
    g_assert_nonnull(strstr(error_hint(error), "execution.lock_timeout"));
}

static void test_missing_privilege_names_grant(Fixture *fixture, gconstpointer data)
{
    g_autofree char *role = g_strdup_printf("unit_poor_%d", (int)g_random_int_range(1, G_MAXINT));
    g_autofree char *create = g_strdup_printf("CREATE ROLE %s LOGIN", role);
    g_autofree char *drop = g_strdup_printf("DROP ROLE %s", role);
    g_autofree char *poor = testdb_as_role(fixture->url, role);
    g_auto(MigrateResult) result = {0};
    g_autoptr(GError) error = NULL;

    (void)data;
    testdb_run(fixture->witness, create);
    fixture_three(fixture);
    secret_free(fixture->secret);
    fixture->settings.url = fixture->secret = secret_new(poor);
    fixture_reopen(fixture);
    g_assert_false(fixture_upgrade(fixture, "head", &result, &error));
    g_assert_cmpint(error_kind(error), ==, ERROR_PRIVILEGE);
    g_assert_nonnull(strstr(error_hint(error), "GRANT CREATE ON SCHEMA \"public\" TO"));
    g_clear_pointer(&fixture->session, session_close);
    testdb_run(fixture->witness, drop);
}

static void test_stamp(Fixture *fixture, gconstpointer data)
{
    const char *const two[] = {"bbbb2222", NULL}, *const head[] = {"head", NULL};
    MigrateOptions options = {.actor = "tester"};
    g_auto(MigrateResult) result = {0}, purged = {0};
    g_autoptr(GError) error = NULL;

    (void)data;
    fixture_three(fixture);
    migrate_stamp(fixture->session, fixture->graph, two, FALSE, &options, &fixture->events, &result,
                  &error);
    g_assert_no_error(error);
    testdb_assert_value(fixture->witness, HEADS, "bbbb2222");
    testdb_assert_value(fixture->witness, TABLES, "");
    testdb_assert_value(fixture->witness, APPLIED, "aaaa1111,bbbb2222");
    testdb_assert_value(fixture->witness, EVENTS, "stamp ");
    /* A database of somebody else's history. */
    testdb_run(fixture->witness, "UPDATE alembic_version SET version_num = 'elsewhere'");
    migrate_stamp(fixture->session, fixture->graph, head, TRUE, &options, &fixture->events, &purged,
                  &error);
    g_assert_no_error(error);
    testdb_assert_value(fixture->witness, HEADS, "cccc3333");
    fixture_assert_ledger(fixture, 2);
}

static void test_hold(Fixture *fixture, gconstpointer data)
{
    MigrateOptions boot = {.target = "heads", .obeys_hold = TRUE};
    g_auto(MigrateResult) first = {0}, held = {0}, refused = {0};
    g_autoptr(GError) error = NULL;

    (void)data;
    fixture_three(fixture);
    fixture_upgrade(fixture, "aaaa1111", &first, &error);
    g_assert_no_error(error);
    testdb_run(
        fixture->witness,
        "INSERT INTO pgsluice.hold (target, reason, actor) VALUES ('bbbb2222', 'it hurt', 'ann')");
    migrate_upgrade(fixture->session, fixture->graph, &boot, &fixture->events, &held, &error);
    g_assert_no_error(error);
    g_assert_true(held.is_held);
    testdb_assert_value(fixture->witness, HEADS, "bbbb2222");
    g_assert_false(fixture_upgrade(fixture, "head", &refused, &error));
    g_assert_cmpint(error_kind(error), ==, ERROR_HELD);
    g_assert_nonnull(strstr(error->message, "it hurt"));
    testdb_assert_value(fixture->witness, HEADS, "bbbb2222");
}

static void test_hold_and_release(Fixture *fixture, gconstpointer data)
{
    g_autofree char *released = NULL;
    g_autofree char *again = NULL;
    g_autoptr(GError) error = NULL;

    (void)data;
    fixture_three(fixture);
    g_assert_true(hold_set(fixture->session, "", &(RunOrigin){.actor = "ann", .reason = "not yet"},
                           &fixture->events, &error));
    g_assert_no_error(error);
    g_assert_true(hold_set(fixture->session, "aaaa1111",
                           &(RunOrigin){.actor = "bob", .reason = NULL}, &fixture->events, &error));
    testdb_assert_value(fixture->witness,
                        "SELECT target || ' ' || actor || ' ' || coalesce(reason, '-') FROM "
                        "pgsluice.hold",
                        "aaaa1111 bob -");
    g_assert_true(hold_release(fixture->session, &(RunOrigin){.actor = "ann", .reason = "over"},
                               &released, &error));
    g_assert_cmpstr(released, ==, "aaaa1111");
    g_assert_true(hold_release(fixture->session, &(RunOrigin){.actor = "ann", .reason = "over"},
                               &again, &error));
    g_assert_null(again);
    testdb_assert_value(fixture->witness, "SELECT count(*) FROM pgsluice.hold", "0");
    testdb_assert_value(fixture->witness,
                        "SELECT string_agg(event || ':' || coalesce(revision, '') || ':' || "
                        "coalesce(reason, ''), ' ' ORDER BY id) FROM pgsluice.ledger",
                        "hold::not yet hold:aaaa1111: release:aaaa1111:over");
    fixture_assert_ledger(fixture, 3);
}

static void count_row(const LedgerRow *row, gpointer data)
{
    g_string_append_printf(data, "%s %s %s;", row->id, row->event,
                           row->revision ? row->revision : "-");
}

static void test_ledger_is_read(Fixture *fixture, gconstpointer data)
{
    g_auto(MigrateResult) result = {0};
    g_autoptr(GString) rows = g_string_new(NULL);
    g_autoptr(GError) error = NULL;

    (void)data;
    fixture_three(fixture);
    g_assert_true(ledger_read(fixture->session, NULL, count_row, rows, &error));
    g_assert_cmpstr(rows->str, ==, "");
    g_assert_true(fixture_upgrade(fixture, "bbbb2222", &result, &error));
    g_assert_true(ledger_read(fixture->session, NULL, count_row, rows, &error));
    g_assert_cmpstr(rows->str, ==, "1 upgrade aaaa1111;2 upgrade bbbb2222;");
    g_string_truncate(rows, 0);
    g_assert_true(ledger_read(fixture->session, "2999-01-01T00:00:00Z", count_row, rows, &error));
    g_assert_cmpstr(rows->str, ==, "");
    g_assert_no_error(error);
}

/* More rows than one page. */
static void test_long_ledger(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GString) rows = g_string_new(NULL);
    g_autoptr(GError) error = NULL;
    LedgerProof proof;

    (void)data;
    g_assert_true(migrate_ensure_version(fixture->session, &fixture->events, &error));
    testdb_run(fixture->witness,
               "SET search_path = pgsluice; SELECT append_ledger('refuse', NULL, '{}', '{}', NULL, "
               "NULL, NULL, NULL, '{}') FROM generate_series(1, 1201)");
    g_assert_true(ledger_read(fixture->session, NULL, count_row, rows, &error));
    g_assert_true(g_str_has_suffix(rows->str, ";1201 refuse -;"));
    g_assert_true(ledger_verify(fixture->session, &proof, &error));
    g_assert_no_error(error);
    g_assert_cmpint(proof.problem, ==, LEDGER_INTACT);
    g_assert_cmpint(proof.rows, ==, 1201);
}

/* What each kind of tampering does to a ledger of three rows, and what the proof says of it. */
static const struct {
    const char *tampering;
    LedgerProblem problem;
    gint64 row;
} tamperings[] = {
    {"SELECT 1", LEDGER_INTACT, 0},
    {"UPDATE pgsluice.ledger SET actor = 'nobody' WHERE id = 2", LEDGER_CHANGED, 2},
    {"UPDATE pgsluice.ledger SET at = at + interval '1 us' WHERE id = 3", LEDGER_CHANGED, 3},
    {"DELETE FROM pgsluice.ledger WHERE id = 1", LEDGER_MISSING, 2},
    {"DELETE FROM pgsluice.ledger WHERE id = 2", LEDGER_MISSING, 3},
    {"UPDATE pgsluice.ledger l SET previous_hash = '\\x00', hash = sha256('\\x00' || "
     "convert_to(jsonb_build_array(l.id, (extract(epoch FROM l.at) * 1000000)::bigint, l.event, "
     "l.revision, l.heads_before, l.heads_after, l.plan_digest, l.up_checksum, l.role, l.actor, "
     "l.peer, l.request_id, "
     "l.host, l.instance, l.reason, l.sqlstate, l.message, l.duration_us, l.system_identifier, "
     "l.timeline)::text, 'UTF8')) WHERE id = 3",
     LEDGER_UNLINKED, 3},
};

static void test_tampering_is_found(Fixture *fixture, gconstpointer data)
{
    g_auto(MigrateResult) result = {0};
    g_autoptr(GError) error = NULL;

    (void)data;
    fixture_three(fixture);
    g_assert_true(fixture_upgrade(fixture, "head", &result, &error));
    for (gsize i = 0; i < G_N_ELEMENTS(tamperings); i++) {
        LedgerProof proof;

        testdb_run(fixture->witness, "CREATE TABLE kept AS TABLE pgsluice.ledger; "
                                     "ALTER TABLE pgsluice.ledger DISABLE TRIGGER ALL");
        testdb_run(fixture->witness, tamperings[i].tampering);
        g_assert_true(ledger_verify(fixture->session, &proof, &error));
        g_assert_no_error(error);
        g_assert_cmpint(proof.problem, ==, tamperings[i].problem);
        g_assert_cmpint(proof.row, ==, tamperings[i].row);
        testdb_run(fixture->witness, "TRUNCATE pgsluice.ledger; INSERT INTO pgsluice.ledger TABLE "
                                     "kept; DROP TABLE kept");
    }
}

/* Even the owner is stopped, in every mode of replication. */
static void test_ledger_only_grows(Fixture *fixture, gconstpointer data)
{
    static const char *const attempts[] = {"UPDATE pgsluice.ledger SET actor = 'nobody'",
                                           "DELETE FROM pgsluice.ledger",
                                           "TRUNCATE pgsluice.ledger"};
    g_auto(MigrateResult) result = {0};
    g_autoptr(GError) error = NULL;

    (void)data;
    fixture_three(fixture);
    g_assert_true(fixture_upgrade(fixture, "head", &result, &error));
    testdb_run(fixture->witness, "SET session_replication_role = replica");
    for (gsize i = 0; i < G_N_ELEMENTS(attempts); i++) {
        g_autoptr(GError) refused = NULL;

        g_assert_false(conn_exec(fixture->witness, attempts[i], NULL, &refused));
        g_assert_cmpstr(error_sqlstate(refused), ==, "PS004");
    }
    fixture_assert_ledger(fixture, 3);
}

static void test_passwords_are_not_kept(Fixture *fixture, gconstpointer data)
{
    g_autofree char *role = g_strdup_printf("unit_secret_%d", (int)g_random_int_range(1, G_MAXINT));
    g_autofree char *up = g_strdup_printf("CREATE ROLE %s PASSWORD 'canary-7261';", role);
    g_autofree char *down = g_strdup_printf("DROP ROLE %s;", role);
    g_auto(MigrateResult) result = {0};
    g_autoptr(GError) error = NULL;

    (void)data;
    fixture_revision(fixture, "aaaa1111", "", NULL, up, down);
    fixture_load(fixture);
    fixture_upgrade(fixture, "head", &result, &error);
    g_assert_no_error(error);
    testdb_assert_value(fixture->witness,
                        "SELECT count(*) FROM pgsluice.applied a WHERE a::text LIKE '%canary%'",
                        "0");
    testdb_assert_value(
        fixture->witness,
        "SELECT count(*) FROM pgsluice.applied a WHERE a.up_sql LIKE '%CREATE ROLE%***%'", "1");
    testdb_run(fixture->witness, down);
}

static void test_status(Fixture *fixture, gconstpointer data)
{
    g_auto(MigrateResult) result = {0};
    g_autoptr(GError) error = NULL;
    g_autoptr(Status) before = NULL;
    g_autoptr(Status) after = NULL;

    (void)data;
    fixture_three(fixture);
    before = status_read(fixture->session, fixture->graph, TRUE, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(before->pending->len, ==, 3);
    g_assert_null(before->heads[0]);
    fixture_upgrade(fixture, "bbbb2222", &result, &error);
    g_assert_no_error(error);
    fixture_revision(fixture, "aaaa1111", "", NULL, "CREATE TABLE t1 (a bigint);", NULL);
    testdb_run(fixture->witness, "INSERT INTO alembic_version VALUES ('zzzz9999')");
    fixture_load(fixture);
    after = status_read(fixture->session, fixture->graph, TRUE, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(after->pending->len, ==, 1);
    g_assert_cmpstr(after->unknown[0], ==, "zzzz9999");
    g_assert_cmpuint(after->mismatched->len, ==, 1);
    g_assert_cmpstr(((Mismatch *)g_ptr_array_index(after->mismatched, 0))->revision, ==,
                    "aaaa1111");
    g_assert_cmpstr(after->applied[1], ==, "bbbb2222");
    g_assert_false(after->is_locked);
}

static void test_verify_section(Fixture *fixture, gconstpointer data)
{
    g_auto(MigrateResult) good = {0}, bad = {0};
    g_autoptr(GError) error = NULL;
    ErrorSite site;

    (void)data;
    fixture_revision(fixture, "aaaa1111", "", NULL,
                     "CREATE TABLE t1 (a int);\n\n-- migrate:verify\nINSERT INTO t1 VALUES (1);",
                     NULL);
    fixture_load(fixture);
    fixture_upgrade(fixture, "head", &good, &error);
    g_assert_no_error(error);
    testdb_assert_value(fixture->witness, "SELECT count(*) FROM t1", "0"); /* rolled back */
    fixture_revision(
        fixture, "bbbb2222", "aaaa1111", NULL,
        "CREATE TABLE t2 (a int);\n\n-- migrate:verify\nSELECT 1;\nSELECT 1 / count(*) FROM t2;",
        NULL);
    fixture_load(fixture);
    g_assert_false(fixture_upgrade(fixture, "head", &bad, &error));
    g_assert_nonnull(strstr(error->message, "verify statement 2 of 2"));
    g_assert_true(error_site(error, &site));
    g_assert_cmpuint(site.line, ==, 11);
    testdb_assert_value(fixture->witness, TABLES, "t1");
    testdb_assert_value(fixture->witness, HEADS, "aaaa1111");
}

/* What one revision sets must not reach the next one, nor its own record. */
static void test_session_state_does_not_leak(Fixture *fixture, gconstpointer data)
{
    g_auto(MigrateResult) result = {0};
    g_autoptr(GError) error = NULL;

    (void)data;
    testdb_run(fixture->witness, "CREATE SCHEMA other; CREATE TABLE seen (what text)");
    fixture_revision(
        fixture, "aaaa1111", "", NULL,
        "SELECT pg_catalog.set_config('search_path', '', false); SET client_encoding = 'LATIN1';"
        "SET session_replication_role = replica; SET ROLE pg_monitor;",
        NULL);
    fixture_revision(
        fixture, "bbbb2222", "aaaa1111", NULL,
        "INSERT INTO seen VALUES ('m\303\274'), (current_setting('session_replication_role')),"
        " (current_user), (current_setting('lock_timeout'));",
        NULL);
    fixture_load(fixture);
    fixture_upgrade(fixture, "head", &result, &error);
    g_assert_no_error(error);
    testdb_assert_value(fixture->witness, "SELECT string_agg(what, ',') FROM seen",
                        "m\303\274,origin,postgres,10ms");
}

static void collect_notice(gpointer data, const EngineEvent *event)
{
    Fixture *fixture = data;

    if (event->kind == EVENT_NOTICE)
        fixture->disturb_data = g_strdup(event->text);
}

static void test_warnings_are_told(Fixture *fixture, gconstpointer data)
{
    g_auto(MigrateResult) result = {0};
    g_autoptr(GError) error = NULL;
    g_autofree char *notice = NULL;

    (void)data;
    fixture_revision(fixture, "aaaa1111", "", NULL,
                     "DO $$ BEGIN RAISE WARNING 'look here'; RAISE NOTICE 'not here'; END $$;",
                     NULL);
    fixture_load(fixture);
    fixture->disturb = collect_notice;
    fixture_upgrade(fixture, "head", &result, &error);
    g_assert_no_error(error);
    notice = fixture->disturb_data;
    g_assert_cmpstr(notice, ==, "WARNING: look here");
}

static void test_one_project_a_state_schema(Fixture *fixture, gconstpointer data)
{
    g_auto(MigrateResult) first = {0}, second = {0};
    g_autoptr(GError) error = NULL;

    (void)data;
    fixture_three(fixture);
    fixture_upgrade(fixture, "head", &first, &error);
    g_assert_no_error(error);
    fixture->settings.version_table = "other_version";
    testdb_run(fixture->witness,
               "CREATE TABLE other_version (version_num varchar(32) PRIMARY KEY)");
    fixture_reopen(fixture);
    g_assert_false(fixture_upgrade(fixture, "head", &second, &error));
    g_assert_cmpint(error_kind(error), ==, ERROR_REFUSED);
    g_assert_nonnull(strstr(error_hint(error), "database.state_schema"));
}

/* Row security that hides the heads must be an error: base would run everything again. */
static void test_hidden_heads_are_an_error(Fixture *fixture, gconstpointer data)
{
    g_autofree char *role = g_strdup_printf("unit_hidden_%d", (int)g_random_int_range(1, G_MAXINT));
    g_autofree char *grants =
        g_strdup_printf("CREATE ROLE %s LOGIN; GRANT ALL ON ALL TABLES IN SCHEMA public, pgsluice "
                        "TO %s; GRANT USAGE ON SCHEMA pgsluice"
                        " TO %s; ALTER TABLE alembic_version ENABLE ROW LEVEL SECURITY",
                        role, role, role);
    g_autofree char *drop = g_strdup_printf("DROP OWNED BY %s; DROP ROLE %s", role, role);
    g_autofree char *hidden = testdb_as_role(fixture->url, role);
    g_auto(MigrateResult) first = {0}, second = {0};
    g_autoptr(GError) error = NULL;

    (void)data;
    fixture_three(fixture);
    fixture_upgrade(fixture, "head", &first, &error);
    g_assert_no_error(error);
    testdb_run(fixture->witness, grants);
    secret_free(fixture->secret);
    fixture->settings.url = fixture->secret = secret_new(hidden);
    fixture_reopen(fixture);
    g_assert_false(fixture_upgrade(fixture, "head", &second, &error));
    g_assert_nonnull(strstr(error->message, "row-level security"));
    g_clear_pointer(&fixture->session, session_close);
    testdb_run(fixture->witness, drop);
}

static gboolean is_settled(Fixture *fixture, const char *target)
{
    const char *folders[] = {fixture->folder, NULL};
    g_autoptr(GError) error = NULL;
    g_autoptr(DatabaseState) state = session_read_state(fixture->session, &error);
    gboolean settled = FALSE;

    g_assert_no_error(error);
    g_assert_true(migrate_is_settled(state, folders, target, &settled, &error));
    return settled;
}

/* What the next start may believe without reading a file, and what shakes that belief. */
static void test_settled(Fixture *fixture, gconstpointer data)
{
    g_auto(MigrateResult) part = {0}, rest = {0}, down = {0}, more = {0};
    g_autoptr(GError) error = NULL;

    (void)data;
    fixture_three(fixture);
    g_assert_false(is_settled(fixture, "head"));
    g_assert_true(fixture_upgrade(fixture, "bbbb2222", &part, &error));
    g_assert_false(is_settled(fixture, "head"));
    g_assert_true(fixture_upgrade(fixture, "head", &rest, &error));
    g_assert_true(is_settled(fixture, "head"));
    g_assert_true(is_settled(fixture, "heads"));
    g_assert_false(is_settled(fixture, "cccc3333"));
    /* The question survives what a revision may do to the session and to the table. */
    testdb_run(session_conn(fixture->session), "DEALLOCATE ALL");
    g_assert_true(is_settled(fixture, "head"));
    testdb_run(fixture->witness, "ALTER TABLE pgsluice.settled ALTER listing TYPE varchar");
    g_assert_true(is_settled(fixture, "head"));
    testdb_run(fixture->witness, "INSERT INTO pgsluice.hold (target) VALUES ('bbbb2222')");
    g_assert_false(is_settled(fixture, "head"));
    testdb_run(fixture->witness, "DELETE FROM pgsluice.hold");
    g_assert_true(fixture_downgrade(fixture, "-1", &down, &error));
    g_assert_false(is_settled(fixture, "head"));
    testdb_run(fixture->witness, "UPDATE alembic_version SET version_num = 'cccc3333'");
    g_assert_true(is_settled(fixture, "head"));
    fixture_revision(fixture, "dddd4444", "bbbb2222", NULL, "CREATE TABLE t4 (a int);", NULL);
    fixture_load(fixture);
    g_assert_false(is_settled(fixture, "heads"));
    g_assert_true(fixture_upgrade(fixture, "heads", &more, &error));
    g_assert_true(is_settled(fixture, "heads"));
    g_assert_false(is_settled(fixture, "head")); /* two heads: the files have to say so */
}

/* Role settings that would break a migration are overridden for the session. */
static void test_session_parameters(Fixture *fixture, gconstpointer data)
{
    g_auto(MigrateResult) result = {0};
    g_autoptr(GError) error = NULL;
    g_autofree char *database = testdb_value(fixture->witness, "SELECT current_database()");
    g_autofree char *sql = g_strdup_printf("ALTER DATABASE %s SET default_transaction_read_only = "
                                           "on; ALTER DATABASE %s SET search_path = nowhere;"
                                           "ALTER DATABASE %s SET statement_timeout = '1ms'",
                                           database, database, database);

    (void)data;
    testdb_run(fixture->witness, sql);
    fixture_three(fixture);
    fixture_reopen(fixture);
    fixture_upgrade(fixture, "head", &result, &error);
    g_assert_no_error(error);
    testdb_assert_value(fixture->witness, TABLES, "t1,t2,t3");
}

/* More revisions than one batch holds, and one that fails in the second batch. */
static void test_many_batches(Fixture *fixture, gconstpointer data)
{
    g_auto(MigrateResult) result = {0};
    g_autoptr(GError) error = NULL;
    char previous[16] = "";

    (void)data;
    for (int i = 0; i < 300; i++) {
        g_autofree char *id = g_strdup_printf("r%04d", i);
        g_autofree char *up = i == 290 ? g_strdup("SELECT nonsense;")
                                       : g_strdup_printf("CREATE TABLE m%04d (a int);", i);

        fixture_revision(fixture, id, previous, NULL, up, NULL);
        g_strlcpy(previous, id, sizeof previous);
    }
    fixture_load(fixture);
    g_assert_false(fixture_upgrade(fixture, "head", &result, &error));
    g_assert_nonnull(strstr(error->message, "r0290"));
    testdb_assert_value(fixture->witness, HEADS, "r0289");
    testdb_assert_value(fixture->witness,
                        "SELECT count(*) FROM pg_tables WHERE tablename ~ '^m\\d'", "290");
    fixture_assert_ledger(fixture, 291);
}

int main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
#define ADD(path, function)                                                                        \
    g_test_add("/engine/migrate/" path, Fixture, NULL, fixture_set_up, function, fixture_tear_down)
    ADD("upgrade-from-nothing", test_upgrade_from_nothing);
    ADD("nothing-to-do", test_nothing_to_do_touches_nothing);
    ADD("failure-leaves-nothing", test_failure_leaves_nothing_of_it);
    ADD("downgrade", test_downgrade);
    ADD("irreversible", test_irreversible_is_refused_before_anything);
    ADD("moved-heads", test_moved_heads_are_noticed);
    ADD("lost-lock", test_lost_lock_is_noticed);
    ADD("transaction-control", test_transaction_control_is_refused);
    ADD("without-transaction", test_without_transaction);
    ADD("cancel", test_cancel_rolls_back);
    ADD("killed-backend", test_killed_backend);
    ADD("busy-lock", test_busy_lock_names_holder);
    ADD("wait-ends-when-done", test_wait_ends_when_work_is_done);
    ADD("lock-timeout-retried", test_lock_timeout_is_retried);
    ADD("lock-timeout-gives-up", test_lock_timeout_gives_up);
    ADD("missing-privilege", test_missing_privilege_names_grant);
    ADD("stamp", test_stamp);
    ADD("hold", test_hold);
    ADD("hold-and-release", test_hold_and_release);
    ADD("ledger-is-read", test_ledger_is_read);
    ADD("long-ledger", test_long_ledger);
    ADD("tampering-is-found", test_tampering_is_found);
    ADD("ledger-only-grows", test_ledger_only_grows);
    ADD("passwords", test_passwords_are_not_kept);
    ADD("status", test_status);
    ADD("verify-section", test_verify_section);
    ADD("session-state", test_session_state_does_not_leak);
    ADD("warnings", test_warnings_are_told);
    ADD("one-project-a-schema", test_one_project_a_state_schema);
    ADD("hidden-heads", test_hidden_heads_are_an_error);
    ADD("settled", test_settled);
    ADD("session-parameters", test_session_parameters);
    ADD("many-batches", test_many_batches);
    testdb_start();
    status = g_test_run();
    testdb_stop();
    return status;
}
