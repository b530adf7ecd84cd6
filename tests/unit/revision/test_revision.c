/* Ids and slugs. */
#include "revision/revision.h"

#include <string.h>

#include "base/error.h"

static void test_ids(void)
{
    static const char *const good[] = {"a",
                                       "3f2a9c1b7d10",
                                       "V1.2_x",
                                       "0",
                                       "headless",
                                       "basement",
                                       "12345678901234567890123456789012"};
    static const char *const bad[] = {"",
                                      "a-b",
                                      "a@b",
                                      "a+b",
                                      "a b",
                                      "a:b",
                                      "\303\244",
                                      "head",
                                      "heads",
                                      "base",
                                      "current",
                                      "a\xff",
                                      "123456789012345678901234567890123"};

    for (guint i = 0; i < G_N_ELEMENTS(good); i++)
        g_assert_true(revision_id_is_valid(good[i], NULL));
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;

        g_assert_false(revision_id_is_valid(bad[i], &error));
        g_assert_true(error_is(error, ERROR_REVISION_FILE));
        g_assert_nonnull(error_hint(error));
    }
}

static void test_new_ids_are_twelve_hex_and_differ(void)
{
    g_autofree char *one = revision_id_new();
    g_autofree char *other = revision_id_new();

    g_assert_cmpuint(strlen(one), ==, 12);
    g_assert_cmpuint(strspn(one, "0123456789abcdef"), ==, 12);
    g_assert_true(revision_id_is_valid(one, NULL));
    g_assert_cmpstr(one, !=, other);
}

/* The right column is what Alembic 1.8.1 makes of the left one. */
static void test_slugs(void)
{
    static const char *const rows[][2] = {
        {"add success column", "add_success_column"},
        {"", ""},
        {"!!!", ""},
        {"--drop it", "drop_it"},
        {"'quoted' \"names\"", "quoted_names"},
        {"_a", "_a"},
        {"a_", "a_"},
        {"  Fix: the (colon)! ", "fix_the_colon"},
        {"\304\260stanbul", "i\314\207stanbul"}, /* lower case has a mark of its own */
        {"a\314\201b", "a_b"},
        {"a__b", "a__b"},
        {"\303\204rger \342\202\254 1", "\303\244rger_1"},
        {"added tracking fields to usage_logs for everybody",
         "added_tracking_fields_to_usage_logs_for_"},
        {"1234567890123456789012345678901234567890", "1234567890123456789012345678901234567890"},
        {"12345678901234567890123456789012345678901", "1234567890123456789012345678901234567890_"},
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *slug = revision_slug(rows[i][0], 40);

        g_assert_cmpstr(slug, ==, rows[i][1]);
    }
}

static void test_a_slug_is_cut_where_it_is_told(void)
{
    g_autofree char *cut = revision_slug("one two three four", 10);
    g_autofree char *inside = revision_slug("\303\244\303\244\303\244\303\244", 2);

    g_assert_cmpstr(cut, ==, "one_two_");
    g_assert_cmpstr(inside, ==, "\303\244\303\244_");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/revision/ids", test_ids);
    g_test_add_func("/revision/new ids are twelve hex and differ",
                    test_new_ids_are_twelve_hex_and_differ);
    g_test_add_func("/revision/slugs", test_slugs);
    g_test_add_func("/revision/a slug is cut where it is told",
                    test_a_slug_is_cut_where_it_is_told);
    return g_test_run();
}
