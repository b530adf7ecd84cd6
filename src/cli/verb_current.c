/* pgsluice current: what the database is at, also when the files do not know it. */
#include "cli/options.h"
#include "cli/report.h"
#include "cli/snapshot.h"
#include "cli/terminal.h"
#include "cli/verb.h"

/* Alembic prints the URL, too, with *** for the password: as it was configured, without what the
 * connection adds to it. */
static void print_title(Session *session)
{
    g_autoptr(Dsn) dsn = dsn_parse(secret_reveal(session_settings(session)->url), NULL);
    g_autofree char *url = dsn_describe(dsn);

    terminal_print("Current revision(s) for %s:\n", url);
}

/* --check-heads: nothing of the files is missing, and nothing is there that they do not know. */
static gboolean check_heads(const Graph *graph, const char *const *current, GError **error)
{
    g_autoptr(GHashTable) applied = graph_applied(graph, current);
    g_autoptr(GPtrArray) missing = graph_heads(graph);
    g_auto(GStrv) unknown = graph_unknown(graph, current);
    g_autofree char *ids = NULL;

    for (guint i = missing->len; i > 0; i--) {
        if (g_hash_table_contains(applied, missing->pdata[i - 1]))
            g_ptr_array_remove_index(missing, i - 1);
    }
    if (missing->len > 0) {
        ids = format_revisions(missing);
        error_set(error, ERROR_BEHIND, "the database is not at all heads: %s %s not applied", ids,
                  missing->len == 1 ? "is" : "are");
        error_set_hint(error, "pgsluice upgrade heads");
        return FALSE;
    }
    if (!unknown[0])
        return TRUE;
    ids = format_ids((const char *const *)unknown, "");
    error_set(error, ERROR_BEHIND,
              "the database is not at the heads of the files: they do not know %s", ids);
    error_set_hint(error, "are these files older than the database?");
    return FALSE;
}

static void print_current(Cli *cli, const Graph *graph, const char *const *heads)
{
    gboolean is_long = cli_options(cli)->verbosity > 0;
    g_autofree char *text = report_current(graph, heads, is_long);

    if (is_long)
        print_title(cli_session(cli, FALSE, NULL));
    terminal_print("%s", text);
}

gboolean verb_current(Cli *cli, const Verb *verb, const char *const *words, GError **error)
{
    gboolean checks_heads = FALSE;
    const GOptionEntry entries[] = {
        {"check-heads", 'c', 0, G_OPTION_ARG_NONE, &checks_heads,
         "Exit with 1 unless the database is at all heads", NULL},
        {NULL},
    };
    g_auto(GStrv) operands = NULL;
    g_autoptr(DatabaseState) state = NULL;
    const char *const *heads;
    const Graph *graph;

    if (!options_parse(cli, verb, entries, words, &operands, error))
        return FALSE;
    graph = cli_graph(cli, error);
    state = graph ? cli_read_state(cli, error) : NULL;
    if (!state)
        return FALSE;
    heads = (const char *const *)state->heads;
    if (cli_options(cli)->wants_json)
        return (!checks_heads || check_heads(graph, heads, error)) && snapshot_print(cli, error);
    print_current(cli, graph, heads);
    return !checks_heads || check_heads(graph, heads, error);
}
