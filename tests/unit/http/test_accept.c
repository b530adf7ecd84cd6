/* The Accept field: what the standard says, and what people write. */
#include "http/accept.h"

static const char *const types[] = {"application/json", "application/x-ndjson", "text/csv", NULL};

static void test_choices(void)
{
    static const struct {
        const char *field;
        int choice;
    } cases[] = {
        {NULL, 0},
        {"*/*", 0},
        {"text/csv", 2},
        {"TEXT/CSV; charset=utf-8", 2},
        {"text/*", 2},
        {"application/*", 0},
        {"application/x-ndjson, application/json", 0},
        {"application/x-ndjson, application/json;q=0.9", 1},
        {"text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8", 0},
        {"text/csv;q=0.5, */*;q=0.1", 2},
        {"*/*, application/json;q=0", 1},
        {"*/*;q=0.5, application/*;q=0.1, application/json;q=0.4", 2},
        {"text/csv ; header=present ; Q=0.001 , image/png", 2},
        {"text/csv;q=1.000", 2},
        {"text/csv;q=1.001", -1},
        {"text/csv;q=2", -1},
        {"text/csv;q=", -1},
        {"text/csv;q=-1", -1},
        {"text/csv;q=0", -1},
        {"image/png", -1},
        {"", -1},
        {",,;,;q=1,", -1},
        {"text", -1},
        {"text/csvx", -1},
        {"*", -1},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_test_message("%s", cases[i].field);
        g_assert_cmpint(accept_choose(cases[i].field, types), ==, cases[i].choice);
    }
}

static void test_many_ranges(void)
{
    g_autoptr(GString) field = g_string_new(NULL);

    for (guint i = 0; i < 10000; i++)
        g_string_append(field, "a/b,");
    g_string_append(field, "text/csv");
    g_assert_cmpint(accept_choose(field->str, types), ==, -1);
}

int main(int argc, char *argv[])
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/http/accept/choices", test_choices);
    g_test_add_func("/http/accept/many-ranges", test_many_ranges);
    return g_test_run();
}
