/* Where plan --from and --sql start. What history -r selects is in cases/graphs.txt. */
#include "base/error.h"
#include "fixture.h"
#include "revision/range.h"

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
    g_test_add_func("/range/start", test_start);
    g_test_add_func("/range/split", test_split);
    return g_test_run();
}
