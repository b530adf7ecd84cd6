/* pgsluice history: the revisions, newest first. Asks the database only for -i and "current". */
#include "cli/options.h"
#include "cli/report.h"
#include "cli/terminal.h"
#include "cli/verb.h"
#include "revision/range.h"
#include "view/document.h"

/* What the database is at, when that is asked for; else *state stays NULL. */
static gboolean ask_current(Cli *cli, gboolean marks_current, const char *range,
                            DatabaseState **state, GError **error)
{
    if (!marks_current && !(range && spec_asks_current(range)))
        return TRUE;
    *state = cli_read_state(cli, error);
    return *state != NULL;
}

gboolean verb_history(Cli *cli, const Verb *verb, const char *const *words, GError **error)
{
    g_autofree char *range = NULL;
    gboolean marks_current = FALSE;
    const GOptionEntry entries[] = {
        {"rev-range", 'r', 0, OPTION_TEXT, &range, "Only from A to B: ids, base, head, current, -3",
         "A:B"},
        {"indicate-current", 'i', 0, G_OPTION_ARG_NONE, &marks_current,
         "Mark what the database is at", NULL},
        {NULL},
    };
    g_auto(GStrv) operands = NULL;
    g_autoptr(DatabaseState) state = NULL;
    g_autoptr(GPtrArray) revisions = NULL;
    g_autofree char *text = NULL;
    g_autofree char *unknown = NULL;
    const char *const *current;
    const Graph *graph;

    if (!options_parse(cli, verb, entries, words, &operands, error))
        return FALSE;
    graph = cli_graph(cli, error);
    if (!graph || !ask_current(cli, marks_current, range, &state, error))
        return FALSE;
    current = state ? (const char *const *)state->heads : NULL;
    revisions = range_select(graph, range ? range : ":", current, error);
    if (!revisions)
        return FALSE;
    if (cli_options(cli)->wants_json) {
        text = revisions_document(graph, revisions, current);
        terminal_print_document(text);
        return TRUE;
    }
    if (marks_current && !range)
        unknown = report_unknown(graph, current);
    text = report_history(graph, revisions, marks_current ? current : NULL,
                          cli_options(cli)->verbosity > 0);
    terminal_print("%s%s", unknown ? unknown : "", text);
    return TRUE;
}
