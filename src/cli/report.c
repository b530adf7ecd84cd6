/* Lists of revisions as the verbs print them. Nothing here prints. */
#include "cli/report.h"

#include <string.h>

static void append_entry(GString *text, const Listing *listing, const Revision *revision,
                         EntryParts parts, gboolean is_long)
{
    g_autofree char *entry = is_long ? format_long_entry(listing, revision, NULL)
                                     : format_entry(listing, revision, parts);

    g_string_append(text, entry);
    if (!is_long)
        g_string_append_c(text, '\n');
}

static char *report(const Listing *listing, GPtrArray *revisions, EntryParts parts,
                    gboolean is_long)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < revisions->len; i++)
        append_entry(text, listing, revisions->pdata[i], parts, is_long);
    return g_string_free(text, FALSE);
}

char *report_history(const Graph *graph, GPtrArray *revisions, const char *const *current,
                     gboolean is_long)
{
    g_auto(Listing) listing = listing_new(graph, current);

    return report(&listing, revisions, ENTRY_ALL, is_long);
}

char *report_heads(const Graph *graph, GPtrArray *heads, gboolean is_long)
{
    g_auto(Listing) listing = listing_new(graph, NULL);

    return report(&listing, heads, ENTRY_LABELS, is_long);
}

GPtrArray *report_branch_points(const Graph *graph)
{
    g_autoptr(GPtrArray) ordered = graph_revisions(graph);
    GPtrArray *points = g_ptr_array_new();

    for (guint i = ordered->len; i > 0; i--) {
        if (graph_is_branch_point(graph, ordered->pdata[i - 1]))
            g_ptr_array_add(points, ordered->pdata[i - 1]);
    }
    return points;
}

static void append_children(GString *text, const Listing *listing, const Revision *point,
                            EntryParts parts)
{
    g_autoptr(GPtrArray) children = graph_children(listing->graph, point);

    for (guint i = 0; i < children->len; i++) {
        g_autofree char *entry = format_entry(listing, children->pdata[i], parts);

        g_string_append_printf(text, "%*s -> %s\n", (int)strlen(point->id), "", entry);
    }
}

char *report_branches(const Graph *graph, GPtrArray *points, gboolean is_long)
{
    const EntryParts parts = ENTRY_LABELS | ENTRY_TREE;
    g_auto(Listing) listing = listing_new(graph, NULL);
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < points->len; i++) {
        append_entry(text, &listing, points->pdata[i], parts, is_long);
        append_children(text, &listing, points->pdata[i], is_long ? parts | ENTRY_MESSAGE : parts);
        g_string_append_c(text, '\n');
    }
    return g_string_free(text, FALSE);
}

static gboolean has_applied_child(const Graph *graph, const Revision *revision, GHashTable *applied)
{
    g_autoptr(GPtrArray) children = graph_children(graph, revision);

    for (guint i = 0; i < children->len; i++)
        if (g_hash_table_contains(applied, children->pdata[i]))
            return TRUE;
    return FALSE;
}

/* In the order of an upgrade. */
static GPtrArray *find_tips(const Graph *graph, const char *const *heads)
{
    g_autoptr(GHashTable) applied = graph_applied(graph, heads);
    g_autoptr(GPtrArray) ordered = graph_revisions(graph);
    GPtrArray *tips = g_ptr_array_new();

    for (guint i = 0; i < ordered->len; i++) {
        gpointer revision = ordered->pdata[i];

        if (g_hash_table_contains(applied, revision) &&
            !has_applied_child(graph, revision, applied))
            g_ptr_array_add(tips, revision);
    }
    return tips;
}

char *report_unknown(const Graph *graph, const char *const *heads)
{
    g_auto(GStrv) unknown = graph_unknown(graph, heads);
    GString *text = g_string_new(NULL);

    for (char **id = unknown; *id; id++)
        g_string_append_printf(text, "%s (unknown)\n", *id);
    return g_string_free(text, FALSE);
}

char *report_current(const Graph *graph, const char *const *heads, gboolean is_long)
{
    g_auto(Listing) listing = listing_new(graph, NULL);
    g_autoptr(GPtrArray) tips = find_tips(graph, heads);
    g_autofree char *known = report(&listing, tips, ENTRY_TREE, is_long);
    g_autofree char *unknown = report_unknown(graph, heads);

    return g_strconcat(known, unknown, NULL);
}
