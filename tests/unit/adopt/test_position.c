/* Where a database stands in a line of versions. */
#include "adopt/position.h"

#include <string.h>

#include "base/error.h"

/* ids and applied: separated by blanks. */
typedef struct {
    const char *ids;
    const char *applied;
    const char *floor;
    const char *head; /* NULL: none */
    const char *error;
} Case;

static const Case cases[] = {
    {"1 2 3", "", NULL, NULL, NULL},
    {"1 2 3", "1 2", NULL, "2", NULL},
    {"1 2 3", "3 2 1", NULL, "3", NULL},
    {"001 002", "1", NULL, "001", NULL},
    {"1 2 3", "2", "2", "2", NULL},
    {"2 3", "", "1", NULL, NULL},
    {"1 2 3", "3", "2", "3", NULL},
    {"1 2 3", "1 3", NULL, NULL, "not applied, though later ones are: 2"},
    {"1 2 3", "1 4 5", NULL, NULL, "what the files do not have: 4, 5"},
    {"1 3", "2", "2", NULL, "what the files do not have: 2"},
    {"1 2", "1 x", NULL, NULL, "what the files do not have: x"},
};

static Import *make_import(const char *ids)
{
    g_auto(GStrv) words = g_strsplit(ids, " ", -1);
    Import *import = import_new();

    for (char **word = words; *word; word++)
        g_ptr_array_add(import->arrivals, arrival_new(*word));
    return import;
}

static void test_cases(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        const Case *test = &cases[i];
        g_autoptr(Import) import = make_import(test->ids);
        g_auto(GStrv) applied =
            *test->applied ? g_strsplit(test->applied, " ", -1) : g_new0(char *, 1);
        g_autoptr(GError) error = NULL;
        const char *head = "untouched";
        gboolean found =
            position_find(import, (const char *const *)applied, test->floor, &head, &error);

        g_assert_true(found == (test->error == NULL));
        g_assert_cmpstr(head, ==, found ? test->head : "untouched");
        if (test->error) {
            g_assert_true(error_is(error, ERROR_REFUSED));
            g_assert_nonnull(strstr(error->message, test->error));
        }
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/position/cases", test_cases);
    return g_test_run();
}
