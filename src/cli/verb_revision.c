/* pgsluice revision -m MESSAGE: a new revision file, ready to be filled in. */
#include <string.h>

#include "cli/draft.h"
#include "cli/format.h"
#include "cli/verb.h"
#include "revision/spec.h"

static gboolean require_message(const DraftRequest *request, GError **error)
{
    if (request->message && request->message[strspn(request->message, " \t")])
        return TRUE;
    error_set(error, ERROR_USAGE, "a revision needs a message");
    error_set_hint(error, "pgsluice revision -m \"what it changes\"");
    return FALSE;
}

/* Models are Python; the project's own Alembic can still compare them. */
static gboolean refuse_autogenerate(GError **error)
{
    error_set(error, ERROR_USAGE,
              "pgsluice does not compare models with the database: no --autogenerate");
    error_set_hint(error,
                   "write the change in SQL: pgsluice revision -m \"what it changes\"; or let "
                   "the project's Alembic generate it, then: pgsluice import alembic");
    return FALSE;
}

static void refuse_several_heads(GPtrArray *heads, GError **error)
{
    g_autofree char *ids = format_revisions(heads);

    error_set(error, ERROR_AMBIGUOUS, "there are several heads: %s", ids);
    error_set_hint(error,
                   "say which one the revision follows: --head %s; or join them first: "
                   "pgsluice merge heads",
                   ((const Revision *)heads->pdata[0])->id);
}

/* What the new revision follows: the one head, or what `head` (--head) names. Container only. */
static GPtrArray *choose_parents(const Graph *graph, const char *head, const DraftRequest *request,
                                 GError **error)
{
    g_autoptr(GPtrArray) parents =
        head ? spec_resolve(graph, head, NULL, SPEC_FOR_SHOW, error) : graph_heads(graph);

    if (!parents)
        return NULL;
    if (!head && parents->len > 1)
        refuse_several_heads(parents, error);
    else if (draft_require_heads(graph, parents, request, error))
        return g_steal_pointer(&parents);
    return NULL;
}

gboolean verb_revision(Cli *cli, const Verb *verb, const char *const *words, GError **error)
{
    g_auto(DraftRequest) request = {NULL};
    g_autofree char *head = NULL;
    gboolean generates = FALSE;
    const GOptionEntry entries[] = {
        {"message", 'm', 0, OPTION_TEXT, &request.message, "What the revision changes", "MESSAGE"},
        {"head", 0, 0, OPTION_TEXT, &head,
         "What it follows (default: the one head; heads: a merge; base: a new root)", "REVISION"},
        {"splice", 0, 0, G_OPTION_ARG_NONE, &request.splices,
         "Allow a --head that other revisions follow already", NULL},
        {"sql", 0, 0, G_OPTION_ARG_NONE, &request.prints, "Print the file instead of writing it",
         NULL},
        {"autogenerate", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE, &generates,
         "Known because Alembic has it, and refused", NULL},
        DRAFT_ENTRIES(&request),
        {NULL},
    };
    g_auto(GStrv) operands = NULL;
    g_autoptr(GPtrArray) parents = NULL;
    const Graph *graph;

    if (!options_parse(cli, verb, entries, words, &operands, error))
        return FALSE;
    if (generates)
        return refuse_autogenerate(error);
    if (!require_message(&request, error))
        return FALSE;
    graph = cli_graph(cli, error);
    parents = graph ? choose_parents(graph, head, &request, error) : NULL;
    return parents && draft_write(cli, &request, parents, error);
}
