/* pgsluice hold [REVISION]: boots do not pass it, and upgrades are refused until `release`. */
#include "cli/change.h"
#include "cli/format.h"
#include "cli/options.h"
#include "cli/terminal.h"
#include "cli/verb.h"
#include "engine/hold.h"
#include "revision/spec.h"
#include "view/answer.h"

/* What is not named: the one head that the database is at. */
static char *choose_current(const DatabaseState *state, GError **error)
{
    g_autofree char *heads = format_ids((const char *const *)state->heads, "");

    if (!state->heads[0] || !state->heads[1])
        return g_strdup(state->heads[0] ? state->heads[0] : "");
    error_set(error, ERROR_AMBIGUOUS, "the database is at several heads: %s", heads);
    error_set_hint(error, "name the revision that boots must not pass: pgsluice hold %s",
                   state->heads[0]);
    return NULL;
}

/* The id of the revision to hold at, "" for base; g_free. */
static char *choose_target(Cli *cli, const char *word, GError **error)
{
    g_autoptr(DatabaseState) state = cli_read_state(cli, error);
    const Graph *graph;
    const Revision *revision;

    if (!state)
        return NULL;
    if (!word)
        return choose_current(state, error);
    if (g_str_equal(word, "base"))
        return g_strdup("");
    graph = cli_graph(cli, error);
    revision = graph ? spec_resolve_one(graph, word, (const char *const *)state->heads,
                                        SPEC_FOR_STAMP, error)
                     : NULL;
    return revision ? g_strdup(revision->id) : NULL;
}

static void tell(Cli *cli, const char *target, const char *reason)
{
    const char *at = *target ? target : "base";
    g_autoptr(Answer) answer = answer_new();
    g_autofree char *document = NULL;

    if (!cli_options(cli)->is_quiet)
        terminal_note("The database is on hold at %s; pgsluice release lifts it\n", at);
    if (!cli_options(cli)->wants_json)
        return;
    answer_add_text(answer, "held_at", target);
    answer_add_text(answer, "reason", reason);
    document = answer_format(answer);
    terminal_print_document(document);
}

gboolean verb_hold(Cli *cli, const Verb *verb, const char *const *words, GError **error)
{
    g_autofree char *reason = NULL;
    const GOptionEntry entries[] = {
        {"reason", 0, 0, OPTION_TEXT, &reason, "Why, for the ledger and for whoever meets the hold",
         "TEXT"},
        {NULL},
    };
    g_auto(GStrv) operands = NULL;
    g_autofree char *target = NULL;
    Session *session;

    if (!options_parse(cli, verb, entries, words, &operands, error))
        return FALSE;
    session = cli_session(cli, TRUE, error);
    target = session ? choose_target(cli, operands[0], error) : NULL;
    if (!target ||
        !hold_set(session, target, &(RunOrigin){.actor = g_get_user_name(), .reason = reason},
                  progress_events(cli_progress(cli)), error))
        return FALSE;
    tell(cli, target, reason);
    return TRUE;
}
