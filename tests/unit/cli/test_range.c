/* history -r: which revisions a range selects, newest first. */
#include "base/error.h"
#include "cli/range.h"
#include "fixture.h"

static const char *const at_left[] = {"bbbb2222", NULL};

static void assert_range(const char *range, const char *expected)
{
    g_autoptr(Graph) graph = fixture_graph();
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) selected = range_select(graph, range, at_left, &error);
    g_autoptr(GString) ids = g_string_new(NULL);

    g_assert_no_error(error);
    for (guint i = 0; i < selected->len; i++)
        g_string_append_printf(ids, "%s%.4s", i ? " " : "",
                               ((const Revision *)selected->pdata[i])->id);
    g_assert_cmpstr(ids->str, ==, expected);
}

static void assert_refused(const char *range, ErrorKind kind, const char *message)
{
    g_autoptr(Graph) graph = fixture_graph();
    g_autoptr(GError) error = NULL;

    g_assert_null(range_select(graph, range, at_left, &error));
    g_assert_cmpstr(error_kind_slug(error_kind(error)), ==, error_kind_slug(kind));
    g_assert_nonnull(strstr(error->message, message));
}

static void test_everything(void)
{
    assert_range("base:dddd", "dddd cccc eeee bbbb aaaa 0c6a");
}

static void test_both_ends_are_included(void)
{
    assert_range("bbbb:dddd", "dddd eeee bbbb");
    assert_range("bbbb2222:bbbb2222", "bbbb");
}

static void test_open_ends(void)
{
    assert_range(":bbbb", "bbbb 0c6a");
    assert_range("eeee:", "dddd eeee");
}

static void test_current(void)
{
    assert_range(":current", "bbbb 0c6a");
    assert_range("current:dddd", "dddd eeee bbbb");
}

static void test_relative(void)
{
    assert_range("-1:current", "bbbb 0c6a");
    assert_range("bbbb:+1", "eeee bbbb");
}

static void test_refused(void)
{
    assert_refused("bbbb", ERROR_USAGE, "not a range");
    assert_refused("a:b:c", ERROR_USAGE, "not a range");
    assert_refused("dddd:bbbb", ERROR_USAGE, "not below");
    assert_refused("zzzz:dddd", ERROR_UNKNOWN_REVISION, "zzzz");
}

static void assert_start(const char *text, const char *expected)
{
    g_autoptr(Graph) graph = fixture_graph();
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) heads = range_start(graph, text, &error);
    g_autofree char *joined = heads ? g_strjoinv(" ", heads) : NULL;

    g_assert_no_error(error);
    g_assert_cmpstr(joined, ==, expected);
}

static void test_start(void)
{
    assert_start("", "");
    assert_start("base", "");
    assert_start("bbbb", "bbbb2222");
    assert_start(" eeee , cccc,eeee5555", "cccc3333 eeee5555");
    assert_start("eeee,aaaa", "eeee5555"); /* which depends on it */
    assert_start("bbbb,eeee", "eeee5555");
}

static void test_split(void)
{
    static const char *const refused[] = {"a:", "a:b:c", "a:b:", ":"};
    g_autofree char *start = NULL;
    g_autofree char *target = NULL;
    g_autofree char *no_start = NULL;
    g_autofree char *whole = NULL;

    g_assert_true(range_split("a,b:+2", &start, &target, NULL));
    g_assert_cmpstr(start, ==, "a,b");
    g_assert_cmpstr(target, ==, "+2");
    g_assert_true(range_split("head", &no_start, &whole, NULL));
    g_assert_null(no_start);
    g_assert_cmpstr(whole, ==, "head");
    for (guint i = 0; i < G_N_ELEMENTS(refused); i++) {
        g_autoptr(GError) error = NULL;

        g_assert_false(range_split(refused[i], &start, &target, &error));
        g_assert_true(error_is(error, ERROR_USAGE));
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/cli/range/everything", test_everything);
    g_test_add_func("/cli/range/both ends are included", test_both_ends_are_included);
    g_test_add_func("/cli/range/open ends", test_open_ends);
    g_test_add_func("/cli/range/current", test_current);
    g_test_add_func("/cli/range/relative", test_relative);
    g_test_add_func("/cli/range/refused", test_refused);
    g_test_add_func("/cli/range/start", test_start);
    g_test_add_func("/cli/range/split", test_split);
    return g_test_run();
}
