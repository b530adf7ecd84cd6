/* Alembic's ways to write a revision. Nothing here prints. */
#include "cli/format.h"

Listing listing_new(const Graph *graph, const char *const *current)
{
    g_autoptr(GPtrArray) heads = graph_effective_heads(graph);
    Listing listing = {graph, g_hash_table_new(NULL, NULL),
                       g_hash_table_new(g_str_hash, g_str_equal)};

    for (guint i = 0; i < heads->len; i++)
        g_hash_table_add(listing.real_heads, heads->pdata[i]);
    for (; current && *current; current++)
        g_hash_table_add(listing.current, (gpointer)*current);
    return listing;
}

void listing_clear(Listing *listing)
{
    g_clear_pointer(&listing->real_heads, g_hash_table_unref);
    g_clear_pointer(&listing->current, g_hash_table_unref);
}

char *format_ids(const char *const *ids, const char *empty)
{
    return *ids ? g_strjoinv(", ", (char **)ids) : g_strdup(empty);
}

char *format_revisions(const GPtrArray *revisions)
{
    g_auto(GStrv) ids = revision_ids(revisions);

    return g_strjoinv(", ", ids);
}

char *format_count(guint count, const char *noun)
{
    return g_strdup_printf("%u %s%s", count, noun, count == 1 ? "" : "s");
}

static gboolean is_merge_point(const Revision *revision)
{
    return revision->down_revisions[0] && revision->down_revisions[1];
}

static gboolean is_current(const Listing *listing, const Revision *revision)
{
    return g_hash_table_contains(listing->current, revision->id);
}

/* "label, label", with those that flow from elsewhere in the branch; "" when there are none. */
static char *join_labels(const Graph *graph, const Revision *revision)
{
    g_autoptr(GPtrArray) labels = graph_labels(graph, revision);
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint i = 0; i < labels->len; i++)
        g_string_append_printf(text, "%s%s", i ? ", " : "", (const char *)labels->pdata[i]);
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static void append_parents(GString *text, const Revision *revision)
{
    g_autofree char *parents = format_ids((const char *const *)revision->down_revisions, "<base>");
    g_autofree char *depends = format_ids((const char *const *)revision->depends_on, "");

    g_string_append(text, parents);
    if (*depends)
        g_string_append_printf(text, " (%s)", depends);
    g_string_append(text, " -> ");
}

char *format_entry(const Listing *listing, const Revision *revision, EntryParts parts)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *labels = join_labels(listing->graph, revision);

    if (parts & ENTRY_PARENTS)
        append_parents(text, revision);
    g_string_append(text, revision->id);
    if ((parts & ENTRY_LABELS) && *labels)
        g_string_append_printf(text, " (%s)", labels);
    if (g_hash_table_contains(listing->real_heads, revision))
        g_string_append(text, " (head)");
    else if (graph_is_head(listing->graph, revision))
        g_string_append(text, " (effective head)");
    if (is_current(listing, revision))
        g_string_append(text, " (current)");
    if ((parts & ENTRY_TREE) && graph_is_branch_point(listing->graph, revision))
        g_string_append(text, " (branchpoint)");
    if ((parts & ENTRY_TREE) && is_merge_point(revision))
        g_string_append(text, " (mergepoint)");
    if (parts & ENTRY_MESSAGE)
        g_string_append_printf(text, ", %s", revision->message);
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static void append_relations(GString *text, const Listing *listing, const Revision *revision)
{
    g_autofree char *parents = format_ids((const char *const *)revision->down_revisions, "<base>");
    g_autofree char *depends = format_ids((const char *const *)revision->depends_on, "");
    g_autofree char *labels = join_labels(listing->graph, revision);

    g_string_append_printf(text, "%s: %s\n", is_merge_point(revision) ? "Merges" : "Parent",
                           parents);
    if (*depends)
        g_string_append_printf(text, "Also depends on: %s\n", depends);
    if (graph_is_branch_point(listing->graph, revision)) {
        g_autoptr(GPtrArray) children = graph_children(listing->graph, revision);
        g_autofree char *ids = format_revisions(children);

        g_string_append_printf(text, "Branches into: %s\n", ids);
    }
    if (*labels)
        g_string_append_printf(text, "Branch names: %s\n", labels);
}

/* Indented like Alembic's doc string: message, doc, and the key lines. */
static void append_doc(GString *text, const Revision *revision)
{
    g_autofree char *parents = format_ids((const char *const *)revision->down_revisions, "");
    g_autofree char *doc = g_strdup_printf(
        "%s\n\n%s%sRevision ID: %s\nRevises: %s\nCreate Date: %s", revision->message, revision->doc,
        *revision->doc ? "\n\n" : "", revision->id, parents, revision->create_date);
    g_auto(GStrv) lines = g_strsplit(doc, "\n", -1);

    for (char **line = lines; *line; line++)
        g_string_append_printf(text, "    %s\n", *line);
}

char *format_long_entry(const Listing *listing, const Revision *revision, const char *facts)
{
    g_autoptr(GString) text = g_string_new(NULL);

    g_string_append_printf(text, "Rev: %s%s%s%s%s\n", revision->id,
                           graph_is_head(listing->graph, revision) ? " (head)" : "",
                           graph_is_branch_point(listing->graph, revision) ? " (branchpoint)" : "",
                           is_merge_point(revision) ? " (mergepoint)" : "",
                           is_current(listing, revision) ? " (current)" : "");
    append_relations(text, listing, revision);
    g_string_append_printf(text, "Path: %s\n%s\n", revision->path, facts ? facts : "");
    append_doc(text, revision);
    g_string_append_c(text, '\n');
    return g_string_free(g_steal_pointer(&text), FALSE);
}
