/* What gate.required_revision may be. The files are always aaaa0001 <- aaaa0002 (labels "shop" and
 * "team-7") and bbbb0001. */
#include "daemon/required.h"

#include <string.h>

#include "base/error.h"
#include "revision/file.h"

typedef struct {
    const char *text;
    gboolean is_good;
    gboolean is_known;
} Case;

static const Case cases[] = {
    {"head", TRUE, TRUE},
    {"heads", TRUE, TRUE},
    {"aaaa0001", TRUE, TRUE},
    {"bbbb", TRUE, TRUE},
    {"shop", TRUE, TRUE},
    {"shop@head", TRUE, TRUE},
    {"team-7", TRUE, TRUE},
    {"cccc0001", TRUE, FALSE},
    {"1", TRUE, FALSE},
    {"aaaa", FALSE, FALSE},
    {"current", FALSE, FALSE},
    {"base", FALSE, FALSE},
    {"+1", FALSE, FALSE},
    {"-1", FALSE, FALSE},
    {"aaaa0001+1", FALSE, FALSE},
    {"head-1", FALSE, FALSE},
    {"aaaa0002-1", FALSE, FALSE},
    {"shop@+1", FALSE, FALSE},
    {"shop@base", FALSE, FALSE},
    {"shop@current", FALSE, FALSE},
    {"store@head", FALSE, FALSE},
    {"@head", FALSE, FALSE},
    {"aaaa0001:aaaa0002", FALSE, FALSE},
    {"head:", FALSE, FALSE},
    {"two words", FALSE, FALSE},
    {"", FALSE, FALSE},
};

static const struct {
    const char *id, *parent, *labels;
} files[] = {{"aaaa0001", "", ""}, {"aaaa0002", "aaaa0001", "shop, team-7"}, {"bbbb0001", "", ""}};

static Graph *make_graph(void)
{
    GPtrArray *revisions = g_ptr_array_new_with_free_func((GDestroyNotify)revision_free);
    g_autoptr(GError) error = NULL;
    Graph *graph;

    for (gsize i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *text = g_strdup_printf("-- message\n--\n-- Revision ID: %s\n-- Revises: "
                                                "%s\n%s%s%s\n-- migrate:up\nSELECT 1;\n",
                                                files[i].id, files[i].parent,
                                                files[i].labels[0] ? "-- Branch Labels: " : "",
                                                files[i].labels, files[i].labels[0] ? "\n" : "");

        g_ptr_array_add(revisions,
                        revision_parse_header(text, strlen(text), "/x.sql", NULL, &error));
        g_assert_no_error(error);
    }
    graph = graph_new(revisions, &error);
    g_assert_no_error(error);
    return graph;
}

static void test_case(gconstpointer data)
{
    const Case *given = data;
    g_autoptr(Graph) graph = make_graph();
    g_autoptr(GError) error = NULL;
    gboolean is_known = FALSE;
    gboolean is_good = required_check(graph, given->text, &is_known, &error);

    if (error)
        g_test_message("%s", error->message);
    g_assert_cmpint(is_good, ==, given->is_good);
    if (is_good) {
        g_assert_cmpint(is_known, ==, given->is_known);
        return;
    }
    g_assert_true(error_is(error, ERROR_CONFIG));
    g_assert_nonnull(strstr(error->message, "gate.required_revision"));
    g_assert_nonnull(strstr(error_hint(error), "LABEL@head"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strdup_printf("/daemon/required/\"%s\"", cases[i].text);

        g_test_add_data_func(path, &cases[i], test_case);
    }
    return g_test_run();
}
