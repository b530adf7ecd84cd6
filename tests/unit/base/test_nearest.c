/* Slips of the fingers find their word; other words find none. */
#include "base/nearest.h"

static const char *const words[] = {"wait", "fail", "required_revision", NULL};

static void test_slips_find_their_word(void)
{
    g_assert_cmpstr(nearest_slip("wait", words), ==, "wait");
    g_assert_cmpstr(nearest_slip("wiat", words), ==, "wait");
    g_assert_cmpstr(nearest_slip("wat", words), ==, "wait");
    g_assert_cmpstr(nearest_slip("faill", words), ==, "fail");
    g_assert_cmpstr(nearest_slip("requierd_revison", words), ==, "required_revision");
}

static void test_other_words_find_none(void)
{
    g_autofree char *long_word = g_strnfill(5000, 'w');

    g_assert_null(nearest_slip("postgres", words));
    g_assert_null(nearest_slip("", words));
    g_assert_null(nearest_slip(long_word, words));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/nearest/slips", test_slips_find_their_word);
    g_test_add_func("/nearest/none", test_other_words_find_none);
    return g_test_run();
}
