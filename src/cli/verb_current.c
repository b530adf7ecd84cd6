/* pgsluice current: what the database is at, also when the files do not know it. */
#include "cli/format.h"
#include "cli/options.h"
#include "cli/snapshot.h"
#include "cli/terminal.h"
#include "cli/verb.h"

static gboolean has_applied_child(const Graph *graph, const Revision *revision, GHashTable *applied)
{
    g_autoptr(GPtrArray) children = graph_children(graph, revision);

    for (guint i = 0; i < children->len; i++)
        if (g_hash_table_contains(applied, children->pdata[i]))
            return TRUE;
    return FALSE;
}

/* Alembic prints the URL, too, with *** for the password. */
static void print_title(Session *session)
{
    g_autofree char *url = dsn_describe(conn_dsn(session_conn(session)));

    terminal_print("Current revision(s) for %s:\n", url);
}

/* The tips of what is applied: the rows of the version table, and heads that only a dependency
 * brought in. */
static void print_known(const Graph *graph, const char *const *heads, gboolean is_long)
{
    g_auto(Listing) listing = listing_new(graph, NULL);
    g_autoptr(GHashTable) applied = graph_applied(graph, heads);
    g_autoptr(GPtrArray) ordered = graph_revisions(graph);

    for (guint i = 0; i < ordered->len; i++) {
        const Revision *revision = ordered->pdata[i];
        g_autofree char *text = NULL;

        if (!g_hash_table_contains(applied, revision) ||
            has_applied_child(graph, revision, applied))
            continue;
        text = is_long ? format_long_entry(&listing, revision, NULL)
                       : format_entry(&listing, revision, ENTRY_TREE);
        terminal_print(is_long ? "%s" : "%s\n", text);
    }
}

gboolean verb_current(Cli *cli, const Verb *verb, const char *const *words, GError **error)
{
    gboolean is_long;
    g_auto(GStrv) operands = NULL;
    g_auto(GStrv) unknown = NULL;
    g_autoptr(DatabaseState) state = NULL;
    const char *const *heads;
    const Graph *graph;

    if (!options_parse(cli, verb, NULL, words, &operands, error))
        return FALSE;
    if (cli_options(cli)->wants_json)
        return snapshot_print(cli, error);
    graph = cli_graph(cli, error);
    state = graph ? cli_read_state(cli, error) : NULL;
    if (!state)
        return FALSE;
    heads = (const char *const *)state->heads;
    is_long = cli_options(cli)->verbosity > 0;
    if (is_long)
        print_title(cli_session(cli, FALSE, NULL));
    print_known(graph, heads, is_long);
    unknown = graph_unknown(graph, heads);
    for (char **id = unknown; *id; id++)
        terminal_print("%s (unknown)\n", *id);
    return TRUE;
}
