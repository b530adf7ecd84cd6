/* pgsluice drift: is the schema still as the last run left it? */
#include "cli/change.h"
#include "cli/format.h"
#include "cli/generate.h"
#include "cli/options.h"
#include "cli/terminal.h"
#include "cli/verb.h"
#include "engine/drift.h"
#include "schema/textdiff.h"
#include "setup/setup.h"
#include "view/drift.h"

static void print_object(const DriftObject *object)
{
    g_autofree char *diff = textdiff(object->recorded, object->live);

    terminal_print("%s %s %s\n", drift_change_name(object->change), object->kind, object->name);
    terminal_print("%s", diff);
}

static void print_text(const Drift *drift)
{
    g_autofree char *reason = drift_describe_state(drift);

    if (reason)
        terminal_print("Not known: %s.\n", reason);
    else if (!drift->objects->len)
        terminal_print("The schema is as it was recorded at %s.\n", drift->recorded_at);
    for (guint i = 0; i < drift->objects->len; i++)
        print_object(drift->objects->pdata[i]);
}

/* What to type next. */
static void note_way_out(const Drift *drift)
{
    g_autofree char *count = format_count(drift->objects->len, "object");

    if (drift->state == BASELINE_HALF_RUN)
        terminal_note("pgsluice status says which revision, and what completes it\n");
    else if (drift->state != BASELINE_GOOD)
        terminal_note("If the schema is right as it is, record it: pgsluice drift --accept "
                      "--reason \"why\"\n");
    else
        terminal_note("pgsluice drift found %s not as recorded. Undo the change by hand, or make "
                      "it a revision: pgsluice drift --adopt -m \"what was changed\"; or record "
                      "it as right: pgsluice drift --accept --reason \"why\"\n",
                      count);
}

static gboolean compare(Cli *cli, GError **error)
{
    Session *session = cli_session(cli, FALSE, error);
    g_autoptr(Drift) drift = session ? drift_read(session, TRUE, error) : NULL;
    gboolean is_good;

    if (!drift)
        return FALSE;
    is_good = drift->state == BASELINE_GOOD && !drift->objects->len;
    if (!is_good)
        cli_set_refused(cli);
    if (cli_options(cli)->wants_json) {
        g_autofree char *document = drift_document(drift);

        terminal_print_document(document);
    } else {
        print_text(drift);
    }
    if (!is_good && !cli_options(cli)->is_quiet)
        note_way_out(drift);
    return TRUE;
}

static gboolean accept(Cli *cli, const char *reason, GError **error)
{
    const RunOrigin origin = {.actor = g_get_user_name(), .reason = reason};
    Session *session = cli_session(cli, TRUE, error);
    g_autoptr(Drift) drift = NULL;
    g_autofree char *accepted = NULL;
    g_autofree char *state = NULL;

    if (!session || !drift_accept(session, &origin, NULL, &drift, error))
        return FALSE;
    state = drift_describe_state(drift);
    accepted = state ? g_strdup("all of it") : drift_describe(drift);
    if (!cli_options(cli)->is_quiet && *accepted)
        terminal_note("Recorded as right: %s\n", accepted);
    else if (!cli_options(cli)->is_quiet)
        terminal_note("Nothing to do: the schema is as it was recorded\n");
    if (cli_options(cli)->wants_json) {
        g_autofree char *document = drift_document(drift);

        terminal_print_document(document);
    }
    return TRUE;
}

/* --- Adopting --------------------------------------------------------------------------------- */

typedef struct {
    GenerateRequest request;
    DraftRequest draft;
} Adoption;

static void adoption_clear(Adoption *adoption)
{
    generate_request_clear(&adoption->request);
    draft_request_clear(&adoption->draft);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Adoption, adoption_clear)

static gboolean refuse_nothing(Cli *cli, const Change *change)
{
    if (!change_is_empty(change))
        return FALSE;
    if (!cli_options(cli)->is_quiet)
        terminal_note("Nothing to do: the revision files make the schema that the database has\n");
    if (cli_options(cli)->wants_json)
        terminal_print_document("[]\n");
    return TRUE;
}

/* The graph is read again, with the new file in it. */
static gboolean mark_applied(Cli *cli, const char *id, GError **error)
{
    const char *const targets[] = {id, NULL};
    MigrateOptions options = change_options(cli, NULL);
    g_autoptr(Graph) graph = setup_graph(cli_conf(cli, NULL), error);
    g_auto(MigrateResult) result = {0};

    options.reason = "drift --adopt";
    if (!graph || !migrate_stamp(cli_session(cli, FALSE, NULL), graph, targets, FALSE, &options,
                                 progress_events(cli_progress(cli)), &result, error)) {
        g_prefix_error(error,
                       "the file of revision %s is written, and not marked as applied: ", id);
        error_set_hint(error, "pgsluice stamp %s", id);
        return FALSE;
    }
    if (!cli_options(cli)->is_quiet)
        terminal_note("Marked as applied: %s\n", id);
    return TRUE;
}

static gboolean write_adoption(Cli *cli, Workbench *workbench, Adoption *adoption,
                               GPtrArray *parents, Catalog *from, GError **error)
{
    Catalog *live = workbench_live(workbench);
    g_autoptr(Change) change =
        generate_change(cli, workbench, &adoption->request, NULL, from, live, error);

    if (!change)
        return FALSE;
    generate_report(cli, change);
    if (refuse_nothing(cli, change))
        return TRUE;
    if (!adoption->draft.id)
        adoption->draft.id = revision_id_new();
    return generate_write(cli, workbench, &adoption->draft, parents, change, from, live, error) &&
           (adoption->draft.prints || mark_applied(cli, adoption->draft.id, error));
}

/* From what the files make, on a scratch database, to what is there. */
static gboolean adopt(Cli *cli, Adoption *adoption, GError **error)
{
    g_autoptr(GPtrArray) parents = generate_parents(cli, error);
    Session *session = parents ? cli_session(cli, FALSE, error) : NULL;
    g_autoptr(Workbench) workbench = NULL;
    g_autoptr(Catalog) from = NULL;

    if (!session || !autogenerate_require_current(session, cli_graph(cli, NULL), TRUE, error) ||
        !(workbench = workbench_open(session, error)) ||
        !(from = workbench_read_revisions(workbench, cli_graph(cli, NULL),
                                          parents->len ? "heads" : "base", error)))
        return FALSE;
    return write_adoption(cli, workbench, adoption, parents, from, error);
}

static gboolean require_message(gboolean adopts, const Adoption *adoption, GError **error)
{
    gboolean has_message = adoption->draft.message && *adoption->draft.message;
    gboolean is_needless = adoption->request.renames || adoption->request.refuses_renames ||
                           adoption->request.is_offline_ok || adoption->draft.message;

    if (adopts ? has_message : !is_needless)
        return TRUE;
    error_set(error, ERROR_USAGE, "%s",
              adopts ? "--adopt needs a message"
                     : "-m, --rename, --no-rename and --offline-ok are for --adopt");
    error_set_hint(error, "pgsluice drift --adopt -m \"what was changed by hand\"");
    return FALSE;
}

static gboolean require_one(gboolean accepts, gboolean adopts, GError **error)
{
    if (!accepts || !adopts)
        return TRUE;
    error_set(error, ERROR_USAGE, "--accept and --adopt are two ways out: take one");
    error_set_hint(error, "--accept records the schema as it is; --adopt also writes the revision "
                          "that brings the change to other databases");
    return FALSE;
}

/* --- The verb --------------------------------------------------------------------------------- */

static gboolean require_reason(gboolean accepts, const char *reason, GError **error)
{
    gboolean has_reason = reason && *reason;

    if (accepts == has_reason)
        return TRUE;
    error_set(error, ERROR_USAGE, accepts ? "--accept needs a reason" : "--reason is for --accept");
    error_set_hint(error, "pgsluice drift --accept --reason \"why it is right\"");
    return FALSE;
}

gboolean verb_drift(Cli *cli, const Verb *verb, const char *const *words, GError **error)
{
    gboolean accepts = FALSE;
    gboolean adopts = FALSE;
    g_auto(Adoption) adoption = {.request = {NULL}};
    g_autofree char *reason = NULL;
    const GOptionEntry entries[] = {
        {"accept", 0, 0, G_OPTION_ARG_NONE, &accepts, "Record the schema as right as it is", NULL},
        {"reason", 0, 0, OPTION_TEXT, &reason, "Why, for the ledger", "TEXT"},
        {"adopt", 0, 0, G_OPTION_ARG_NONE, &adopts,
         "Write the revision that makes the change official, and mark it as applied", NULL},
        {"message", 'm', 0, OPTION_TEXT, &adoption.draft.message, "What the revision changes",
         "MESSAGE"},
        GENERATE_ENTRIES(&adoption.request),
        {NULL},
    };
    g_auto(GStrv) operands = NULL;

    if (!options_parse(cli, verb, entries, words, &operands, error) ||
        !require_one(accepts, adopts, error) || !require_reason(accepts, reason, error) ||
        !require_message(adopts, &adoption, error))
        return FALSE;
    if (adopts)
        return adopt(cli, &adoption, error);
    return accepts ? accept(cli, reason, error) : compare(cli, error);
}
