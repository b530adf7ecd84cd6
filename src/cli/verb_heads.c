/* pgsluice heads: the revisions that nothing follows. Needs no database. */
#include "cli/format.h"
#include "cli/options.h"
#include "cli/terminal.h"
#include "cli/verb.h"
#include "view/document.h"

static void print_heads(const Graph *graph, GPtrArray *heads, gboolean is_long)
{
    g_auto(Listing) listing = listing_new(graph, NULL);

    for (guint i = 0; i < heads->len; i++) {
        g_autofree char *text = is_long ? format_long_entry(&listing, heads->pdata[i], NULL)
                                        : format_entry(&listing, heads->pdata[i], ENTRY_LABELS);

        terminal_print(is_long ? "%s" : "%s\n", text);
    }
}

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
    const Graph *graph;

    if (!options_parse(cli, verb, entries, words, &operands, error))
        return FALSE;
    graph = cli_graph(cli, error);
    if (!graph)
        return FALSE;
    heads = resolves_dependencies ? graph_effective_heads(graph) : graph_heads(graph);
    if (cli_options(cli)->wants_json) {
        g_autofree char *document = revisions_document(graph, heads, NULL);

        terminal_print_document(document);
    } else
        print_heads(graph, heads, cli_options(cli)->verbosity > 0);
    return TRUE;
}
