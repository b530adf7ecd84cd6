/* pgsluice status: where the database stands, and the next command to type. */
#include "cli/change.h"
#include "cli/format.h"
#include "cli/options.h"
#include "cli/snapshot.h"
#include "cli/terminal.h"
#include "cli/verb.h"
#include "engine/status.h"
#include "setup/setup.h"

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

/* `scripts`: where the files are. */
static void print_stand(const Status *status, const Graph *graph, const char *scripts)
{
    g_autofree char *heads = change_describe_heads(graph, (const char *const *)status->heads);
    g_autofree char *script_heads = format_ids((const char *const *)status->script_heads, "none");
    g_autofree char *count = format_count(status->script_count, "revision");

    print_row("database", "%s, PostgreSQL %s%s", status->database, status->server_version,
              status->in_recovery ? ", a standby" : "");
    if (status->environment)
        print_row("environment", "%s%s", status->environment,
                  status->is_foreign ? ", which is not what the configuration says" : "");
    print_row("at", "%s", heads);
    print_row("files", "%s in %s, %s: %s", count, scripts,
              status->script_heads[0] && status->script_heads[1] ? "heads" : "head", script_heads);
}

static void print_pending(const Status *status, const Graph *graph)
{
    g_auto(Listing) listing = listing_new(graph, NULL);
    g_autofree char *count = format_count(status->pending->len, "revision");

    if (status->pending->len == 0) {
        print_row("pending", "nothing");
        return;
    }
    print_row("pending", "%s", count);
    for (guint i = 0; i < status->pending->len; i++) {
        g_autofree char *entry =
            format_entry(&listing, status->pending->pdata[i], ENTRY_PARENTS | ENTRY_MESSAGE);

        print_row("", "%s", entry);
    }
}

static void print_mismatch(const Mismatch *mismatch)
{
    g_autofree char *text = mismatch_describe(mismatch);

    print_row("mismatched", "%s: %s%s%s", mismatch->revision, mismatch->path,
              *mismatch->path ? ": " : "", text);
}

static void print_half_run(const Journal *journal)
{
    const JournalRow *row = journal_in_doubt(journal);
    guint run = journal_finished(journal);
    g_autofree char *last =
        row ? g_strdup_printf("; statement %u %s", row->first + 1,
                              row->sqlstate ? "failed" : "was begun and not heard of since")
            : g_strdup("");

    print_row("half-run", "%s: %u of its statements %s run%s", journal->revision, run,
              run == 1 ? "has" : "have", last);
}

/* What is only said when it is so. */
static void print_troubles(const Status *status)
{
    for (char **id = status->unknown; *id; id++)
        print_row("unknown", "%s is in the database but not in the files", *id);
    for (guint i = 0; i < status->mismatched->len; i++)
        print_mismatch(status->mismatched->pdata[i]);
    if (status->half_run)
        print_half_run(status->half_run);
    if (status->hold)
        print_row("hold", "%sat %s since %s%s%s", status->hold->is_void ? "void, " : "",
                  *status->hold->target ? status->hold->target : "<base>", status->hold->since,
                  status->hold->reason && *status->hold->reason ? ": " : "",
                  status->hold->reason ? status->hold->reason : "");
}

static void print_lock(const Status *status)
{
    g_autofree char *holder = status->holder ? lock_holder_describe(status->holder) : NULL;

    if (status->is_locked)
        print_row("lock", "held by %s", holder ? holder : "another session");
}

/* Who runs on the database now, and on what of it. */
static void print_instances(const Status *status)
{
    for (guint i = 0; i < status->instances->len; i++) {
        g_autofree char *text = instance_describe(status->instances->pdata[i]);

        print_row(i ? "" : "instances", "%s", text);
    }
}

static void print_next(const Status *status)
{
    gboolean is_forked = status->script_heads[0] && status->script_heads[1];

    if (status->unknown[0])
        print_row("next",
                  "install the files that know %s; made with Alembic: pgsluice import alembic; "
                  "lost: pgsluice stamp --purge REVISION",
                  status->unknown[0]);
    else if (status->mismatched->len > 0)
        print_row("next", "nothing runs until files and records agree: pgsluice verify says what "
                          "to do");
    else if (status->is_locked)
        print_row("next", "somebody is migrating; follow it with: pgsluice wait");
    else if (status->half_run && status->half_run->direction == PLAN_DOWNGRADE)
        print_row("next", "the same downgrade again: it goes on where it stopped");
    else if (status->hold && !status->hold->is_void && status->pending->len > 0)
        print_row("next", "nothing, until the hold is lifted: pgsluice release");
    else if (status->pending->len > 0)
        print_row("next", "pgsluice upgrade %s", is_forked ? "heads" : "head");
    else
        print_row("next", "nothing, the database is up to date");
}

gboolean verb_status(Cli *cli, const Verb *verb, const char *const *words, GError **error)
{
    g_auto(GStrv) operands = NULL;
    g_autoptr(Status) status = NULL;
    g_autofree char *scripts = NULL;
    const Graph *graph;
    Session *session;

    if (!options_parse(cli, verb, NULL, words, &operands, error))
        return FALSE;
    if (cli_options(cli)->wants_json)
        return snapshot_print(cli, error);
    graph = cli_graph(cli, error);
    session = graph ? cli_session(cli, FALSE, error) : NULL;
    status = session ? status_read(session, graph, TRUE, error) : NULL;
    if (!status)
        return FALSE;
    scripts = setup_describe_scripts(cli_conf(cli, NULL));
    print_stand(status, graph, scripts);
    print_pending(status, graph);
    print_troubles(status);
    print_lock(status);
    print_instances(status);
    print_next(status);
    return TRUE;
}
