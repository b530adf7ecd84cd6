/* Choosing the revisions of a range. */
#include "cli/range.h"

#include <string.h>

#include "base/error.h"
#include "cli/format.h"

/* One side alone: current means the database's heads. */
static GPtrArray *resolve_side(const Graph *graph, const char *text, const char *const *current,
                               GError **error)
{
    return spec_resolve(graph, text, current, SPEC_FOR_SHOW, error);
}

/* "-3" counts from the other side. */
static GPtrArray *resolve_from(const Graph *graph, const char *text, GPtrArray *other, SpecUse use,
                               GError **error)
{
    g_auto(GStrv) ids = list_ids(other);

    return spec_resolve(graph, text, (const char *const *)ids, use, error);
}

static gboolean resolve_ends(const Graph *graph, const char *lower_text, const char *upper_text,
                             const char *const *current, GPtrArray **lower, GPtrArray **upper,
                             GError **error)
{
    g_autoptr(GPtrArray) low = NULL;
    g_autoptr(GPtrArray) high = NULL;

    if (*upper_text == '+') {
        low = resolve_side(graph, lower_text, current, error);
        high = low ? resolve_from(graph, upper_text, low, SPEC_FOR_UPGRADE, error) : NULL;
    } else {
        high = resolve_side(graph, upper_text, current, error);
        if (high && *lower_text == '-')
            low = resolve_from(graph, lower_text, high, SPEC_FOR_DOWNGRADE, error);
        else if (high)
            low = resolve_side(graph, lower_text, current, error);
    }
    if (!low || !high)
        return FALSE;
    *lower = g_steal_pointer(&low);
    *upper = g_steal_pointer(&high);
    return TRUE;
}

/* Whether `revision` stands on one of `lower` through Revises alone. `above` holds those known to;
 * parents are looked at before children. An empty `lower` is base: everything stands on it. */
static gboolean is_above(const Graph *graph, const Revision *revision, GPtrArray *lower,
                         GHashTable *above)
{
    g_autoptr(GPtrArray) parents = NULL;

    if (lower->len == 0 || g_ptr_array_find(lower, revision, NULL))
        return TRUE;
    parents = graph_parents(graph, revision);
    for (guint i = 0; i < parents->len; i++)
        if (g_hash_table_contains(above, parents->pdata[i]))
            return TRUE;
    return FALSE;
}

/* Newest first: what `upper` needs, of that what stands on `lower`. */
static GPtrArray *collect(const Graph *graph, GPtrArray *lower, GPtrArray *upper)
{
    g_auto(GStrv) upper_ids = list_ids(upper);
    g_autoptr(GHashTable) needed = graph_applied(graph, (const char *const *)upper_ids);
    g_autoptr(GHashTable) above = g_hash_table_new(NULL, NULL);
    g_autoptr(GPtrArray) ordered = graph_revisions(graph);
    g_autoptr(GPtrArray) selected = g_ptr_array_new();

    for (guint i = 0; i < ordered->len; i++) {
        gpointer revision = ordered->pdata[i];

        if (is_above(graph, revision, lower, above))
            g_hash_table_add(above, revision);
    }
    for (guint i = ordered->len; i-- > 0;) {
        gpointer revision = ordered->pdata[i];

        if (g_hash_table_contains(needed, revision) && g_hash_table_contains(above, revision))
            g_ptr_array_add(selected, revision);
    }
    return g_steal_pointer(&selected);
}

GPtrArray *range_select(const Graph *graph, const char *text, const char *const *current,
                        GError **error)
{
    g_auto(GStrv) sides = g_strsplit(text, ":", 3);
    g_autoptr(GPtrArray) lower = NULL;
    g_autoptr(GPtrArray) upper = NULL;
    g_autoptr(GPtrArray) selected = NULL;

    if (g_strv_length(sides) != 2) {
        error_set(error, ERROR_USAGE, "\"%s\" is not a range", text);
        error_set_hint(error, "a range is A:B, A: or :B");
        return NULL;
    }
    if (!resolve_ends(graph, *sides[0] ? sides[0] : "base", *sides[1] ? sides[1] : "heads", current,
                      &lower, &upper, error))
        return NULL;
    selected = collect(graph, lower, upper);
    for (guint i = 0; i < lower->len; i++)
        if (!g_ptr_array_find(selected, lower->pdata[i], NULL)) {
            error_set(error, ERROR_USAGE, "in the range %s the first is not below the second",
                      text);
            error_set_hint(error, "the older revision comes first: A:B");
            return NULL;
        }
    return g_steal_pointer(&selected);
}

static gboolean add_start(GPtrArray *ids, const Graph *graph, const char *word, GError **error)
{
    g_autoptr(GPtrArray) found = spec_resolve(graph, word, NULL, SPEC_FOR_SHOW, error);

    for (guint i = 0; found && i < found->len; i++)
        g_ptr_array_add(ids, ((const Revision *)found->pdata[i])->id);
    return found != NULL;
}

char **range_start(const Graph *graph, const char *text, GError **error)
{
    const char *const nothing[] = {NULL};
    g_auto(GStrv) words = g_strsplit(text, ",", -1);
    g_autoptr(GPtrArray) ids = g_ptr_array_new();

    for (char **word = words; *word; word++)
        if (*g_strstrip(*word) && !add_start(ids, graph, *word, error))
            return NULL;
    g_ptr_array_add(ids, NULL);
    return plan_stamp(graph, nothing, (const char *const *)ids->pdata, error);
}

gboolean range_split(const char *text, char **start, char **target, GError **error)
{
    const char *colon = strchr(text, ':');

    if (colon && (colon[1] == '\0' || strchr(colon + 1, ':'))) {
        error_set(error, ERROR_USAGE, "\"%s\" is not a range", text);
        error_set_hint(error, "a range is FROM:TO");
        return FALSE;
    }
    *start = colon ? g_strndup(text, (gsize)(colon - text)) : NULL;
    *target = g_strdup(colon ? colon + 1 : text);
    return TRUE;
}
