/* What a stamp sends. */
#include "engine/stamp.h"

#include "base/secret.h"
#include "engine/script.h"
#include "engine/settings.h"

/* What stamp.sql unnests of the revisions that a stamp adopts, a column each; the lists are array
 * literals. */
enum {
    ADOPTED_REVISION,
    ADOPTED_UP_CHECKSUM,
    ADOPTED_DOWN_CHECKSUM, /* "": no such section */
    ADOPTED_DOWN_SQL,      /* "": none is kept */
    ADOPTED_LATER,         /* those from here on come behind the listing */
    ADOPTED_MESSAGE = ADOPTED_LATER,
    ADOPTED_DOWN_REVISIONS,
    ADOPTED_DEPENDS_ON,
    ADOPTED_LABELS,
    ADOPTED_IS_TRANSACTIONAL,
    ADOPTED_COLUMNS,
};

typedef struct {
    GPtrArray *columns[ADOPTED_COLUMNS];
} Adopted;

static void adopted_init(Adopted *adopted)
{
    for (guint i = 0; i < ADOPTED_COLUMNS; i++)
        adopted->columns[i] = g_ptr_array_new_with_free_func(g_free);
}

static void adopted_clear(Adopted *adopted)
{
    for (guint i = 0; i < ADOPTED_COLUMNS; i++)
        g_ptr_array_unref(adopted->columns[i]);
}

static void adopt_list(Adopted *adopted, guint column, char *const *items)
{
    g_ptr_array_add(adopted->columns[column], text_array_format((const char *const *)items));
}

static void adopt_header(Adopted *adopted, const Revision *revision)
{
    gboolean is_transactional = revision->transaction == TRANSACTION_AUTO;

    g_ptr_array_add(adopted->columns[ADOPTED_REVISION], g_strdup(revision->id));
    g_ptr_array_add(adopted->columns[ADOPTED_MESSAGE], secret_redact(revision->message));
    adopt_list(adopted, ADOPTED_DOWN_REVISIONS, revision->down_revisions);
    adopt_list(adopted, ADOPTED_DEPENDS_ON, revision->depends_on);
    adopt_list(adopted, ADOPTED_LABELS, revision->labels);
    g_ptr_array_add(adopted->columns[ADOPTED_IS_TRANSACTIONAL],
                    g_strdup(is_transactional ? "true" : "false"));
}

static gboolean adopt_revision(Adopted *adopted, const Revision *revision, GError **error)
{
    g_autoptr(RevisionBody) body = revision_read_body(revision, error);
    g_autofree char *down_sql = NULL;

    if (!body)
        return FALSE;
    down_sql = script_down_to_keep(body);
    adopt_header(adopted, revision);
    g_ptr_array_add(adopted->columns[ADOPTED_UP_CHECKSUM], g_strdup(body->up.checksum));
    g_ptr_array_add(adopted->columns[ADOPTED_DOWN_CHECKSUM], g_strdup(body->down.checksum));
    g_ptr_array_add(adopted->columns[ADOPTED_DOWN_SQL],
                    down_sql ? g_steal_pointer(&down_sql) : g_strdup(""));
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

static void add_columns(GPtrArray *arguments, const Adopted *adopted, guint first, guint end)
{
    for (guint i = first; i < end; i++) {
        GPtrArray *column = adopted->columns[i];

        g_ptr_array_add(column, NULL);
        g_ptr_array_add(arguments, text_array_format((const char *const *)column->pdata));
    }
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
        add_columns(arguments, &adopted, 0, ADOPTED_LATER);
        g_ptr_array_add(arguments, graph_listing_at(graph, to));
        add_columns(arguments, &adopted, ADOPTED_LATER, ADOPTED_COLUMNS);
    }
    adopted_clear(&adopted);
    return is_read ? g_steal_pointer(&arguments) : NULL;
}
