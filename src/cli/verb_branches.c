/* pgsluice branches: the revisions that more than one other follows. Needs no database. */
#include "cli/options.h"
#include "cli/report.h"
#include "cli/terminal.h"
#include "cli/verb.h"
#include "view/document.h"

gboolean verb_branches(Cli *cli, const Verb *verb, const char *const *words, GError **error)
{
    g_auto(GStrv) operands = NULL;
    g_autoptr(GPtrArray) points = NULL;
    g_autofree char *text = NULL;
    const Graph *graph;

    if (!options_parse(cli, verb, NULL, words, &operands, error))
        return FALSE;
    graph = cli_graph(cli, error);
    if (!graph)
        return FALSE;
    points = report_branch_points(graph);
    if (cli_options(cli)->wants_json) {
        text = revisions_document(graph, points, NULL);
        terminal_print_document(text);
        return TRUE;
    }
    text = report_branches(graph, points, cli_options(cli)->verbosity > 0);
    terminal_print("%s", text);
    return TRUE;
}
