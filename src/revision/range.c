/* Choosing the revisions of a range. */
#include "revision/range.h"

#include <string.h>

#include "base/error.h"
#include "revision/nodes.h"

typedef struct {
    GPtrArray *lower;
    GPtrArray *upper;
} Ends;

static void ends_clear(Ends *ends)
{
    g_clear_pointer(&ends->lower, g_ptr_array_unref);
    g_clear_pointer(&ends->upper, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Ends, ends_clear)

/* Without its branch, if it names one. */
static const char *form_of(const char *text)
{
    const char *at = strchr(text, '@');

    return at ? at + 1 : text;
}

/* "-3" and "+2", which count from the other side. */
static gboolean is_counted(const char *text, char sign)
{
    return *form_of(text) == sign;
}

static GPtrArray *resolve_side(const Graph *graph, const char *text, const char *const *current,
                               GError **error)
{
    if (is_counted(text, '-') || is_counted(text, '+')) {
        error_set(error, ERROR_USAGE, "'%s' has nothing to count from in this range", text);
        error_set_hint(error, "-3:B counts down from B, A:+2 counts up from A");
        return NULL;
    }
    return spec_resolve(graph, text, current, SPEC_FOR_RANGE, error);
}

/* "-3" counts from the other side. */
static GPtrArray *resolve_from(const Graph *graph, const char *text, const GPtrArray *other,
                               GError **error)
{
    g_auto(GStrv) ids = revision_ids(other);

    return spec_resolve(graph, text, (const char *const *)ids, SPEC_FOR_RANGE, error);
}

static gboolean carries(const Graph *graph, const Revision *revision, const char *label)
{
    g_autoptr(GPtrArray) labels = graph_labels(graph, revision);

    return g_ptr_array_find_with_equal_func(labels, label, g_str_equal, NULL);
}

/* Of `upper`, what is on the branch: carries the label, or is built on the revision that stands for
 * it. */
static gboolean keep_on_branch(const Graph *graph, const char *lower, GPtrArray *upper,
                               GError **error)
{
    const char *at = strchr(lower, '@');
    g_autofree char *name = at ? g_strndup(lower, (gsize)(at - lower)) : NULL;
    g_autofree guint8 *above = NULL;
    const Revision *branch;
    gboolean is_label;
    Node node;

    if (!name)
        return TRUE;
    branch = spec_resolve_one(graph, name, NULL, SPEC_FOR_RANGE, error);
    if (!branch)
        return FALSE;
    is_label = node_find(graph, name) != NODE_NONE && !graph_find(graph, name);
    node = node_find(graph, branch->id);
    above = nodes_reach(graph, &graph->children, &node, 1);
    for (guint i = upper->len; i > 0; i--) {
        const Revision *revision = upper->pdata[i - 1];

        if (!(is_label ? carries(graph, revision, name) : above[node_find(graph, revision->id)]))
            g_ptr_array_remove_index(upper, i - 1);
    }
    return TRUE;
}

/* The lower end first, from which the upper one counts. */
static gboolean resolve_upwards(const Graph *graph, const char *lower, const char *upper,
                                const char *const *current, Ends *ends, GError **error)
{
    ends->lower = resolve_side(graph, lower, current, error);
    ends->upper = ends->lower ? resolve_from(graph, upper, ends->lower, error) : NULL;
    return ends->upper && keep_on_branch(graph, lower, ends->upper, error);
}

static gboolean resolve_ends(const Graph *graph, const char *lower, const char *upper,
                             const char *const *current, Ends *ends, GError **error)
{
    if (is_counted(upper, '+'))
        return resolve_upwards(graph, lower, upper, current, ends, error);
    ends->upper = resolve_side(graph, upper, current, error);
    if (!ends->upper || !keep_on_branch(graph, lower, ends->upper, error))
        return FALSE;
    ends->lower = is_counted(lower, '-') ? resolve_from(graph, lower, ends->upper, error)
                                         : resolve_side(graph, lower, current, error);
    return ends->lower != NULL;
}

/* What `upper` needs, of that what stands on `lower` through Revises; all of it when there is no
 * `lower`. NULL when `upper` does not need one of `lower`. */
static guint8 *find_between(const Graph *graph, const GArray *lower, const GArray *upper)
{
    const Node *low = (const Node *)(gpointer)lower->data;
    const Node *high = (const Node *)(gpointer)upper->data;
    g_autofree guint8 *needed = nodes_reach(graph, &graph->parents, high, upper->len);
    g_autofree guint8 *above = nodes_reach(graph, &graph->children, low, lower->len);

    for (guint i = 0; i < lower->len; i++) {
        if (!needed[low[i]])
            return NULL;
    }
    for (Node node = 0; lower->len > 0 && node < graph_count(graph); node++)
        needed[node] = needed[node] && above[node];
    return g_steal_pointer(&needed);
}

static void error_not_below(const char *text, GError **error)
{
    error_set(error, ERROR_USAGE,
              "Requested range %s does not refer to ancestor/descendant revisions along the same "
              "branch",
              text);
    error_set_hint(error, "the older revision comes first: A:B");
}

static GPtrArray *select_between(const Graph *graph, const char *text, const Ends *ends,
                                 GError **error)
{
    g_autoptr(GArray) lower = nodes_of_revisions(graph, ends->lower);
    g_autoptr(GArray) upper = nodes_of_revisions(graph, ends->upper);
    g_autofree guint8 *between = find_between(graph, lower, upper);
    g_autoptr(GArray) order = NULL;
    GPtrArray *selected;

    if (!between) {
        error_not_below(text, error);
        return NULL;
    }
    order = nodes_order(graph, between, (const Node *)(gpointer)upper->data, upper->len);
    selected = g_ptr_array_sized_new(order->len);
    for (guint i = 0; i < order->len; i++)
        g_ptr_array_add(selected, (gpointer)node_revision(graph, g_array_index(order, Node, i)));
    return selected;
}

GPtrArray *range_select(const Graph *graph, const char *text, const char *const *current,
                        GError **error)
{
    g_auto(GStrv) sides = g_strsplit(text, ":", 3);
    g_auto(Ends) ends = {NULL, NULL};
    const char *lower;
    const char *upper;

    if (g_strv_length(sides) != 2) {
        error_set(error, ERROR_USAGE, "\"%s\" is not a range", text);
        error_set_hint(error, "a range is A:B, A: or :B");
        return NULL;
    }
    lower = *g_strstrip(sides[0]) ? sides[0] : "base";
    upper = *g_strstrip(sides[1]) ? sides[1] : "heads";
    if (!resolve_ends(graph, lower, upper, current, &ends, error))
        return NULL;
    return select_between(graph, text, &ends, error);
}

/* Adds what `word` names to the set `rows`. */
static gboolean add_start(guint8 *rows, const Graph *graph, const char *word, GError **error)
{
    g_autoptr(GPtrArray) found = spec_resolve(graph, word, NULL, SPEC_FOR_SHOW, error);
    g_autoptr(GArray) nodes = found ? nodes_of_revisions(graph, found) : NULL;

    for (guint i = 0; nodes && i < nodes->len; i++)
        rows[g_array_index(nodes, Node, i)] = 1;
    return found != NULL;
}

char **range_start(const Graph *graph, const char *text, GError **error)
{
    g_auto(GStrv) words = g_strsplit(text, ",", -1);
    g_autofree guint8 *rows = g_new0(guint8, graph_count(graph) + 1);

    for (char **word = words; *word; word++)
        if (*g_strstrip(*word) && !add_start(rows, graph, *word, error))
            return NULL;
    return nodes_top_ids(graph, rows);
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
