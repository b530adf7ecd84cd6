/* Branch labels and how they flow: to all descendants by Revises, and back down the line to the
 * branch point or merge that the branch came from. */
#include <string.h>

#include "revision/nodes.h"

static void add_label(Graph *graph, Node node, char *label)
{
    if (!graph->labels[node])
        graph->labels[node] = g_ptr_array_new();
    if (!g_ptr_array_find(graph->labels[node], label, NULL))
        g_ptr_array_add(graph->labels[node], label);
}

static gboolean is_branch_or_merge(const Graph *graph, Node node)
{
    return edges_count(&graph->dependents, node) > 1 || edges_count(&graph->downs, node) > 1;
}

/* Alembic's rule: from the end of the line down to where the line began; a label on a line that
 * forks further up stays above it. */
static void flow_back(Graph *graph, Node node, char *label)
{
    Node end = node;

    while (edges_count(&graph->children, end) == 1)
        end = graph->children.items[graph->children.first[end]];
    while (!is_branch_or_merge(graph, end)) {
        add_label(graph, end, label);
        if (edges_count(&graph->downs, end) == 0)
            return;
        end = graph->downs.items[graph->downs.first[end]];
    }
}

static void flow(Graph *graph, Node node, char *label)
{
    g_autofree guint8 *above = nodes_reach(graph, &graph->children, &node, 1);

    for (Node other = 0; other < graph_count(graph); other++) {
        if (above[other])
            add_label(graph, other, label);
    }
    flow_back(graph, node, label);
}

static gint compare_labels(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void graph_link_labels(Graph *graph)
{
    if (g_hash_table_size(graph->names) == graph_count(graph))
        return; /* every name is an id */
    graph->labels = g_new0(GPtrArray *, graph_count(graph));
    for (Node node = 0; node < graph_count(graph); node++) {
        for (char **label = node_revision(graph, node)->labels; *label; label++)
            flow(graph, node, *label);
    }
    for (Node node = 0; node < graph_count(graph); node++) {
        if (graph->labels[node])
            g_ptr_array_sort(graph->labels[node], compare_labels);
    }
}
