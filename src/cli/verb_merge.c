/* pgsluice merge REVISION...: a revision that follows several and joins them. */
#include "cli/draft.h"
#include "cli/format.h"
#include "cli/verb.h"
#include "revision/spec.h"

/* Heads may be named twice by symbols that overlap, but a revision that is named twice by itself is
 * a typing error. */
static gboolean add_parents(GPtrArray *parents, GPtrArray *found, const char *word, GError **error)
{
    for (guint i = 0; i < found->len; i++) {
        if (!g_ptr_array_find(parents, found->pdata[i], NULL)) {
            g_ptr_array_add(parents, found->pdata[i]);
            continue;
        }
        error_set(error, ERROR_USAGE, "revision %s is named twice, the second time as \"%s\"",
                  ((const Revision *)found->pdata[i])->id, word);
        error_set_hint(error,
                       "name each revision to join once, or all heads: pgsluice merge heads");
        return FALSE;
    }
    return TRUE;
}

/* What the operands name, in their order. Container only. */
static GPtrArray *resolve_all(const Graph *graph, const char *const *words, GError **error)
{
    g_autoptr(GPtrArray) parents = g_ptr_array_new();

    for (; *words; words++) {
        g_autoptr(GPtrArray) found = spec_resolve(graph, *words, NULL, SPEC_FOR_SHOW, error);

        if (!found || !add_parents(parents, found, *words, error))
            return NULL;
    }
    return g_steal_pointer(&parents);
}

static gboolean require_several(const Graph *graph, GPtrArray *parents, GError **error)
{
    g_autoptr(GPtrArray) heads = graph_heads(graph);
    g_autofree char *ids = format_revisions(heads);

    if (parents->len > 1)
        return TRUE;
    error_set(error, ERROR_USAGE, "a merge joins at least two revisions, and %s",
              parents->len == 1 ? "this is one" : "this is none");
    if (heads->len > 1)
        error_set_hint(error, "pgsluice merge heads joins %s", ids);
    else
        error_set_hint(error, "there is nothing to merge: %s",
                       heads->len == 1 ? "the files have one head" : "there are no files");
    return FALSE;
}

/* A merge of a revision with one that stands on it joins nothing. */
static gboolean refuse_ancestors(const Graph *graph, GPtrArray *parents, GError **error)
{
    for (guint i = 0; i < parents->len; i++) {
        for (guint j = 0; j < parents->len; j++) {
            const Revision *lower = parents->pdata[i];
            const Revision *upper = parents->pdata[j];

            if (graph_is_head(graph, lower) || !graph_is_below(graph, lower, upper))
                continue;
            error_set(error, ERROR_USAGE, "revision %s follows %s already", upper->id, lower->id);
            error_set_hint(error, "leave out %s: what follows %s has it, too", lower->id,
                           upper->id);
            return FALSE;
        }
    }
    return TRUE;
}

/* "merge a and b", "merge a, b and c"; g_free. */
static char *default_message(GPtrArray *parents)
{
    GString *message = g_string_new("merge ");

    for (guint i = 0; i < parents->len; i++) {
        const char *before = i == 0 ? "" : i + 1 == parents->len ? " and " : ", ";

        g_string_append_printf(message, "%s%s", before, ((const Revision *)parents->pdata[i])->id);
    }
    return g_string_free(message, FALSE);
}

gboolean verb_merge(Cli *cli, const Verb *verb, const char *const *words, GError **error)
{
    g_auto(DraftRequest) request = {NULL};
    const GOptionEntry entries[] = {
        {"message", 'm', 0, OPTION_TEXT, &request.message,
         "What the merge is for (default: merge A and B)", "MESSAGE"},
        {"splice", 0, 0, G_OPTION_ARG_NONE, &request.splices,
         "Allow revisions that others follow already", NULL},
        DRAFT_ENTRIES(&request),
        {NULL},
    };
    g_auto(GStrv) operands = NULL;
    g_autoptr(GPtrArray) parents = NULL;
    const Graph *graph;

    if (!options_parse(cli, verb, entries, words, &operands, error))
        return FALSE;
    graph = cli_graph(cli, error);
    parents = graph ? resolve_all(graph, (const char *const *)operands, error) : NULL;
    if (!parents || !require_several(graph, parents, error) ||
        !refuse_ancestors(graph, parents, error) ||
        !draft_require_heads(graph, parents, &request, error))
        return FALSE;
    if (!request.message)
        request.message = default_message(parents);
    return draft_write(cli, &request, parents, error);
}
