/* pgsluice import alembic|dbmate|golang-migrate|flyway [DIR]: the history of another tool becomes
 * revision files. */
#include <string.h>

#include "adopt/alembic.h"
#include "adopt/filetool.h"
#include "adopt/position.h"
#include "cli/change.h"
#include "cli/format.h"
#include "cli/import_report.h"
#include "cli/options.h"
#include "cli/terminal.h"
#include "cli/verb.h"
#include "conf/dotenv.h"
#include "engine/environment.h"
#include "engine/foreign.h"
#include "setup/setup.h"

/* The command line. */
typedef struct {
    const char *source;
    const char *project;
    const FileTool *tool; /* NULL: Alembic */
    char *to;
    char *program;
    char *section;
    char *table;
    gboolean is_trial;
    gboolean adopts;
} Request;

static void request_clear(Request *request)
{
    g_free(request->to);
    g_free(request->program);
    g_free(request->section);
    g_free(request->table);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Request, request_clear)

static void outcome_clear(ImportOutcome *outcome)
{
    g_free(outcome->directory);
    g_strfreev(outcome->folders);
    g_clear_pointer(&outcome->landings, g_ptr_array_unref);
    g_clear_pointer(&outcome->afterwards, graph_free);
    g_clear_pointer(&outcome->import, import_free);
    g_strfreev(outcome->heads);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ImportOutcome, outcome_clear)

/* --- What is asked for ------------------------------------------------------------------------ */

static gboolean choose_source(Request *request, char **operands, GError **error)
{
    request->source = operands[0];
    request->project = operands[1] ? operands[1] : ".";
    request->tool = file_tool_find(operands[0]);
    if (request->tool || strcmp(operands[0], "alembic") == 0)
        return TRUE;
    error_set(error, ERROR_USAGE, "pgsluice cannot import from \"%s\"", operands[0]);
    error_set_hint(error, "it knows: alembic, dbmate, golang-migrate, flyway");
    return FALSE;
}

static gboolean check_options(const Request *request, const char *environment, GError **error)
{
    if (request->tool && (request->program || request->section))
        error_set(error, ERROR_USAGE, "--alembic and --name are for: pgsluice import alembic");
    else if (request->table && !request->adopts)
        error_set(error, ERROR_USAGE, "--table is for --adopt");
    else if (environment && !request->adopts)
        error_set(error, ERROR_USAGE, "--environment is for --adopt");
    else if (request->table && !request->tool)
        error_set(error, ERROR_USAGE, "the version table of Alembic is database.version_table");
    else
        return TRUE;
    return FALSE;
}

/* The configured folders, when they have names of their own; else versions/, there or not. */
static char **choose_folders(const Conf *conf, const Request *request, const ImportOutcome *outcome,
                             GError **error)
{
    char **folders;

    if (!request->to && conf_paths(conf, CONF_MIGRATIONS_VERSION_LOCATIONS)[0])
        return setup_folders(conf, error);
    folders = g_new0(char *, 2);
    folders[0] = g_build_filename(outcome->directory, "versions", NULL);
    return folders;
}

/* The folder that the configuration names, or a script directory in the working folder; never that
 * of the system by mere default. */
static gboolean has_directory(const Conf *conf)
{
    return conf_origin(conf, CONF_MIGRATIONS_DIRECTORY) != CONF_FROM_DEFAULT ||
           conf_paths(conf, CONF_MIGRATIONS_VERSION_LOCATIONS)[0] ||
           !g_str_has_prefix(setup_script_directory(conf), PGSLUICE_SYSCONFDIR "/");
}

static gboolean choose_directory(Cli *cli, const Request *request, ImportOutcome *outcome,
                                 GError **error)
{
    const Conf *conf = cli_conf(cli, error);

    if (!conf)
        return FALSE;
    if (!request->to && !has_directory(conf)) {
        error_set(error, ERROR_CONFIG, "there is no script directory to import into");
        error_set_hint(error, "make one first: pgsluice init DIR; or name one: --to DIR");
        return FALSE;
    }
    outcome->directory = request->to ? g_canonicalize_filename(request->to, NULL)
                                     : g_strdup(setup_script_directory(conf));
    outcome->folders = choose_folders(conf, request, outcome, error);
    return outcome->folders != NULL;
}

/* --- Reading ---------------------------------------------------------------------------------- */

/* Variables of a .env file that the environment does not have. */
static gboolean add_dotenv(char ***environment, const char *folder, GError **error)
{
    g_autofree char *path = g_build_filename(folder, ".env", NULL);
    g_autoptr(GArray) rows = dotenv_read(path, error);

    for (guint i = 0; rows && i < rows->len; i++) {
        const char *name = g_array_index(rows, DotenvEntry, i).name;
        const char *value = dotenv_get(rows, name);

        if (value)
            *environment = g_environ_setenv(*environment, name, value, FALSE);
    }
    return rows != NULL;
}

/* As Alembic would have it: what is set, then the project's .env, then that of the working folder.
 * The project is left without compiled files. */
static char **compose_environment(const char *project, GError **error)
{
    g_auto(GStrv) environment = g_get_environ();
    g_autofree char *folder = alembic_folder(project);

    if (!add_dotenv(&environment, folder, error) || !add_dotenv(&environment, ".", error))
        return NULL;
    environment = g_environ_setenv(environment, "PYTHONDONTWRITEBYTECODE", "1", TRUE);
    return g_steal_pointer(&environment);
}

static Import *read_alembic(Cli *cli, const Request *request, GError **error)
{
    g_auto(GStrv) environment = compose_environment(request->project, error);
    g_autofree char *said = NULL;
    AlembicOptions options = {
        .project = request->project,
        .section = request->section,
        .program = request->program,
        .x = cli_options(cli)->variables,
        .environment = (const char *const *)environment,
    };
    Import *import = environment ? alembic_import(&options, cli_cancel(cli), &said, error) : NULL;
    gboolean is_told = import ? cli_options(cli)->verbosity > 0 : cli_signal() == 0;

    if (said && *said && is_told)
        terminal_note("%s\n", said);
    return import;
}

static gboolean read_all(Cli *cli, const Request *request, ImportOutcome *outcome, GError **error)
{
    outcome->import = request->tool ? file_tool_import(request->tool, request->project, error)
                                    : read_alembic(cli, request, error);
    if (!outcome->import)
        return FALSE;
    outcome->landings = landings_plan(outcome->import, (const char *const *)outcome->folders,
                                      &outcome->afterwards, error);
    return outcome->landings != NULL;
}

/* --- The database ----------------------------------------------------------------------------- */

/* The state of a database that may be changed. */
static DatabaseState *read_state(Cli *cli, GError **error)
{
    g_autoptr(DatabaseState) state = cli_read_state(cli, error);

    if (!state || !environment_require(cli_session(cli, FALSE, NULL), state,
                                       cli_options(cli)->environment, error))
        return NULL;
    return g_steal_pointer(&state);
}

/* Where Alembic stands is where pgsluice stands: they share the table. */
static gboolean find_alembic_heads(Cli *cli, ImportOutcome *outcome, GError **error)
{
    g_autoptr(DatabaseState) state = NULL;

    if (!import_has_configured_table(outcome->import, cli_conf(cli, NULL))) {
        g_autofree char *wanted = import_describe_table(outcome->import);

        error_set(error, ERROR_CONFIG, "the project's version table is not the configured one");
        error_set_hint(error, "set %s", wanted);
        return FALSE;
    }
    state = read_state(cli, error);
    if (state)
        outcome->heads = g_strdupv(state->heads);
    return state != NULL;
}

/* The other tool's table may only be taken over by a database that has not moved on without it. */
static gboolean check_heads(const DatabaseState *state, const char *head, const char *tool,
                            GError **error)
{
    g_autofree char *heads = format_ids((const char *const *)state->heads, "<base>");

    if (!state->heads[0] || (head && strcmp(heads, head) == 0))
        return TRUE;
    error_set(error, ERROR_REFUSED, "the database is at %s already, where %s says %s", heads, tool,
              head ? head : "<base>");
    error_set_outcome(error, "nothing was changed");
    error_set_hint(error, "it has been taken over before: import without --adopt");
    return FALSE;
}

static gboolean find_tool_heads(Cli *cli, const Request *request, ImportOutcome *outcome,
                                GError **error)
{
    g_autoptr(DatabaseState) state = read_state(cli, error);
    g_autoptr(ForeignState) foreign = NULL;
    const char *head;

    if (!state)
        return FALSE;
    foreign = foreign_read(cli_session(cli, FALSE, error), request->source, request->table, error);
    if (!foreign ||
        !position_find(outcome->import, (const char *const *)foreign->versions, foreign->floor,
                       &head, error) ||
        !check_heads(state, head, request->source, error))
        return FALSE;
    outcome->heads = g_strdupv((char *[]){(char *)head, NULL});
    return TRUE;
}

/* Before anything is written: where the database stands, among revisions that all are there. */
static gboolean find_heads(Cli *cli, const Request *request, ImportOutcome *outcome, GError **error)
{
    g_auto(GStrv) unknown = NULL;
    g_autofree char *names = NULL;

    if (request->tool ? !find_tool_heads(cli, request, outcome, error)
                      : !find_alembic_heads(cli, outcome, error))
        return FALSE;
    unknown = graph_unknown(outcome->afterwards, (const char *const *)outcome->heads);
    if (!unknown[0])
        return TRUE;
    names = g_strjoinv(", ", unknown);
    error_set(error, ERROR_UNKNOWN_REVISION,
              "the database is at revisions that the project lacks: %s", names);
    error_set_outcome(error, "nothing was changed");
    error_set_hint(error, "bring the project up to date, then import again");
    return FALSE;
}

/* A stamp at what is applied: the version table is made when it is missing, and the files as they
 * are now are recorded as what was applied. */
static gboolean stamp(Cli *cli, const Request *request, ImportOutcome *outcome, GError **error)
{
    const char *const *heads = (const char *const *)outcome->heads;
    g_autoptr(Graph) graph = NULL;
    g_autofree char *at = NULL;
    g_autofree char *reason = g_strconcat("import ", request->source, NULL);
    g_auto(MigrateResult) result = {0};
    MigrateOptions options = change_options(cli, heads[0]);
    Session *session;

    if (!heads[0])
        return TRUE;
    options.reason = reason;
    graph = graph_load((const char *const *)outcome->folders, error);
    session = graph ? cli_session(cli, FALSE, error) : NULL;
    if (!session || !migrate_stamp(session, graph, heads, FALSE, &options,
                                   progress_events(cli_progress(cli)), &result, error))
        return FALSE;
    at = change_describe_heads(graph, heads);
    cli_set_changed(cli, at);
    return TRUE;
}

/* --- All of it -------------------------------------------------------------------------------- */

static gboolean run(Cli *cli, const Request *request, GError **error)
{
    g_auto(ImportOutcome) outcome = {
        .source = request->source, .project = request->project, .is_trial = request->is_trial};

    if (!choose_directory(cli, request, &outcome, error) ||
        !read_all(cli, request, &outcome, error))
        return FALSE;
    if (request->adopts && !find_heads(cli, request, &outcome, error))
        return FALSE;
    if (!request->is_trial &&
        !landings_write(outcome.landings, outcome.folders[0], cli_cancel(cli), error))
        return FALSE;
    if (request->adopts && !request->is_trial && !stamp(cli, request, &outcome, error)) {
        error_set_outcome(error, "the files are imported; the database is as it was");
        return FALSE;
    }
    import_report(cli, &outcome);
    return TRUE;
}

gboolean verb_import(Cli *cli, const Verb *verb, const char *const *words, GError **error)
{
    g_auto(Request) request = {NULL};
    const GOptionEntry entries[] = {
        {"to", 0, 0, OPTION_TEXT, &request.to,
         "Import into this script directory (default: the configured one)", "DIR"},
        {"adopt", 0, 0, G_OPTION_ARG_NONE, &request.adopts,
         "Also record in the database what the other tool has applied there", NULL},
        {"dry-run", 0, 0, G_OPTION_ARG_NONE, &request.is_trial, "Say what would be done, only",
         NULL},
        {"table", 0, 0, OPTION_TEXT, &request.table, "With --adopt: the other tool's version table",
         "[SCHEMA.]NAME"},
        {"alembic", 0, 0, OPTION_TEXT, &request.program,
         "The alembic of the project's environment (default: .venv, venv, $VIRTUAL_ENV, PATH)",
         "PROGRAM"},
        CHANGE_ENVIRONMENT(cli),
        {"name", 'n', 0, OPTION_TEXT, &request.section, "Section of alembic.ini", "SECTION"},
        {NULL},
    };
    g_auto(GStrv) operands = NULL;

    return options_parse(cli, verb, entries, words, &operands, error) &&
           choose_source(&request, operands, error) &&
           check_options(&request, cli_options(cli)->environment, error) &&
           run(cli, &request, error);
}
