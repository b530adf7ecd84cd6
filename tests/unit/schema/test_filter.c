/* Names: which are managed, and how they are quoted. */
#include "schema/filter.h"
#include "schema/name.h"

static void test_defaults(void)
{
    const Filter filter = {
        .state_schema = "pgsluice", .version_schema = "public", .version_table = "alembic_version"};

    g_assert_true(filter_is_whole(&filter));
    g_assert_true(filter_takes_schema(&filter, "public"));
    g_assert_true(filter_takes_schema(&filter, "my_auth"));
    g_assert_false(filter_takes_schema(&filter, "pgsluice"));
    g_assert_false(filter_takes_schema(&filter, "auth"));
    g_assert_false(filter_takes_schema(&filter, "supabase_migrations"));
    g_assert_false(filter_takes_schema(&filter, "pg_toast"));
    g_assert_false(filter_takes_schema(&filter, "information_schema"));
    g_assert_false(filter_takes(&filter, "public", "alembic_version"));
    g_assert_true(filter_takes(&filter, "other", "alembic_version"));
    g_assert_false(filter_takes(&filter, NULL, "supabase_realtime"));
    g_assert_true(filter_takes(&filter, NULL, "orders"));
}

static void test_named_schemas(void)
{
    const char *const schemas[] = {"auth", "pg_catalog", NULL};
    const Filter filter = {.schemas = schemas};

    g_assert_false(filter_is_whole(&filter));
    g_assert_true(filter_takes_schema(&filter, "auth"));
    g_assert_false(filter_takes_schema(&filter, "public"));
    g_assert_false(filter_takes_schema(&filter, "pg_catalog"));
}

static void test_patterns(void)
{
    const char *const exclude[] = {"audit_*", "public.t?", "old", NULL};
    const Filter filter = {.exclude = exclude};

    g_assert_false(filter_takes_schema(&filter, "audit_2026"));
    g_assert_false(filter_takes_schema(&filter, "old"));
    g_assert_false(filter_takes(&filter, "public", "audit_x"));
    g_assert_false(filter_takes(&filter, "public", "t1"));
    g_assert_true(filter_takes(&filter, "public", "t"));
    g_assert_true(filter_takes(&filter, "other", "t1"));
}

static void expect_quoted(const char *name, const char *expected)
{
    g_autofree char *quoted = name_quote(name);

    g_assert_cmpstr(quoted, ==, expected);
}

static void test_quoting(void)
{
    expect_quoted("plain_1", "plain_1");
    expect_quoted("_x", "_x");
    expect_quoted("name", "name");
    expect_quoted("select", "\"select\"");
    expect_quoted("analyse", "\"analyse\"");
    expect_quoted("xmltable", "\"xmltable\"");
    expect_quoted("all", "\"all\"");
    expect_quoted("Upper", "\"Upper\"");
    expect_quoted("1st", "\"1st\"");
    expect_quoted("", "\"\"");
    expect_quoted("a$b", "\"a$b\"");
    expect_quoted("a\"b", "\"a\"\"b\"");
    expect_quoted("größe", "\"größe\"");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/filter/defaults", test_defaults);
    g_test_add_func("/filter/named-schemas", test_named_schemas);
    g_test_add_func("/filter/patterns", test_patterns);
    g_test_add_func("/name/quoting", test_quoting);
    return g_test_run();
}
