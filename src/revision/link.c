/* Links the revisions of a graph by number and finds what is wrong between the files: duplicates,
 * missing parents, unknown dependencies, loops. Linear in revisions and links. */
#include <string.h>

#include "base/error.h"
#include "base/nearest.h"
#include "revision/nodes.h"

enum { NAMES_SHOWN_MAX = 20 };

/* --- Errors ----------------------------------------------------------------------------------- */

static void add_at(Findings *findings, const Revision *revision, GError *error)
{
    ErrorSite site = {.path = revision->path};

    error_set_site(&error, &site);
    findings_add(findings, error);
}

static void error_duplicate_id(const Revision *revision, const Revision *other, Findings *findings)
{
    GError *error = NULL;

    error_set(&error, ERROR_GRAPH, "Revision %s is present more than once: in %s and in %s",
              revision->id, other->path, revision->path);
    error_set_hint(&error, "delete one of the files, or give it an id of its own");
    add_at(findings, revision, error);
}

static void error_duplicate_label(const char *label, const Revision *revision,
                                  const Revision *other, Findings *findings)
{
    GError *error = NULL;

    error_set(&error, ERROR_GRAPH,
              "Branch name '%s' in revision %s already used by revision %s: in %s and in %s", label,
              revision->id, other->id, revision->path, other->path);
    error_set_hint(&error, "a label is written in one file, the first of its branch; rename one");
    add_at(findings, revision, error);
}

static void error_missing(const Graph *graph, const char *name, const char *key,
                          const Revision *revision, Findings *findings)
{
    GError *error = NULL;
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    g_autofree char *folders = graph_describe_folders(graph);
    const char *near;
    GHashTableIter iter;
    gpointer other;

    g_hash_table_iter_init(&iter, graph->names);
    while (g_hash_table_iter_next(&iter, &other, NULL))
        g_ptr_array_add(names, other);
    g_ptr_array_add(names, NULL);
    near = nearest_word(name, (const char *const *)names->pdata, 2);
    error_set(&error, ERROR_GRAPH, "Revision %s referenced from %s is not present: '%s: %s'", name,
              revision->id, key, name);
    if (near)
        error_set_hint(&error, "did you mean '%s'?", near);
    else
        error_set_hint(&error, "put its file into %s, or correct the header", folders);
    add_at(findings, revision, error);
}

static void error_self(const Revision *revision, gboolean by_dependency, Findings *findings)
{
    GError *error = NULL;

    error_set(&error, ERROR_GRAPH, "%s is detected in revisions (%s)",
              by_dependency ? "Dependency self-loop" : "Self-loop", revision->id);
    error_set_hint(&error, "a revision cannot come after itself; correct its '%s' line",
                   by_dependency ? "Depends On" : "Revises");
    add_at(findings, revision, error);
}

static void error_cycle(const Graph *graph, const GArray *cycle, gboolean by_dependency,
                        Findings *findings)
{
    GError *error = NULL;
    g_autoptr(GString) ids = g_string_new(NULL);
    g_autoptr(GString) paths = g_string_new(NULL);

    for (guint i = 0; i < cycle->len && i < NAMES_SHOWN_MAX; i++) {
        const Revision *revision = node_revision(graph, g_array_index(cycle, Node, i));

        g_string_append_printf(ids, "%s%s", i ? ", " : "", revision->id);
        g_string_append_printf(paths, "%s%s", i ? ", " : "", revision->path);
    }
    if (cycle->len > NAMES_SHOWN_MAX)
        g_string_append_printf(paths, " and %u more", cycle->len - NAMES_SHOWN_MAX);
    error_set(&error, ERROR_GRAPH, "%s is detected in revisions (%s): %s",
              by_dependency ? "Dependency cycle" : "Cycle", ids->str, paths->str);
    error_set_hint(&error, "one of them must come first: correct its 'Revises' or 'Depends On'");
    add_at(findings, node_revision(graph, g_array_index(cycle, Node, 0)), error);
}

/* --- Names ------------------------------------------------------------------------------------ */

static void report_duplicate(const Graph *graph, Node node, Findings *findings)
{
    const Revision *revision = node_revision(graph, node);

    /* the table has the last one of that id, so the first one is found by its order */
    for (Node other = 0; other < node; other++) {
        if (strcmp(node_id(graph, other), revision->id) != 0)
            continue;
        error_duplicate_id(revision, node_revision(graph, other), findings);
        return;
    }
}

static void add_ids(Graph *graph, Findings *findings)
{
    for (Node node = 0; node < graph_count(graph) && !findings_are_full(findings); node++) {
        if (!g_hash_table_insert(graph->names, node_revision(graph, node)->id,
                                 GUINT_TO_POINTER(node + 1)))
            report_duplicate(graph, node, findings);
    }
}

static void add_own_labels(Graph *graph, Node node, Findings *findings)
{
    const Revision *revision = node_revision(graph, node);

    for (char **label = revision->labels; *label; label++) {
        Node other = node_find(graph, *label);

        if (other != NODE_NONE)
            error_duplicate_label(*label, revision, node_revision(graph, other), findings);
        else
            g_hash_table_insert(graph->names, *label, GUINT_TO_POINTER(node + 1));
    }
}

static void add_labels(Graph *graph, Findings *findings)
{
    for (Node node = 0; node < graph_count(graph) && !findings_are_full(findings); node++)
        add_own_labels(graph, node, findings);
}

/* --- Edges ------------------------------------------------------------------------------------ */

void edges_clear(Edges *edges)
{
    g_clear_pointer(&edges->first, g_free);
    g_clear_pointer(&edges->items, g_free);
}

/* For filling the edges node by node, in order. */
typedef struct {
    Edges *edges;
    GArray *items;
    guint32 *seen; /* by node: the last node + 1 that has an edge to it */
} EdgeWriter;

static EdgeWriter edges_begin(Edges *edges, guint nodes)
{
    edges->first = g_new0(guint32, nodes + 1);
    return (EdgeWriter){edges, g_array_sized_new(FALSE, FALSE, sizeof(Node), nodes + 1),
                        g_new0(guint32, nodes + 1)};
}

static void edges_add(EdgeWriter *writer, Node node, Node other)
{
    if (writer->seen[other] == node + 1)
        return;
    writer->seen[other] = node + 1;
    g_array_append_val(writer->items, other);
}

static void edges_end_node(EdgeWriter *writer, Node node)
{
    writer->edges->first[node + 1] = writer->items->len;
}

static void edges_end(EdgeWriter *writer)
{
    writer->edges->items = (Node *)(gpointer)g_array_free(writer->items, FALSE);
    g_free(writer->seen);
}

static void add_named(Graph *graph, EdgeWriter *writer, Node node, gboolean by_dependency,
                      Findings *findings)
{
    const Revision *revision = node_revision(graph, node);
    char **names = by_dependency ? revision->depends_on : revision->down_revisions;

    for (; *names; names++) {
        Node other = node_find(graph, *names);

        if (other == NODE_NONE)
            error_missing(graph, *names, by_dependency ? "Depends On" : "Revises", revision,
                          findings);
        else if (other == node)
            error_self(revision, by_dependency, findings);
        else
            edges_add(writer, node, other);
    }
}

static void link_named(Graph *graph, Edges *edges, gboolean by_dependency, Findings *findings)
{
    guint count = graph_count(graph);
    EdgeWriter writer = edges_begin(edges, count);

    for (Node node = 0; node < count && !findings_are_full(findings); node++) {
        add_named(graph, &writer, node, by_dependency, findings);
        edges_end_node(&writer, node);
    }
    edges_end(&writer);
}

/* *all = a's edges and then those of b that are not among them. */
static void link_union(Graph *graph, const Edges *a, const Edges *b, Edges *all)
{
    guint count = graph_count(graph);
    EdgeWriter writer = edges_begin(all, count);

    for (Node node = 0; node < count; node++) {
        EDGES_FOREACH(a, node, other)
        edges_add(&writer, node, *other);
        EDGES_FOREACH(b, node, other)
        edges_add(&writer, node, *other);
        edges_end_node(&writer, node);
    }
    edges_end(&writer);
}

/* The same edges the other way round; those of a node in file order. */
static void link_reverse(Graph *graph, const Edges *edges, Edges *reverse)
{
    guint count = graph_count(graph);
    guint32 *first = g_new0(guint32, count + 2);

    for (guint i = 0; i < edges->first[count]; i++)
        first[edges->items[i] + 2]++;
    for (Node node = 0; node < count; node++)
        first[node + 2] += first[node + 1];
    reverse->items = g_new(Node, edges->first[count] + 1);
    for (Node node = 0; node < count; node++) {
        EDGES_FOREACH(edges, node, other)
        reverse->items[first[*other + 1]++] = node;
    }
    reverse->first = first;
}

/* Of those who depend on `node`: marks the places of the dependency that an ancestor by Revises has
 * too. */
static void mark_implied(const Graph *graph, const Edges *needed_by, Node node, guint8 *is_implied)
{
    const Node *users = needed_by->items + needed_by->first[node];
    guint count = edges_count(needed_by, node);
    g_autofree guint8 *above = nodes_reach_beyond(graph, &graph->children, users, count);

    for (guint i = 0; i < count; i++) {
        guint32 place = graph->dependencies.first[users[i]];

        while (graph->dependencies.items[place] != node)
            place++;
        is_implied[place] = above[users[i]];
    }
}

/* By place in dependencies.items: an ancestor by Revises has the same dependency, so that this one
 * says nothing new. */
static guint8 *find_implied(Graph *graph)
{
    guint count = graph_count(graph);
    guint8 *is_implied = g_new0(guint8, graph->dependencies.first[count] + 1);
    Edges needed_by = {NULL, NULL};

    link_reverse(graph, &graph->dependencies, &needed_by);
    for (Node node = 0; node < count; node++) {
        if (edges_count(&needed_by, node) > 1)
            mark_implied(graph, &needed_by, node, is_implied);
    }
    edges_clear(&needed_by);
    return is_implied;
}

static void link_lean(Graph *graph)
{
    guint count = graph_count(graph);
    g_autofree guint8 *is_implied = find_implied(graph);
    EdgeWriter writer = edges_begin(&graph->lean_parents, count);

    for (Node node = 0; node < count; node++) {
        EDGES_FOREACH(&graph->downs, node, down)
        edges_add(&writer, node, *down);
        EDGES_FOREACH(&graph->dependencies, node, dependency)
        {
            if (!is_implied[dependency - graph->dependencies.items])
                edges_add(&writer, node, *dependency);
        }
        edges_end_node(&writer, node);
    }
    edges_end(&writer);
}

/* --- Cycles ----------------------------------------------------------------------------------- */

/* Takes away, again and again, every node that waits for no other, and those in `resolved` (a set)
 * at once; what is left waits for itself. NULL when nothing is left. */
static guint32 *find_waiting(Graph *graph, const Edges *edges, const Edges *reverse,
                             const guint8 *resolved)
{
    guint count = graph_count(graph);
    g_autofree guint32 *waiting = g_new(guint32, count + 1);
    g_autofree Node *ready = g_new(Node, count + 1);
    guint end = 0;

    for (Node node = 0; node < count; node++) {
        waiting[node] = resolved[node] ? 0 : edges_count(edges, node);
        if (waiting[node] == 0)
            ready[end++] = node;
    }
    for (guint i = 0; i < end; i++) {
        EDGES_FOREACH(reverse, ready[i], other)
        {
            if (waiting[*other] > 0 && --waiting[*other] == 0)
                ready[end++] = *other;
        }
    }
    return end == count ? NULL : g_steal_pointer(&waiting);
}

static Node waiting_parent(const Edges *edges, const guint32 *waiting, Node node)
{
    EDGES_FOREACH(edges, node, parent)
    {
        if (waiting[*parent] > 0)
            return *parent;
    }
    g_return_val_if_reached(NODE_NONE);
}

/* From any waiting node downwards: the first one met twice is on a cycle. */
static GArray *find_cycle(Graph *graph, const Edges *edges, const guint32 *waiting)
{
    g_autofree guint8 *is_seen = g_new0(guint8, graph_count(graph));
    GArray *cycle = g_array_new(FALSE, FALSE, sizeof(Node));
    Node node = 0;
    Node next;

    while (waiting[node] == 0)
        node++;
    while (!is_seen[node]) {
        is_seen[node] = 1;
        node = waiting_parent(edges, waiting, node);
    }
    next = node;
    do {
        g_array_append_val(cycle, next);
        next = waiting_parent(edges, waiting, next);
    } while (next != node);
    return cycle;
}

/* One cycle after the other: each counts as resolved once it is told. */
static gboolean check_cycles(Graph *graph, const Edges *edges, const Edges *reverse,
                             gboolean by_dependency, Findings *findings)
{
    g_autofree guint8 *resolved = g_new0(guint8, graph_count(graph) + 1);
    guint32 *waiting;

    while (!findings_are_full(findings) &&
           (waiting = find_waiting(graph, edges, reverse, resolved)) != NULL) {
        g_autoptr(GArray) cycle = find_cycle(graph, edges, waiting);

        for (guint i = 0; i < cycle->len; i++)
            resolved[g_array_index(cycle, Node, i)] = 1;
        error_cycle(graph, cycle, by_dependency, findings);
        g_free(waiting);
    }
    return findings_are_empty(findings);
}

static gboolean check_all_cycles(Graph *graph, Findings *findings)
{
    if (!check_cycles(graph, &graph->downs, &graph->children, FALSE, findings))
        return FALSE;
    return graph->dependencies.first[graph_count(graph)] == 0 ||
           check_cycles(graph, &graph->parents, &graph->dependents, TRUE, findings);
}

/* Cycles are looked for only where every link leads somewhere. */
gboolean graph_link(Graph *graph, Findings *findings)
{
    graph->names = g_hash_table_new(g_str_hash, g_str_equal);
    add_ids(graph, findings);
    add_labels(graph, findings);
    link_named(graph, &graph->downs, FALSE, findings);
    link_named(graph, &graph->dependencies, TRUE, findings);
    if (!findings_are_empty(findings))
        return FALSE;
    link_union(graph, &graph->downs, &graph->dependencies, &graph->parents);
    link_reverse(graph, &graph->downs, &graph->children);
    link_reverse(graph, &graph->parents, &graph->dependents);
    if (!check_all_cycles(graph, findings))
        return FALSE;
    link_lean(graph);
    graph_link_labels(graph);
    return TRUE;
}
