/* What a stamp sends. */
#include "engine/stamp.h"

#include "engine/script.h"
#include "engine/settings.h"

/* The revisions that a stamp adopts, column by column as stamp.sql unnests them. */
typedef struct {
    GPtrArray *revisions;
    GPtrArray *up_checksums;
    GPtrArray *down_checksums; /* "": no such section */
    GPtrArray *down_sql;       /* "": none is kept */
} Adopted;

static void adopted_init(Adopted *adopted)
{
    *adopted =
        (Adopted){g_ptr_array_new_with_free_func(g_free), g_ptr_array_new_with_free_func(g_free),
                  g_ptr_array_new_with_free_func(g_free), g_ptr_array_new_with_free_func(g_free)};
}

static void adopted_clear(Adopted *adopted)
{
    g_ptr_array_unref(adopted->revisions);
    g_ptr_array_unref(adopted->up_checksums);
    g_ptr_array_unref(adopted->down_checksums);
    g_ptr_array_unref(adopted->down_sql);
}

static gboolean adopt_revision(Adopted *adopted, const Revision *revision, GError **error)
{
    g_autoptr(RevisionBody) body = revision_read_body(revision, error);
    g_autofree char *down_sql = NULL;

    if (!body)
        return FALSE;
    down_sql = script_down_to_keep(body);
    g_ptr_array_add(adopted->revisions, g_strdup(revision->id));
    g_ptr_array_add(adopted->up_checksums, g_strdup(body->up.checksum));
    g_ptr_array_add(adopted->down_checksums, g_strdup(body->down.checksum));
    g_ptr_array_add(adopted->down_sql, down_sql ? g_steal_pointer(&down_sql) : g_strdup(""));
    return TRUE;
}

/* Everything that counts as applied at `heads`, with the checksums that the files have now. */
static gboolean adopt_below(Adopted *adopted, const Graph *graph, const char *const *heads,
                            GError **error)
{
    g_autoptr(GHashTable) applied = graph_applied(graph, heads);
    g_autoptr(GPtrArray) all = graph_revisions(graph);

    for (guint i = 0; i < all->len; i++) {
        const Revision *revision = g_ptr_array_index(all, i);

        if (g_hash_table_contains(applied, revision) && !adopt_revision(adopted, revision, error))
            return FALSE;
    }
    return TRUE;
}

/* The items of `left` that `right` lacks, as an array literal. */
static char *format_difference(const char *const *left, const char *const *right)
{
    g_autoptr(GPtrArray) items = g_ptr_array_new();

    for (; *left; left++)
        if (!g_strv_contains(right, *left))
            g_ptr_array_add(items, (char *)*left);
    g_ptr_array_add(items, NULL);
    return text_array_format((const char *const *)items->pdata);
}

static char *format_column(GPtrArray *column)
{
    g_ptr_array_add(column, NULL);
    return text_array_format((const char *const *)column->pdata);
}

GPtrArray *stamp_arguments(const EngineSettings *settings, const Graph *graph,
                           const char *const *from, const char *const *to, const char *run,
                           GError **error)
{
    g_autoptr(GPtrArray) arguments = g_ptr_array_new_with_free_func(g_free);
    Adopted adopted;
    gboolean is_read;

    adopted_init(&adopted);
    is_read = adopt_below(&adopted, graph, to, error);
    if (is_read) {
        g_ptr_array_add(arguments, settings_version_table(settings));
        g_ptr_array_add(arguments, text_array_format(from));
        g_ptr_array_add(arguments, text_array_format(to));
        g_ptr_array_add(arguments, format_difference(from, to));
        g_ptr_array_add(arguments, format_difference(to, from));
        g_ptr_array_add(arguments, g_strdup(run));
        g_ptr_array_add(arguments, format_column(adopted.revisions));
        g_ptr_array_add(arguments, format_column(adopted.up_checksums));
        g_ptr_array_add(arguments, format_column(adopted.down_checksums));
        g_ptr_array_add(arguments, format_column(adopted.down_sql));
        g_ptr_array_add(arguments, graph_listing_at(graph, to));
    }
    adopted_clear(&adopted);
    return is_read ? g_steal_pointer(&arguments) : NULL;
}
