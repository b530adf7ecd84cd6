/* Differences of texts, as diff -u writes them. */
#include "schema/textdiff.h"

static void assert_diff(const char *from, const char *to, const char *wanted)
{
    g_autofree char *found = textdiff(from, to);

    g_assert_cmpstr(found, ==, wanted);
}

static void test_same(void)
{
    assert_diff("a\nb\n", "a\nb\n", "");
    assert_diff(NULL, NULL, "");
    assert_diff(NULL, "", "");
}

static void test_one_side(void)
{
    assert_diff(NULL, "a\nb\n", "@@ -0,0 +1,2 @@\n+a\n+b\n");
    assert_diff("a\n", NULL, "@@ -1,1 +0,0 @@\n-a\n");
}

static void test_shortest(void)
{
    assert_diff("a\nb\nc\nd\n", "a\nc\nx\nd\n", "@@ -1,4 +1,4 @@\n a\n-b\n c\n+x\n d\n");
}

static void test_context(void)
{
    assert_diff("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nX\n6\n7\n8\n9\n",
                "@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+X\n 6\n 7\n 8\n");
}

static void test_hunks(void)
{
    assert_diff("a\n1\n2\n3\n4\n5\n6\n7\nb\n", "A\n1\n2\n3\n4\n5\n6\n7\nB\n",
                "@@ -1,4 +1,4 @@\n-a\n+A\n 1\n 2\n 3\n@@ -6,4 +6,4 @@\n 5\n 6\n 7\n-b\n+B\n");
    assert_diff("a\n1\n2\n3\n4\n5\n6\nb\n", "A\n1\n2\n3\n4\n5\n6\nB\n",
                "@@ -1,8 +1,8 @@\n-a\n+A\n 1\n 2\n 3\n 4\n 5\n 6\n-b\n+B\n");
}

/* Too long to be compared line by line: still right. */
static void test_huge(void)
{
    g_autoptr(GString) from = g_string_new("same\n");
    g_autoptr(GString) to = g_string_new("same\n");
    g_autofree char *diff = NULL;

    for (guint i = 0; i < 3000; i++) {
        g_string_append_printf(from, "from %u\n", i);
        g_string_append_printf(to, "to %u\n", i);
    }
    diff = textdiff(from->str, to->str);
    g_assert_true(g_str_has_prefix(diff, "@@ -1,3001 +1,3001 @@\n same\n-from 0\n"));
    g_assert_true(g_str_has_suffix(diff, "+to 2999\n"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/textdiff/same", test_same);
    g_test_add_func("/textdiff/one-side", test_one_side);
    g_test_add_func("/textdiff/shortest", test_shortest);
    g_test_add_func("/textdiff/context", test_context);
    g_test_add_func("/textdiff/hunks", test_hunks);
    g_test_add_func("/textdiff/huge", test_huge);
    return g_test_run();
}
