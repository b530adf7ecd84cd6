/* The graph of fixture.h, from headers in memory. */
#include "fixture.h"

#include <string.h>

#include "revision/file.h"

static void add(GPtrArray *revisions, const char *id, const char *parents, const char *labels,
                const char *depends_on, const char *message)
{
    g_autofree char *path = g_strdup_printf("/m/versions/%s_x.sql", id);
    g_autofree char *text = g_strdup_printf("-- %s\n"
                                            "--\n"
                                            "-- Revision ID: %s\n"
                                            "-- Revises: %s\n"
                                            "-- Create Date: 2026-01-01 00:00:00+00:00\n"
                                            "-- Branch Labels: %s\n"
                                            "-- Depends On: %s\n"
                                            "\n"
                                            "-- migrate:up\n",
                                            message, id, parents, labels, depends_on);
    g_autoptr(GError) error = NULL;
    Revision *revision = revision_parse_header(text, strlen(text), path, NULL, &error);

    g_assert_no_error(error);
    g_ptr_array_add(revisions, revision);
}

Graph *fixture_graph(void)
{
    GPtrArray *revisions = g_ptr_array_new_with_free_func((GDestroyNotify)revision_free);
    g_autoptr(GError) error = NULL;
    Graph *graph;

    add(revisions, "0c6a0576d9be", "", "", "", "add account");
    add(revisions, "aaaa1111", "0c6a0576d9be", "right", "", "right side");
    add(revisions, "bbbb2222", "0c6a0576d9be", "", "", "left branch");
    add(revisions, "cccc3333", "aaaa1111", "", "", "right branch");
    add(revisions, "eeee5555", "bbbb2222", "", "aaaa1111", "dep one");
    add(revisions, "dddd4444", "cccc3333, eeee5555", "", "", "mergeall");
    add(revisions, "ffff6666", "", "other", "", "other base");
    add(revisions, "abcd7777", "ffff6666", "", "dddd4444", "other two");
    graph = graph_new(revisions, &error);
    g_assert_no_error(error);
    return graph;
}
