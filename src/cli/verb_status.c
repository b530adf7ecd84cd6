/* pgsluice status: where the database stands, and the next command to type. What it prints it reads
 * out of the status document, whether that was made here or by a daemon. */
#include <string.h>

#include "cli/format.h"
#include "cli/options.h"
#include "cli/remote.h"
#include "cli/snapshot.h"
#include "cli/terminal.h"
#include "cli/verb.h"
#include "client/standing.h"
#include "db/lock.h"

static void print_row(const char *label, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void print_row(const char *label, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list args;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    terminal_print("%-12s%s\n", label, text);
}

/* "", " (head)" or " (effective head)". */
static const char *mark_of(const Standing *standing, const char *id)
{
    if (!g_strv_contains(standing->script_heads, id))
        return "";
    return g_strv_contains(standing->implied_heads, id) ? " (effective head)" : " (head)";
}

static char *describe_heads(const Standing *standing)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (const char *const *id = standing->heads; *id; id++) {
        const char *mark =
            g_strv_contains(standing->unknown, *id) ? " (unknown)" : mark_of(standing, *id);

        g_string_append_printf(text, "%s%s%s", id == standing->heads ? "" : ", ", *id, mark);
    }
    return g_strdup(text->len ? text->str : "<base>");
}

/* Where the files are: the script directory, or the folders that were named instead. */
static char *describe_scripts(const Standing *standing)
{
    const char *directory = standing->directory ? standing->directory : "";
    g_autofree char *usual = g_build_filename(directory, "versions", NULL);
    const char *const *folders = standing->folders;

    if (!folders[0] || (!folders[1] && g_str_equal(folders[0], usual)))
        return g_strdup(directory);
    return g_strjoinv(", ", (char **)folders);
}

static void print_gate(const Standing *standing)
{
    if (!standing->gate)
        return;
    print_row("daemon", "%s%s%s", standing->version, standing->instance ? ", " : "",
              standing->instance ? standing->instance : "");
    print_row("gate", "%s%s%s%s%s", standing->gate, standing->gate_since ? " since " : "",
              standing->gate_since ? standing->gate_since : "", standing->gate_reason ? ": " : "",
              standing->gate_reason ? standing->gate_reason : "");
}

static void print_scripts(const Standing *standing)
{
    g_autofree char *heads = format_ids(standing->script_heads, "none");
    g_autofree char *scripts = describe_scripts(standing);
    g_autofree char *count = NULL;

    if (standing->script_count < 0) {
        print_row("files", "cannot be read, in %s", scripts);
        return;
    }
    count = format_count((guint)standing->script_count, "revision");
    print_row("files", "%s in %s, %s: %s", count, scripts,
              standing->script_heads[0] && standing->script_heads[1] ? "heads" : "head", heads);
}

static void print_stand(const Standing *standing)
{
    g_autofree char *heads = describe_heads(standing);

    if (standing->knows_database) {
        print_row("database", "%s, PostgreSQL %s%s", standing->database, standing->server_version,
                  standing->in_recovery ? ", a standby" : "");
        if (standing->environment)
            print_row("environment", "%s%s", standing->environment,
                      standing->is_foreign ? ", which is not what the configuration says" : "");
        print_row("at", "%s", heads);
    } else {
        print_row("database", "not known yet");
    }
    print_scripts(standing);
}

static void print_pending_one(const Standing *standing, const StandingPending *pending)
{
    g_autofree char *parents = format_ids(pending->down_revisions, "<base>");
    g_autofree char *depends = format_ids(pending->depends_on, "");

    print_row("", "%s%s%s%s -> %s%s, %s", parents, *depends ? " (" : "", depends,
              *depends ? ")" : "", pending->revision, mark_of(standing, pending->revision),
              pending->message);
}

static void print_pending(const Standing *standing)
{
    g_autofree char *count = format_count((guint)standing->pending_count, "revision");

    if (standing->pending_count == 0 && standing->knows_database)
        print_row("pending", "nothing");
    else if (standing->pending_count > 0)
        print_row("pending", "%s", count);
    for (gsize i = 0; i < standing->pending_count; i++)
        print_pending_one(standing, &standing->pending[i]);
}

static void print_half_run(const StandingHalfRun *half_run)
{
    g_autofree char *last =
        half_run->in_doubt > 0
            ? g_strdup_printf("; statement %" G_GINT64_FORMAT " %s", half_run->in_doubt,
                              half_run->has_failed ? "failed" : "was begun and not heard of since")
            : g_strdup("");

    print_row("half-run", "%s: %" G_GINT64_FORMAT " of its statements %s run%s", half_run->revision,
              half_run->statements_run, half_run->statements_run == 1 ? "has" : "have", last);
}

static void print_hold(const StandingHold *hold)
{
    gboolean has_reason = hold->reason && *hold->reason;

    print_row("hold", "%sat %s since %s%s%s", hold->is_void ? "void, " : "",
              *hold->target ? hold->target : "<base>", hold->since, has_reason ? ": " : "",
              has_reason ? hold->reason : "");
}

/* What is only said when it is so. */
static void print_troubles(const Standing *standing)
{
    for (const char *const *id = standing->unknown; *id; id++)
        print_row("unknown", "%s is in the database but not in the files", *id);
    for (gsize i = 0; i < standing->mismatched_count; i++) {
        const StandingMismatch *mismatch = &standing->mismatched[i];

        print_row("mismatched", "%s: %s%s%s", mismatch->revision, mismatch->path,
                  *mismatch->path ? ": " : "", mismatch->text);
    }
    if (standing->half_run)
        print_half_run(standing->half_run);
    if (standing->hold)
        print_hold(standing->hold);
}

static void print_lock(const Standing *standing)
{
    const StandingHolder *holder = standing->holder;
    g_autofree char *text = NULL;

    if (holder) {
        LockHolder described = {.pid = (int)MIN(holder->pid, G_MAXINT),
                                .application_name = (char *)holder->application_name,
                                .client = (char *)holder->client,
                                .user = (char *)holder->user,
                                .since = (char *)holder->since};

        text = lock_holder_describe(&described);
    }
    if (standing->is_locked)
        print_row("lock", "held by %s", text ? text : "another session");
}

/* Who runs on the database now, and on what of it. */
static void print_instances(const Standing *standing)
{
    for (gsize i = 0; i < standing->instance_count; i++) {
        const StandingInstance *instance = &standing->instances[i];

        print_row(i ? "" : "instances", "%s (from %s, pgsluice %s, since %s, requires %s)",
                  instance->instance, instance->host ? instance->host : "?",
                  instance->version ? instance->version : "?",
                  instance->since ? instance->since : "?",
                  instance->required_revision ? instance->required_revision : "nothing");
    }
}

static void print_next(const Standing *standing)
{
    gboolean is_forked = standing->script_heads[0] && standing->script_heads[1];

    if (standing->unknown[0])
        print_row("next",
                  "install the files that know %s; made with Alembic: pgsluice import alembic; "
                  "lost: pgsluice stamp --purge REVISION",
                  standing->unknown[0]);
    else if (standing->mismatched_count > 0)
        print_row("next", "nothing runs until files and records agree: pgsluice verify says what "
                          "to do");
    else if (standing->is_locked)
        print_row("next", "somebody is migrating; follow it with: pgsluice wait");
    else if (standing->half_run && standing->half_run->awaits_mark)
        print_row(
            "next",
            "see what it has done, then say it: pgsluice repair --applied %s:%" G_GINT64_FORMAT
            ", or --not-applied",
            standing->half_run->revision, standing->half_run->in_doubt);
    else if (standing->half_run && standing->half_run->is_downgrade)
        print_row("next", "the same downgrade again: it goes on where it stopped");
    else if (standing->hold && !standing->hold->is_void && standing->pending_count > 0)
        print_row("next", "nothing, until the hold is lifted: pgsluice release");
    else if (standing->pending_count > 0)
        print_row("next", "pgsluice upgrade %s", is_forked ? "heads" : "head");
    else if (standing->knows_database)
        print_row("next", "nothing, the database is up to date");
}

static void print_standing(const Standing *standing)
{
    print_gate(standing);
    print_stand(standing);
    print_pending(standing);
    print_troubles(standing);
    print_lock(standing);
    print_instances(standing);
    print_next(standing);
}

static char *fetch_document(Cli *cli, const RemoteOptions *remote, GError **error)
{
    g_autoptr(Client) client = remote_connect(cli, remote, error);
    ClientRequest request = {.method = "GET", .path = "/admin/migrations"};
    g_auto(ClientReply) reply = {0};

    if (!client || !client_call(client, &request, &reply, error))
        return NULL;
    return g_strndup(reply.body->str, reply.body->len);
}

gboolean verb_status(Cli *cli, const Verb *verb, const char *const *words, GError **error)
{
    g_auto(RemoteOptions) remote = {0};
    const GOptionEntry entries[] = {REMOTE_ENTRIES(&remote), {NULL}};
    g_auto(GStrv) operands = NULL;
    g_autofree char *document = NULL;
    g_autoptr(Standing) standing = NULL;

    if (!options_parse(cli, verb, entries, words, &operands, error))
        return FALSE;
    document =
        remote_is_meant(&remote) ? fetch_document(cli, &remote, error) : snapshot_read(cli, error);
    standing = document ? standing_read(document, strlen(document), error) : NULL;
    if (!standing)
        return FALSE;
    if (cli_options(cli)->wants_json)
        terminal_print_document(document);
    else
        print_standing(standing);
    return TRUE;
}
