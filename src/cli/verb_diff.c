/* pgsluice diff --from SOURCE --to SOURCE: the SQL that leads from one schema to another. */
#include <string.h>

#include "cli/generate.h"
#include "cli/options.h"
#include "cli/terminal.h"
#include "cli/verb.h"
#include "setup/setup.h"
#include "view/change.h"

/* One side. What it needs lives as long as it. */
typedef struct {
    const char *name; /* --from or --to */
    const char *text;
    Secret *url; /* of a database that is named by its URL, else NULL */
    EngineSettings settings;
    Session *session; /* the same */
    Models *models;   /* of files and of the models */
    Catalog *catalog;
} Side;

typedef struct {
    Cli *cli;
    GenerateRequest request;
    Side from;
    Side to;
    Workbench *workbench; /* NULL: both are databases */
} Comparison;

static void side_clear(Side *side)
{
    catalog_free(side->catalog);
    models_free(side->models);
    session_close(side->session);
    secret_free(side->url);
}

static void comparison_clear(Comparison *comparison)
{
    workbench_close(comparison->workbench); /* stands on the session of a side */
    side_clear(&comparison->from);
    side_clear(&comparison->to);
    generate_request_clear(&comparison->request);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Comparison, comparison_clear)

static gboolean is_url(const char *text)
{
    return strstr(text, "://") != NULL;
}

static gboolean is_revisions(const char *text)
{
    return g_str_equal(text, "migrations") || g_str_has_prefix(text, "migrations@");
}

/* --- Databases -------------------------------------------------------------------------------- */

static gboolean open_url(Comparison *comparison, Side *side, GError **error)
{
    if (!is_url(side->text))
        return TRUE;
    if (!cli_offline_settings(comparison->cli, &side->settings, error))
        return FALSE;
    side->url = secret_new(side->text);
    side->settings.url = side->url;
    side->settings.instance = "diff";
    side->session = session_open(&side->settings, FALSE, cli_cancel(comparison->cli),
                                 progress_events(cli_progress(comparison->cli)), error);
    if (!side->session)
        g_prefix_error(error, "%s: ", side->name);
    return side->session != NULL;
}

/* Schemas are made beside a database that was named, else beside the configured one. */
static gboolean open_workbench(Comparison *comparison, GError **error)
{
    Session *target = comparison->from.session ? comparison->from.session : comparison->to.session;

    if (comparison->from.session && comparison->to.session)
        return TRUE;
    if (!target)
        target = cli_session(comparison->cli, FALSE, error);
    comparison->workbench = target ? workbench_open(target, error) : NULL;
    return comparison->workbench != NULL;
}

/* --- Catalogs --------------------------------------------------------------------------------- */

static Catalog *read_live(Comparison *comparison, GError **error)
{
    Session *session = cli_session(comparison->cli, FALSE, error);

    return session ? workbench_read(session, error) : NULL;
}

static Catalog *read_revisions(Comparison *comparison, const Side *side, GError **error)
{
    const Graph *graph = cli_graph(comparison->cli, error);
    const char *at = strchr(side->text, '@');

    return graph ? workbench_read_revisions(comparison->workbench, graph, at ? at + 1 : "heads",
                                            error)
                 : NULL;
}

static Models *read_files(Comparison *comparison, const Side *side, GError **error)
{
    const char *const paths[] = {side->text, NULL};
    const ModelsSource source = {.paths = paths};

    return models_read(&source, conf_variables(cli_conf(comparison->cli, NULL)),
                       cli_cancel(comparison->cli), error);
}

static Catalog *read_models(Comparison *comparison, Side *side, GError **error)
{
    gboolean is_configured = g_str_equal(side->text, "models");

    side->models = is_configured ? generate_require_models(comparison->cli, error)
                                 : read_files(comparison, side, error);
    return side->models ? generate_catalog(comparison->workbench, side->models, error) : NULL;
}

static gboolean read_side(Comparison *comparison, Side *side, GError **error)
{
    if (side->session)
        side->catalog = workbench_read(side->session, error);
    else if (g_str_equal(side->text, "live"))
        side->catalog = read_live(comparison, error);
    else if (is_revisions(side->text))
        side->catalog = read_revisions(comparison, side, error);
    else
        side->catalog = read_models(comparison, side, error);
    return side->catalog != NULL;
}

/* --- The whole -------------------------------------------------------------------------------- */

static void print_change(Cli *cli, const Change *change)
{
    g_autofree char *section = change_up_section(change);
    g_autofree char *script = g_strconcat(section, "\n", NULL);
    g_autofree char *document = NULL;

    if (cli_options(cli)->wants_json) {
        document = change_document(change);
        terminal_print_document(document);
    } else if (!change_is_empty(change)) {
        terminal_print_verbatim(script);
    } else if (!cli_options(cli)->is_quiet) {
        terminal_note("The schemas are the same\n");
    }
}

/* Two databases need no other to be compared, unless something is renamed between them. */
static Change *compare(Comparison *comparison, GError **error)
{
    Session *beside = comparison->from.session;

    if (!comparison->workbench && comparison->request.renames &&
        !(comparison->workbench = workbench_open(beside, error)))
        return NULL;
    return generate_change(comparison->cli, comparison->workbench, &comparison->request,
                           comparison->to.models, comparison->from.catalog, comparison->to.catalog,
                           error);
}

static gboolean diff(Comparison *comparison, GError **error)
{
    g_autoptr(Change) change = NULL;

    if (!open_url(comparison, &comparison->from, error) ||
        !open_url(comparison, &comparison->to, error) || !open_workbench(comparison, error) ||
        !read_side(comparison, &comparison->from, error) ||
        !read_side(comparison, &comparison->to, error))
        return FALSE;
    change = compare(comparison, error);
    if (change)
        print_change(comparison->cli, change);
    return change != NULL;
}

static gboolean refuse_missing(const Side *side, GError **error)
{
    error_set(error, ERROR_USAGE, "%s is missing", side->name);
    error_set_hint(error, "for example: pgsluice diff --from live --to models");
    return FALSE;
}

/* Before anything connects. */
static gboolean check_side(const Side *side, GError **error)
{
    static const char *const words[] = {"models", "live", NULL};

    if (!side->text)
        return refuse_missing(side, error);
    if (is_url(side->text) || is_revisions(side->text) || g_strv_contains(words, side->text) ||
        g_file_test(side->text, G_FILE_TEST_EXISTS))
        return TRUE;
    error_set(error, ERROR_USAGE, "%s: there is no file or folder \"%s\"", side->name, side->text);
    error_set_hint(error, "one of: a database's URL, a file or folder of DDL, models, live, "
                          "migrations, migrations@REVISION");
    return FALSE;
}

gboolean verb_diff(Cli *cli, const Verb *verb, const char *const *words, GError **error)
{
    g_autofree char *from = NULL;
    g_autofree char *to = NULL;
    g_auto(Comparison) comparison = {.cli = cli,
                                     .request = {.never_asks = TRUE},
                                     .from = {.name = "--from"},
                                     .to = {.name = "--to"}};
    const GOptionEntry entries[] = {
        {"from", 0, 0, OPTION_TEXT, &from,
         "A database's URL, a file or folder of DDL, models, live or migrations[@REVISION]",
         "SOURCE"},
        {"to", 0, 0, OPTION_TEXT, &to, "The same", "SOURCE"},
        GENERATE_ENTRIES(&comparison.request),
        {NULL},
    };
    g_auto(GStrv) operands = NULL;

    if (!options_parse(cli, verb, entries, words, &operands, error))
        return FALSE;
    comparison.from.text = from;
    comparison.to.text = to;
    return check_side(&comparison.from, error) && check_side(&comparison.to, error) &&
           diff(&comparison, error);
}
