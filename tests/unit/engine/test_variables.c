/* Variables in revision bodies, on a real server. */
#include <string.h>

#include "base/error.h"
#include "engine/status.h"
#include "fixture.h"

#define TABLES                                                                                     \
    "SELECT coalesce(string_agg(relname, ',' ORDER BY relname), '') FROM pg_class WHERE "          \
    "relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'alembic_version'"

static void give(Fixture *fixture, const char *name, const char *value)
{
    g_autoptr(GError) error = NULL;

    variables_set(fixture->variables, name, value, "test", &error);
    g_assert_no_error(error);
}

static void upgrade(Fixture *fixture)
{
    g_auto(MigrateResult) result = {0};
    g_autoptr(GError) error = NULL;

    fixture_upgrade(fixture, "head", &result, &error);
    g_assert_no_error(error);
}

static GError *fail_to_upgrade(Fixture *fixture)
{
    g_auto(MigrateResult) result = {0};
    GError *error = NULL;

    g_assert_false(fixture_upgrade(fixture, "head", &result, &error));
    return error;
}

static void assert_site(const GError *error, unsigned line, unsigned column, const char *source)
{
    ErrorSite site = {0};

    g_assert_true(error_site(error, &site));
    g_assert_cmpuint(site.line, ==, line);
    g_assert_cmpuint(site.column, ==, column);
    g_assert_cmpstr(site.source, ==, source);
}

static char *in_hex(const char *value)
{
    GString *hex = g_string_new(NULL);

    for (; *value; value++)
        g_string_append_printf(hex, "%02x", (guchar)*value);
    return g_string_free(hex, FALSE);
}

/* Every way of reading strings that a server has must read the value. */
static void test_literals(Fixture *fixture, gconstpointer data)
{
    static const char value[] = "it's \\ \\' \"q\" \303\244\342\202\254\n$$ :{v} -- /* ; x'";
    g_autofree char *hex = in_hex(value);
    g_autofree char *count = g_strdup_printf(
        "SELECT count(*) FROM t1 WHERE encode(convert_to(v, 'UTF8'), 'hex') = '%s'", hex);

    (void)data;
    give(fixture, "v", value);
    give(fixture, "plain", "it's");
    fixture_revision(fixture, "aaaa1111", "", NULL,
                     "CREATE TABLE t1 (v text);\n"
                     "INSERT INTO t1 VALUES (:{v}), (:{plain});\n"
                     "SET standard_conforming_strings = off; SET backslash_quote = off;\n"
                     "INSERT INTO t1 VALUES (:{v}), (:{plain});\n",
                     NULL);
    fixture_load(fixture);
    upgrade(fixture);
    testdb_assert_value(fixture->witness, count, "2");
    testdb_assert_value(fixture->witness, "SELECT count(*) FROM t1 WHERE v = $$it's$$", "2");
}

static void test_identifiers_and_raw_text(Fixture *fixture, gconstpointer data)
{
    g_auto(MigrateResult) down = {0};
    g_autoptr(GError) error = NULL;

    (void)data;
    give(fixture, "tenant", "we\"ird; Name");
    give(fixture, "suffix", "eu");
    give(fixture, "checks", "v > 0 AND v < 9");
    fixture_revision(fixture, "aaaa1111", "", NULL,
                     "CREATE SCHEMA :{\"tenant\"};\n"
                     "CREATE TABLE :{\"tenant\"}.log_:{suffix:raw} (v int CHECK (:{checks:raw}));\n"
                     "-- migrate:verify\n"
                     "SELECT 1 / (SELECT count(*) FROM pg_tables WHERE schemaname = :{tenant})",
                     "DROP SCHEMA :{\"tenant\"} CASCADE;");
    fixture_load(fixture);
    upgrade(fixture);
    testdb_assert_value(fixture->witness,
                        "SELECT schemaname || '/' || tablename FROM pg_tables WHERE tablename "
                        "LIKE 'log%'",
                        "we\"ird; Name/log_eu");
    fixture_downgrade(fixture, "base", &down, &error);
    g_assert_no_error(error);
    testdb_assert_value(fixture->witness,
                        "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'we%'", "0");
}

static void test_errors_stand_where_the_file_has_them(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) behind = NULL;
    g_autoptr(GError) inside = NULL;

    (void)data;
    give(fixture, "v", "a long value\nof two lines");
    give(fixture, "columns", "1, wrong");
    fixture_revision(fixture, "aaaa1111", "", NULL,
                     "SELECT 1;\nSELECT '\303\244',\n  :{v}, :{v}, wrong;", NULL);
    fixture_load(fixture);
    behind = fail_to_upgrade(fixture);
    g_assert_cmpstr(behind->message, ==,
                    "applying aaaa1111 (make aaaa1111), statement 2 of 2: column \"wrong\" does "
                    "not exist");
    assert_site(behind, 9, 15, "  :{v}, :{v}, wrong;");
    fixture_revision(fixture, "aaaa1111", "", NULL, "SELECT 0, :{columns:raw};", NULL);
    fixture_load(fixture);
    inside = fail_to_upgrade(fixture);
    assert_site(inside, 7, 11, "SELECT 0, :{columns:raw};");
}

static void test_an_unset_variable_is_refused_before_anything(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;

    (void)data;
    fixture_revision(fixture, "aaaa1111", "", NULL, "CREATE TABLE t1 (a int);", NULL);
    fixture_revision(fixture, "bbbb2222", "aaaa1111", NULL, "SELECT 1;\n  SELECT :{nobody};", NULL);
    fixture_load(fixture);
    error = fail_to_upgrade(fixture);
    g_assert_cmpint(error_kind(error), ==, ERROR_REVISION_FILE);
    g_assert_cmpstr(error->message, ==, "variable nobody is not set");
    g_assert_cmpstr(error_outcome(error), ==, "nothing was changed");
    assert_site(error, 8, 10, "  SELECT :{nobody};");
    testdb_assert_value(fixture->witness, TABLES, "");
    testdb_assert_value(fixture->witness, "SELECT to_regclass('alembic_version') IS NULL", "t");
}

static void test_raw_text_controls_no_transaction(Fixture *fixture, gconstpointer data)
{
    static const char *const values[] = {"COMMIT", "/* */ COMMIT", "SELECT 1; COMMIT",
                                         "COMMIT; --"};

    (void)data;
    fixture_revision(fixture, "aaaa1111", "", NULL, "CREATE TABLE t1 (a int);\n:{v:raw};", NULL);
    fixture_load(fixture);
    for (gsize i = 0; i < G_N_ELEMENTS(values); i++) {
        g_autoptr(GError) error = NULL;

        give(fixture, "v", values[i]);
        error = fail_to_upgrade(fixture);
        g_assert_cmpint(error_kind(error), ==, ERROR_REVISION_FILE);
        g_assert_cmpstr(error_outcome(error), ==, "nothing was changed");
        assert_site(error, 8, 1, ":{v:raw};");
    }
    testdb_assert_value(fixture->witness, TABLES, "");
}

/* As the manual says: what is in a dollar quote is no reference. */
static void test_a_block_takes_a_value_from_a_parameter(Fixture *fixture, gconstpointer data)
{
    (void)data;
    give(fixture, "name", "it's \\ one");
    fixture_revision(fixture, "aaaa1111", "", NULL,
                     "SELECT set_config('my.name', :{name}, true);\n"
                     "DO $$ BEGIN EXECUTE format('CREATE TABLE %I (a text DEFAULT %L)',"
                     " current_setting('my.name'), ':{name}'); END $$;",
                     NULL);
    fixture_load(fixture);
    upgrade(fixture);
    testdb_assert_value(fixture->witness, TABLES, "it's \\ one");
    testdb_assert_value(fixture->witness,
                        "SELECT column_default FROM information_schema.columns WHERE table_name = "
                        "$$it's \\ one$$",
                        "':{name}'::text");
}

/* A role that a raw value takes on must not reach the record. */
static void test_raw_text_that_changes_the_session(Fixture *fixture, gconstpointer data)
{
    (void)data;
    give(fixture, "v", "SET ROLE pg_read_all_data");
    fixture_revision(fixture, "aaaa1111", "", NULL, "CREATE TABLE t1 (a int);\n:{v:raw};", NULL);
    fixture_revision(fixture, "bbbb2222", "aaaa1111", NULL, "CREATE TABLE t2 (a int);", NULL);
    fixture_load(fixture);
    upgrade(fixture);
    testdb_assert_value(fixture->witness, TABLES, "t1,t2");
}

static void test_without_transaction(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;

    (void)data;
    give(fixture, "name", "t 1");
    fixture_revision(fixture, "aaaa1111", "", "-- Transaction: none\n",
                     "CREATE TABLE :{\"name\"} (a int);\n"
                     "CREATE INDEX CONCURRENTLY ON :{\"name\"} (a);\n"
                     "SELECT :{name}, wrong;",
                     NULL);
    fixture_load(fixture);
    error = fail_to_upgrade(fixture);
    assert_site(error, 10, 17, "SELECT :{name}, wrong;");
    testdb_assert_value(fixture->witness, TABLES, "t 1");
}

static void assert_no_mismatch(Fixture *fixture)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Status) status = status_read(fixture->session, fixture->graph, FALSE, &error);

    g_assert_no_error(error);
    g_assert_cmpuint(status->mismatched->len, ==, 0);
}

/* What is kept is what the file says; the values are nobody's business. */
static void test_records_have_no_values(Fixture *fixture, gconstpointer data)
{
    static const char checksums[] =
        "SELECT string_agg(up_checksum || coalesce(down_checksum, ''), ',' ORDER BY revision) "
        "FROM pgsluice.applied";
    g_auto(MigrateResult) down = {0};
    g_autoptr(GError) error = NULL;
    g_autofree char *before = NULL;

    (void)data;
    give(fixture, "v", "canary-one");
    fixture_revision(fixture, "aaaa1111", "", NULL, "CREATE TABLE t1 AS SELECT :{v} AS v;",
                     "DROP TABLE t1; SELECT :{v};");
    fixture_load(fixture);
    upgrade(fixture);
    testdb_assert_value(fixture->witness, "SELECT v FROM t1", "canary-one");
    before = testdb_value(fixture->witness, checksums);
    testdb_assert_value(fixture->witness, "SELECT up_sql || '|' || down_sql FROM pgsluice.applied",
                        "CREATE TABLE t1 AS SELECT :{v} AS v;|DROP TABLE t1; SELECT :{v};");
    assert_no_mismatch(fixture);
    fixture_downgrade(fixture, "base", &down, &error);
    g_assert_no_error(error);
    give(fixture, "v", "canary-two");
    upgrade(fixture);
    testdb_assert_value(fixture->witness, "SELECT v FROM t1", "canary-two");
    testdb_assert_value(fixture->witness, checksums, before);
    assert_no_mismatch(fixture);
    testdb_assert_value(fixture->witness,
                        "SELECT count(*) FROM (SELECT l::text FROM pgsluice.ledger l UNION ALL "
                        "SELECT a::text FROM pgsluice.applied a) r (row) WHERE row LIKE '%canary%'",
                        "0");
    fixture_assert_ledger(fixture, 3);
}

static void test_secrets_are_hidden_in_errors(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;

    (void)data;
    give(fixture, "role_password", "canary-three");
    fixture_revision(fixture, "aaaa1111", "", NULL, "SELECT :{role_password}::int;", NULL);
    fixture_load(fixture);
    error = fail_to_upgrade(fixture);
    text = error_describe(error);
    g_assert_nonnull(strstr(text, "invalid input syntax for type integer: \"***\""));
    g_assert_null(strstr(text, "canary"));
    testdb_assert_value(fixture->witness,
                        "SELECT count(*) FROM pgsluice.ledger l WHERE l::text LIKE '%canary%'",
                        "0");
}

int main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
#define ADD(path, function)                                                                        \
    g_test_add("/engine/variables/" path, Fixture, NULL, fixture_set_up, function,                 \
               fixture_tear_down)
    ADD("literals", test_literals);
    ADD("identifiers-and-raw-text", test_identifiers_and_raw_text);
    ADD("places", test_errors_stand_where_the_file_has_them);
    ADD("unset", test_an_unset_variable_is_refused_before_anything);
    ADD("raw-control", test_raw_text_controls_no_transaction);
    ADD("block", test_a_block_takes_a_value_from_a_parameter);
    ADD("raw-session", test_raw_text_that_changes_the_session);
    ADD("without-transaction", test_without_transaction);
    ADD("records", test_records_have_no_values);
    ADD("secrets", test_secrets_are_hidden_in_errors);
    testdb_start();
    status = g_test_run();
    testdb_stop();
    return status;
}
