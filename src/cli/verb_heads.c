/* pgsluice heads: the revisions that nothing follows. Needs no database. */
#include "cli/options.h"
#include "cli/report.h"
#include "cli/terminal.h"
#include "cli/verb.h"
#include "view/document.h"

gboolean verb_heads(Cli *cli, const Verb *verb, const char *const *words, GError **error)
{
    gboolean resolves_dependencies = FALSE;
    const GOptionEntry entries[] = {
        {"resolve-dependencies", 0, 0, G_OPTION_ARG_NONE, &resolves_dependencies,
         "Leave out heads that another head depends on", NULL},
        {NULL},
    };
    g_auto(GStrv) operands = NULL;
    g_autoptr(GPtrArray) heads = NULL;
    g_autofree char *text = NULL;
    const Graph *graph;

    if (!options_parse(cli, verb, entries, words, &operands, error))
        return FALSE;
    graph = cli_graph(cli, error);
    if (!graph)
        return FALSE;
    heads = resolves_dependencies ? graph_effective_heads(graph) : graph_heads(graph);
    if (cli_options(cli)->wants_json) {
        text = revisions_document(graph, heads, NULL);
        terminal_print_document(text);
        return TRUE;
    }
    text = report_heads(graph, heads, cli_options(cli)->verbosity > 0);
    terminal_print("%s", text);
    return TRUE;
}
