/* pgsluice repair: what a person has to say before a run can go on. Each option is one thing to
 * say, and at most one of them is given; without any it shows what is in need of it. */
#include <string.h>

#include "cli/format.h"
#include "cli/options.h"
#include "cli/repair.h"
#include "cli/terminal.h"
#include "cli/verb.h"
#include "engine/journal.h"
#include "engine/server.h"
#include "view/answer.h"

typedef struct {
    char *applied;
    char *not_applied;
    char *accepted;
    char *environment;
    gboolean accepts_server;
    char *reason;
} RepairOptions;

static void repair_options_clear(RepairOptions *options)
{
    g_free(options->applied);
    g_free(options->not_applied);
    g_free(options->accepted);
    g_free(options->environment);
    g_free(options->reason);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RepairOptions, repair_options_clear)

static gboolean refuse_two(const RepairOptions *options, GError **error)
{
    if (!options->applied + !options->not_applied + !options->accepted + !options->environment +
            !options->accepts_server >=
        4)
        return TRUE;
    error_set(
        error, ERROR_USAGE,
        "repair takes one of --applied, --not-applied, --accept-checksum, --accept-server and "
        "--environment");
    return FALSE;
}

/* --- What is in need of it ----------------------------------------------------------------------
 */

static void print_journal(const Journal *journal)
{
    g_autofree char *run = NULL;
    const JournalRow *last;

    if (!journal) {
        terminal_print("Nothing is half-run\n");
        return;
    }
    last = journal_in_doubt(journal);
    run = format_count(journal_finished(journal), "statement");
    terminal_print("Revision %s is half-run, with %s of its %s section done\n", journal->revision,
                   run, journal->direction == PLAN_UPGRADE ? "up" : "down");
    if (last)
        terminal_print("Statement %u, begun at %s, %s\n", last->first + 1, last->started_at,
                       last->sqlstate ? "failed" : "has not been heard of since");
}

static void print_journal_document(const Journal *journal)
{
    g_autoptr(Answer) answer = answer_new();
    g_autofree char *document = NULL;

    answer_add_text(answer, "half_run", journal ? journal->revision : NULL);
    if (journal) {
        const JournalRow *last = journal_in_doubt(journal);

        answer_add_text(answer, "direction",
                        journal->direction == PLAN_UPGRADE ? "upgrade" : "downgrade");
        answer_add_number(answer, "statements_run", (int)journal_finished(journal));
        answer_add_number(answer, "in_doubt", last ? (int)last->first + 1 : 0);
    }
    document = answer_format(answer);
    terminal_print_document(document);
}

static gboolean show_journal(Cli *cli, GError **error)
{
    Session *session = cli_session(cli, FALSE, error);
    g_autoptr(DatabaseState) state = session ? session_read_state(session, error) : NULL;
    g_autoptr(Journal) journal = NULL;

    if (!state || !journal_read(session, &journal, error))
        return FALSE;
    if (cli_options(cli)->wants_json)
        print_journal_document(journal);
    else
        print_journal(journal);
    return TRUE;
}

/* --- A statement in doubt: REV:N ----------------------------------------------------------------
 */

/* *revision: g_free. */
static gboolean parse_statement(const char *word, char **revision, guint *number, GError **error)
{
    const char *colon = strrchr(word, ':');
    guint64 value;

    if (colon && colon > word &&
        g_ascii_string_to_unsigned(colon + 1, 10, 1, G_MAXINT32, &value, NULL)) {
        *revision = g_strndup(word, (gsize)(colon - word));
        *number = (guint)value;
        return TRUE;
    }
    error_set(error, ERROR_USAGE, "\"%s\" names no statement", word);
    error_set_hint(error, "write REVISION:N, for example 3f2a9c1b7d10:2 for its second statement");
    return FALSE;
}

static void tell_mark(Cli *cli, const char *revision, guint number, gboolean is_applied)
{
    g_autoptr(Answer) answer = answer_new();
    g_autofree char *document = NULL;

    if (!cli_options(cli)->is_quiet)
        terminal_note("Statement %u of %s is marked as %s; run the same command again\n", number,
                      revision, is_applied ? "applied" : "not applied");
    if (!cli_options(cli)->wants_json)
        return;
    answer_add_text(answer, "revision", revision);
    answer_add_number(answer, "statement", (int)number);
    answer_add_boolean(answer, "applied", is_applied);
    document = answer_format(answer);
    terminal_print_document(document);
}

static gboolean mark_statement(Cli *cli, const RepairOptions *options, GError **error)
{
    gboolean is_applied = options->applied != NULL;
    g_autofree char *revision = NULL;
    Session *session;
    guint number;

    if (!parse_statement(is_applied ? options->applied : options->not_applied, &revision, &number,
                         error))
        return FALSE;
    session = cli_session(cli, TRUE, error);
    if (!session || !journal_mark(session, revision, number, is_applied, g_get_user_name(),
                                  options->reason, progress_events(cli_progress(cli)), error))
        return FALSE;
    tell_mark(cli, revision, number, is_applied);
    return TRUE;
}

/* --- Another server -----------------------------------------------------------------------------
 */

static gboolean accept_server(Cli *cli, const char *reason, GError **error)
{
    Session *session = NULL;
    g_autofree char *before = NULL;
    g_autofree char *document = NULL;
    g_autoptr(Answer) answer = answer_new();

    if (!reason || !*reason) {
        error_set(error, ERROR_USAGE, "--accept-server needs a reason");
        error_set_hint(error, "pgsluice repair --accept-server --reason \"why it moved\"");
        return FALSE;
    }
    session = cli_session(cli, TRUE, error);
    if (!session || !server_accept(session, g_get_user_name(), reason, &before, error))
        return FALSE;
    if (!cli_options(cli)->is_quiet)
        terminal_note("%s%s\n",
                      before ? "This server is accepted in place of the one with system identifier "
                             : "The ledger was written on this server; there is nothing to accept",
                      before ? before : "");
    if (!cli_options(cli)->wants_json)
        return TRUE;
    answer_add_boolean(answer, "accepted", before != NULL);
    answer_add_text(answer, "system_identifier_before", before);
    document = answer_format(answer);
    terminal_print_document(document);
    return TRUE;
}

gboolean verb_repair(Cli *cli, const Verb *verb, const char *const *words, GError **error)
{
    g_auto(RepairOptions) options = {0};
    const GOptionEntry entries[] = {
        {"applied", 0, 0, OPTION_TEXT, &options.applied,
         "Statement N of the half-run revision has had its effect", "REVISION:N"},
        {"not-applied", 0, 0, OPTION_TEXT, &options.not_applied,
         "Statement N and those after it have not had theirs", "REVISION:N"},
        {"accept-checksum", 0, 0, OPTION_TEXT, &options.accepted,
         "The file of this applied revision is right as it is now", "REVISION"},
        {"environment", 0, 0, OPTION_TEXT, &options.environment,
         "The database belongs to this environment from now on", "NAME"},
        {"accept-server", 0, 0, G_OPTION_ARG_NONE, &options.accepts_server,
         "The ledger belongs here although it was written on another server", NULL},
        {"reason", 0, 0, OPTION_TEXT, &options.reason, "Why, for the ledger", "TEXT"},
        {NULL},
    };
    g_auto(GStrv) operands = NULL;

    if (!options_parse(cli, verb, entries, words, &operands, error) || !refuse_two(&options, error))
        return FALSE;
    if (options.applied || options.not_applied)
        return mark_statement(cli, &options, error);
    if (options.accepted)
        return repair_accept_checksum(cli, options.accepted, options.reason, error);
    if (options.environment)
        return repair_environment(cli, options.environment, options.reason, error);
    if (options.accepts_server)
        return accept_server(cli, options.reason, error);
    return show_journal(cli, error);
}
