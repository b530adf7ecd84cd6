/* Alembic's topological order. It walks down one branch until a node is also needed by another
 * branch that is still open, and then goes on with that one. */
#include "revision/nodes.h"

typedef struct {
    const Graph *graph;
    const guint8 *set;
    guint32 *waiting; /* by node: those of its dependents in the set that are not out yet */
    guint8 *is_open;
    guint8 *is_out;
    GArray *open; /* Node: the tip of each open branch */
    guint current;
    GArray *output;
} Walk;

static guint32 *count_waiting(const Graph *graph, const guint8 *set)
{
    guint32 *waiting = g_new0(guint32, graph_count(graph));

    for (Node node = 0; node < graph_count(graph); node++) {
        if (!set[node])
            continue;
        EDGES_FOREACH(&graph->parents, node, parent)
        waiting[*parent]++;
    }
    return waiting;
}

/* All that is above `node` and not out yet. */
static guint8 *mark_above(const Walk *walk, Node node)
{
    guint8 *above = g_new0(guint8, graph_count(walk->graph));
    g_autoptr(GArray) todo = g_array_new(FALSE, FALSE, sizeof(Node));

    g_array_append_val(todo, node);
    while (todo->len > 0) {
        Node next = g_array_index(todo, Node, todo->len - 1);

        g_array_set_size(todo, todo->len - 1);
        EDGES_FOREACH(&walk->graph->dependents, next, other)
        {
            if (!walk->set[*other] || walk->is_out[*other] || above[*other])
                continue;
            above[*other] = 1;
            g_array_append_val(todo, *other);
        }
    }
    return above;
}

/* Turns to the first branch that needs the current tip. */
static void turn(Walk *walk)
{
    Node tip = g_array_index(walk->open, Node, walk->current);
    g_autofree guint8 *above = mark_above(walk, tip);

    for (guint i = 0; i < walk->open->len; i++) {
        if (above[g_array_index(walk->open, Node, i)]) {
            walk->current = i;
            return;
        }
    }
    g_assert_not_reached();
}

static void open_branch(Walk *walk, Node node)
{
    walk->is_open[node] = 1;
    g_array_append_val(walk->open, node);
}

/* Puts the current tip out and goes on with its parents. */
static void put_out(Walk *walk)
{
    Node tip = g_array_index(walk->open, Node, walk->current);
    gboolean goes_on = FALSE;

    g_array_append_val(walk->output, tip);
    walk->is_out[tip] = 1;
    EDGES_FOREACH(&walk->graph->parents, tip, parent)
    walk->waiting[*parent]--;
    EDGES_FOREACH(&walk->graph->lean_parents, tip, next)
    {
        if (!walk->set[*next] || walk->is_open[*next] || walk->is_out[*next])
            continue;
        if (goes_on) {
            open_branch(walk, *next);
            continue;
        }
        walk->is_open[*next] = 1;
        g_array_index(walk->open, Node, walk->current) = *next;
        goes_on = TRUE;
    }
    if (goes_on)
        return;
    g_array_remove_index(walk->open, walk->current);
    if (walk->current > 0)
        walk->current--;
}

static gint compare_nodes(gconstpointer a, gconstpointer b)
{
    Node x = *(const Node *)a;
    Node y = *(const Node *)b;

    return x < y ? -1 : x > y;
}

static void open_tops(Walk *walk, const Node *tops, guint count)
{
    for (guint i = 0; i < count; i++) {
        if (walk->set[tops[i]] && !walk->is_open[tops[i]])
            open_branch(walk, tops[i]);
    }
    g_array_sort(walk->open, compare_nodes);
}

GArray *nodes_order(const Graph *graph, const guint8 *set, const Node *tops, guint count)
{
    g_autofree guint32 *waiting = count_waiting(graph, set);
    g_autofree guint8 *is_open = g_new0(guint8, graph_count(graph));
    g_autofree guint8 *is_out = g_new0(guint8, graph_count(graph));
    g_autoptr(GArray) open = g_array_new(FALSE, FALSE, sizeof(Node));
    Walk walk = {graph, set, waiting, is_open, is_out, open, 0, NULL};

    walk.output = g_array_new(FALSE, FALSE, sizeof(Node));
    open_tops(&walk, tops, count);
    while (open->len > 0) {
        if (waiting[g_array_index(open, Node, walk.current)] > 0)
            turn(&walk);
        else
            put_out(&walk);
    }
    return walk.output;
}
