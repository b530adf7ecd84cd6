/* pgsluice drift: is the schema still as the last run left it? */
#include "base/error.h"
#include "cli/format.h"
#include "cli/options.h"
#include "cli/terminal.h"
#include "cli/verb.h"
#include "engine/drift.h"
#include "schema/textdiff.h"
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
        terminal_note("pgsluice drift found %s not as recorded. Undo the change by hand, or put it "
                      "into a revision (pgsluice revision -m ...; pgsluice stamp where it is in "
                      "already), or record it as right: pgsluice drift --accept --reason \"why\"\n",
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
    g_autofree char *reason = NULL;
    const GOptionEntry entries[] = {
        {"accept", 0, 0, G_OPTION_ARG_NONE, &accepts, "Record the schema as right as it is", NULL},
        {"reason", 0, 0, OPTION_TEXT, &reason, "Why, for the ledger", "TEXT"},
        {NULL},
    };
    g_auto(GStrv) operands = NULL;

    if (!options_parse(cli, verb, entries, words, &operands, error) ||
        !require_reason(accepts, reason, error))
        return FALSE;
    return accepts ? accept(cli, reason, error) : compare(cli, error);
}
