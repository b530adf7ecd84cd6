/* Files that are not what was applied, revisions without a file, failures in a row, and databases
 * of another environment. */
#include <string.h>

#include <glib/gstdio.h>

#include "base/error.h"
#include "engine/accept.h"
#include "engine/check.h"
#include "engine/environment.h"
#include "engine/hold.h"
#include "fixture.h"

#define HEADS "SELECT string_agg(version_num, ',' ORDER BY version_num) FROM alembic_version"
#define EVENTS                                                                                     \
    "SELECT string_agg(event || ' ' || coalesce(revision, ''), ',' ORDER BY id) FROM "             \
    "pgsluice.ledger"
#define TABLES                                                                                     \
    "SELECT coalesce(string_agg(tablename, ',' ORDER BY tablename), '') FROM pg_tables"            \
    " WHERE schemaname = 'public' AND tablename <> 'alembic_version'"

static void upgrade_to(Fixture *fixture, const char *target)
{
    g_auto(MigrateResult) result = {0};
    g_autoptr(GError) error = NULL;

    fixture_upgrade(fixture, target, &result, &error);
    g_assert_no_error(error);
}

static void downgrade_to(Fixture *fixture, const char *target)
{
    g_auto(MigrateResult) result = {0};
    g_autoptr(GError) error = NULL;

    fixture_downgrade(fixture, target, &result, &error);
    g_assert_no_error(error);
}

/* Both are refused as `kind`, and nothing is run. */
static void assert_refused(Fixture *fixture, ErrorKind kind, const char *words)
{
    g_auto(MigrateResult) up = {0}, down = {0};
    g_autoptr(GError) upgrade = NULL;
    g_autoptr(GError) downgrade = NULL;
    g_autofree char *before = testdb_value(fixture->witness, EVENTS);

    g_assert_false(fixture_upgrade(fixture, "heads", &up, &upgrade));
    g_assert_cmpint(error_kind(upgrade), ==, kind);
    g_assert_nonnull(strstr(upgrade->message, words));
    g_assert_cmpstr(error_outcome(upgrade), ==, "nothing was changed");
    g_assert_nonnull(error_hint(upgrade));
    g_assert_false(fixture_downgrade(fixture, "-1", &down, &downgrade));
    g_assert_cmpint(error_kind(downgrade), ==, kind);
    testdb_assert_value(fixture->witness, EVENTS, before);
}

static void assert_agreement(Fixture *fixture)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Status) status = status_read(fixture->session, fixture->graph, FALSE, &error);

    g_assert_no_error(error);
    g_assert_cmpuint(status->mismatched->len, ==, 0);
    g_assert_cmpuint(status->edited_downs->len, ==, 0);
}

/* "bbbb2222 reparented,xxxx0000 missing" */
static char *list_mismatches(Fixture *fixture)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Status) status = status_read(fixture->session, fixture->graph, FALSE, &error);
    GString *list = g_string_new(NULL);

    g_assert_no_error(error);
    for (guint i = 0; i < status->mismatched->len; i++) {
        const Mismatch *mismatch = g_ptr_array_index(status->mismatched, i);

        g_string_append_printf(list, "%s%s %s", i ? "," : "", mismatch->revision,
                               mismatch_kind_name(mismatch->kind));
    }
    return g_string_free(list, FALSE);
}

static void assert_mismatches(Fixture *fixture, const char *expected)
{
    g_autofree char *list = list_mismatches(fixture);

    g_assert_cmpstr(list, ==, expected);
}

static gboolean accept(Fixture *fixture, const char *revision, gboolean *accepted, GError **error)
{
    return accept_file(fixture->session, fixture->graph, graph_find(fixture->graph, revision),
                       "tester", "it is right", NULL, accepted, error);
}

static void remove_file(Fixture *fixture, const char *id)
{
    g_autofree char *path = g_strdup_printf("%s/%s_test.sql", fixture->folder, id);

    g_assert_cmpint(g_unlink(path), ==, 0);
}

static void test_changed_file_is_refused(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    gboolean accepted;

    (void)data;
    fixture_three(fixture);
    upgrade_to(fixture, "bbbb2222");
    fixture_revision(fixture, "aaaa1111", "", NULL, "CREATE TABLE t1 (a bigint);",
                     "DROP TABLE t1;");
    fixture_load(fixture);
    assert_mismatches(fixture, "aaaa1111 changed");
    assert_refused(fixture, ERROR_MISMATCH, "the SQL of revision aaaa1111 has changed");
    testdb_assert_value(fixture->witness, TABLES, "t1,t2");
    accept(fixture, "aaaa1111", &accepted, &error);
    g_assert_no_error(error);
    g_assert_true(accepted);
    assert_agreement(fixture);
    testdb_assert_value(fixture->witness,
                        "SELECT revision || ' ' || reason FROM pgsluice.ledger WHERE event = "
                        "'repair' AND up_checksum = (SELECT up_checksum FROM pgsluice.applied "
                        "WHERE revision = 'aaaa1111' AND up_sql LIKE '%bigint%')",
                        "aaaa1111 it is right");
    g_assert_true(accept(fixture, "aaaa1111", &accepted, &error));
    g_assert_false(accepted);
    g_assert_false(accept(fixture, "cccc3333", &accepted, &error));
    g_assert_cmpint(error_kind(error), ==, ERROR_REFUSED);
    upgrade_to(fixture, "head");
    fixture_assert_ledger(fixture, 4);
}

static void test_several_mismatches_are_counted(Fixture *fixture, gconstpointer data)
{
    g_autoptr(Findings) findings = findings_new(10);
    g_autoptr(GError) error = NULL;
    g_autoptr(Status) status = NULL;

    (void)data;
    fixture_three(fixture);
    upgrade_to(fixture, "bbbb2222");
    fixture_revision(fixture, "aaaa1111", "", NULL, "SELECT 1;", "DROP TABLE t1;");
    fixture_revision(fixture, "bbbb2222", "aaaa1111", NULL, "SELECT 2;", "SELECT 3;");
    fixture_load(fixture);
    assert_refused(fixture, ERROR_MISMATCH, "2 applied revisions are not as the files have them");
    status = status_read(fixture->session, fixture->graph, FALSE, &error);
    check_integrity(status, findings);
    g_assert_cmpuint(findings->errors->len, ==, 3); /* one down section, too */
}

/* It would count as applied without ever having run. */
static void test_inserted_below_what_is_applied(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    gboolean accepted;

    (void)data;
    fixture_three(fixture);
    upgrade_to(fixture, "head");
    fixture_revision(fixture, "abab0000", "aaaa1111", NULL, "CREATE TABLE lost (a int);", NULL);
    fixture_revision(fixture, "bbbb2222", "abab0000", NULL, "CREATE TABLE t2 (a int);",
                     "DROP TABLE t2;");
    fixture_load(fixture);
    assert_mismatches(fixture, "bbbb2222 reparented");
    assert_refused(fixture, ERROR_MISMATCH,
                   "it was applied on aaaa1111, and its file says abab0000; not recorded as "
                   "applied: abab0000");
    accept(fixture, "bbbb2222", &accepted, &error);
    g_assert_no_error(error);
    assert_agreement(fixture);
}

static void test_order_changed(Fixture *fixture, gconstpointer data)
{
    (void)data;
    fixture_three(fixture);
    upgrade_to(fixture, "head");
    fixture_revision(fixture, "bbbb2222", "", NULL, "CREATE TABLE t2 (a int);", "DROP TABLE t2;");
    fixture_revision(fixture, "aaaa1111", "bbbb2222", NULL, "CREATE TABLE t1 (a int);",
                     "DROP TABLE t1;");
    fixture_revision(fixture, "cccc3333", "aaaa1111", NULL, "CREATE TABLE t3 (a int);",
                     "DROP TABLE t3;");
    fixture_load(fixture);
    assert_mismatches(fixture, "bbbb2222 reparented,aaaa1111 reparented,cccc3333 reparented");
    assert_refused(fixture, ERROR_MISMATCH, "3 applied revisions");
}

static void test_dependency_added(Fixture *fixture, gconstpointer data)
{
    (void)data;
    fixture_three(fixture);
    upgrade_to(fixture, "head");
    fixture_revision(fixture, "eeee5555", "", "-- Branch Labels: side\n",
                     "CREATE TABLE lost (a int);", NULL);
    fixture_revision(fixture, "cccc3333", "bbbb2222", "-- Depends On: side\n",
                     "CREATE TABLE t3 (a int);", "DROP TABLE t3;");
    fixture_load(fixture);
    assert_refused(fixture, ERROR_MISMATCH, "not recorded as applied: eeee5555");
}

/* A label that becomes the id that it names changes nothing. */
static void test_dependency_written_otherwise(Fixture *fixture, gconstpointer data)
{
    (void)data;
    fixture_revision(fixture, "aaaa1111", "", "-- Branch Labels: side\n", "SELECT 1;", "SELECT 1;");
    fixture_revision(fixture, "bbbb2222", "", "-- Depends On: side\n", "SELECT 1;", "SELECT 1;");
    fixture_load(fixture);
    upgrade_to(fixture, "heads");
    fixture_revision(fixture, "bbbb2222", "", "-- Depends On: aaaa1111\n", "SELECT 1;",
                     "SELECT 1;");
    fixture_load(fixture);
    assert_agreement(fixture);
}

static void test_missing_file(Fixture *fixture, gconstpointer data)
{
    (void)data;
    fixture_three(fixture);
    upgrade_to(fixture, "head");
    remove_file(fixture, "bbbb2222");
    fixture_revision(fixture, "cccc3333", "aaaa1111", NULL, "CREATE TABLE t3 (a int);",
                     "DROP TABLE t3;");
    fixture_load(fixture);
    assert_mismatches(fixture, "cccc3333 reparented,bbbb2222 missing");
    assert_refused(fixture, ERROR_MISMATCH, "2 applied revisions");
}

/* Another tool's history has no records, or records of a part of it. */
static void test_adopted_history_is_no_mismatch(Fixture *fixture, gconstpointer data)
{
    (void)data;
    fixture_three(fixture);
    upgrade_to(fixture, "bbbb2222");
    testdb_run(fixture->witness, "DELETE FROM pgsluice.applied");
    fixture_revision(fixture, "aaaa1111", "", NULL, "SELECT 1;", "DROP TABLE t1;");
    fixture_load(fixture);
    assert_agreement(fixture);
    upgrade_to(fixture, "head");
    testdb_run(fixture->witness, "DELETE FROM pgsluice.applied WHERE revision = 'bbbb2222'");
    assert_agreement(fixture);
    downgrade_to(fixture, "base");
    testdb_assert_value(fixture->witness, TABLES, "");
}

/* What a stamp has adopted is compared like the rest. */
static void test_stamped_history_is_compared(Fixture *fixture, gconstpointer data)
{
    MigrateOptions options = {.target = "bbbb2222"};
    const char *const targets[] = {"bbbb2222", NULL};
    g_auto(MigrateResult) result = {0};
    g_autoptr(GError) error = NULL;

    (void)data;
    fixture_three(fixture);
    migrate_stamp(fixture->session, fixture->graph, targets, FALSE, &options, NULL, &result,
                  &error);
    g_assert_no_error(error);
    assert_agreement(fixture);
    fixture_revision(fixture, "aaaa0000", "", NULL, "SELECT 1;", NULL);
    fixture_revision(fixture, "aaaa1111", "aaaa0000", NULL, "CREATE TABLE t1 (a int);",
                     "DROP TABLE t1;");
    fixture_load(fixture);
    assert_mismatches(fixture, "aaaa1111 reparented");
}

/* --- Down sections ------------------------------------------------------------------------------
 */

static void test_downgrade_without_the_file(Fixture *fixture, gconstpointer data)
{
    (void)data;
    fixture_revision(fixture, "aaaa1111", "", "-- Branch Labels: app\n", "CREATE TABLE t1 (a int);",
                     "DROP TABLE t1;");
    fixture_revision(fixture, "bbbb2222", "aaaa1111", NULL, "CREATE TABLE t2 (a int);",
                     "DROP TABLE t2;");
    fixture_revision(fixture, "cccc3333", "bbbb2222", "-- Transaction: none\n",
                     "CREATE TABLE t3 (a int);",
                     "DROP INDEX CONCURRENTLY IF EXISTS t3_a;\n"
                     "DROP TABLE t3;");
    fixture_revision(fixture, "dddd4444", "", "-- Depends On: app\n", "SELECT 1;",
                     "-- nothing to undo");
    fixture_load(fixture);
    upgrade_to(fixture, "heads");
    remove_file(fixture, "bbbb2222");
    remove_file(fixture, "cccc3333");
    remove_file(fixture, "dddd4444");
    fixture_load(fixture);
    g_string_truncate(fixture->told, 0);
    downgrade_to(fixture, "aaaa1111");
    g_assert_nonnull(strchr(fixture->told->str, 'N')); /* it is said */
    testdb_assert_value(fixture->witness, TABLES, "t1");
    testdb_assert_value(fixture->witness, HEADS, "dddd4444"); /* which implies the other */
    downgrade_to(fixture, "base");
    testdb_assert_value(fixture->witness, TABLES, "");
}

static void refuse_without_file(Fixture *fixture, const char *down, const char *words)
{
    g_auto(MigrateResult) result = {0};
    g_autoptr(GError) error = NULL;

    fixture_revision(fixture, "aaaa1111", "", NULL, "CREATE TABLE t1 (a int);", "DROP TABLE t1;");
    fixture_revision(fixture, "bbbb2222", "aaaa1111", NULL, "CREATE TABLE t2 (a int);", down);
    fixture_load(fixture);
    upgrade_to(fixture, "head");
    remove_file(fixture, "bbbb2222");
    fixture_load(fixture);
    g_assert_false(fixture_downgrade(fixture, "base", &result, &error));
    g_assert_cmpint(error_kind(error), ==, ERROR_IRREVERSIBLE);
    g_assert_nonnull(strstr(error->message, words));
    testdb_assert_value(fixture->witness, TABLES, "t1,t2");
}

static void test_irreversible_without_the_file(Fixture *fixture, gconstpointer data)
{
    (void)data;
    refuse_without_file(fixture, NULL, "no down section");
}

static void test_password_without_the_file(Fixture *fixture, gconstpointer data)
{
    (void)data;
    refuse_without_file(fixture, "ALTER ROLE nobody PASSWORD 'canary'; DROP TABLE t2;",
                        "keeps no section that has a password");
}

static void test_stored_down_that_fails(Fixture *fixture, gconstpointer data)
{
    g_auto(MigrateResult) result = {0};
    g_autoptr(GError) error = NULL;
    ErrorSite site;

    (void)data;
    fixture_revision(fixture, "aaaa1111", "", NULL, "CREATE TABLE t1 (a int);",
                     "SELECT 1;\nDROP TABLE wrong;");
    fixture_load(fixture);
    upgrade_to(fixture, "head");
    remove_file(fixture, "aaaa1111");
    fixture_load(fixture);
    g_assert_false(fixture_downgrade(fixture, "base", &result, &error));
    g_assert_cmpint(error_kind(error), ==, ERROR_MIGRATION);
    g_assert_true(error_site(error, &site));
    g_assert_cmpstr(site.path, ==, "pgsluice.applied/aaaa1111");
    g_assert_cmpuint(site.line, ==, 2);
    g_assert_nonnull(strstr(error_hint(error), "install the file of aaaa1111"));
    testdb_assert_value(fixture->witness, HEADS, "aaaa1111");
}

/* A head that pgsluice has not applied is as unknown as ever. */
static void test_downgrade_from_nowhere(Fixture *fixture, gconstpointer data)
{
    g_auto(MigrateResult) result = {0};
    g_autoptr(GError) error = NULL;

    (void)data;
    fixture_three(fixture);
    upgrade_to(fixture, "head");
    testdb_run(fixture->witness, "UPDATE alembic_version SET version_num = 'zzzz9999'");
    g_assert_false(fixture_downgrade(fixture, "base", &result, &error));
    g_assert_cmpint(error_kind(error), ==, ERROR_UNKNOWN_REVISION);
}

static void test_edited_down_is_run_and_told(Fixture *fixture, gconstpointer data)
{
    (void)data;
    fixture_revision(fixture, "aaaa1111", "", NULL, "CREATE TABLE t1 (a int);", "DROP TABLE tt;");
    fixture_load(fixture);
    upgrade_to(fixture, "head");
    fixture_revision(fixture, "aaaa1111", "", NULL, "CREATE TABLE t1 (a int);", "DROP TABLE t1;");
    fixture_load(fixture);
    assert_mismatches(fixture, "");
    g_string_truncate(fixture->told, 0);
    downgrade_to(fixture, "base");
    g_assert_nonnull(strchr(fixture->told->str, 'N'));
    testdb_assert_value(fixture->witness, TABLES, "");
}

/* --- Failures in a row --------------------------------------------------------------------------
 */

static void write_failing(Fixture *fixture, const char *up)
{
    fixture_revision(fixture, "aaaa1111", "", NULL, "CREATE TABLE t1 (a int);", "DROP TABLE t1;");
    fixture_revision(fixture, "bbbb2222", "aaaa1111", NULL, up, "DROP TABLE t2;");
    fixture_load(fixture);
}

static void fail_to_upgrade(Fixture *fixture, ErrorKind kind)
{
    g_auto(MigrateResult) result = {0};
    g_autoptr(GError) error = NULL;

    g_assert_false(fixture_upgrade(fixture, "head", &result, &error));
    g_assert_cmpint(error_kind(error), ==, kind);
}

static gboolean is_held(Fixture *fixture)
{
    g_autoptr(DatabaseState) state = session_read_state(fixture->session, NULL);

    g_assert_nonnull(state);
    return state->hold != NULL;
}

/* As the daemon does: it stops at a hold. */
static guint boot(Fixture *fixture)
{
    MigrateOptions options = {.target = "heads", .obeys_hold = TRUE};
    g_auto(MigrateResult) result = {0};
    g_autoptr(GError) error = NULL;

    migrate_upgrade(fixture->session, fixture->graph, &options, NULL, &result, &error);
    g_assert_no_error(error);
    return result.count;
}

static void test_failures_in_a_row_set_a_hold(Fixture *fixture, gconstpointer data)
{
    (void)data;
    fixture->settings.failure_limit = 3;
    write_failing(fixture, "SELECT 1 / 0;");
    fail_to_upgrade(fixture, ERROR_MIGRATION);
    fail_to_upgrade(fixture, ERROR_MIGRATION);
    g_assert_false(is_held(fixture));
    g_string_truncate(fixture->told, 0);
    fail_to_upgrade(fixture, ERROR_MIGRATION);
    g_assert_nonnull(strchr(fixture->told->str, 'N'));
    testdb_assert_value(fixture->witness,
                        "SELECT target || ' ' || failed_revision || ' ' || actor FROM pgsluice.hold"
                        " WHERE reason LIKE 'revision bbbb2222 failed 3 times with the same SQL: "
                        "%division by zero%'",
                        "aaaa1111 bbbb2222 pgsluice");
    fail_to_upgrade(fixture, ERROR_HELD);
    g_assert_cmpuint(boot(fixture), ==, 0);
    testdb_assert_value(fixture->witness, EVENTS,
                        "upgrade aaaa1111,fail bbbb2222,fail bbbb2222,fail bbbb2222,hold aaaa1111");
    fixture_assert_ledger(fixture, 5);
}

static void test_another_checksum_voids_the_hold(Fixture *fixture, gconstpointer data)
{
    g_autoptr(Status) status = NULL;
    g_autoptr(GError) error = NULL;

    (void)data;
    fixture->settings.failure_limit = 1;
    write_failing(fixture, "SELECT 1 / 0;");
    fail_to_upgrade(fixture, ERROR_MIGRATION);
    g_assert_true(is_held(fixture));
    write_failing(fixture, "CREATE TABLE t2 (a int);");
    status = status_read(fixture->session, fixture->graph, FALSE, &error);
    g_assert_no_error(error);
    g_assert_true(status->hold->is_void);
    g_assert_cmpuint(boot(fixture), ==, 1);
    g_assert_false(is_held(fixture));
    testdb_assert_value(
        fixture->witness, EVENTS,
        "upgrade aaaa1111,fail bbbb2222,hold aaaa1111,release aaaa1111,upgrade bbbb2222");
    testdb_assert_value(fixture->witness,
                        "SELECT reason FROM pgsluice.ledger WHERE event = "
                        "'release'",
                        "the file of revision bbbb2222, which had failed, has changed");
}

static void test_release_starts_the_count_anew(Fixture *fixture, gconstpointer data)
{
    g_autofree char *released = NULL;

    (void)data;
    fixture->settings.failure_limit = 2;
    write_failing(fixture, "SELECT 1 / 0;");
    fail_to_upgrade(fixture, ERROR_MIGRATION);
    fail_to_upgrade(fixture, ERROR_MIGRATION);
    g_assert_true(is_held(fixture));
    g_assert_true(hold_release(fixture->session, &(RunOrigin){.actor = "tester", .reason = NULL},
                               &released, NULL));
    fail_to_upgrade(fixture, ERROR_MIGRATION);
    g_assert_false(is_held(fixture));
    fail_to_upgrade(fixture, ERROR_MIGRATION);
    g_assert_true(is_held(fixture));
}

static void test_only_the_sql_counts(Fixture *fixture, gconstpointer data)
{
    static const char *const sqlstates[] = {"55P03", "40P01", "57014", "53100", "25006"};

    (void)data;
    fixture->settings.failure_limit = 1;
    fixture->settings.retry_deadline = 1;
    for (gsize i = 0; i < G_N_ELEMENTS(sqlstates); i++) {
        g_autofree char *up = g_strdup_printf(
            "DO $$ BEGIN RAISE 'as if' USING ERRCODE = '%s'; END $$;", sqlstates[i]);

        write_failing(fixture, up);
        fail_to_upgrade(fixture, ERROR_MIGRATION);
        g_assert_false(is_held(fixture));
    }
    fixture->settings.failure_limit = 0;
    write_failing(fixture, "SELECT 1 / 0;");
    fail_to_upgrade(fixture, ERROR_MIGRATION);
    g_assert_false(is_held(fixture));
}

static void test_a_persons_hold_stays(Fixture *fixture, gconstpointer data)
{
    MigrateOptions options = {.target = "heads", .obeys_hold = TRUE};
    g_auto(MigrateResult) result = {0};
    g_autoptr(GError) error = NULL;

    (void)data;
    fixture->settings.failure_limit = 1;
    write_failing(fixture, "SELECT 1 / 0;");
    upgrade_to(fixture, "aaaa1111");
    g_assert_true(hold_set(fixture->session, "bbbb2222",
                           &(RunOrigin){.actor = "tester", .reason = "mine"}, NULL, NULL));
    g_assert_false(
        migrate_upgrade(fixture->session, fixture->graph, &options, NULL, &result, &error));
    testdb_assert_value(fixture->witness,
                        "SELECT reason || coalesce(failed_revision, '') FROM pgsluice.hold",
                        "mine");
}

/* --- Environments -------------------------------------------------------------------------------
 */

static gboolean upgrade_as(Fixture *fixture, const char *configured, const char *acknowledged,
                           GError **error)
{
    MigrateOptions options = {.target = "+1", .environment = acknowledged};
    g_auto(MigrateResult) result = {0};

    fixture->settings.environment = configured;
    fixture_reopen(fixture);
    return migrate_upgrade(fixture->session, fixture->graph, &options, NULL, &result, error);
}

static void refuse_environment(Fixture *fixture, const char *configured, const char *acknowledged)
{
    g_autoptr(GError) error = NULL;

    g_assert_false(upgrade_as(fixture, configured, acknowledged, &error));
    g_assert_cmpint(error_kind(error), ==, ERROR_REFUSED);
    g_assert_cmpstr(error_outcome(error), ==, "nothing was changed");
}

static void test_environment(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;

    (void)data;
    fixture_three(fixture);
    refuse_environment(fixture, "staging", "production"); /* it has no name to acknowledge */
    g_assert_true(upgrade_as(fixture, "production", NULL, &error));
    testdb_assert_value(fixture->witness, "SELECT name FROM pgsluice.environment", "production");
    refuse_environment(fixture, "staging", NULL);
    refuse_environment(fixture, "staging", "staging");
    refuse_environment(fixture, "production", "staging");
    g_assert_true(upgrade_as(fixture, "staging", "production", &error));
    testdb_assert_value(fixture->witness, "SELECT name FROM pgsluice.environment", "production");
    refuse_environment(fixture, "staging", NULL); /* it was for one command */
}

static void test_environment_of_other_changes(Fixture *fixture, gconstpointer data)
{
    const char *const targets[] = {"base", NULL};
    MigrateOptions options = {.target = "base"};
    g_auto(MigrateResult) result = {0};
    g_autoptr(GError) error = NULL;
    g_autofree char *former = NULL;

    (void)data;
    fixture_three(fixture);
    upgrade_to(fixture, "aaaa1111");
    fixture->settings.environment = "staging";
    fixture_reopen(fixture);
    assert_refused(fixture, ERROR_REFUSED, "belongs to environment \"test\"");
    g_assert_false(migrate_stamp(fixture->session, fixture->graph, targets, FALSE, &options, NULL,
                                 &result, &error));
    g_assert_cmpint(error_kind(error), ==, ERROR_REFUSED);
    g_clear_error(&error);
    environment_rename(fixture->session, "staging", "tester", "a copy", NULL, &former, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(former, ==, "test");
    upgrade_to(fixture, "head");
    fixture_assert_ledger(fixture, 4);
}

/* The marker can be missing where the state schema is there. */
static void test_environment_is_claimed_later(Fixture *fixture, gconstpointer data)
{
    (void)data;
    fixture_three(fixture);
    upgrade_to(fixture, "aaaa1111");
    testdb_run(fixture->witness, "DELETE FROM pgsluice.environment");
    upgrade_to(fixture, "bbbb2222");
    testdb_assert_value(fixture->witness, "SELECT name FROM pgsluice.environment", "test");
}

int main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    testdb_start();
#define ADD(name, function)                                                                        \
    g_test_add("/engine/integrity/" name, Fixture, NULL, fixture_set_up, function,                 \
               fixture_tear_down)
    ADD("changed-file", test_changed_file_is_refused);
    ADD("several", test_several_mismatches_are_counted);
    ADD("inserted", test_inserted_below_what_is_applied);
    ADD("order-changed", test_order_changed);
    ADD("dependency-added", test_dependency_added);
    ADD("dependency-written-otherwise", test_dependency_written_otherwise);
    ADD("missing-file", test_missing_file);
    ADD("adopted-history", test_adopted_history_is_no_mismatch);
    ADD("stamped-history", test_stamped_history_is_compared);
    ADD("downgrade-without-file", test_downgrade_without_the_file);
    ADD("irreversible-without-file", test_irreversible_without_the_file);
    ADD("password-without-file", test_password_without_the_file);
    ADD("stored-down-fails", test_stored_down_that_fails);
    ADD("downgrade-from-nowhere", test_downgrade_from_nowhere);
    ADD("edited-down", test_edited_down_is_run_and_told);
    ADD("failures-in-a-row", test_failures_in_a_row_set_a_hold);
    ADD("another-checksum", test_another_checksum_voids_the_hold);
    ADD("release", test_release_starts_the_count_anew);
    ADD("only-the-sql", test_only_the_sql_counts);
    ADD("a-persons-hold", test_a_persons_hold_stays);
    ADD("environment", test_environment);
    ADD("environment-of-other-changes", test_environment_of_other_changes);
    ADD("environment-claimed-later", test_environment_is_claimed_later);
#undef ADD
    status = g_test_run();
    testdb_stop();
    return status;
}
