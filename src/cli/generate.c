/* Between the engine's comparison and the new file. */
#include "cli/generate.h"

#include "cli/ask.h"
#include "cli/terminal.h"
#include "engine/migrate.h"
#include "setup/setup.h"

enum { FINDINGS_MAX = 50 };

void generate_request_clear(GenerateRequest *request)
{
    g_strfreev(request->renames);
}

/* --- Models ----------------------------------------------------------------------------------- */

Models *generate_models(Cli *cli, GError **error)
{
    const Conf *conf = cli_conf(cli, error);
    g_auto(GStrv) folder = NULL;
    g_autoptr(Models) models = NULL;
    ModelsSource source;

    if (!conf || !setup_models(conf, &source, &folder, error))
        return NULL;
    models = models_read(&source, conf_variables(conf), cli_cancel(cli), error);
    return models && !models_are_empty(models) ? g_steal_pointer(&models) : NULL;
}

Models *generate_require_models(Cli *cli, GError **error)
{
    g_autoptr(GError) reason = NULL;
    Models *models = generate_models(cli, &reason);

    if (models)
        return models;
    if (reason) {
        g_propagate_error(error, g_steal_pointer(&reason));
        return NULL;
    }
    error_set(error, ERROR_CONFIG, "there are no models to compare with");
    error_set_hint(error,
                   "write the wanted schema as DDL into %s/models/, beginning with what the "
                   "database has: pgsluice dump > %s/models/schema.sql; or set "
                   "migrations.models_command",
                   setup_script_directory(cli_conf(cli, NULL)),
                   setup_script_directory(cli_conf(cli, NULL)));
    return NULL;
}

/* Something that is missing may be what another error has kept from being made. */
static gboolean is_consequence(const GError *error)
{
    static const char *const states[] = {"42P01", "42703", "42704", "42883", "3F000", NULL};
    const char *sqlstate = error_sqlstate(error);

    return sqlstate && !error_hint(error) && g_strv_contains(states, sqlstate);
}

/* All but the one that explains most, which ends the program as its error. */
static void tell_findings(const Findings *findings, GError **error)
{
    const GPtrArray *errors = findings->errors;
    guint cause = 0;

    for (guint i = errors->len; i > 0; i--)
        if (!is_consequence(errors->pdata[i - 1]))
            cause = i - 1;
    for (guint i = 0; i < errors->len; i++)
        if (i != cause)
            terminal_report(errors->pdata[i]);
    g_propagate_prefixed_error(error, g_error_copy(errors->pdata[cause]),
                               "the models cannot be loaded: ");
}

Catalog *generate_catalog(Workbench *workbench, const Models *models, GError **error)
{
    g_autoptr(Findings) findings = findings_new(FINDINGS_MAX);
    Catalog *catalog = workbench_read_models(workbench, models, findings, error);

    if (!catalog && !findings_are_empty(findings))
        tell_findings(findings, error);
    return catalog;
}

/* --- The change ------------------------------------------------------------------------------- */

static gboolean ask(const DiffRename *candidate, gboolean *is_rename, gpointer data, GError **error)
{
    g_autofree char *prompt = g_strdup_printf("%s is gone and %s is new: is that a rename? [y/N] ",
                                              candidate->from, candidate->to);
    g_autofree char *answer = ask_line(data, prompt, error);

    *is_rename = answer && (*answer == 'y' || *answer == 'Y');
    return answer != NULL;
}

Change *generate_change(Cli *cli, Workbench *workbench, const GenerateRequest *request,
                        const Models *models, Catalog *from, Catalog *to, GError **error)
{
    const AutogenerateOptions options = {.renames = (const char *const *)request->renames,
                                         .hints = models ? models_hints(models) : NULL,
                                         .refuses_renames = request->refuses_renames,
                                         .ask = ask_can() && !request->never_asks ? ask : NULL,
                                         .ask_data = cli,
                                         .diff = {.is_offline_ok = request->is_offline_ok}};

    return autogenerate_compare(workbench, from, to, &options, error);
}

void generate_report(Cli *cli, const Change *change)
{
    for (guint i = 0; !cli_options(cli)->is_quiet && i < change->detected->len; i++)
        terminal_note("%s\n", (const char *)change->detected->pdata[i]);
}

GPtrArray *generate_parents(Cli *cli, GError **error)
{
    const Graph *graph = cli_graph(cli, error);
    g_autoptr(GPtrArray) heads = graph ? graph_heads(graph) : NULL;

    if (heads && heads->len > 1)
        draft_refuse_several_heads(heads, error);
    return heads && heads->len < 2 ? g_steal_pointer(&heads) : NULL;
}

/* --- Writing ---------------------------------------------------------------------------------- */

typedef struct {
    Cli *cli;
    Workbench *workbench;
    GPtrArray *parents;
    const Change *change;
    Catalog *from;
    Catalog *to;
} Proving;

static gboolean prove(const char *id, const char *text, gpointer data, GError **error)
{
    const Proving *proving = data;
    g_autoptr(DatabaseState) state = cli_read_state(proving->cli, error);
    g_auto(GStrv) parents = revision_ids(proving->parents);
    g_autofree char *difference = NULL;
    AutogenerateProof proof = {.graph = cli_graph(proving->cli, NULL),
                               .parents = (const char *const *)parents,
                               .id = id,
                               .text = text,
                               .is_irreversible = !proving->change->down};
    gboolean is_proven;

    if (!state)
        return FALSE;
    proof.heads = (const char *const *)state->heads;
    is_proven = autogenerate_prove(proving->workbench, proving->from, proving->to, &proof,
                                   &difference, error);
    if (difference)
        terminal_note("%s", difference);
    return is_proven;
}

/* What to type, for each. */
static void tell_questions(const Change *change)
{
    for (guint i = 0; i < change->questions->len; i++) {
        const DiffRename *question = change->questions->pdata[i];

        terminal_note("Is %s now %s? Then: --rename '%s=%s'\n", question->from, question->to,
                      question->from, question->to);
    }
    terminal_note("No file is written before that is said; what is no rename: --no-rename\n");
}

gboolean generate_write(Cli *cli, Workbench *workbench, DraftRequest *draft, GPtrArray *parents,
                        const Change *change, Catalog *from, Catalog *to, GError **error)
{
    Proving proving = {cli, workbench, parents, change, from, to};

    draft->up = change_up_section(change);
    draft->down = change_down_section(change);
    draft->doc = change_hazards(change);
    draft->review = g_strdup("pending");
    draft->prove = prove;
    draft->prove_data = &proving;
    draft->prints |= change->questions->len > 0;
    if (!draft_write(cli, draft, parents, error))
        return FALSE;
    if (change->questions->len) {
        tell_questions(change);
        cli_set_refused(cli);
    }
    return TRUE;
}
