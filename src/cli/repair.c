/* Accepting a file, renaming a database. */
#include "cli/repair.h"

#include "cli/terminal.h"
#include "engine/accept.h"
#include "engine/environment.h"
#include "revision/spec.h"
#include "view/answer.h"

static void print_answer(Answer *answer)
{
    g_autofree char *document = answer_format(answer);

    terminal_print_document(document);
}

static gboolean require_reason(const char *reason, GError **error)
{
    if (reason && *reason)
        return TRUE;
    error_set(error, ERROR_USAGE, "--accept-checksum needs a --reason");
    error_set_hint(error, "say for the ledger why the file differs: --reason \"a comment only\"");
    return FALSE;
}

static void tell_accepted(Cli *cli, const char *revision, gboolean is_accepted)
{
    g_autoptr(Answer) answer = answer_new();

    if (!cli_options(cli)->is_quiet && is_accepted)
        terminal_note("The file of %s is accepted: it is what counts as applied from now on\n",
                      revision);
    else if (!cli_options(cli)->is_quiet)
        terminal_note("Nothing to do: the file of %s is what was applied\n", revision);
    if (!cli_options(cli)->wants_json)
        return;
    answer_add_text(answer, "revision", revision);
    answer_add_boolean(answer, "accepted", is_accepted);
    print_answer(answer);
}

gboolean repair_accept_checksum(Cli *cli, const char *word, const char *reason, GError **error)
{
    const Graph *graph = require_reason(reason, error) ? cli_graph(cli, error) : NULL;
    Session *session = graph ? cli_session(cli, TRUE, error) : NULL;
    g_autoptr(DatabaseState) state = session ? session_read_state(session, error) : NULL;
    const Revision *revision =
        state
            ? spec_resolve_one(graph, word, (const char *const *)state->heads, SPEC_FOR_SHOW, error)
            : NULL;
    gboolean is_accepted;

    if (!revision || !accept_file(session, graph, revision, g_get_user_name(), reason,
                                  progress_events(cli_progress(cli)), &is_accepted, error))
        return FALSE;
    tell_accepted(cli, revision->id, is_accepted);
    return TRUE;
}

/* What the configuration could not say would lock everybody out. */
static gboolean check_name(const char *name, GError **error)
{
    gboolean is_good = *name && g_utf8_validate(name, -1, NULL);

    for (const char *at = name; is_good && *at; at = g_utf8_next_char(at))
        is_good = !g_unichar_iscntrl(g_utf8_get_char(at));
    if (!is_good)
        error_set(error, ERROR_USAGE, "--environment: that is no name for an environment");
    return is_good;
}

gboolean repair_environment(Cli *cli, const char *name, const char *reason, GError **error)
{
    Session *session = check_name(name, error) ? cli_session(cli, TRUE, error) : NULL;
    g_autoptr(Answer) answer = answer_new();
    g_autofree char *former = NULL;

    if (!session || !environment_rename(session, name, g_get_user_name(), reason,
                                        progress_events(cli_progress(cli)), &former, error))
        return FALSE;
    if (!cli_options(cli)->is_quiet)
        terminal_note("The database belongs to environment \"%s\" now, before it was \"%s\"\n",
                      name, former ? former : "");
    if (!cli_options(cli)->wants_json)
        return TRUE;
    answer_add_text(answer, "environment", name);
    answer_add_text(answer, "former", former);
    print_answer(answer);
    return TRUE;
}
