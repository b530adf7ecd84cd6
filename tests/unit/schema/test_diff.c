/* From one schema to another without a server: what is no difference, what was renamed, and that
 * circles have an end. tests/diff.t proves the rest. */
#include "base/error.h"
#include "rows.h"
#include "schema/diff.h"

static const Filter everything = {0};
static const DiffOptions usual = {0};

static const Row table = {
    .kind = KIND_TABLE, .oid = 1, .schema = "public", .name = "t", .fields = {"type", "r"}};

static Row column_of(const char *name, const char *options)
{
    return (Row){.kind = KIND_COLUMN,
                 .name = name,
                 .parent_kind = KIND_TABLE,
                 .parent = 1,
                 .fields = {"type", "integer", "statistics", "-1", "options", options}};
}

/* One table with one column. */
static Catalog *catalog_with(const char *table_name, const char *column_name, const char *options)
{
    g_autoptr(CatalogBuilder) builder = builder_new(&everything);
    const Row column = column_of(column_name, options);
    Row named = table;

    named.name = table_name;
    add_row(builder, &named);
    add_row(builder, &column);
    return builder_finish(builder);
}

static Diff *diff_of(const Catalog *from, const Catalog *to)
{
    g_autoptr(GError) error = NULL;
    Diff *diff = diff_schemas(from, to, &usual, &error);

    g_assert_no_error(error);
    return diff;
}

static void assert_operations(const char *old_options, const char *new_options, guint count)
{
    g_autoptr(Catalog) from = catalog_with("t", "a", old_options);
    g_autoptr(Catalog) to = catalog_with("t", "a", new_options);
    g_autoptr(Diff) diff = diff_of(from, to);

    g_assert_cmpuint(diff->operations->len, ==, count);
}

static void test_counters_are_no_difference(void)
{
    assert_operations("{pg_attver=3,n_distinct=5}", "{n_distinct=5,pg_attver=9}", 0);
    assert_operations("{pg_attver=3}", NULL, 0);
    assert_operations(NULL, "{pg_attver=1}", 0);
    assert_operations("{pg_attver=3}", "{n_distinct=5,pg_attver=3}", 1);
}

static const DiffOperation *only_operation(const Diff *diff)
{
    g_assert_cmpuint(diff->operations->len, ==, 1);
    return diff->operations->pdata[0];
}

static void test_a_column_that_goes_is_a_loss(void)
{
    g_autoptr(Catalog) from = catalog_with("t", "a", NULL);
    g_autoptr(CatalogBuilder) builder = builder_new(&everything);
    g_autoptr(Catalog) to = NULL;
    g_autoptr(Diff) diff = NULL;

    add_row(builder, &table);
    to = builder_finish(builder);
    diff = diff_of(from, to);
    g_assert_cmpstr(only_operation(diff)->verb, ==, "drop_column");
    g_assert_cmpstr(only_operation(diff)->subject, ==, "public.t.a");
    g_assert_cmpstr(only_operation(diff)->loss, ==, "the values of public.t.a");
    g_assert_cmpstr(only_operation(diff)->statements->pdata[0], ==,
                    "ALTER TABLE public.t DROP COLUMN a");
}

static void assert_rename(const Catalog *from, const Catalog *to, const char *hint,
                          const char *statement)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DiffRename) rename = diff_find_rename(from, to, hint, &error);

    g_assert_no_error(error);
    g_assert_cmpstr(rename->statement, ==, statement);
}

static void refuse_rename(const Catalog *from, const Catalog *to, const char *hint)
{
    g_autoptr(GError) error = NULL;

    g_assert_null(diff_find_rename(from, to, hint, &error));
    g_assert_cmpint(error_kind(error), ==, ERROR_USAGE);
}

static void test_hints_for_tables(void)
{
    g_autoptr(Catalog) from = catalog_with("t", "a", NULL);
    g_autoptr(Catalog) to = catalog_with("U v", "a", NULL);

    assert_rename(from, to, "t=U v", "ALTER TABLE public.t RENAME TO \"U v\"");
    assert_rename(from, to, "public.T=\"U v\"", "ALTER TABLE public.t RENAME TO \"U v\"");
    refuse_rename(from, to, "t=w");
    refuse_rename(from, to, "x.t=\"U v\"");
    refuse_rename(from, to, "\"T=\"U v\"");
    refuse_rename(from, to, "a.b.c.d=e");
    refuse_rename(from, to, "t");
    refuse_rename(from, to, "=");
    refuse_rename(from, to, "");
    refuse_rename(from, to, ".=.");
}

static void test_hints_for_columns(void)
{
    g_autoptr(Catalog) from = catalog_with("t", "a\"", NULL);
    g_autoptr(Catalog) to = catalog_with("t", "b", NULL);

    assert_rename(from, to, "t.\"a\"\"\"=b", "ALTER TABLE public.t RENAME COLUMN \"a\"\"\" TO b");
    assert_rename(from, to, "public.t.a\"=b", "ALTER TABLE public.t RENAME COLUMN \"a\"\"\" TO b");
    refuse_rename(from, to, "t.b=a");
    refuse_rename(from, to, "t.a=b");
}

static void test_candidates(void)
{
    g_autoptr(Catalog) from = catalog_with("t", "a", NULL);
    g_autoptr(Catalog) to = catalog_with("u", "a", NULL);
    g_autoptr(Diff) diff = diff_of(from, to);
    const DiffRename *rename = NULL;

    g_assert_cmpuint(diff->candidates->len, ==, 1);
    rename = diff->candidates->pdata[0];
    g_assert_cmpstr(rename->from, ==, "public.t");
    g_assert_cmpstr(rename->to, ==, "u");
    g_assert_cmpuint(diff->operations->len, ==, 2);
}

/* Two functions that need each other, and the way to nothing and back. */
static void test_circles_have_an_end(void)
{
    static const Row functions[] = {
        {.kind = KIND_FUNCTION,
         .oid = 1,
         .schema = "public",
         .name = "f",
         .fields = {"arguments", "", "signature", "", "definition", "CREATE FUNCTION f"}},
        {.kind = KIND_FUNCTION,
         .oid = 2,
         .schema = "public",
         .name = "g",
         .fields = {"arguments", "", "signature", "", "definition", "CREATE FUNCTION g"}},
    };
    g_autoptr(CatalogBuilder) builder = builder_new(&everything);
    g_autoptr(CatalogBuilder) nothing = builder_new(&everything);
    g_autoptr(Catalog) from = NULL;
    g_autoptr(Catalog) to = builder_finish(nothing);
    g_autoptr(Diff) up = NULL;
    g_autoptr(Diff) down = NULL;

    add_row(builder, &functions[0]);
    add_row(builder, &functions[1]);
    add_need(builder, &functions[0], &functions[1]);
    add_need(builder, &functions[1], &functions[0]);
    from = builder_finish(builder);
    up = diff_of(from, to);
    down = diff_of(to, from);
    g_assert_cmpuint(up->operations->len, ==, 2);
    g_assert_cmpuint(down->operations->len, ==, 2);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/diff/counters-are-no-difference", test_counters_are_no_difference);
    g_test_add_func("/diff/a-column-that-goes-is-a-loss", test_a_column_that_goes_is_a_loss);
    g_test_add_func("/diff/hints-for-tables", test_hints_for_tables);
    g_test_add_func("/diff/hints-for-columns", test_hints_for_columns);
    g_test_add_func("/diff/candidates", test_candidates);
    g_test_add_func("/diff/circles-have-an-end", test_circles_have_an_end);
    return g_test_run();
}
