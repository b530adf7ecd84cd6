/* pgsluice ensure_version: the version table and the state schema, without running a revision. */
#include "cli/options.h"
#include "cli/snapshot.h"
#include "cli/sql_mode.h"
#include "cli/terminal.h"
#include "cli/verb.h"
#include "engine/migrate.h"

gboolean verb_ensure_version(Cli *cli, const Verb *verb, const char *const *words, GError **error)
{
    gboolean is_offline = FALSE;
    const GOptionEntry entries[] = {
        {"sql", 0, 0, G_OPTION_ARG_NONE, &is_offline, "Print a script for psql that does it", NULL},
        {NULL},
    };
    g_auto(GStrv) operands = NULL;
    const EngineSettings *settings;
    Session *session;

    if (!options_parse(cli, verb, entries, words, &operands, error))
        return FALSE;
    if (is_offline)
        return sql_mode_ensure_version(cli, error);
    session = cli_session(cli, TRUE, error);
    if (!session || !migrate_ensure_version(session, progress_events(cli_progress(cli)), error))
        return FALSE;
    settings = session_settings(session);
    if (!cli_options(cli)->is_quiet)
        terminal_note("The table %s.%s and the schema %s are there\n",
                      settings->version_table_schema, settings->version_table,
                      settings->state_schema);
    return cli_options(cli)->wants_json ? snapshot_print(cli, error) : TRUE;
}
