/* Which revisions run, in which order, and what each does to the rows of the version table. */
#include "revision/plan.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "revision/nodes.h"
#include "revision/spec.h"

/* The rows of the version table while a plan is being made. A revision has a row when it is applied
 * and nothing applied needs it. */
typedef struct {
    const Graph *graph;
    Plan *plan;
    guint32 *needed_by; /* by node: how many applied dependents it has */
    GPtrArray *rows;    /* const char * */
} Table;

static gint compare_ids(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static gboolean has_row(const GPtrArray *rows, const char *id)
{
    for (guint i = 0; i < rows->len; i++) {
        if (strcmp(g_ptr_array_index(rows, i), id) == 0)
            return TRUE;
    }
    return FALSE;
}

static gboolean remove_row(GPtrArray *rows, const char *id)
{
    for (guint i = 0; i < rows->len; i++) {
        if (strcmp(g_ptr_array_index(rows, i), id) == 0) {
            g_ptr_array_remove_index_fast(rows, i);
            return TRUE;
        }
    }
    return FALSE;
}

/* A sorted, NULL-terminated copy of the container that the plan owns. */
static char **keep_vector(Plan *plan, const GPtrArray *ids)
{
    char **vector = g_new(char *, ids->len + 1);

    if (ids->len > 0)
        memcpy(vector, ids->pdata, ids->len * sizeof *vector);
    vector[ids->len] = NULL;
    if (ids->len > 1)
        qsort(vector, ids->len, sizeof *vector, compare_ids);
    g_ptr_array_add(plan->vectors, vector);
    return vector;
}

static void table_init(Table *table, Plan *plan, const Graph *graph, const GArray *current,
                       const guint8 *applied)
{
    table->graph = graph;
    table->plan = plan;
    table->needed_by = g_new0(guint32, graph_count(graph) + 1);
    table->rows = g_ptr_array_new();
    for (Node node = 0; node < graph_count(graph); node++) {
        if (!applied[node])
            continue;
        EDGES_FOREACH(&graph->parents, node, parent)
        table->needed_by[*parent]++;
    }
    for (guint i = 0; i < current->len; i++)
        g_ptr_array_add(table->rows, (gpointer)node_id(graph, g_array_index(current, Node, i)));
    plan->from = plan->to = keep_vector(plan, table->rows);
}

static void table_clear(Table *table)
{
    g_free(table->needed_by);
    g_ptr_array_unref(table->rows);
}

/* The revision's row comes; those of its parents that nothing needed until now go. */
static void apply(Table *table, Node node, GPtrArray *removed, GPtrArray *added)
{
    EDGES_FOREACH(&table->graph->parents, node, parent)
    {
        char *id = (char *)node_id(table->graph, *parent);

        if (table->needed_by[*parent]++ == 0 && remove_row(table->rows, id))
            g_ptr_array_add(removed, id);
    }
    g_ptr_array_add(added, (gpointer)node_id(table->graph, node));
}

/* The revision's row goes; those of its parents that nothing needs any more come back. */
static void undo(Table *table, Node node, GPtrArray *removed, GPtrArray *added)
{
    char *id = (char *)node_id(table->graph, node);

    if (remove_row(table->rows, id))
        g_ptr_array_add(removed, id);
    EDGES_FOREACH(&table->graph->parents, node, parent)
    {
        char *other = (char *)node_id(table->graph, *parent);

        if (--table->needed_by[*parent] == 0 && !has_row(table->rows, other))
            g_ptr_array_add(added, other);
    }
}

static void add_step(Table *table, Node node)
{
    Plan *plan = table->plan;
    g_autoptr(GPtrArray) removed = g_ptr_array_new();
    g_autoptr(GPtrArray) added = g_ptr_array_new();
    PlanStep *step = g_new0(PlanStep, 1);

    if (plan->direction == PLAN_UPGRADE)
        apply(table, node, removed, added);
    else
        undo(table, node, removed, added);
    g_ptr_array_extend(table->rows, added, NULL, NULL);
    step->revision = node_revision(table->graph, node);
    step->removed_heads = keep_vector(plan, removed);
    step->added_heads = keep_vector(plan, added);
    step->heads_before = plan->to;
    step->heads_after = plan->to = keep_vector(plan, table->rows);
    g_ptr_array_add(plan->steps, step);
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
    return plan;
}

void plan_free(Plan *plan)
{
    if (!plan)
        return;
    g_ptr_array_unref(plan->steps);
    g_ptr_array_unref(plan->vectors);
    g_free(plan);
}

static const Node *nodes_of(const GArray *nodes)
{
    return (const Node *)(gpointer)nodes->data;
}

static GArray *nodes_of_revisions(const Graph *graph, const GPtrArray *revisions)
{
    GArray *nodes = g_array_new(FALSE, FALSE, sizeof(Node));

    for (guint i = 0; i < revisions->len; i++) {
        const Revision *revision = g_ptr_array_index(revisions, i);
        Node node = node_find(graph, revision->id);

        g_array_append_val(nodes, node);
    }
    return nodes;
}

/* --- Upgrade
 * -------------------------------------------------------------------------------------- */
/* Only the top of a line has a row; a table that says otherwise was edited by hand. */
static gboolean check_rows(const Graph *graph, const GArray *current, GError **error)
{
    for (guint i = 0; current->len > 1 && i < current->len; i++) {
        Node node = g_array_index(current, Node, i);
        g_autofree guint8 *below = nodes_reach(graph, &graph->parents, &node, 1);

        for (guint j = 0; j < current->len; j++) {
            Node other = g_array_index(current, Node, j);

            if (j == i || !below[other])
                continue;
            error_set(error, ERROR_REFUSED,
                      "Requested revision %s overlaps with other requested revisions %s: the "
                      "database has a row for both, and the first implies the second",
                      node_id(graph, node), node_id(graph, other));
            error_set_hint(error, "look at what is really there, then: pgsluice stamp --purge %s",
                           node_id(graph, node));
            return FALSE;
        }
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
    table_clear(&table);
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

/* --- Downgrade
 * ------------------------------------------------------------------------------------ */
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
    table_clear(&table);
    set_digest(plan);
    return plan;
}

/* --- Stamp
 * ---------------------------------------------------------------------------------------- */
/* What one target leaves of the set `rows`: nothing on its line but itself. */
static void stamp_on(const Graph *graph, guint8 *rows, Node target)
{
    g_autofree guint8 *above = nodes_reach(graph, &graph->dependents, &target, 1);
    g_autofree guint8 *below = nodes_reach(graph, &graph->parents, &target, 1);

    for (Node node = 0; node < graph_count(graph); node++)
        rows[node] = rows[node] && !above[node] && !below[node];
}

/* "base" and "label@base" empty the table, or that branch of it. */
static gboolean stamp_base(const Graph *graph, guint8 *rows, const char *const *current,
                           const char *text, GError **error)
{
    SpecDowngrade goal;

    if (!spec_resolve_downgrade(graph, text, current, &goal, error))
        return FALSE;
    if (goal.branch)
        stamp_on(graph, rows, node_find(graph, goal.branch->id));
    else
        memset(rows, 0, graph_count(graph));
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
    for (guint i = 0; i < nodes->len; i++)
        stamp_on(graph, rows, g_array_index(nodes, Node, i));
    g_array_append_vals(stamped, nodes->data, nodes->len);
    return TRUE;
}

/* The ids of `rows`, without those that another one implies. */
static char **top_ids(const Graph *graph, const guint8 *rows)
{
    g_autoptr(GPtrArray) ids = g_ptr_array_new();
    g_autofree guint8 *implied = g_new0(guint8, graph_count(graph) + 1);

    for (Node node = 0; node < graph_count(graph); node++) {
        g_autofree guint8 *below = NULL;

        if (!rows[node] || implied[node])
            continue;
        below = nodes_reach(graph, &graph->parents, &node, 1);
        for (Node other = 0; other < graph_count(graph); other++)
            implied[other] = implied[other] || (below[other] && other != node);
    }
    for (Node node = 0; node < graph_count(graph); node++) {
        if (rows[node] && !implied[node])
            g_ptr_array_add(ids, (gpointer)node_id(graph, node));
    }
    g_ptr_array_sort(ids, compare_ids);
    g_ptr_array_add(ids, NULL);
    return g_strdupv((char **)ids->pdata);
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
    return top_ids(graph, rows);
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
