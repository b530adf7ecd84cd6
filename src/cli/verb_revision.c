/* pgsluice revision -m MESSAGE: a new revision file, ready to be filled in; with --autogenerate
 * filled in from the models, ready to be reviewed. */
#include <string.h>

#include "cli/draft.h"
#include "cli/format.h"
#include "cli/generate.h"
#include "cli/terminal.h"
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

/* What the new revision follows: the one head, or what `head` (--head) names. Container only. */
static GPtrArray *choose_parents(const Graph *graph, const char *head, const DraftRequest *request,
                                 GError **error)
{
    g_autoptr(GPtrArray) parents =
        head ? spec_resolve(graph, head, NULL, SPEC_FOR_SHOW, error) : graph_heads(graph);

    if (!parents)
        return NULL;
    if (!head && parents->len > 1)
        draft_refuse_several_heads(parents, error);
    else if (draft_require_heads(graph, parents, request, error))
        return g_steal_pointer(&parents);
    return NULL;
}

/* --- From the models -------------------------------------------------------------------------- */

static void tell_nothing(Cli *cli)
{
    if (!cli_options(cli)->is_quiet)
        terminal_note("Nothing to do: the database has the schema of the models. No file is "
                      "written.\n");
    if (cli_options(cli)->wants_json)
        terminal_print_document("[]\n");
}

static gboolean generate(Cli *cli, const GenerateRequest *request, DraftRequest *draft,
                         GPtrArray *parents, GError **error)
{
    g_autoptr(Models) models = generate_require_models(cli, error);
    Session *session = models ? cli_session(cli, FALSE, error) : NULL;
    g_autoptr(Workbench) workbench = NULL;
    g_autoptr(Catalog) wanted = NULL;
    g_autoptr(Change) change = NULL;

    if (!session || !autogenerate_require_current(session, cli_graph(cli, NULL), FALSE, error) ||
        !(workbench = workbench_open(session, error)) ||
        !(wanted = generate_catalog(workbench, models, error)))
        return FALSE;
    change =
        generate_change(cli, workbench, request, models, workbench_live(workbench), wanted, error);
    if (!change)
        return FALSE;
    if (change_is_empty(change)) {
        tell_nothing(cli);
        return TRUE;
    }
    generate_report(cli, change);
    return generate_write(cli, workbench, draft, parents, change, workbench_live(workbench), wanted,
                          error);
}

static gboolean refuse_without_autogenerate(const GenerateRequest *request, GError **error)
{
    if (!request->renames && !request->refuses_renames && !request->is_offline_ok)
        return FALSE;
    error_set(error, ERROR_USAGE, "--rename, --no-rename and --offline-ok are for --autogenerate");
    error_set_hint(error, "pgsluice revision --autogenerate -m \"what it changes\"");
    return TRUE;
}

gboolean verb_revision(Cli *cli, const Verb *verb, const char *const *words, GError **error)
{
    g_auto(DraftRequest) request = {NULL};
    g_auto(GenerateRequest) models = {NULL};
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
        {"autogenerate", 0, 0, G_OPTION_ARG_NONE, &generates,
         "Fill it in with what leads from the database to the models", NULL},
        GENERATE_ENTRIES(&models),
        DRAFT_ENTRIES(&request),
        {NULL},
    };
    g_auto(GStrv) operands = NULL;
    g_autoptr(GPtrArray) parents = NULL;
    const Graph *graph;

    if (!options_parse(cli, verb, entries, words, &operands, error))
        return FALSE;
    if (!generates && refuse_without_autogenerate(&models, error))
        return FALSE;
    if (!require_message(&request, error))
        return FALSE;
    graph = cli_graph(cli, error);
    parents = graph ? choose_parents(graph, head, &request, error) : NULL;
    if (!parents)
        return FALSE;
    return generates ? generate(cli, &models, &request, parents, error)
                     : draft_write(cli, &request, parents, error);
}
