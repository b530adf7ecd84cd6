/* The questions that a graph answers. Building it is load.c and link.c. */
#include "revision/graph.h"

#include <string.h>

#include "base/error.h"
#include "revision/load.h"
#include "revision/nodes.h"

void graph_free(Graph *graph)
{
    if (!graph)
        return;
    labels_free(graph->labels);
    edges_clear(&graph->downs);
    edges_clear(&graph->dependencies);
    edges_clear(&graph->parents);
    edges_clear(&graph->lean_parents);
    edges_clear(&graph->children);
    edges_clear(&graph->dependents);
    if (graph->names)
        g_hash_table_unref(graph->names);
    g_ptr_array_unref(graph->revisions);
    g_strfreev(graph->folders);
    g_free(graph);
}

Graph *graph_new(GPtrArray *revisions, GError **error)
{
    const char *const folders[] = {NULL};
    g_autoptr(Findings) findings = findings_new(1);
    g_autoptr(Graph) graph = load_link(folders, revisions, findings);

    return findings_require_none(findings, error) ? g_steal_pointer(&graph) : NULL;
}

static void add_all(GPtrArray *revisions, const GPtrArray *others)
{
    for (guint i = 0; i < others->len; i++)
        g_ptr_array_add(revisions, g_ptr_array_index(others, i));
}

Graph *graph_extend(const Graph *graph, const GPtrArray *others, GError **error)
{
    GPtrArray *revisions = g_ptr_array_new(); /* without a free function: it owns none of them */
    g_autoptr(Findings) findings = findings_new(1);
    g_autoptr(Graph) extended = NULL;

    add_all(revisions, graph->revisions);
    add_all(revisions, others);
    extended = load_link((const char *const *)graph->folders, revisions, findings);
    return findings_require_none(findings, error) ? g_steal_pointer(&extended) : NULL;
}

/* --- Nodes ------------------------------------------------------------------------------------ */

Node node_find(const Graph *graph, const char *name)
{
    guint found = GPOINTER_TO_UINT(g_hash_table_lookup(graph->names, name));

    return found ? found - 1 : NODE_NONE;
}

char *graph_describe_folders(const Graph *graph)
{
    return graph->folders[0] ? g_strjoinv(" and ", graph->folders) : g_strdup("memory");
}

static Node find_id(const Graph *graph, const char *id)
{
    Node node = node_find(graph, id);

    return node != NODE_NONE && strcmp(node_id(graph, node), id) == 0 ? node : NODE_NONE;
}

static void error_unknown_head(const Graph *graph, const char *head, GError **error)
{
    g_autofree char *folders = graph_describe_folders(graph);

    error_set(
        error, ERROR_UNKNOWN_REVISION,
        "Can't locate revision identified by '%s': the database is at it, but it is not among "
        "the files in %s",
        head, folders);
    error_set_hint(error,
                   "are these files older than the database? Deploy the files it was migrated "
                   "with; made with Alembic: pgsluice import alembic; if it is to forget that "
                   "revision: pgsluice stamp --purge REVISION");
}

GArray *nodes_of_heads(const Graph *graph, const char *const *heads, GError **error)
{
    g_autoptr(GArray) nodes = g_array_new(FALSE, FALSE, sizeof(Node));
    g_autofree guint8 *is_there = g_new0(guint8, graph_count(graph) + 1);

    for (; heads && *heads; heads++) {
        Node node = find_id(graph, *heads);

        if (node == NODE_NONE) {
            error_unknown_head(graph, *heads, error);
            return NULL;
        }
        if (!is_there[node])
            g_array_append_val(nodes, node);
        is_there[node] = 1;
    }
    return g_steal_pointer(&nodes);
}

GArray *nodes_of_revisions(const Graph *graph, const GPtrArray *revisions)
{
    GArray *nodes = g_array_new(FALSE, FALSE, sizeof(Node));

    for (guint i = 0; i < revisions->len; i++) {
        const Revision *revision = g_ptr_array_index(revisions, i);
        Node node = node_find(graph, revision->id);

        g_array_append_val(nodes, node);
    }
    return nodes;
}

/* Adds what can be reached from the nodes of `todo` to `set`. */
static void reach(const Edges *edges, guint8 *set, GArray *todo)
{
    while (todo->len > 0) {
        Node node = g_array_index(todo, Node, todo->len - 1);

        g_array_set_size(todo, todo->len - 1);
        EDGES_FOREACH(edges, node, other)
        {
            if (set[*other])
                continue;
            set[*other] = 1;
            g_array_append_val(todo, *other);
        }
    }
}

guint8 *nodes_reach(const Graph *graph, const Edges *edges, const Node *start, guint count)
{
    guint8 *set = g_new0(guint8, graph_count(graph) + 1);
    g_autoptr(GArray) todo = g_array_new(FALSE, FALSE, sizeof(Node));

    for (guint i = 0; i < count; i++)
        set[start[i]] = 1;
    if (count > 0)
        g_array_append_vals(todo, start, count);
    reach(edges, set, todo);
    return set;
}

guint8 *nodes_reach_beyond(const Graph *graph, const Edges *edges, const Node *start, guint count)
{
    guint8 *set = g_new0(guint8, graph_count(graph) + 1);
    g_autoptr(GArray) todo = g_array_new(FALSE, FALSE, sizeof(Node));

    if (count > 0)
        g_array_append_vals(todo, start, count);
    reach(edges, set, todo);
    return set;
}

static gint compare_ids(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

char **nodes_top_ids(const Graph *graph, const guint8 *rows)
{
    g_autoptr(GArray) nodes = g_array_new(FALSE, FALSE, sizeof(Node));
    g_autoptr(GPtrArray) ids = g_ptr_array_new();
    g_autofree guint8 *implied = NULL;

    for (Node node = 0; node < graph_count(graph); node++) {
        if (rows[node])
            g_array_append_val(nodes, node);
    }
    implied =
        nodes_reach_beyond(graph, &graph->parents, (const Node *)(gpointer)nodes->data, nodes->len);
    for (guint i = 0; i < nodes->len; i++) {
        Node node = g_array_index(nodes, Node, i);

        if (!implied[node])
            g_ptr_array_add(ids, (gpointer)node_id(graph, node));
    }
    g_ptr_array_sort(ids, compare_ids);
    g_ptr_array_add(ids, NULL);
    return g_strdupv((char **)ids->pdata);
}

/* --- Questions -------------------------------------------------------------------------------- */

guint graph_count(const Graph *graph)
{
    return graph->revisions->len;
}

const Revision *graph_find(const Graph *graph, const char *id)
{
    Node node = find_id(graph, id);

    return node == NODE_NONE ? NULL : node_revision(graph, node);
}

const char *const *graph_folders(const Graph *graph)
{
    return (const char *const *)graph->folders;
}

/* Those that have no edge of one kind. */
static GPtrArray *revisions_without(const Graph *graph, const Edges *edges)
{
    GPtrArray *revisions = g_ptr_array_new();

    for (Node node = 0; node < graph_count(graph); node++) {
        if (edges_count(edges, node) == 0)
            g_ptr_array_add(revisions, (gpointer)node_revision(graph, node));
    }
    return revisions;
}

GPtrArray *graph_heads(const Graph *graph)
{
    return revisions_without(graph, &graph->children);
}

GPtrArray *graph_effective_heads(const Graph *graph)
{
    return revisions_without(graph, &graph->dependents);
}

GPtrArray *graph_bases(const Graph *graph)
{
    return revisions_without(graph, &graph->downs);
}

GPtrArray *graph_revisions(const Graph *graph)
{
    guint count = graph_count(graph);
    GPtrArray *revisions = g_ptr_array_sized_new(count);
    g_autofree guint8 *set = g_malloc(count + 1);
    g_autoptr(GArray) tops = g_array_new(FALSE, FALSE, sizeof(Node));
    g_autoptr(GArray) order = NULL;

    memset(set, 1, count + 1);
    for (Node node = 0; node < count; node++) {
        if (edges_count(&graph->dependents, node) == 0)
            g_array_append_val(tops, node);
    }
    order = nodes_order(graph, set, (const Node *)(gpointer)tops->data, tops->len);
    for (guint i = order->len; i > 0; i--)
        g_ptr_array_add(revisions,
                        (gpointer)node_revision(graph, g_array_index(order, Node, i - 1)));
    return revisions;
}

static GPtrArray *revisions_along(const Graph *graph, const Edges *edges, const Revision *revision)
{
    GPtrArray *revisions = g_ptr_array_new();
    Node node = find_id(graph, revision->id);

    EDGES_FOREACH(edges, node, other)
    g_ptr_array_add(revisions, (gpointer)node_revision(graph, *other));
    return revisions;
}

GPtrArray *graph_children(const Graph *graph, const Revision *revision)
{
    return revisions_along(graph, &graph->children, revision);
}

GPtrArray *graph_labels(const Graph *graph, const Revision *revision)
{
    return node_labels(graph, find_id(graph, revision->id));
}

gboolean graph_is_head(const Graph *graph, const Revision *revision)
{
    return edges_count(&graph->children, find_id(graph, revision->id)) == 0;
}

gboolean graph_is_branch_point(const Graph *graph, const Revision *revision)
{
    return edges_count(&graph->children, find_id(graph, revision->id)) > 1;
}

gboolean graph_is_ancestor(const Graph *graph, const Revision *ancestor, const Revision *revision)
{
    Node top = find_id(graph, revision->id);
    g_autofree guint8 *below = nodes_reach(graph, &graph->parents, &top, 1);

    return below[find_id(graph, ancestor->id)];
}

gboolean graph_is_below(const Graph *graph, const Revision *lower, const Revision *upper)
{
    Node bottom = find_id(graph, lower->id);
    Node top = find_id(graph, upper->id);
    g_autofree guint8 *below = nodes_reach(graph, &graph->downs, &top, 1);

    return bottom != top && below[bottom];
}

GHashTable *graph_applied(const Graph *graph, const char *const *heads)
{
    GHashTable *applied = g_hash_table_new(NULL, NULL);
    g_autoptr(GArray) known = g_array_new(FALSE, FALSE, sizeof(Node));
    g_autofree guint8 *set = NULL;

    for (; *heads; heads++) {
        Node node = find_id(graph, *heads);

        if (node != NODE_NONE)
            g_array_append_val(known, node);
    }
    set = nodes_reach(graph, &graph->parents, (const Node *)(gpointer)known->data, known->len);
    for (Node node = 0; node < graph_count(graph); node++) {
        if (set[node])
            g_hash_table_add(applied, (gpointer)node_revision(graph, node));
    }
    return applied;
}

char **graph_unknown(const Graph *graph, const char *const *heads)
{
    g_autoptr(GStrvBuilder) unknown = g_strv_builder_new();

    for (; *heads; heads++) {
        if (find_id(graph, *heads) == NODE_NONE)
            g_strv_builder_add(unknown, *heads);
    }
    return g_strv_builder_end(unknown);
}
