/* The order in which what a plan says can be done: a graph of (change, slot), and Kahn's algorithm
 * over it, with a fixed choice among what is ready. A circle is opened at its weakest edge. */
#include <string.h>

#include "schema/diff_plan.h"

/* What an edge is worth in a circle: the smallest goes first. */
typedef enum {
    EDGE_IMPLIED, /* a part goes with its table; it can be dropped by itself */
    EDGE_DEFAULT, /* a table can be made without its defaults */
    EDGE_HABIT,   /* safer so; mostly not needed */
    EDGE_USUAL,
    EDGE_MUST,
} EdgeStrength;

typedef struct {
    guint from;
    EdgeStrength strength;
    gboolean is_cut;
} Edge;

typedef struct {
    GArray *before; /* of Edge: what comes first */
    GArray *after;  /* of guint: nodes that wait for this one */
    guint waits;
    gboolean is_done;
} Node;

typedef struct {
    DiffPlan *plan;
    GPtrArray *active;  /* of DiffChange * that have nodes */
    GHashTable *index;  /* DiffChange -> its index + 1 */
    Node *nodes;        /* SLOT_COUNT for each active change */
    GSequence *ready;   /* of GUINT_TO_POINTER(node), sorted */
    GPtrArray *ordered; /* of DiffOperation * */
} Order;

/* --- Nodes ------------------------------------------------------------------------------------ */

static guint node_count(const Order *order)
{
    return order->active->len * SLOT_COUNT;
}

/* G_MAXUINT: nothing happens to it. */
static guint node_of(const Order *order, const DiffChange *change, DiffSlot slot)
{
    guint index = GPOINTER_TO_UINT(g_hash_table_lookup(order->index, change));

    return index ? (index - 1) * SLOT_COUNT + slot : G_MAXUINT;
}

static DiffChange *change_of(const Order *order, guint node)
{
    return order->active->pdata[node / SLOT_COUNT];
}

static void add_edge(Order *order, guint from, guint to, EdgeStrength strength)
{
    const Edge edge = {from, strength, FALSE};

    if (from == G_MAXUINT || to == G_MAXUINT || from == to)
        return;
    if (!order->nodes[to].before)
        order->nodes[to].before = g_array_new(FALSE, FALSE, sizeof(Edge));
    if (!order->nodes[from].after)
        order->nodes[from].after = g_array_new(FALSE, FALSE, sizeof(guint));
    g_array_append_val(order->nodes[to].before, edge);
    g_array_append_val(order->nodes[from].after, to);
    order->nodes[to].waits++;
}

static void connect(Order *order, const DiffChange *first, DiffSlot first_slot,
                    const DiffChange *second, DiffSlot second_slot, EdgeStrength strength)
{
    add_edge(order, node_of(order, first, first_slot), node_of(order, second, second_slot),
             strength);
}

/* --- Edges: what is dropped ------------------------------------------------------------------- */

static gboolean is_drop(const DiffChange *change)
{
    return change->fate == FATE_DROPPED || change->fate == FATE_REBUILT;
}

static gboolean loses_column(const DiffPlan *plan, const Object *table, const char *name)
{
    const DiffChange *change = plan_change(plan, table);

    return change->to && name && !object_column(change->to, name);
}

/* What is only moved aside keeps its parts until then. */
static const DiffChange *dropped(const DiffPlan *plan, const Object *object)
{
    const DiffChange *change = object ? plan_change(plan, object) : NULL;

    return change && is_drop(change) && !change->is_moved ? change : NULL;
}

const DiffChange *diff_implied_by(const DiffPlan *plan, const Object *object, DiffSlot *slot)
{
    const DiffChange *holder = NULL;

    *slot = SLOT_BEFORE;
    if (object->parent && object->kind != KIND_TABLE)
        holder = dropped(plan, object->parent);
    if (!holder && object->kind == KIND_SEQUENCE && object->parent &&
        loses_column(plan, object->parent, ((const Sequence *)object)->owned_column)) {
        *slot = SLOT_ALTER;
        return plan_change(plan, object->parent);
    }
    if (!holder && object->kind == KIND_INDEX && ((const Index *)object)->is_of_constraint)
        return dropped(plan, plan_constraint_of_index(object));
    if (!holder && object->kind == KIND_INDEX && ((const Index *)object)->attached_to)
        return dropped(plan, plan_index_above(object));
    if (!holder && object->kind == KIND_CONSTRAINT)
        return dropped(plan, plan_constraint_above(plan->from, object));
    return holder;
}

static EdgeStrength implied_strength(const Object *object, const DiffChange *holder)
{
    return object->kind != KIND_SEQUENCE && holder->from == object->parent ? EDGE_IMPLIED
                                                                           : EDGE_MUST;
}

/* `user` needed `used`: it goes first, or lets go first. */
static void connect_old(Order *order, const DiffChange *user, const DiffChange *used,
                        gboolean is_default)
{
    if (is_drop(user)) {
        connect(order, user, SLOT_BEFORE, used, SLOT_BEFORE,
                is_default      ? EDGE_DEFAULT
                : is_drop(used) ? EDGE_MUST
                                : EDGE_HABIT);
        connect(order, user, SLOT_BEFORE, used, SLOT_ALTER, EDGE_USUAL);
        return;
    }
    connect(order, user, SLOT_BEFORE, used, SLOT_BEFORE, EDGE_USUAL);
    connect(order, user, SLOT_BEFORE, used, SLOT_ALTER, EDGE_USUAL);
    if (is_drop(used))
        connect(order, user, SLOT_ALTER, used, SLOT_BEFORE, is_default ? EDGE_HABIT : EDGE_USUAL);
}

/* A change of a parent reaches its children, so what hangs on these must be away before it, too. */
static void connect_ancestors(Order *order, const DiffChange *user, const Object *table)
{
    const Table *child = (const Table *)table;

    if (table->kind != KIND_TABLE || !child->parents || !is_drop(user))
        return;
    for (guint i = 0; table->needs && i < table->needs->len; i++) {
        const Object *need = table->needs->pdata[i];

        if (need->kind != KIND_TABLE)
            continue;
        connect(order, user, SLOT_BEFORE, plan_change(order->plan, need), SLOT_ALTER, EDGE_USUAL);
        connect_ancestors(order, user, need);
    }
}

static void add_old_need(Order *order, const DiffChange *user, const Object *need,
                         gboolean is_default)
{
    const DiffChange *used = plan_change(order->plan, need);
    DiffSlot slot;
    DiffSlot own_slot;
    const DiffChange *holder =
        is_drop(used) ? diff_implied_by(order->plan, used->from, &slot) : NULL;
    const DiffChange *own_holder =
        is_drop(user) ? diff_implied_by(order->plan, user->from, &own_slot) : NULL;

    if (own_holder == used)
        return;
    connect_old(order, user, used, is_default);
    if (holder && holder != own_holder && holder != user && is_drop(user))
        connect(order, user, SLOT_BEFORE, holder, slot, EDGE_USUAL);
    connect_ancestors(order, user, need);
}

static void add_old_edges(Order *order, const DiffChange *change)
{
    const Object *from = change->from;
    DiffSlot slot;
    const DiffChange *holder = is_drop(change) ? diff_implied_by(order->plan, from, &slot) : NULL;

    for (guint i = 0; from->needs && i < from->needs->len; i++)
        add_old_need(order, change, from->needs->pdata[i], FALSE);
    for (guint i = 0; from->default_needs && i < from->default_needs->len; i++)
        add_old_need(order, change, from->default_needs->pdata[i], TRUE);
    if (holder)
        connect(order, holder, slot, change, SLOT_BEFORE, implied_strength(from, holder));
}

/* --- Edges: what is made ---------------------------------------------------------------------- */

/* What is filled or attached at last has its parts and partitions by then. */
static gboolean comes_within(const Object *user, const Object *used, gboolean is_moved)
{
    if (used->kind == KIND_SEQUENCE || (user->kind == KIND_TABLE && used->kind == KIND_TABLE))
        return TRUE;
    return user->parent == used && !is_moved;
}

static void add_new_need(Order *order, const DiffChange *user, const Object *need,
                         gboolean is_default)
{
    const DiffChange *used = plan_change(order->plan, need);
    gboolean is_bareable = is_default && user->fate == FATE_CREATED;

    connect(order, used, SLOT_CREATE, user, SLOT_CREATE, is_bareable ? EDGE_DEFAULT : EDGE_MUST);
    connect(order, used, SLOT_ALTER, user, SLOT_CREATE, EDGE_USUAL);
    connect(order, used, SLOT_ALTER, user, SLOT_ALTER, EDGE_HABIT);
    if (used->fate != FATE_ALTERED)
        connect(order, used, SLOT_CREATE, user, SLOT_ALTER, is_default ? EDGE_HABIT : EDGE_USUAL);
    if (!comes_within(user->to, need, used->is_moved))
        connect(order, used, SLOT_AFTER, user, SLOT_CREATE, EDGE_HABIT);
}

static void add_new_edges(Order *order, const DiffChange *change)
{
    const Object *to = change->to;

    for (guint i = 0; to->needs && i < to->needs->len; i++)
        add_new_need(order, change, to->needs->pdata[i], FALSE);
    for (guint i = 0; to->default_needs && i < to->default_needs->len; i++)
        add_new_need(order, change, to->default_needs->pdata[i], TRUE);
}

/* --- Edges: names ----------------------------------------------------------------------------- */

/* Relations, types, and the indexes of constraints share their names within a schema. */
static char *shared_name(const Object *object)
{
    switch (object->kind) {
    case KIND_ENUM:
    case KIND_DOMAIN:
    case KIND_COMPOSITE:
    case KIND_RANGE:
    case KIND_SEQUENCE:
    case KIND_TABLE:
    case KIND_INDEX:
    case KIND_VIEW:
        return g_strdup_printf("%s\n%s", object->schema, object->name);
    case KIND_FUNCTION:
        return g_strdup_printf("%s\n%s(%s)", object->schema, object->name,
                               ((const Function *)object)->arguments);
    case KIND_AGGREGATE:
        return g_strdup_printf("%s\n%s(%s)", object->schema, object->name,
                               ((const Aggregate *)object)->arguments);
    default:
        return NULL;
    }
}

static void take_name(Order *order, GHashTable *freed, const DiffChange *change)
{
    g_autofree char *name = change->to ? shared_name(change->to) : NULL;
    const DiffChange *former = name ? g_hash_table_lookup(freed, name) : NULL;

    if (former && former != change)
        connect(order, former, SLOT_BEFORE, change, SLOT_CREATE, EDGE_MUST);
}

static void add_name_edges(Order *order)
{
    g_autoptr(GHashTable) freed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (guint i = 0; i < order->active->len; i++) {
        DiffChange *change = order->active->pdata[i];
        char *name = is_drop(change) ? shared_name(change->from) : NULL;

        if (name)
            g_hash_table_insert(freed, name, change);
    }
    for (guint i = 0; i < order->active->len; i++)
        take_name(order, freed, order->active->pdata[i]);
}

/* --- All edges -------------------------------------------------------------------------------- */

static void add_slot_edges(Order *order, const DiffChange *change)
{
    for (DiffSlot slot = SLOT_BEFORE; slot + 1 < SLOT_COUNT; slot++)
        connect(order, change, slot, change, slot + 1, EDGE_MUST);
}

static void add_edges(Order *order)
{
    for (guint i = 0; i < order->active->len; i++) {
        const DiffChange *change = order->active->pdata[i];

        add_slot_edges(order, change);
        if (change->from)
            add_old_edges(order, change);
        if (change->to)
            add_new_edges(order, change);
    }
    add_name_edges(order);
    for (guint i = 0; i < order->plan->precedences->len; i++) {
        const DiffPrecedence *edge = &g_array_index(order->plan->precedences, DiffPrecedence, i);

        connect(order, edge->first, edge->first_slot, edge->second, edge->second_slot, EDGE_MUST);
    }
}

/* --- Kahn's algorithm ------------------------------------------------------------------------- */

/* Drops first, those of what hangs on others before the others. */
static guint64 rank_of(const Order *order, guint node)
{
    guint slot = node % SLOT_COUNT;

    if (slot == SLOT_BEFORE)
        return node_count(order) - node;
    return (guint64)node_count(order) + node;
}

static int compare_nodes(gconstpointer a, gconstpointer b, gpointer data)
{
    const Order *order = data;
    guint64 left = rank_of(order, GPOINTER_TO_UINT(a));
    guint64 right = rank_of(order, GPOINTER_TO_UINT(b));

    return left < right ? -1 : left > right;
}

static void offer(Order *order, guint node)
{
    if (order->nodes[node].waits == 0 && !order->nodes[node].is_done)
        g_sequence_insert_sorted(order->ready, GUINT_TO_POINTER(node), compare_nodes, order);
}

static gboolean is_implied(const Order *order, guint node)
{
    const DiffChange *change = change_of(order, node);
    const GArray *before = order->nodes[node].before;
    DiffSlot slot;
    const DiffChange *holder;
    guint other;

    if (node % SLOT_COUNT != SLOT_BEFORE || !is_drop(change))
        return FALSE;
    holder = diff_implied_by(order->plan, change->from, &slot);
    other = holder ? node_of(order, holder, slot) : G_MAXUINT;
    for (guint i = 0; before && i < before->len; i++) {
        const Edge *edge = &g_array_index(before, Edge, i);

        if (edge->from == other && edge->is_cut)
            return FALSE;
    }
    return holder != NULL;
}

static void emit(Order *order, guint node)
{
    DiffChange *change = change_of(order, node);
    GPtrArray **operations = &change->slots[node % SLOT_COUNT];

    if (!*operations || is_implied(order, node))
        return;
    g_ptr_array_extend_and_steal(order->ordered, g_steal_pointer(operations));
}

static void place(Order *order, guint node)
{
    const GArray *after = order->nodes[node].after;

    order->nodes[node].is_done = TRUE;
    emit(order, node);
    for (guint i = 0; after && i < after->len; i++) {
        guint other = g_array_index(after, guint, i);

        order->nodes[other].waits--;
        offer(order, other);
    }
}

/* --- Circles ---------------------------------------------------------------------------------- */

static Edge *open_edge(const Order *order, guint node)
{
    const GArray *before = order->nodes[node].before;

    for (guint i = 0; before && i < before->len; i++) {
        Edge *edge = &g_array_index(before, Edge, i);

        if (!edge->is_cut && !order->nodes[edge->from].is_done)
            return edge;
    }
    return NULL;
}

/* A node of a circle: against the edges from any that is left, until one comes again. */
static guint find_circle(const Order *order)
{
    g_autofree gboolean *seen = g_new0(gboolean, node_count(order));
    guint node = 0;

    while (order->nodes[node].is_done)
        node++;
    while (!seen[node]) {
        seen[node] = TRUE;
        node = open_edge(order, node)->from;
    }
    return node;
}

static guint weakest_of(const Order *order, guint start, Edge **weakest)
{
    guint node = start;
    guint at = start;

    *weakest = NULL;
    do {
        Edge *edge = open_edge(order, node);

        if (!*weakest || edge->strength < (*weakest)->strength) {
            *weakest = edge;
            at = node;
        }
        node = edge->from;
    } while (node != start);
    return at;
}

static void remove_wait(Order *order, guint from, guint to)
{
    GArray *after = order->nodes[from].after;

    for (guint i = 0; i < after->len; i++)
        if (g_array_index(after, guint, i) == to) {
            g_array_remove_index_fast(after, i);
            break;
        }
    order->nodes[to].waits--;
}

/* The defaults that need what comes later follow it, and those that need what goes earlier go
 * before it; a part that would go with its table is dropped before that. */
static void make_up_for(Order *order, guint node, guint from, EdgeStrength strength)
{
    DiffChange *change = change_of(order, node);

    if (strength == EDGE_IMPLIED) {
        add_edge(order, node, from, EDGE_MUST);
    } else if (strength == EDGE_DEFAULT && node % SLOT_COUNT == SLOT_BEFORE) {
        diff_make_undefaulted(order->plan, change_of(order, from), change);
    } else if (strength == EDGE_DEFAULT) {
        if (!change->is_bare)
            diff_make_bare(order->plan, change);
        add_edge(order, from, node_of(order, change, SLOT_AFTER), EDGE_MUST);
    }
}

static void cut_circle(Order *order)
{
    Edge *weakest = NULL;
    guint node = weakest_of(order, find_circle(order), &weakest);
    guint from = weakest->from;
    EdgeStrength strength = weakest->strength;

    weakest->is_cut = TRUE;
    remove_wait(order, from, node);
    make_up_for(order, node, from, strength);
    offer(order, node);
}

/* --- The whole -------------------------------------------------------------------------------- */

static void run(Order *order)
{
    guint left = node_count(order);

    for (guint i = 0; i < node_count(order); i++)
        offer(order, i);
    while (left > 0) {
        GSequenceIter *first = g_sequence_get_begin_iter(order->ready);
        guint node;

        if (g_sequence_iter_is_end(first)) {
            cut_circle(order);
            continue;
        }
        node = GPOINTER_TO_UINT(g_sequence_get(first));
        g_sequence_remove(first);
        if (order->nodes[node].is_done)
            continue;
        place(order, node);
        left--;
    }
}

static void order_clear(Order *order)
{
    for (guint i = 0; i < node_count(order); i++) {
        g_clear_pointer(&order->nodes[i].before, g_array_unref);
        g_clear_pointer(&order->nodes[i].after, g_array_unref);
    }
    g_free(order->nodes);
    g_hash_table_unref(order->index);
    g_sequence_free(order->ready);
    g_ptr_array_unref(order->active);
}

/* Nobody records what the text of a function reads, and the server looks at it when the function is
 * made: what it may read is there before, where nothing else forces it. */
static guint turn_of(const DiffChange *change)
{
    ObjectKind kind = change->from ? change->from->kind : change->to->kind;

    return kind == KIND_FUNCTION ? 1 : kind > KIND_VIEW ? 2 : 0;
}

static void add_active(Order *order, guint turn)
{
    for (guint i = 0; i < order->plan->changes->len; i++) {
        DiffChange *change = order->plan->changes->pdata[i];

        if (change->fate == FATE_SAME || turn_of(change) != turn)
            continue;
        g_ptr_array_add(order->active, change);
        g_hash_table_insert(order->index, change, GUINT_TO_POINTER(order->active->len));
    }
}

GPtrArray *diff_order(DiffPlan *plan)
{
    Order order = {
        .plan = plan,
        .active = g_ptr_array_new(),
        .index = g_hash_table_new(NULL, NULL),
        .ready = g_sequence_new(NULL),
        .ordered = g_ptr_array_new_with_free_func(diff_operation_free),
    };

    for (guint turn = 0; turn <= 2; turn++)
        add_active(&order, turn);
    order.nodes = g_new0(Node, node_count(&order) + 1);
    add_edges(&order);
    run(&order);
    order_clear(&order);
    return order.ordered;
}
