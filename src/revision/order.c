/* Alembic's topological order. It walks down one branch until a node is also needed by another
 * branch that is still open, and then goes on with that one. */
#include "revision/nodes.h"

/* Open branches stand in the order in which they were opened. */
typedef struct {
    Node tip;
    guint32 before; /* the open branches next to it; BRANCH_NONE at the ends */
    guint32 after;
} Branch;

#define BRANCH_NONE G_MAXUINT32

/* Quick answers to whether one node is above another. `tree` is made of each node's first parent:
 * what stands in it between a node's entrance and its exit is above the node. */
typedef struct {
    guint32 *level; /* by node: a node above another has a higher one */
    guint32 *enter; /* by node: in a walk through the tree */
    guint32 *leave;
} Ranks;

/* For the search upwards: a node, and the next of its dependents to look at. */
typedef struct {
    Node node;
    guint32 next;
} Frame;

typedef struct {
    const Graph *graph;
    const guint8 *set;
    guint32 *waiting; /* by node: those of its dependents at or below the tops that are not out */
    guint32 *first_above; /* by node: the first of its dependents that may not be out */
    guint32 *branch_of;   /* by node: the open branch whose tip it is, or BRANCH_NONE */
    guint8 *was_open;
    guint8 *is_out;
    Ranks ranks;   /* made by the first turn */
    guint32 *seen; /* by node: the last search that came by */
    guint32 searches;
    GArray *stack;    /* Frame */
    GArray *branches; /* Branch, also those that are closed */
    guint32 first;    /* the first open one, or BRANCH_NONE */
    guint32 last;
    guint32 current;
    GArray *output;
} Walk;

static Branch *branch_at(const Walk *walk, guint32 branch)
{
    return &g_array_index(walk->branches, Branch, branch);
}

static void place_tip(Walk *walk, guint32 branch, Node node)
{
    branch_at(walk, branch)->tip = node;
    walk->branch_of[node] = branch;
    walk->was_open[node] = 1;
}

static void open_branch(Walk *walk, Node node)
{
    Branch branch = {node, walk->last, BRANCH_NONE};
    guint32 index = walk->branches->len;

    g_array_append_val(walk->branches, branch);
    if (walk->last == BRANCH_NONE)
        walk->first = index;
    else
        branch_at(walk, walk->last)->after = index;
    walk->last = index;
    place_tip(walk, index, node);
}

/* Goes on with the one before it, or else with the first. */
static void close_branch(Walk *walk)
{
    const Branch *closed = branch_at(walk, walk->current);

    if (closed->before == BRANCH_NONE)
        walk->first = closed->after;
    else
        branch_at(walk, closed->before)->after = closed->after;
    if (closed->after == BRANCH_NONE)
        walk->last = closed->before;
    else
        branch_at(walk, closed->after)->before = closed->before;
    walk->current = closed->before == BRANCH_NONE ? walk->first : closed->before;
}

/* --- Ranks ------------------------------------------------------------------------------------ */

/* All nodes, parents before children; their levels on the way. */
static Node *rank_levels(const Graph *graph, guint32 *level)
{
    guint count = graph_count(graph);
    g_autofree guint32 *waiting = g_new(guint32, count + 1);
    Node *order = g_new(Node, count + 1);
    guint end = 0;

    for (Node node = 0; node < count; node++) {
        waiting[node] = edges_count(&graph->parents, node);
        if (waiting[node] == 0)
            order[end++] = node;
    }
    for (guint i = 0; i < end; i++) {
        EDGES_FOREACH(&graph->dependents, order[i], other)
        {
            level[*other] = MAX(level[*other], level[order[i]] + 1);
            if (--waiting[*other] == 0)
                order[end++] = *other;
        }
    }
    return order;
}

static Node tree_parent(const Graph *graph, Node node)
{
    return edges_count(&graph->parents, node) ? graph->parents.items[graph->parents.first[node]]
                                              : NODE_NONE;
}

/* Each node needs as many numbers as its part of the tree has nodes. Counted from above, they are
 * given out from below. */
static void rank_tree(const Graph *graph, const Node *order, Ranks *ranks)
{
    guint count = graph_count(graph);
    g_autofree guint32 *next = g_new0(guint32, count + 1); /* the last one is for the roots */

    for (guint i = count; i > 0; i--) {
        Node parent = tree_parent(graph, order[i - 1]);

        ranks->leave[order[i - 1]]++;
        if (parent != NODE_NONE)
            ranks->leave[parent] += ranks->leave[order[i - 1]];
    }
    for (guint i = 0; i < count; i++) {
        Node parent = tree_parent(graph, order[i]);
        guint32 *place = &next[parent == NODE_NONE ? count : parent];

        ranks->enter[order[i]] = *place;
        *place += ranks->leave[order[i]];
        ranks->leave[order[i]] = *place;
        next[order[i]] = ranks->enter[order[i]] + 1;
    }
}

static void ranks_init(Ranks *ranks, const Graph *graph)
{
    guint count = graph_count(graph) + 1;
    g_autofree Node *order = NULL;

    ranks->level = g_new0(guint32, count);
    ranks->enter = g_new0(guint32, count);
    ranks->leave = g_new0(guint32, count);
    order = rank_levels(graph, ranks->level);
    rank_tree(graph, order, ranks);
}

static void ranks_clear(Ranks *ranks)
{
    g_free(ranks->level);
    g_free(ranks->enter);
    g_free(ranks->leave);
}

/* --- Turning ---------------------------------------------------------------------------------- */

static void push(Walk *walk, Node node)
{
    const Edges *edges = &walk->graph->dependents;
    Frame frame = {node, walk->first_above[node]};

    while (frame.next < edges->first[node + 1] && walk->is_out[edges->items[frame.next]])
        frame.next++;
    walk->first_above[node] = frame.next;
    walk->seen[node] = walk->searches;
    g_array_append_val(walk->stack, frame);
}

/* The next node above those on the stack that is not out and was not seen; NODE_NONE: none. */
static Node step_up(Walk *walk)
{
    const Edges *edges = &walk->graph->dependents;

    while (walk->stack->len > 0) {
        Frame *frame = &g_array_index(walk->stack, Frame, walk->stack->len - 1);
        Node above;

        if (frame->next == edges->first[frame->node + 1]) {
            g_array_set_size(walk->stack, walk->stack->len - 1);
            continue;
        }
        above = edges->items[frame->next++];
        if (walk->is_out[above] || walk->seen[above] == walk->searches)
            continue;
        push(walk, above);
        return above;
    }
    return NODE_NONE;
}

/* The first branch that needs the current tip, or BRANCH_NONE. None before `lowest` does. */
static guint32 search_needing(Walk *walk, guint32 lowest)
{
    guint32 found = BRANCH_NONE;
    Node above;

    walk->searches++;
    g_array_set_size(walk->stack, 0);
    push(walk, branch_at(walk, walk->current)->tip);
    while ((above = step_up(walk)) != NODE_NONE) {
        found = MIN(found, walk->branch_of[above]);
        if (found == lowest)
            break;
    }
    return found;
}

/* The same, by ranks as far as they tell. */
static guint32 find_needing(Walk *walk)
{
    const Ranks *ranks = &walk->ranks;
    Node tip = branch_at(walk, walk->current)->tip;

    for (guint32 i = walk->first; i != BRANCH_NONE; i = branch_at(walk, i)->after) {
        Node other = branch_at(walk, i)->tip;

        if (ranks->level[other] <= ranks->level[tip])
            continue;
        if (ranks->enter[tip] < ranks->enter[other] && ranks->leave[other] <= ranks->leave[tip])
            return i;
        return search_needing(walk, i);
    }
    return BRANCH_NONE;
}

/* --- Going down ------------------------------------------------------------------------------- */

/* What is not in the set is out as soon as all above it is. */
static void mark_out(Walk *walk, Node start)
{
    g_autoptr(GArray) todo = g_array_new(FALSE, FALSE, sizeof(Node));

    g_array_append_val(todo, start);
    while (todo->len > 0) {
        Node node = g_array_index(todo, Node, todo->len - 1);

        g_array_set_size(todo, todo->len - 1);
        walk->is_out[node] = 1;
        EDGES_FOREACH(&walk->graph->parents, node, parent)
        {
            if (--walk->waiting[*parent] == 0 && !walk->set[*parent])
                g_array_append_val(todo, *parent);
        }
    }
}

/* Puts the current tip out and goes on with its parents. */
static void put_out(Walk *walk)
{
    Node tip = branch_at(walk, walk->current)->tip;
    gboolean goes_on = FALSE;

    g_array_append_val(walk->output, tip);
    walk->branch_of[tip] = BRANCH_NONE;
    mark_out(walk, tip);
    EDGES_FOREACH(&walk->graph->lean_parents, tip, next)
    {
        if (!walk->set[*next] || walk->was_open[*next])
            continue;
        if (goes_on)
            open_branch(walk, *next);
        else
            place_tip(walk, walk->current, *next);
        goes_on = TRUE;
    }
    if (!goes_on)
        close_branch(walk);
}

/* --- The walk --------------------------------------------------------------------------------- */

/* Counts who waits for whom at or below `tops`, and lets out what is above the set. */
static void walk_start(Walk *walk, const Node *tops, guint count)
{
    const Graph *graph = walk->graph;
    g_autofree guint8 *below = nodes_reach(graph, &graph->parents, tops, count);

    for (Node node = 0; node < graph_count(graph); node++) {
        walk->is_out[node] = !below[node];
        walk->first_above[node] = graph->dependents.first[node];
        walk->branch_of[node] = BRANCH_NONE;
        if (!below[node])
            continue;
        EDGES_FOREACH(&graph->parents, node, parent)
        walk->waiting[*parent]++;
    }
    for (guint i = 0; i < count; i++) {
        if (!walk->set[tops[i]] && !walk->is_out[tops[i]] && walk->waiting[tops[i]] == 0)
            mark_out(walk, tops[i]);
    }
}

static void open_tops(Walk *walk, const Node *tops, guint count)
{
    g_autofree guint8 *is_top = g_new0(guint8, graph_count(walk->graph) + 1);

    for (guint i = 0; i < count; i++)
        is_top[tops[i]] = 1;
    for (Node node = 0; node < graph_count(walk->graph); node++) {
        if (is_top[node] && walk->set[node])
            open_branch(walk, node);
    }
    walk->current = walk->first;
}

/* Turns to what could not be walked to through the set alone and waits for nothing any more. FALSE
 * when there is nothing of the kind. */
static gboolean open_rest(Walk *walk)
{
    guint32 before = walk->last;

    for (Node node = 0; node < graph_count(walk->graph); node++) {
        if (walk->set[node] && !walk->was_open[node] && walk->waiting[node] == 0)
            open_branch(walk, node);
    }
    if (walk->last == before)
        return FALSE;
    walk->current = before == BRANCH_NONE ? walk->first : branch_at(walk, before)->after;
    return TRUE;
}

static void turn(Walk *walk)
{
    guint32 needing;

    if (!walk->ranks.level)
        ranks_init(&walk->ranks, walk->graph);
    needing = find_needing(walk);
    if (needing != BRANCH_NONE)
        walk->current = needing;
    else if (!open_rest(walk))
        g_assert_not_reached();
}

static void walk_down(Walk *walk)
{
    while (walk->first != BRANCH_NONE || open_rest(walk)) {
        if (walk->waiting[branch_at(walk, walk->current)->tip] > 0)
            turn(walk);
        else
            put_out(walk);
    }
}

GArray *nodes_order(const Graph *graph, const guint8 *set, const Node *tops, guint count)
{
    guint nodes = graph_count(graph) + 1;
    g_autofree guint32 *waiting = g_new0(guint32, nodes);
    g_autofree guint32 *first_above = g_new(guint32, nodes);
    g_autofree guint32 *branch_of = g_new(guint32, nodes);
    g_autofree guint32 *seen = g_new0(guint32, nodes);
    g_autofree guint8 *was_open = g_new0(guint8, nodes);
    g_autofree guint8 *is_out = g_new0(guint8, nodes);
    g_autoptr(GArray) stack = g_array_new(FALSE, FALSE, sizeof(Frame));
    g_autoptr(GArray) branches = g_array_new(FALSE, FALSE, sizeof(Branch));
    Walk walk = {.graph = graph,
                 .set = set,
                 .waiting = waiting,
                 .first_above = first_above,
                 .branch_of = branch_of,
                 .was_open = was_open,
                 .is_out = is_out,
                 .seen = seen,
                 .stack = stack,
                 .branches = branches,
                 .first = BRANCH_NONE,
                 .last = BRANCH_NONE};

    walk.output = g_array_new(FALSE, FALSE, sizeof(Node));
    walk_start(&walk, tops, count);
    open_tops(&walk, tops, count);
    walk_down(&walk);
    ranks_clear(&walk.ranks);
    return walk.output;
}
