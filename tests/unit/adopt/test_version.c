/* Versions of other tools: order and dates. */
#include "adopt/version.h"

static void test_valid(void)
{
    static const char *const good[] = {"1", "000001", "1.2", "20240101120000", "0.0.1"};
    static const char *const bad[] = {"", ".", "1.", ".1", "1..2", "1a", "v1", "-1", "1 "};

    for (gsize i = 0; i < G_N_ELEMENTS(good); i++)
        g_assert_true(version_is_valid(good[i]));
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
        g_assert_false(version_is_valid(bad[i]));
}

/* Ascending; each is above all before it, and equal to itself. */
static void test_order(void)
{
    static const char *const ordered[] = {
        "0", "1", "1.0.1", "1.2", "1.10", "2", "20240101120000", "999999999999999999999999999999"};

    for (gsize i = 0; i < G_N_ELEMENTS(ordered); i++)
        for (gsize j = 0; j < G_N_ELEMENTS(ordered); j++) {
            int order = version_compare(ordered[i], ordered[j]);

            g_assert_cmpint((order > 0) - (order < 0), ==, (i > j) - (i < j));
        }
}

static void test_equal(void)
{
    g_assert_cmpint(version_compare("1", "0001"), ==, 0);
    g_assert_cmpint(version_compare("1", "1.0"), ==, 0);
    g_assert_cmpint(version_compare("1.02", "1.2.0"), ==, 0);
    version_compare("no", "version at all"); /* ends */
}

static void test_date(void)
{
    static const struct {
        const char *version;
        const char *date;
    } cases[] = {
        {"20240101120000", "2024-01-01 12:00:00+00:00"},
        {"20241301120000", ""},
        {"202401011200", ""},
        {"2024.1", ""},
        {"00000000000000", ""},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *date = version_create_date(cases[i].version);

        g_assert_cmpstr(date, ==, cases[i].date);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/version/valid", test_valid);
    g_test_add_func("/version/order", test_order);
    g_test_add_func("/version/equal", test_equal);
    g_test_add_func("/version/date", test_date);
    return g_test_run();
}
