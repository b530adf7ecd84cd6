/* Branch labels and how they flow: to all descendants by Revises, and back down the line to the
 * branch point or merge that the branch came from. Nodes that carry the same labels share a region;
 * a region names the labels that begin in it and the regions that it inherits from, so that ten
 * thousand labels on one line cost ten thousand entries and not their square. */
#include <string.h>

#include "revision/nodes.h"

enum { REGIONS_COUNTED_MAX = 256 }; /* when finding out whether a merge adds labels */

typedef struct {
    guint carried; /* how many labels reach it; G_MAXUINT: not counted */
    guint32 first_label;
    guint32 labels;
    guint32 first_source;
    guint32 sources;
} Region;

struct Labels {
    guint32 *region_of; /* by node: its region + 1; 0: no label reaches it */
    GArray *regions;    /* Region; those that one inherits from come before it */
    GPtrArray *labels;  /* const char *, region by region */
    GArray *sources;    /* guint32: a region, region by region */
};

/* While the regions are being made. */
typedef struct {
    const Graph *graph;
    Labels *labels;
    guint8 *is_tail; /* by node: on a line that ends in a head and has no fork above */
} Flow;

void labels_free(Labels *labels)
{
    if (!labels)
        return;
    g_free(labels->region_of);
    g_array_unref(labels->regions);
    g_ptr_array_unref(labels->labels);
    g_array_unref(labels->sources);
    g_free(labels);
}

static Labels *labels_new(guint nodes)
{
    Labels *labels = g_new0(Labels, 1);

    labels->region_of = g_new0(guint32, nodes + 1);
    labels->regions = g_array_new(FALSE, FALSE, sizeof(Region));
    labels->labels = g_ptr_array_new();
    labels->sources = g_array_new(FALSE, FALSE, sizeof(guint32));
    return labels;
}

static gboolean is_branch_or_merge(const Graph *graph, Node node)
{
    return edges_count(&graph->dependents, node) > 1 || edges_count(&graph->downs, node) > 1;
}

/* Alembic's rule for the way back: from the head down to where the line began; a label on a line
 * that forks further up stays above it. So all of such a tail carries the same labels. */
static guint8 *find_tails(const Graph *graph)
{
    guint8 *is_tail = g_new0(guint8, graph_count(graph) + 1);

    for (Node head = 0; head < graph_count(graph); head++) {
        Node node = head;

        if (edges_count(&graph->children, head) > 0)
            continue;
        while (!is_branch_or_merge(graph, node)) {
            is_tail[node] = 1;
            if (edges_count(&graph->downs, node) == 0)
                break;
            node = graph->downs.items[graph->downs.first[node]];
        }
    }
    return is_tail;
}

static void add_own_labels(Labels *labels, const Revision *revision)
{
    for (char **label = revision->labels; *label; label++)
        g_ptr_array_add(labels->labels, *label);
}

/* The labels that begin at `node`, or, when a tail begins there, anywhere on the tail. */
static void add_labels_from(Flow *flow, Node node)
{
    const Graph *graph = flow->graph;

    add_own_labels(flow->labels, node_revision(graph, node));
    while (flow->is_tail[node] && edges_count(&graph->children, node) == 1) {
        node = graph->children.items[graph->children.first[node]];
        add_own_labels(flow->labels, node_revision(graph, node));
    }
}

static void add_source(Labels *labels, guint32 first, guint32 region)
{
    for (guint32 i = first; i < labels->sources->len; i++) {
        if (g_array_index(labels->sources, guint32, i) == region)
            return;
    }
    g_array_append_val(labels->sources, region);
}

/* Adds the labels of the regions `starts` and of all that they inherit from. FALSE when that takes
 * more than `limit` regions. */
static gboolean collect(const Labels *labels, const guint32 *starts, guint count, guint limit,
                        GPtrArray *found)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    g_autoptr(GArray) todo = g_array_new(FALSE, FALSE, sizeof(guint32));

    g_array_append_vals(todo, starts, count);
    while (todo->len > 0) {
        guint32 index = g_array_index(todo, guint32, todo->len - 1);
        const Region *region = &g_array_index(labels->regions, Region, index);

        g_array_set_size(todo, todo->len - 1);
        if (!g_hash_table_add(seen, GUINT_TO_POINTER(index)))
            continue;
        if (g_hash_table_size(seen) > limit)
            return FALSE;
        for (guint32 i = 0; i < region->labels; i++)
            g_ptr_array_add(found, labels->labels->pdata[region->first_label + i]);
        if (region->sources > 0)
            g_array_append_vals(todo,
                                &g_array_index(labels->sources, guint32, region->first_source),
                                region->sources);
    }
    return TRUE;
}

static const guint32 *sources_of(const Labels *labels, const Region *region)
{
    return &g_array_index(labels->sources, guint32, region->first_source);
}

static guint count_carried(const Labels *labels, const Region *region)
{
    g_autoptr(GPtrArray) found = g_ptr_array_new();

    if (region->sources > 0 &&
        !collect(labels, sources_of(labels, region), region->sources, REGIONS_COUNTED_MAX, found))
        return G_MAXUINT;
    return found->len + region->labels;
}

/* The source + 1 that has all labels of `region` already; 0: none, or nobody counted. */
static guint32 find_equal_source(const Labels *labels, const Region *region)
{
    for (guint32 i = 0; region->carried != G_MAXUINT && i < region->sources; i++) {
        guint32 source = sources_of(labels, region)[i];

        if (g_array_index(labels->regions, Region, source).carried == region->carried)
            return source + 1;
    }
    return 0;
}

/* The region + 1 of `node`, whose parents have theirs: a new one only when it has more labels than
 * each of them. */
static guint32 make_region(Flow *flow, Node node)
{
    Labels *labels = flow->labels;
    Region region = {.first_label = labels->labels->len, .first_source = labels->sources->len};
    guint32 equal;

    add_labels_from(flow, node);
    EDGES_FOREACH(&flow->graph->downs, node, down)
    {
        if (labels->region_of[*down])
            add_source(labels, region.first_source, labels->region_of[*down] - 1);
    }
    region.labels = labels->labels->len - region.first_label;
    region.sources = labels->sources->len - region.first_source;
    if (region.labels == 0 && region.sources == 0)
        return 0;
    equal = region.labels == 0 && region.sources == 1 ? sources_of(labels, &region)[0] + 1 : 0;
    if (!equal) {
        region.carried = count_carried(labels, &region);
        equal = find_equal_source(labels, &region);
    }
    if (equal) {
        g_array_set_size(labels->sources, region.first_source);
        return equal;
    }
    g_array_append_val(labels->regions, region);
    return labels->regions->len;
}

static void settle(Flow *flow, Node node)
{
    const Edges *downs = &flow->graph->downs;
    Node down = edges_count(downs, node) ? downs->items[downs->first[node]] : NODE_NONE;

    if (flow->is_tail[node] && down != NODE_NONE && flow->is_tail[down])
        flow->labels->region_of[node] = flow->labels->region_of[down];
    else
        flow->labels->region_of[node] = make_region(flow, node);
}

/* Parents before children. */
static void settle_all(Flow *flow)
{
    const Graph *graph = flow->graph;
    guint count = graph_count(graph);
    g_autofree guint32 *waiting = g_new(guint32, count + 1);
    g_autofree Node *ready = g_new(Node, count + 1);
    guint end = 0;

    for (Node node = 0; node < count; node++) {
        waiting[node] = edges_count(&graph->downs, node);
        if (waiting[node] == 0)
            ready[end++] = node;
    }
    for (guint i = 0; i < end; i++) {
        settle(flow, ready[i]);
        EDGES_FOREACH(&graph->children, ready[i], child)
        {
            if (--waiting[*child] == 0)
                ready[end++] = *child;
        }
    }
}

void graph_link_labels(Graph *graph)
{
    g_autofree guint8 *is_tail = NULL;
    Flow flow;

    if (g_hash_table_size(graph->names) == graph_count(graph))
        return; /* every name is an id */
    is_tail = find_tails(graph);
    graph->labels = labels_new(graph_count(graph));
    flow = (Flow){graph, graph->labels, is_tail};
    settle_all(&flow);
}

static gint compare_labels(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

GPtrArray *node_labels(const Graph *graph, Node node)
{
    GPtrArray *found = g_ptr_array_new();
    guint32 region = graph->labels ? graph->labels->region_of[node] : 0;

    if (region == 0)
        return found;
    region--;
    collect(graph->labels, &region, 1, G_MAXUINT, found);
    if (found->len > 1)
        g_ptr_array_sort(found, compare_labels);
    return found;
}
