/* Words into revisions. Each form of the grammar is one function below; spec_text.c takes the words
 * apart, spec_error.c says why they name nothing. */
#include "revision/spec.h"

#include <string.h>

#include "base/error.h"
#include "revision/nodes.h"
#include "revision/spec_parts.h"

/* Everything that a form needs to know. */
typedef struct {
    const Graph *graph;
    SpecUse use;
    const SpecParts *parts;
    const GArray *current; /* Node; NULL: unknown (SHOW without a database) */
    Node branch;           /* what stands before "@"; NODE_NONE: nothing */
} Resolver;

static GArray *nodes_new(void)
{
    return g_array_new(FALSE, FALSE, sizeof(Node));
}

static GArray *nodes_one(Node node)
{
    GArray *nodes = nodes_new();

    g_array_append_val(nodes, node);
    return nodes;
}

static Node nodes_at(const GArray *nodes, guint index)
{
    return g_array_index(nodes, Node, index);
}

/* --- Names ------------------------------------------------------------------------------------ */

/* TRUE when one is at or below the other through Revises. */
static gboolean shares_lineage(const Graph *graph, Node a, Node b)
{
    g_autofree guint8 *above = nodes_reach(graph, &graph->children, &a, 1);
    g_autofree guint8 *below = nodes_reach(graph, &graph->downs, &a, 1);

    return above[b] || below[b];
}

/* Those of `nodes` that are on the line of `branch`; all of them when there is no branch. */
static GArray *on_branch(const Graph *graph, const GArray *nodes, Node branch)
{
    GArray *members = nodes_new();
    g_autofree guint8 *above = NULL;
    g_autofree guint8 *below = NULL;

    if (branch != NODE_NONE) {
        above = nodes_reach(graph, &graph->children, &branch, 1);
        below = nodes_reach(graph, &graph->downs, &branch, 1);
    }
    for (guint i = 0; i < nodes->len; i++) {
        Node node = nodes_at(nodes, i);

        if (branch == NODE_NONE || above[node] || below[node])
            g_array_append_val(members, node);
    }
    return members;
}

/* Ids and labels of four characters and more that begin with `text`. */
static void find_prefix(const Resolver *resolver, const char *text, GPtrArray *names, GArray *nodes)
{
    for (Node node = 0; node < graph_count(resolver->graph); node++) {
        const Revision *revision = node_revision(resolver->graph, node);

        if (g_str_has_prefix(revision->id, text) && strlen(revision->id) > 3) {
            g_ptr_array_add(names, revision->id);
            g_array_append_val(nodes, node);
        }
        for (char **label = revision->labels; *label; label++) {
            if (!g_str_has_prefix(*label, text) || strlen(*label) <= 3)
                continue;
            g_ptr_array_add(names, *label);
            g_array_append_val(nodes, node);
        }
    }
}

static void keep_on_branch(const Resolver *resolver, GPtrArray *names, GArray *nodes)
{
    g_autofree guint8 *above =
        nodes_reach(resolver->graph, &resolver->graph->children, &resolver->branch, 1);
    g_autofree guint8 *below =
        nodes_reach(resolver->graph, &resolver->graph->downs, &resolver->branch, 1);

    for (guint i = nodes->len; i > 0; i--) {
        Node node = nodes_at(nodes, i - 1);

        if (above[node] || below[node])
            continue;
        g_ptr_array_remove_index(names, i - 1);
        g_array_remove_index(nodes, i - 1);
    }
}

/* The one that an id, a label or a unique beginning of one names. */
static Node resolve_name(const Resolver *resolver, const char *name, GError **error)
{
    Node node = node_find(resolver->graph, name);
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    g_autoptr(GArray) nodes = nodes_new();

    if (node == NODE_NONE) {
        find_prefix(resolver, name, names, nodes);
        if (resolver->branch != NODE_NONE)
            keep_on_branch(resolver, names, nodes);
        if (nodes->len == 1) {
            node = nodes_at(nodes, 0);
        } else if (nodes->len == 0) {
            spec_error_unknown(resolver->graph, name, error);
            return NODE_NONE;
        } else {
            spec_error_prefix(name, names, error);
            return NODE_NONE;
        }
    }
    if (resolver->branch != NODE_NONE && !shares_lineage(resolver->graph, node, resolver->branch)) {
        spec_error_not_on_branch(node_id(resolver->graph, node), resolver->parts->branch, error);
        return NODE_NONE;
    }
    return node;
}

/* --- Absolute forms --------------------------------------------------------------------------- */

/* The heads by Revises, or only those that no other one implies. */
static GArray *heads_of_files(const Graph *graph, gboolean counts_all)
{
    const Edges *edges = counts_all ? &graph->children : &graph->dependents;
    GArray *heads = nodes_new();

    for (Node node = 0; node < graph_count(graph); node++) {
        if (edges_count(edges, node) == 0)
            g_array_append_val(heads, node);
    }
    return heads;
}

/* Bare `heads` leaves out what other heads imply; `head`, and on a branch each head, counts. */
static GArray *file_heads(const Resolver *resolver)
{
    gboolean counts_all =
        resolver->branch != NODE_NONE || strcmp(resolver->parts->symbol, "heads") != 0;
    g_autoptr(GArray) heads = heads_of_files(resolver->graph, counts_all);

    return on_branch(resolver->graph, heads, resolver->branch);
}

static GArray *resolve_head(const Resolver *resolver, GError **error)
{
    GArray *heads = file_heads(resolver);

    if (heads->len <= 1 || strcmp(resolver->parts->symbol, "heads") == 0)
        return heads;
    spec_error_multiple_heads(resolver->graph, resolver->parts, resolver->use, heads, error);
    g_array_unref(heads);
    return NULL;
}

static GArray *resolve_current(const Resolver *resolver, GError **error)
{
    if (resolver->current)
        return on_branch(resolver->graph, resolver->current, resolver->branch);
    error_set(error, ERROR_USAGE, "'current' needs a database");
    error_set_hint(error, "name the revision itself; pgsluice current prints it");
    return NULL;
}

static GArray *resolve_absolute(const Resolver *resolver, GError **error)
{
    const char *symbol = resolver->parts->symbol;
    Node node;

    if (strcmp(symbol, "head") == 0 || strcmp(symbol, "heads") == 0)
        return resolve_head(resolver, error);
    if (strcmp(symbol, "base") == 0)
        return nodes_new();
    if (strcmp(symbol, "current") == 0)
        return resolve_current(resolver, error);
    node = resolve_name(resolver, symbol, error);
    return node == NODE_NONE ? NULL : nodes_one(node);
}

/* --- Walking ---------------------------------------------------------------------------------- */

/* Where a walk may go next: from base (NODE_NONE) up to the bases. */
static GArray *steps_up(const Resolver *resolver, Node node)
{
    const Graph *graph = resolver->graph;
    g_autoptr(GArray) next = nodes_new();

    if (node != NODE_NONE) {
        EDGES_FOREACH(&graph->children, node, child)
        g_array_append_val(next, *child);
    }
    for (Node base = 0; node == NODE_NONE && base < graph_count(graph); base++) {
        if (edges_count(&graph->downs, base) == 0)
            g_array_append_val(next, base);
    }
    return on_branch(graph, next, resolver->branch);
}

static gboolean walk_up(const Resolver *resolver, Node *node, GError **error)
{
    for (gint64 i = 0; i < resolver->parts->steps; i++) {
        g_autoptr(GArray) next = steps_up(resolver, *node);

        if (next->len == 0 && resolver->use == SPEC_FOR_RANGE)
            return TRUE;
        if (next->len == 0) {
            spec_error_too_far(resolver->parts, error);
            return FALSE;
        }
        if (next->len > 1) {
            spec_error_ambiguous_walk(resolver->graph, resolver->parts, *node, next, error);
            return FALSE;
        }
        *node = nodes_at(next, 0);
    }
    return TRUE;
}

/* *node becomes NODE_NONE when the walk ends at base. */
static gboolean walk_down(const Resolver *resolver, Node *node, GError **error)
{
    const Edges *downs = &resolver->graph->downs;

    for (gint64 i = 0; i < -resolver->parts->steps; i++) {
        if (*node == NODE_NONE && resolver->use == SPEC_FOR_RANGE)
            return TRUE;
        if (*node == NODE_NONE) {
            spec_error_too_far(resolver->parts, error);
            return FALSE;
        }
        if (edges_count(downs, *node) > 1) {
            g_autoptr(GArray) next = nodes_new();

            g_array_append_vals(next, downs->items + downs->first[*node],
                                edges_count(downs, *node));
            spec_error_ambiguous_walk(resolver->graph, resolver->parts, *node, next, error);
            return FALSE;
        }
        *node = edges_count(downs, *node) ? downs->items[downs->first[*node]] : NODE_NONE;
    }
    return TRUE;
}

static gboolean walk(const Resolver *resolver, Node *node, GError **error)
{
    return resolver->parts->steps > 0 ? walk_up(resolver, node, error)
                                      : walk_down(resolver, node, error);
}

/* --- Relative forms --------------------------------------------------------------------------- */

/* The tips, by Revises, of what is applied. */
static GArray *applied_tips(const Resolver *resolver)
{
    const Graph *graph = resolver->graph;
    const Node *heads = (const Node *)(gpointer)resolver->current->data;
    g_autofree guint8 *applied = nodes_reach(graph, &graph->parents, heads, resolver->current->len);
    GArray *tips = nodes_new();

    for (Node node = 0; node < graph_count(graph); node++) {
        gboolean is_tip = applied[node];

        EDGES_FOREACH(&graph->children, node, child)
        is_tip = is_tip && !applied[*child];
        if (is_tip)
            g_array_append_val(tips, node);
    }
    return tips;
}

/* Those of the applied revisions on the branch that no other of them needs. */
static GArray *applied_tips_on_branch(const Resolver *resolver)
{
    const Graph *graph = resolver->graph;
    const Node *heads = (const Node *)(gpointer)resolver->current->data;
    g_autofree guint8 *applied = nodes_reach(graph, &graph->parents, heads, resolver->current->len);
    g_autofree guint8 *needed = g_new0(guint8, graph_count(graph) + 1);
    g_autoptr(GArray) all = nodes_new();
    g_autoptr(GArray) members = NULL;
    GArray *tips = nodes_new();

    for (Node node = 0; node < graph_count(graph); node++) {
        if (applied[node])
            g_array_append_val(all, node);
    }
    members = on_branch(graph, all, resolver->branch);
    for (guint i = 0; i < members->len; i++) {
        EDGES_FOREACH(&graph->lean_parents, nodes_at(members, i), parent)
        needed[*parent] = 1;
    }
    for (guint i = 0; i < members->len; i++) {
        Node node = nodes_at(members, i);

        if (!needed[node])
            g_array_append_val(tips, node);
    }
    return tips;
}

/* Where "+N" starts: the one current head of the branch, or base (NODE_NONE). */
static gboolean find_start_up(const Resolver *resolver, Node *start, GError **error)
{
    g_autoptr(GArray) starts = on_branch(resolver->graph, resolver->current, resolver->branch);

    if (starts->len == 0 && resolver->branch != NODE_NONE) {
        g_array_unref(starts);
        starts = applied_tips_on_branch(resolver);
    }
    if (starts->len > 1) {
        spec_error_several_current(resolver->graph, resolver->parts, resolver->use, starts, error);
        return FALSE;
    }
    *start = starts->len ? nodes_at(starts, 0) : NODE_NONE;
    return TRUE;
}

/* Where "-N" starts. */
static gboolean find_start_down(const Resolver *resolver, Node *start, GError **error)
{
    g_autoptr(GArray) starts = on_branch(resolver->graph, resolver->current, resolver->branch);

    if (starts->len == 0 && resolver->branch != NODE_NONE) {
        g_autoptr(GArray) tips = applied_tips(resolver);

        g_array_unref(starts);
        starts = on_branch(resolver->graph, tips, resolver->branch);
    }
    if (starts->len > 1) {
        spec_error_several_current(resolver->graph, resolver->parts, resolver->use, starts, error);
        return FALSE;
    }
    if (starts->len == 0) {
        spec_error_too_far(resolver->parts, error);
        return FALSE;
    }
    *start = nodes_at(starts, 0);
    return TRUE;
}

/* "ae10+2", "head-1", "label@base+1": the start is a word of its own. */
static gboolean find_start_symbol(const Resolver *resolver, Node *start, GError **error)
{
    g_autoptr(GArray) starts = resolve_absolute(resolver, error);

    if (!starts)
        return FALSE;
    if (starts->len > 1) {
        spec_error_several_starts(resolver->graph, resolver->parts, starts, error);
        return FALSE;
    }
    *start = starts->len ? nodes_at(starts, 0) : NODE_NONE;
    return TRUE;
}

static gboolean find_start(const Resolver *resolver, Node *start, GError **error)
{
    if (resolver->parts->symbol)
        return find_start_symbol(resolver, start, error);
    return resolver->parts->steps > 0 ? find_start_up(resolver, start, error)
                                      : find_start_down(resolver, start, error);
}

/* *node: where the relative form leads; NODE_NONE is base. *start: where it began. */
static gboolean resolve_relative(const Resolver *resolver, Node *start, Node *node, GError **error)
{
    if (!spec_check_direction(resolver->parts, resolver->use, error))
        return FALSE;
    if (!find_start(resolver, start, error))
        return FALSE;
    *node = *start;
    return walk(resolver, node, error);
}

/* --- The whole -------------------------------------------------------------------------------- */

/* Without a database only SHOW and RANGE make sense. */
static gboolean needs_database(SpecUse use)
{
    return use != SPEC_FOR_SHOW && use != SPEC_FOR_RANGE;
}

/* Where there is no database a relative form counts from the files' heads. */
static GArray *nodes_to_start_from(const Graph *graph, const char *const *current, SpecUse use,
                                   const SpecParts *parts, GError **error)
{
    gboolean needs_current = (parts->steps != 0 && !parts->symbol) ||
                             (parts->symbol && strcmp(parts->symbol, "current") == 0);

    if (!needs_current)
        return nodes_new();
    if (current || needs_database(use))
        return nodes_of_heads(graph, current, error);
    return heads_of_files(graph, parts->branch != NULL);
}

static gboolean resolve_branch(Resolver *resolver, GError **error)
{
    g_autoptr(GError) problem = NULL;

    resolver->branch = NODE_NONE;
    if (!resolver->parts->branch)
        return TRUE;
    resolver->branch = resolve_name(resolver, resolver->parts->branch, &problem);
    if (resolver->branch != NODE_NONE)
        return TRUE;
    if (error_is(problem, ERROR_UNKNOWN_REVISION))
        spec_error_no_branch(resolver->graph, resolver->parts->branch, error);
    else
        g_propagate_error(error, g_steal_pointer(&problem));
    return FALSE;
}

/* Takes `text` apart and finds its branch and the current nodes; *parts and *current are the
 * caller's to clear, also after a failure. */
static gboolean resolver_init(Resolver *resolver, const Graph *graph, const char *text,
                              const char *const *current, SpecUse use, SpecParts *parts,
                              GArray **nodes, GError **error)
{
    gboolean is_without_database = !needs_database(use) && !current;

    *resolver = (Resolver){graph, use, parts, NULL, NODE_NONE};
    if (!spec_parse(graph, text, parts, error) || !resolve_branch(resolver, error))
        return FALSE;
    *nodes = nodes_to_start_from(graph, current, use, parts, error);
    if (!*nodes)
        return FALSE;
    resolver->current = is_without_database && parts->symbol ? NULL : *nodes;
    return TRUE;
}

/* "-1" where several heads make sense: down from each of them. A range begins at base as soon as
 * one of the walks ends there. */
static GArray *resolve_down_from_each(const Resolver *resolver, GError **error)
{
    g_autoptr(GArray) starts = on_branch(resolver->graph, resolver->current, resolver->branch);
    g_autofree guint8 *is_there = g_new0(guint8, graph_count(resolver->graph) + 1);
    g_autoptr(GArray) found = nodes_new();
    gboolean reaches_base = FALSE;

    for (guint i = 0; i < starts->len; i++) {
        Node node = nodes_at(starts, i);

        if (!walk_down(resolver, &node, error))
            return NULL;
        reaches_base = reaches_base || node == NODE_NONE;
        if (node == NODE_NONE || is_there[node])
            continue;
        is_there[node] = 1;
        g_array_append_val(found, node);
    }
    if (reaches_base && resolver->use == SPEC_FOR_RANGE)
        return nodes_new();
    return g_steal_pointer(&found);
}

static GArray *resolve(const Resolver *resolver, GError **error)
{
    const SpecParts *parts = resolver->parts;
    gboolean takes_several = resolver->use == SPEC_FOR_SHOW || resolver->use == SPEC_FOR_RANGE;
    Node start;
    Node node;

    if (parts->steps == 0)
        return resolve_absolute(resolver, error);
    if (parts->steps < 0 && !parts->symbol && takes_several)
        return resolve_down_from_each(resolver, error);
    if (!resolve_relative(resolver, &start, &node, error))
        return NULL;
    return node == NODE_NONE ? nodes_new() : nodes_one(node);
}

GPtrArray *spec_resolve(const Graph *graph, const char *text, const char *const *current,
                        SpecUse use, GError **error)
{
    g_auto(SpecParts) parts = {0};
    g_autoptr(GArray) nodes = NULL;
    g_autoptr(GArray) found = NULL;
    GPtrArray *revisions;
    Resolver resolver;

    if (!resolver_init(&resolver, graph, text, current, use, &parts, &nodes, error))
        return NULL;
    found = resolve(&resolver, error);
    if (!found)
        return NULL;
    revisions = g_ptr_array_new();
    for (guint i = 0; i < found->len; i++)
        g_ptr_array_add(revisions, (gpointer)node_revision(graph, nodes_at(found, i)));
    return revisions;
}

const Revision *spec_resolve_one(const Graph *graph, const char *text, const char *const *current,
                                 SpecUse use, GError **error)
{
    g_autoptr(GPtrArray) found = spec_resolve(graph, text, current, use, error);

    if (!found)
        return NULL;
    if (found->len == 1)
        return g_ptr_array_index(found, 0);
    if (found->len == 0)
        error_set(error, ERROR_USAGE, "'%s' names no revision, and one is needed", text);
    else
        error_set(error, ERROR_AMBIGUOUS, "'%s' names %u revisions, and one is needed", text,
                  found->len);
    return NULL;
}

gboolean spec_resolve_downgrade(const Graph *graph, const char *text, const char *const *current,
                                SpecDowngrade *target, GError **error)
{
    g_auto(SpecParts) parts = {0};
    g_autoptr(GArray) nodes = NULL;
    g_autoptr(GArray) found = NULL;
    Resolver resolver;
    Node start = NODE_NONE;
    Node node = NODE_NONE;

    if (!resolver_init(&resolver, graph, text, current, SPEC_FOR_DOWNGRADE, &parts, &nodes, error))
        return FALSE;
    if (parts.steps != 0) {
        if (!resolve_relative(&resolver, &start, &node, error))
            return FALSE;
        if (!parts.symbol && resolver.branch == NODE_NONE)
            resolver.branch = start; /* "-1" undoes the line it stands on, no other */
    } else {
        found = resolve_absolute(&resolver, error);
        if (!found)
            return FALSE;
        if (found->len > 1) {
            spec_error_several_starts(graph, &parts, found, error);
            return FALSE;
        }
        node = found->len ? nodes_at(found, 0) : NODE_NONE;
    }
    target->revision = node == NODE_NONE ? NULL : node_revision(graph, node);
    target->branch = resolver.branch == NODE_NONE ? NULL : node_revision(graph, resolver.branch);
    return TRUE;
}
