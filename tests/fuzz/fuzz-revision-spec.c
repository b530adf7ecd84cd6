/* Fuzzes what people type to name revisions, on a graph with branches, a merge, labels and a
 * dependency. The first line is the spec, the others are the database's heads. */
#include <string.h>

#include "revision/file.h"
#include "revision/plan.h"
#include "revision/spec.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static Graph *graph_of_the_test(void)
{
    static const char *const headers[] = {
        "-- Revision ID: aaaa1111\n-- Branch Labels: main\n",
        "-- Revision ID: bbbb2222\n-- Revises: aaaa1111\n-- Branch Labels: left, feature-1\n",
        "-- Revision ID: cccc3333\n-- Revises: aaaa1111\n",
        "-- Revision ID: dddd4444\n-- Revises: bbbb2222, cccc3333\n",
        "-- Revision ID: eeee5555\n-- Branch Labels: other\n",
        "-- Revision ID: ffff6666\n-- Revises: eeee5555\n-- Depends On: left\n",
    };
    GPtrArray *revisions = g_ptr_array_new_with_free_func((GDestroyNotify)revision_free);

    for (guint i = 0; i < G_N_ELEMENTS(headers); i++) {
        g_autofree char *text = g_strconcat(headers[i], "-- migrate:up\n", NULL);

        g_ptr_array_add(revisions,
                        revision_parse_header(text, strlen(text), "fuzz.sql", NULL, NULL));
    }
    return graph_new(revisions, NULL);
}

typedef Plan *(*Planner)(const Graph *, const char *const *, const char *, GError **);

static void check_plan(Planner make, const Graph *graph, const char *const *heads, const char *spec)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Plan) plan = make(graph, heads, spec, &error);

    g_assert_true((plan == NULL) == (error != NULL));
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    static Graph *graph;
    g_autofree char *text = g_strndup(size > 0 ? (const char *)data : "", size);
    g_auto(GStrv) lines = g_strsplit(text, "\n", 8);
    const char *spec = lines[0] ? lines[0] : "";
    const char *const *heads = (const char *const *)(lines[0] ? lines + 1 : lines);
    g_autoptr(GError) show = NULL;
    g_autoptr(GPtrArray) found = NULL;
    g_auto(GStrv) stamped = NULL;

    if (!graph)
        graph = graph_of_the_test();
    check_plan(plan_upgrade, graph, heads, spec);
    check_plan(plan_downgrade, graph, heads, spec);
    found = spec_resolve(graph, spec, NULL, SPEC_FOR_SHOW, &show);
    g_assert_true((found == NULL) == (show != NULL));
    stamped = plan_stamp(graph, heads, (const char *const[]){spec, NULL}, NULL);
    return 0;
}
