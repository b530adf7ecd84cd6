/* pgsluice rollback: has a daemon undo revisions. Asks it for the plan, shows it, asks for a
 * confirmation, and follows what the daemon does. */
#include "cli/ask.h"
#include "cli/follow.h"
#include "cli/format.h"
#include "cli/options.h"
#include "cli/plan_report.h"
#include "cli/remote.h"
#include "cli/terminal.h"
#include "cli/verb.h"
#include "client/line.h"

static const char target_default[] = "-1";
static const char loss_word[] = "lose it";

/* What the command line says. */
typedef struct {
    char *reason;
    char *digest;
    char *follow; /* the id of an operation that is only followed */
    gboolean is_dry;
    gboolean is_confirmed;
    gboolean accepts_data_loss;
    gboolean accepts_drift;
} RollbackOptions;

static void rollback_options_clear(RollbackOptions *options)
{
    g_free(options->reason);
    g_free(options->digest);
    g_free(options->follow);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RollbackOptions, rollback_options_clear)

/* One rollback. Texts of the call are borrowed from the fields below it, or from the options. */
typedef struct {
    Cli *cli;
    Client *client;
    RollbackCall call;
    char *etag;
    char *key;
    char *reason;
    char *digest;
} Rollback;

static void rollback_clear(Rollback *rollback)
{
    client_free(rollback->client);
    g_free(rollback->etag);
    g_free(rollback->key);
    g_free(rollback->reason);
    g_free(rollback->digest);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Rollback, rollback_clear)

static gboolean check_options(const RollbackOptions *options, const char *target, GError **error)
{
    if (options->follow && (options->is_dry || options->is_confirmed || target)) {
        error_set(error, ERROR_USAGE,
                  "--follow looks at a rollback that was begun: it takes no "
                  "target, --dry-run or --yes");
        return FALSE;
    }
    if (options->follow && !remote_operation_is_id(options->follow)) {
        error_set(error, ERROR_USAGE, "--follow: \"%s\" is not the id of an operation",
                  options->follow);
        return FALSE;
    }
    if (options->is_dry && options->is_confirmed) {
        error_set(error, ERROR_USAGE, "--dry-run and --yes contradict each other");
        return FALSE;
    }
    if (options->is_confirmed && (!options->digest || !options->reason)) {
        error_set(error, ERROR_USAGE, "--yes needs --confirm DIGEST and --reason TEXT");
        error_set_hint(error, "pgsluice rollback --dry-run shows the plan and its digest");
        return FALSE;
    }
    return TRUE;
}

/* What the rollback rests on: its tag goes with the real call, which is refused when the ground has
 * moved since. */
static gboolean read_etag(Rollback *rollback, GError **error)
{
    ClientRequest request = {.method = "GET", .path = "/admin/migrations"};
    g_auto(ClientReply) reply = {0};

    if (!client_call(rollback->client, &request, &reply, error))
        return FALSE;
    if (!reply.etag) {
        error_set(error, ERROR_DAEMON_ANSWER, "the daemon's status has no ETag");
        return FALSE;
    }
    rollback->call.etag = rollback->etag = g_steal_pointer(&reply.etag);
    return TRUE;
}

/* --- Asking ----------------------------------------------------------------------------------- */

static void note_plan(Cli *cli, const RemotePlan *plan)
{
    g_autofree char *report = plan_report(plan);

    progress_break_line(cli_progress(cli));
    terminal_note("%s\n", report);
}

/* Whether the daemon wants the loss accepted; what is lost may be nothing that holds data. */
static gboolean is_loss(const RemoteRefusal *refusal)
{
    return g_str_equal(refusal->type, "urn:pgsluice:problem:data-loss");
}

static gboolean needs_acceptance(const RemotePlan *plan)
{
    for (gsize i = 0; i < plan->refusal_count; i++) {
        if (is_loss(&plan->refusals[i]))
            return TRUE;
    }
    return FALSE;
}

/* Nobody can be asked: what would be typed instead. */
static gboolean refuse_unasked(const Rollback *rollback, const RemotePlan *plan, GError **error)
{
    g_autofree char *daemon = remote_spell(rollback->client);
    g_autofree char *target = remote_quote(rollback->call.target);

    error_set(error, ERROR_REFUSED, "there is no terminal at which this could be confirmed");
    error_set_hint(error, "pgsluice rollback %s %s --yes --confirm %s --reason TEXT%s", target,
                   daemon, plan->digest, needs_acceptance(plan) ? " --accept-data-loss" : "");
    return FALSE;
}

/* What a real call would be refused for, but for what is asked here. */
static gboolean check_refusals(const RemotePlan *plan, GError **error)
{
    for (gsize i = 0; i < plan->refusal_count; i++) {
        if (!is_loss(&plan->refusals[i])) {
            g_propagate_error(error, g_error_copy(plan->refusals[i].error));
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean ask_loss(Rollback *rollback, const RemotePlan *plan, GError **error)
{
    g_autofree char *prompt = NULL;

    if (!needs_acceptance(plan))
        return TRUE;
    prompt = g_strdup_printf("What is lost does not come back with an upgrade. Type \"%s\" to "
                             "accept that: ",
                             loss_word);
    rollback->call.accepts_data_loss = ask_for(rollback->cli, prompt, loss_word, error);
    return rollback->call.accepts_data_loss;
}

static gboolean ask_target(const Rollback *rollback, const RemotePlan *plan, GError **error)
{
    g_autofree char *target = plan_report_target(plan);
    g_autofree char *prompt =
        g_strdup_printf("Type %s, where the database will be, to go on: ", target);

    return ask_for(rollback->cli, prompt, target, error);
}

static gboolean ask_reason(Rollback *rollback, GError **error)
{
    if (rollback->call.reason)
        return TRUE;
    rollback->reason = ask_line(rollback->cli, "Why? (for the ledger) ", error);
    if (!rollback->reason)
        return FALSE;
    if (!*rollback->reason) {
        error_set(error, ERROR_REFUSED, "a rollback needs a reason: nothing was done");
        return FALSE;
    }
    rollback->call.reason = rollback->reason;
    return TRUE;
}

/* --- Doing ------------------------------------------------------------------------------------ */

static char *describe_ids(const char *const *ids)
{
    g_autofree char *joined = format_ids(ids, "<base>");

    return line_of(joined, LINE_MAX_MESSAGE);
}

static gboolean report(Cli *cli, const RemoteOperation *operation)
{
    g_autofree char *from = describe_ids(operation->from);
    g_autofree char *to = describe_ids(operation->to);
    g_autofree char *gate = operation->gate ? line_of(operation->gate, LINE_MAX_NAME) : NULL;

    cli_set_changed(cli, to);
    if (cli_options(cli)->wants_json)
        terminal_print_document(operation->document);
    if (!cli_options(cli)->is_quiet)
        terminal_note("The database is at %s (it was at %s)%s%s\n", to, from,
                      gate ? "; the gate is " : "", gate ? gate : "");
    return TRUE;
}

static gboolean follow(Cli *cli, Client *client, const char *id, RemoteOperation *begun,
                       GError **error)
{
    g_autoptr(RemoteOperation) ended = follow_operation(cli, client, id, begun, error);

    return ended && report(cli, ended);
}

static gboolean run(Rollback *rollback, GError **error)
{
    RemoteOperation *operation;

    rollback->call.key = rollback->key = g_uuid_string_random();
    operation = follow_begin(rollback->cli, rollback->client, &rollback->call, error);
    return operation && follow(rollback->cli, rollback->client, NULL, operation, error);
}

static gboolean print_plan(Cli *cli, const RemotePlan *plan)
{
    g_autofree char *text = plan_report(plan);

    if (cli_options(cli)->wants_json)
        terminal_print_document(plan->document);
    else
        terminal_print("%s", text);
    return TRUE;
}

static gboolean check_digest(const Rollback *rollback, const RemotePlan *plan, GError **error)
{
    if (!rollback->call.digest || g_str_equal(rollback->call.digest, plan->digest))
        return TRUE;
    error_set(error, ERROR_REFUSED,
              "the plan is not the one that --confirm names: its digest is "
              "%s",
              plan->digest);
    return FALSE;
}

/* The long way: plan, questions, real call. */
static gboolean confirm_and_run(Rollback *rollback, GError **error)
{
    g_autoptr(RemotePlan) plan = NULL;

    if (!read_etag(rollback, error))
        return FALSE;
    plan = rollback_plan(rollback->client, &rollback->call, error);
    if (!plan)
        return FALSE;
    if (plan->step_count == 0)
        return print_plan(rollback->cli, plan);
    note_plan(rollback->cli, plan);
    if (!check_refusals(plan, error) || !check_digest(rollback, plan, error))
        return FALSE;
    if (!ask_can())
        return refuse_unasked(rollback, plan, error);
    if (!ask_loss(rollback, plan, error) || !ask_reason(rollback, error) ||
        !ask_target(rollback, plan, error))
        return FALSE;
    rollback->digest = g_strdup(plan->digest);
    rollback->call.digest = rollback->digest;
    return run(rollback, error);
}

static gboolean obey(Rollback *rollback, const RollbackOptions *options, GError **error)
{
    g_autoptr(RemotePlan) plan = NULL;

    if (options->follow)
        return follow(rollback->cli, rollback->client, options->follow, NULL, error);
    if (options->is_confirmed)
        return read_etag(rollback, error) && run(rollback, error);
    if (!options->is_dry)
        return confirm_and_run(rollback, error);
    plan = rollback_plan(rollback->client, &rollback->call, error);
    return plan && print_plan(rollback->cli, plan);
}

gboolean verb_rollback(Cli *cli, const Verb *verb, const char *const *words, GError **error)
{
    g_auto(RemoteOptions) remote = {0};
    g_auto(RollbackOptions) options = {0};
    const GOptionEntry entries[] = {
        {"dry-run", 0, 0, G_OPTION_ARG_NONE, &options.is_dry, "Print the plan and do nothing",
         NULL},
        {"reason", 0, 0, OPTION_TEXT, &options.reason,
         "Why, for the ledger and for whoever meets the hold", "TEXT"},
        {"yes", 0, 0, G_OPTION_ARG_NONE, &options.is_confirmed,
         "Do not ask: --confirm says what is agreed to", NULL},
        {"confirm", 0, 0, OPTION_TEXT, &options.digest, "Agree to the plan with this digest",
         "DIGEST"},
        {"accept-data-loss", 0, 0, G_OPTION_ARG_NONE, &options.accepts_data_loss,
         "Agree to lose what the plan says is lost", NULL},
        {"accept-drift", 0, 0, G_OPTION_ARG_NONE, &options.accepts_drift,
         "Agree to go on from a schema that is not what the revisions made", NULL},
        {"follow", 0, 0, OPTION_TEXT, &options.follow, "Look on at a rollback that was begun",
         "ID"},
        REMOTE_ENTRIES(&remote),
        {NULL},
    };
    g_auto(GStrv) operands = NULL;
    g_auto(Rollback) rollback = {.cli = cli};

    if (!options_parse(cli, verb, entries, words, &operands, error) ||
        !check_options(&options, operands[0], error))
        return FALSE;
    rollback.call = (RollbackCall){.target = operands[0] ? operands[0] : target_default,
                                   .reason = options.reason,
                                   .digest = options.digest,
                                   .accepts_data_loss = options.accepts_data_loss,
                                   .accepts_drift = options.accepts_drift};
    rollback.client = remote_connect(cli, &remote, error);
    return rollback.client && obey(&rollback, &options, error);
}
