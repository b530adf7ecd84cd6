/* pgsluice check: is anything wrong with the files, with the database compared to them, and with
 * both compared to the models? */
#include "cli/change.h"
#include "cli/format.h"
#include "cli/generate.h"
#include "cli/neighbour.h"
#include "cli/options.h"
#include "cli/terminal.h"
#include "cli/verb.h"
#include "engine/check.h"
#include "revision/inspect.h"
#include "setup/setup.h"
#include "view/change.h"
#include "view/document.h"

enum { FINDINGS_MAX = 100 };

/* What was looked at. */
typedef struct {
    Findings *findings;
    Graph *graph; /* NULL: headers or links are broken */
    guint files;
    Status *status; /* NULL: the database was not looked at */
    Change *change; /* to the models; NULL: not compared */
} Check;

static void check_clear(Check *check)
{
    change_free(check->change);
    status_free(check->status); /* borrows from the graph */
    graph_free(check->graph);
    findings_free(check->findings);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Check, check_clear)

static gboolean check_files(Cli *cli, Check *check, GError **error)
{
    const Conf *conf = cli_conf(cli, error);
    g_auto(GStrv) folders = conf ? setup_folders(conf, error) : NULL;

    if (!folders)
        return FALSE;
    check->graph = inspect_folders((const char *const *)folders, check->findings, &check->files);
    if (check->files == 0 && !cli_options(cli)->is_quiet)
        neighbour_note((const char *const *)folders);
    if (check->graph)
        check_heads(check->graph, check->findings);
    return TRUE;
}

static gboolean check_database(Cli *cli, Check *check, GError **error)
{
    Session *session = cli_session(cli, FALSE, error);

    check->status = session ? status_read(session, check->graph, FALSE, error) : NULL;
    if (!check->status) {
        if (error_is(*error, ERROR_CONFIG))
            error_set_hint(error, "%s; pgsluice check --no-database checks only the files",
                           error_hint(*error));
        return FALSE;
    }
    check_status(check->status, check->findings);
    return TRUE;
}

/* Only with a database that is where the files are: else what is pending would be found again. */
static gboolean check_models(Cli *cli, Check *check, GError **error)
{
    const GenerateRequest request = {.refuses_renames = TRUE, .never_asks = TRUE};
    g_autoptr(GError) reason = NULL;
    g_autoptr(Models) models = generate_models(cli, &reason);
    g_autoptr(Workbench) workbench = NULL;
    g_autoptr(Catalog) wanted = NULL;

    if (reason)
        g_propagate_error(error, g_steal_pointer(&reason));
    if (!models)
        return !error || !*error;
    workbench = workbench_open(cli_session(cli, FALSE, NULL), error);
    wanted = workbench ? generate_catalog(workbench, models, error) : NULL;
    if (!wanted)
        return FALSE;
    check->change =
        generate_change(cli, workbench, &request, models, workbench_live(workbench), wanted, error);
    return check->change != NULL;
}

static gboolean is_good(const Check *check)
{
    return findings_are_empty(check->findings) &&
           (!check->change || change_is_empty(check->change));
}

static void print_operations(const Change *change)
{
    terminal_print("New upgrade operations detected:\n");
    for (guint i = 0; i < change->renames->len; i++) {
        const DiffRename *rename = change->renames->pdata[i];

        terminal_print("  rename %s to %s\n", rename->from, rename->to);
    }
    for (guint i = 0; i < change->up->operations->len; i++) {
        const DiffOperation *operation = change->up->operations->pdata[i];

        terminal_print("  %s %s\n", operation->verb, operation->subject);
    }
}

static void print_findings(const Findings *findings)
{
    for (guint i = 0; i < findings->errors->len; i++) {
        g_autofree char *text = error_describe(findings->errors->pdata[i]);

        terminal_print("%s\n", text);
    }
}

static void print_all_good(const Check *check)
{
    g_autofree char *files = format_count(check->files, "revision file");
    g_autofree char *at = NULL;

    if (!check->status) {
        terminal_print("No problems in %s.\n", files);
        return;
    }
    at = change_describe_heads(check->graph, (const char *const *)check->status->heads);
    terminal_print("No problems in %s; the database %s is up to date, at %s.\n", files,
                   check->status->database, at);
    if (check->change)
        terminal_print("No new upgrade operations detected.\n");
}

/* What is not a finding: the sum, and what could not be looked at. */
static void note_summary(const Check *check, gboolean wants_database)
{
    g_autofree char *count = format_count(check->findings->errors->len, "problem");

    if (findings_are_empty(check->findings)) {
        terminal_note("The models have what the database has not: pgsluice revision "
                      "--autogenerate -m \"...\"\n");
        return;
    }
    terminal_note("pgsluice check found %s%s\n",
                  findings_are_full(check->findings) ? "at least " : "", count);
    if (!check->graph)
        terminal_note(
            "How the files follow each other%s can be checked when every header is good.\n",
            wants_database ? ", and the database," : "");
}

static void print_document(const Check *check)
{
    g_autofree char *document =
        check_document(check->findings, check->files,
                       check->status ? check->status->database : NULL, check->change);

    terminal_print_document(document);
}

static void report(Cli *cli, const Check *check, gboolean wants_database)
{
    if (!is_good(check))
        cli_set_refused(cli);
    if (cli_options(cli)->wants_json)
        print_document(check);
    else if (is_good(check))
        print_all_good(check);
    else if (findings_are_empty(check->findings))
        print_operations(check->change);
    else
        print_findings(check->findings);
    if (!is_good(check) && !cli_options(cli)->is_quiet)
        note_summary(check, wants_database);
}

/* The database is asked when the files are good, the models when the database is, too. */
static gboolean look(Cli *cli, Check *check, gboolean refuses_models, GError **error)
{
    if (!check->graph)
        return TRUE;
    return check_database(cli, check, error) &&
           (refuses_models || !findings_are_empty(check->findings) ||
            check_models(cli, check, error));
}

gboolean verb_check(Cli *cli, const Verb *verb, const char *const *words, GError **error)
{
    gboolean refuses_database = FALSE;
    gboolean refuses_models = FALSE;
    const GOptionEntry entries[] = {
        {"no-database", 0, 0, G_OPTION_ARG_NONE, &refuses_database,
         "Check only the files, without a database", NULL},
        {"no-models", 0, 0, G_OPTION_ARG_NONE, &refuses_models,
         "Leave out the models, which need a scratch database", NULL},
        {NULL},
    };
    g_auto(GStrv) operands = NULL;
    g_auto(Check) check = {NULL};

    if (!options_parse(cli, verb, entries, words, &operands, error))
        return FALSE;
    check.findings = findings_new(FINDINGS_MAX);
    if (!check_files(cli, &check, error))
        return FALSE;
    if (!refuses_database && !look(cli, &check, refuses_models, error)) {
        if (!cli_options(cli)->wants_json)
            print_findings(check.findings);
        return FALSE;
    }
    report(cli, &check, !refuses_database);
    return TRUE;
}
