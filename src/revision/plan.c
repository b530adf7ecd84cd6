/* Which revisions run, in which order, and what each does to the rows of the version table. */
#include "revision/plan.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "revision/nodes.h"
#include "revision/spec.h"

/* The table before step `number`. */
typedef struct {
    guint number;
    char **heads;
} Whole;

/* The rows of the version table while a plan is being made. A revision has a row when it is applied
 * and nothing applied needs it. */
typedef struct {
    const Graph *graph;
    Plan *plan;
    guint32 *needed_by; /* by node: how many applied dependents it has */
    GArray *rows;       /* Node */
    guint32 *place;     /* by node: its place in rows + 1; 0: no row */
    guint moves;        /* of rows since the table was last kept whole */
} Table;

static const Node *nodes_of(const GArray *nodes)
{
    return (const Node *)(gpointer)nodes->data;
}

static gint compare_ids(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void sort_ids(char **ids, gsize count)
{
    ids[count] = NULL;
    if (count > 1)
        qsort(ids, count, sizeof *ids, compare_ids);
}

static void add_row(Table *table, Node node)
{
    g_array_append_val(table->rows, node);
    table->place[node] = table->rows->len;
}

static gboolean remove_row(Table *table, Node node)
{
    guint32 place = table->place[node];

    if (place == 0)
        return FALSE;
    g_array_remove_index_fast(table->rows, place - 1);
    if (place <= table->rows->len)
        table->place[g_array_index(table->rows, Node, place - 1)] = place;
    table->place[node] = 0;
    return TRUE;
}

/* A sorted vector of their ids, which the plan owns. */
static char **keep_vector(Plan *plan, const Graph *graph, const GArray *nodes)
{
    char **vector = g_new(char *, nodes->len + 1);

    for (guint i = 0; i < nodes->len; i++)
        vector[i] = (char *)node_id(graph, g_array_index(nodes, Node, i));
    sort_ids(vector, nodes->len);
    g_ptr_array_add(plan->vectors, vector);
    return vector;
}

/* Keeps the table as it is now, when as many rows have moved since the last time as it has: so all
 * that is kept is as long as the moves are many, and no answer takes more moves than it has rows.
 */
static void keep_whole(Table *table)
{
    Plan *plan = table->plan;
    Whole whole = {plan->steps->len, NULL};

    if (plan->wholes->len > 0 && table->moves < table->rows->len)
        return;
    whole.heads = keep_vector(plan, table->graph, table->rows);
    g_array_append_val(plan->wholes, whole);
    table->moves = 0;
}

static void table_init(Table *table, Plan *plan, const Graph *graph, const GArray *current,
                       const guint8 *applied)
{
    *table = (Table){graph, plan, NULL, NULL, NULL, 0};
    table->needed_by = g_new0(guint32, graph_count(graph) + 1);
    table->rows = g_array_new(FALSE, FALSE, sizeof(Node));
    table->place = g_new0(guint32, graph_count(graph) + 1);
    for (Node node = 0; node < graph_count(graph); node++) {
        if (!applied[node])
            continue;
        EDGES_FOREACH(&graph->parents, node, parent)
        table->needed_by[*parent]++;
    }
    for (guint i = 0; i < current->len; i++)
        add_row(table, g_array_index(current, Node, i));
    plan->from = plan->to = keep_vector(plan, graph, table->rows);
}

/* The plan's end is the table as it is now. */
static void table_finish(Table *table)
{
    table->plan->to = keep_vector(table->plan, table->graph, table->rows);
    g_free(table->needed_by);
    g_array_unref(table->rows);
    g_free(table->place);
}

/* The revision's row comes; those of its parents that nothing needed until now go. */
static void apply(Table *table, Node node, GArray *removed, GArray *added)
{
    EDGES_FOREACH(&table->graph->parents, node, parent)
    {
        if (table->needed_by[*parent]++ == 0 && remove_row(table, *parent))
            g_array_append_val(removed, *parent);
    }
    add_row(table, node);
    g_array_append_val(added, node);
}

/* The revision's row goes; those of its parents that nothing needs any more come back. */
static void undo(Table *table, Node node, GArray *removed, GArray *added)
{
    if (remove_row(table, node))
        g_array_append_val(removed, node);
    EDGES_FOREACH(&table->graph->parents, node, parent)
    {
        if (--table->needed_by[*parent] > 0 || table->place[*parent])
            continue;
        add_row(table, *parent);
        g_array_append_val(added, *parent);
    }
}

static void add_step(Table *table, Node node)
{
    Plan *plan = table->plan;
    g_autoptr(GArray) removed = g_array_new(FALSE, FALSE, sizeof(Node));
    g_autoptr(GArray) added = g_array_new(FALSE, FALSE, sizeof(Node));
    PlanStep *step = g_new0(PlanStep, 1);

    keep_whole(table);
    if (plan->direction == PLAN_UPGRADE)
        apply(table, node, removed, added);
    else
        undo(table, node, removed, added);
    table->moves += removed->len + added->len;
    step->plan = plan;
    step->revision = node_revision(table->graph, node);
    step->removed_heads = keep_vector(plan, table->graph, removed);
    step->added_heads = keep_vector(plan, table->graph, added);
    step->number = plan->steps->len;
    step->whole = plan->wholes->len - 1;
    g_ptr_array_add(plan->steps, step);
}

static void move_rows(GHashTable *rows, const PlanStep *step)
{
    for (char **id = step->removed_heads; *id; id++)
        g_hash_table_remove(rows, *id);
    for (char **id = step->added_heads; *id; id++)
        g_hash_table_add(rows, *id);
}

/* Before step `number`, which is this one or the next. */
static char **heads_at(const PlanStep *step, guint number)
{
    const Plan *plan = step->plan;
    const Whole *start = &g_array_index(plan->wholes, Whole, step->whole);
    g_autoptr(GHashTable) rows = g_hash_table_new(g_str_hash, g_str_equal);
    g_autofree char **ids = NULL;
    char **heads;
    guint count;

    for (char **id = start->heads; *id; id++)
        g_hash_table_add(rows, *id);
    for (guint i = start->number; i < number; i++)
        move_rows(rows, g_ptr_array_index(plan->steps, i));
    ids = (char **)g_hash_table_get_keys_as_array(rows, &count);
    heads = g_new(char *, count + 1);
    memcpy(heads, ids, count * sizeof *heads);
    sort_ids(heads, count);
    return heads;
}

char **step_heads_before(const PlanStep *step)
{
    return heads_at(step, step->number);
}

char **step_heads_after(const PlanStep *step)
{
    return heads_at(step, step->number + 1);
}

static void digest_part(GChecksum *sum, const char *text)
{
    g_checksum_update(sum, (const guchar *)text, (gssize)strlen(text) + 1);
}

static void set_digest(Plan *plan)
{
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);

    digest_part(sum, plan->direction == PLAN_UPGRADE ? "upgrade" : "downgrade");
    for (char **id = plan->from; *id; id++)
        digest_part(sum, *id);
    digest_part(sum, ""); /* so that a head cannot be taken for a step */
    for (guint i = 0; i < plan->steps->len; i++) {
        const PlanStep *step = g_ptr_array_index(plan->steps, i);

        digest_part(sum, step->revision->id);
    }
    g_strlcpy(plan->digest, g_checksum_get_string(sum), sizeof plan->digest);
}

static Plan *plan_new(PlanDirection direction)
{
    Plan *plan = g_new0(Plan, 1);

    plan->direction = direction;
    plan->steps = g_ptr_array_new_with_free_func(g_free);
    plan->vectors = g_ptr_array_new_with_free_func(g_free);
    plan->wholes = g_array_new(FALSE, FALSE, sizeof(Whole));
    return plan;
}

void plan_free(Plan *plan)
{
    if (!plan)
        return;
    g_ptr_array_unref(plan->steps);
    g_ptr_array_unref(plan->vectors);
    g_array_unref(plan->wholes);
    g_free(plan);
}

/* --- Upgrade ---------------------------------------------------------------------------------- */

static void error_overlap(const Graph *graph, Node node, Node implied, GError **error)
{
    error_set(error, ERROR_REFUSED,
              "Requested revision %s overlaps with other requested revisions %s: the database has "
              "a row for both, and the first implies the second",
              node_id(graph, node), node_id(graph, implied));
    error_set_hint(error, "look at what is really there, then: pgsluice stamp --purge %s",
                   node_id(graph, node));
}

/* One of `current` from which `implied`, another of them, can be reached. */
static Node find_implying(const Graph *graph, const GArray *current, Node implied)
{
    g_autofree guint8 *above = nodes_reach_beyond(graph, &graph->dependents, &implied, 1);

    for (guint i = 0; i < current->len; i++) {
        if (above[g_array_index(current, Node, i)])
            return g_array_index(current, Node, i);
    }
    g_return_val_if_reached(implied);
}

/* Only the top of a line has a row; a table that says otherwise was edited by hand. */
static gboolean check_rows(const Graph *graph, const GArray *current, GError **error)
{
    g_autofree guint8 *implied =
        nodes_reach_beyond(graph, &graph->parents, nodes_of(current), current->len);

    for (guint i = 0; i < current->len; i++) {
        Node node = g_array_index(current, Node, i);

        if (!implied[node])
            continue;
        error_overlap(graph, find_implying(graph, current, node), node, error);
        return FALSE;
    }
    return TRUE;
}

static void add_upgrade_steps(Plan *plan, const Graph *graph, const GArray *current,
                              const guint8 *applied, const GArray *targets)
{
    guint count = graph_count(graph);
    g_autofree guint8 *missing =
        nodes_reach(graph, &graph->parents, nodes_of(targets), targets->len);
    g_autoptr(GArray) order = NULL;
    Table table;

    for (Node node = 0; node < count; node++)
        missing[node] = missing[node] && !applied[node];
    order = nodes_order(graph, missing, nodes_of(targets), targets->len);
    table_init(&table, plan, graph, current, applied);
    for (guint i = order->len; i > 0; i--)
        add_step(&table, g_array_index(order, Node, i - 1));
    table_finish(&table);
}

Plan *plan_upgrade(const Graph *graph, const char *const *current, const char *target,
                   GError **error)
{
    g_autoptr(GArray) heads = nodes_of_heads(graph, current, error);
    g_autoptr(GPtrArray) revisions = NULL;
    g_autoptr(GArray) targets = NULL;
    g_autofree guint8 *applied = NULL;
    Plan *plan;

    if (!heads)
        return NULL;
    revisions = spec_resolve(graph, target, current, SPEC_FOR_UPGRADE, error);
    if (!revisions || !check_rows(graph, heads, error))
        return NULL;
    targets = nodes_of_revisions(graph, revisions);
    applied = nodes_reach(graph, &graph->parents, nodes_of(heads), heads->len);
    plan = plan_new(PLAN_UPGRADE);
    add_upgrade_steps(plan, graph, heads, applied, targets);
    set_digest(plan);
    return plan;
}

/* --- Downgrade -------------------------------------------------------------------------------- */

/* The first revisions to go on each line: the children of the target, or the bases. */
static GArray *find_roots(const Graph *graph, Node target)
{
    GArray *roots = g_array_new(FALSE, FALSE, sizeof(Node));

    for (Node node = 0; target == NODE_NONE && node < graph_count(graph); node++) {
        if (edges_count(&graph->downs, node) == 0)
            g_array_append_val(roots, node);
    }
    if (target != NODE_NONE) {
        EDGES_FOREACH(&graph->children, target, child)
        g_array_append_val(roots, *child);
    }
    return roots;
}

/* Only the roots on the way to the branch; FALSE when there were some and none is left. */
static gboolean keep_roots_below(const Graph *graph, GArray *roots, Node branch)
{
    g_autofree guint8 *below = nodes_reach(graph, &graph->downs, &branch, 1);

    for (guint i = roots->len; i > 0; i--) {
        if (!below[g_array_index(roots, Node, i - 1)])
            g_array_remove_index(roots, i - 1);
    }
    return roots->len > 0;
}

static void error_not_below(const char *text, const GArray *heads, const Graph *graph,
                            GError **error)
{
    g_autoptr(GString) ids = g_string_new(NULL);

    for (guint i = 0; i < heads->len; i++)
        g_string_append_printf(ids, "%s%s", i ? ", " : "",
                               node_id(graph, g_array_index(heads, Node, i)));
    error_set(error, ERROR_USAGE,
              "Destination %s is not a valid downgrade target from current head(s)", text);
    error_set_hint(error, "the database is at %s; name a revision below",
                   ids->len ? ids->str : "base");
}

/* What is applied and has to go, as a set; NULL when the target makes no sense. */
static guint8 *find_doomed(const Graph *graph, const SpecDowngrade *target, const GArray *heads,
                           const guint8 *applied, const char *text, GError **error)
{
    Node node = target->revision ? node_find(graph, target->revision->id) : NODE_NONE;
    g_autoptr(GArray) roots = find_roots(graph, node);
    g_autofree guint8 *doomed = NULL;
    gboolean is_at_target = FALSE;
    gboolean is_any = FALSE;

    if (target->branch && roots->len > 1 &&
        !keep_roots_below(graph, roots, node_find(graph, target->branch->id))) {
        error_not_below(text, heads, graph, error);
        return NULL;
    }
    doomed = nodes_reach(graph, &graph->dependents, nodes_of(roots), roots->len);
    for (Node other = 0; other < graph_count(graph); other++) {
        doomed[other] = doomed[other] && applied[other];
        is_any = is_any || doomed[other];
    }
    for (guint i = 0; i < heads->len; i++)
        is_at_target = is_at_target || g_array_index(heads, Node, i) == node;
    if (is_any || is_at_target || node == NODE_NONE)
        return g_steal_pointer(&doomed);
    error_not_below(text, heads, graph, error);
    return NULL;
}

Plan *plan_downgrade(const Graph *graph, const char *const *current, const char *target,
                     GError **error)
{
    g_autoptr(GArray) heads = nodes_of_heads(graph, current, error);
    g_autofree guint8 *applied = NULL;
    g_autofree guint8 *doomed = NULL;
    g_autoptr(GArray) order = NULL;
    SpecDowngrade goal;
    Table table;
    Plan *plan;

    if (!heads || !spec_resolve_downgrade(graph, target, current, &goal, error))
        return NULL;
    applied = nodes_reach(graph, &graph->parents, nodes_of(heads), heads->len);
    doomed = find_doomed(graph, &goal, heads, applied, target, error);
    if (!doomed)
        return NULL;
    order = nodes_order(graph, doomed, nodes_of(heads), heads->len);
    plan = plan_new(PLAN_DOWNGRADE);
    table_init(&table, plan, graph, heads, applied);
    for (guint i = 0; i < order->len; i++)
        add_step(&table, g_array_index(order, Node, i));
    table_finish(&table);
    set_digest(plan);
    return plan;
}

/* --- Stamp ------------------------------------------------------------------------------------ */

/* What targets leave of the set `rows`: nothing on their lines but themselves. */
static void stamp_on(const Graph *graph, guint8 *rows, const GArray *targets)
{
    g_autofree guint8 *above =
        nodes_reach(graph, &graph->dependents, nodes_of(targets), targets->len);
    g_autofree guint8 *below = nodes_reach(graph, &graph->parents, nodes_of(targets), targets->len);

    for (Node node = 0; node < graph_count(graph); node++)
        rows[node] = rows[node] && !above[node] && !below[node];
}

/* "base" and "label@base" empty the table, or that branch of it. */
static gboolean stamp_base(const Graph *graph, guint8 *rows, const char *const *current,
                           const char *text, GError **error)
{
    g_autoptr(GArray) branch = g_array_new(FALSE, FALSE, sizeof(Node));
    SpecDowngrade goal;
    Node node;

    if (!spec_resolve_downgrade(graph, text, current, &goal, error))
        return FALSE;
    if (!goal.branch) {
        memset(rows, 0, graph_count(graph));
        return TRUE;
    }
    node = node_find(graph, goal.branch->id);
    g_array_append_val(branch, node);
    stamp_on(graph, rows, branch);
    return TRUE;
}

/* Takes the rows of the lines of `text`'s revisions away and notes the revisions in `stamped`. */
static gboolean stamp_one(const Graph *graph, guint8 *rows, GArray *stamped,
                          const char *const *current, const char *text, GError **error)
{
    g_autoptr(GPtrArray) revisions = spec_resolve(graph, text, current, SPEC_FOR_STAMP, error);
    g_autoptr(GArray) nodes = NULL;

    if (!revisions)
        return FALSE;
    if (revisions->len == 0)
        return stamp_base(graph, rows, current, text, error);
    nodes = nodes_of_revisions(graph, revisions);
    stamp_on(graph, rows, nodes);
    g_array_append_vals(stamped, nodes->data, nodes->len);
    return TRUE;
}

char **plan_stamp(const Graph *graph, const char *const *current, const char *const *targets,
                  GError **error)
{
    static const char *const none[] = {NULL};
    const char *const *known = current ? current : none;
    g_autoptr(GArray) heads = nodes_of_heads(graph, known, error);
    g_autoptr(GArray) stamped = g_array_new(FALSE, FALSE, sizeof(Node));
    g_autofree guint8 *rows = g_new0(guint8, graph_count(graph) + 1);

    if (!heads)
        return NULL;
    for (guint i = 0; i < heads->len; i++)
        rows[g_array_index(heads, Node, i)] = 1;
    for (; *targets; targets++) {
        if (!stamp_one(graph, rows, stamped, known, *targets, error))
            return NULL;
    }
    for (guint i = 0; i < stamped->len; i++)
        rows[g_array_index(stamped, Node, i)] = 1;
    return nodes_top_ids(graph, rows);
}

char *plan_describe_step(const Revision *revision, PlanDirection direction)
{
    g_autofree char *parents = g_strjoinv(", ", revision->down_revisions);

    if (direction == PLAN_UPGRADE)
        return g_strdup_printf("Running upgrade %s -> %s, %s", parents, revision->id,
                               revision->message);
    return g_strdup_printf("Running downgrade %s -> %s, %s", revision->id, parents,
                           revision->message);
}
