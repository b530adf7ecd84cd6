/* Graphs from header texts. No test lives here. */
#include "sample.h"

#include <string.h>

#include "revision/file.h"

static void free_revision(gpointer revision)
{
    revision_free(revision);
}

static Revision *parse(const char *header)
{
    const char *key = strstr(header, "Revision ID: ") + strlen("Revision ID: ");
    g_autofree char *id = g_strndup(key, strcspn(key, "\n"));
    g_autofree char *path = g_strdup_printf("/m/versions/%s_x.sql", id);
    g_autofree char *text = g_strconcat(header, "\n-- migrate:up\nSELECT 1;\n", NULL);
    g_autoptr(GError) error = NULL;
    Revision *revision = revision_parse_header(text, strlen(text), path, NULL, &error);

    g_assert_no_error(error);
    return revision;
}

Graph *sample_graph(const char *const *headers)
{
    GPtrArray *revisions = g_ptr_array_new_with_free_func(free_revision);
    g_autoptr(GError) error = NULL;
    Graph *graph;

    for (; *headers; headers++)
        g_ptr_array_add(revisions, parse(*headers));
    graph = graph_new(revisions, &error);
    g_assert_no_error(error);
    return graph;
}
