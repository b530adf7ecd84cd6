/* pgsluice stamp REVISION...: the version table changes, nothing is run. */
#include "cli/change.h"
#include "cli/options.h"
#include "cli/snapshot.h"
#include "cli/sql_mode.h"
#include "cli/terminal.h"
#include "cli/verb.h"

static void tell_stamped(Cli *cli, const Graph *graph, const MigrateResult *result)
{
    gboolean is_changed =
        !g_strv_equal((const char *const *)result->from, (const char *const *)result->to);
    g_autofree char *from = change_describe_heads(graph, (const char *const *)result->from);
    g_autofree char *to = change_describe_heads(graph, (const char *const *)result->to);

    if (is_changed)
        cli_set_changed(cli, to);
    if (cli_options(cli)->is_quiet)
        return;
    if (is_changed)
        terminal_note("Running stamp_revision %s -> %s\n", from, to);
    else
        terminal_note("The database stays at %s\n", to);
}

/* A script must know what it starts from. */
static gboolean refuse_purge(gboolean purges, GError **error)
{
    if (!purges)
        return TRUE;
    error_set(error, ERROR_USAGE, "Can't use --purge with --sql mode");
    error_set_hint(error, "name what the version table has: pgsluice stamp FROM:REVISION --sql");
    return FALSE;
}

gboolean verb_stamp(Cli *cli, const Verb *verb, const char *const *words, GError **error)
{
    gboolean purges = FALSE;
    gboolean is_offline = FALSE;
    const GOptionEntry entries[] = {
        {"purge", 0, 0, G_OPTION_ARG_NONE, &purges,
         "Forget what the version table says first, also revisions that the files do not know",
         NULL},
        CHANGE_TAG(cli),
        CHANGE_ENVIRONMENT(cli),
        CHANGE_DESPITE_INSTANCES(cli),
        {"sql", 0, 0, G_OPTION_ARG_NONE, &is_offline,
         "Print a script for psql that does it; REVISION may be FROM:TO", NULL},
        {NULL},
    };
    g_auto(GStrv) operands = NULL;
    MigrateOptions options;
    g_auto(MigrateResult) result = {0};
    const Graph *graph;
    Session *session;

    if (!options_parse(cli, verb, entries, words, &operands, error))
        return FALSE;
    if (is_offline)
        return refuse_purge(purges, error) &&
               sql_mode_stamp(cli, (const char *const *)operands, error);
    graph = cli_graph(cli, error);
    session = graph ? cli_session(cli, TRUE, error) : NULL;
    if (!session)
        return FALSE;
    options = change_options(cli, operands[0]);
    if (!migrate_stamp(session, graph, (const char *const *)operands, purges, &options,
                       progress_events(cli_progress(cli)), &result, error))
        return FALSE;
    tell_stamped(cli, graph, &result);
    return cli_options(cli)->wants_json ? snapshot_print(cli, error) : TRUE;
}
