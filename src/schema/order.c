/* Kahn's algorithm over the objects' needs, with the smallest index first. */
#include "schema/order.h"

typedef struct {
    GArray *needed_by;       /* of guint: nodes that wait for this one; NULL: none */
    GArray *defaults_wanted; /* the same: nodes whose defaults wait for it */
    guint waits;             /* for so many, defaults left out */
    guint default_waits;
    gboolean is_bare; /* comes, or came, without its defaults */
    gboolean is_done;
} Node;

typedef struct {
    const GPtrArray *objects;
    GHashTable *index; /* Object -> its index + 1 */
    Node *nodes;
    GSequence *ready; /* of GUINT_TO_POINTER(index), sorted */
    GArray *steps;
} Order;

static int compare_indices(gconstpointer a, gconstpointer b, gpointer data)
{
    return GPOINTER_TO_UINT(a) < GPOINTER_TO_UINT(b) ? -1
                                                     : GPOINTER_TO_UINT(a) > GPOINTER_TO_UINT(b);
}

static guint add_edges(Order *order, guint index, const GPtrArray *needs, gboolean is_default)
{
    guint count = 0;

    for (guint i = 0; needs && i < needs->len; i++) {
        guint other = GPOINTER_TO_UINT(g_hash_table_lookup(order->index, needs->pdata[i]));
        GArray **list;

        if (!other)
            continue;
        list = is_default ? &order->nodes[other - 1].defaults_wanted
                          : &order->nodes[other - 1].needed_by;
        if (!*list)
            *list = g_array_new(FALSE, FALSE, sizeof(guint));
        g_array_append_val(*list, index);
        count++;
    }
    return count;
}

static gboolean is_ready(const Node *node)
{
    return !node->is_done && node->waits == 0 && (node->is_bare || node->default_waits == 0);
}

static void offer(Order *order, guint index)
{
    if (is_ready(&order->nodes[index]))
        g_sequence_insert_sorted(order->ready, GUINT_TO_POINTER(index), compare_indices, NULL);
}

static void add_step(Order *order, StepKind kind, const Object *object)
{
    const OrderStep step = {kind, object};

    g_array_append_val(order->steps, step);
}

/* The first of a table and its sequence to come waits for the other. */
static void add_ownerships(Order *order, const Object *object)
{
    const Object *table = object->kind == KIND_SEQUENCE ? object->parent : NULL;
    guint other = table ? GPOINTER_TO_UINT(g_hash_table_lookup(order->index, table)) : 0;

    if (other && order->nodes[other - 1].is_done)
        add_step(order, STEP_OWNERSHIP, object);
    for (guint i = 0; object->parts && i < object->parts->len; i++) {
        const Object *part = object->parts->pdata[i];

        other = GPOINTER_TO_UINT(g_hash_table_lookup(order->index, part));
        if (part->kind == KIND_SEQUENCE && other && order->nodes[other - 1].is_done)
            add_step(order, STEP_OWNERSHIP, part);
    }
}

static void settle_default(Order *order, guint index)
{
    Node *node = &order->nodes[index];

    if (--node->default_waits > 0)
        return;
    if (node->is_done && node->is_bare)
        add_step(order, STEP_DEFAULTS, order->objects->pdata[index]);
    else
        offer(order, index);
}

static void place(Order *order, guint index)
{
    Node *node = &order->nodes[index];
    const Object *object = order->objects->pdata[index];
    gboolean is_bare = node->is_bare && node->default_waits > 0;

    node->is_done = TRUE;
    node->is_bare = is_bare;
    add_step(order, is_bare ? STEP_CREATE_BARE : STEP_CREATE, object);
    add_ownerships(order, object);
    for (guint i = 0; node->needed_by && i < node->needed_by->len; i++) {
        guint other = g_array_index(node->needed_by, guint, i);

        order->nodes[other].waits--;
        offer(order, other);
    }
    for (guint i = 0; node->defaults_wanted && i < node->defaults_wanted->len; i++)
        settle_default(order, g_array_index(node->defaults_wanted, guint, i));
}

/* Nothing is ready, and something is left. */
static void cut_circle(Order *order)
{
    guint first = order->objects->len;

    for (guint i = 0; i < order->objects->len; i++) {
        Node *node = &order->nodes[i];

        if (node->is_done)
            continue;
        first = MIN(first, i);
        if (node->default_waits > 0 && !node->is_bare && node->waits == 0) {
            node->is_bare = TRUE;
            offer(order, i);
            return;
        }
    }
    order->nodes[first].waits = 0;
    order->nodes[first].is_bare = TRUE;
    offer(order, first);
}

static void run(Order *order)
{
    guint left = order->objects->len;

    while (left > 0) {
        GSequenceIter *first = g_sequence_get_begin_iter(order->ready);
        guint index;

        if (g_sequence_iter_is_end(first)) {
            cut_circle(order);
            continue;
        }
        index = GPOINTER_TO_UINT(g_sequence_get(first));
        g_sequence_remove(first);
        if (order->nodes[index].is_done)
            continue;
        place(order, index);
        left--;
    }
}

static void order_clear(Order *order)
{
    for (guint i = 0; i < order->objects->len; i++) {
        g_clear_pointer(&order->nodes[i].needed_by, g_array_unref);
        g_clear_pointer(&order->nodes[i].defaults_wanted, g_array_unref);
    }
    g_free(order->nodes);
    g_hash_table_unref(order->index);
    g_sequence_free(order->ready);
}

GArray *order_objects(const GPtrArray *objects)
{
    Order order = {
        .objects = objects,
        .index = g_hash_table_new(NULL, NULL),
        .nodes = g_new0(Node, objects->len + 1),
        .ready = g_sequence_new(NULL),
        .steps = g_array_new(FALSE, FALSE, sizeof(OrderStep)),
    };

    for (guint i = 0; i < objects->len; i++)
        g_hash_table_insert(order.index, objects->pdata[i], GUINT_TO_POINTER(i + 1));
    for (guint i = 0; i < objects->len; i++) {
        const Object *object = objects->pdata[i];

        order.nodes[i].waits = add_edges(&order, i, object->needs, FALSE);
        order.nodes[i].default_waits = add_edges(&order, i, object->default_needs, TRUE);
    }
    for (guint i = 0; i < objects->len; i++)
        offer(&order, i);
    run(&order);
    order_clear(&order);
    return order.steps;
}
