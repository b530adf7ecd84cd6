/* pgsluice release: lifts the hold. */
#include "cli/options.h"
#include "cli/terminal.h"
#include "cli/verb.h"
#include "engine/hold.h"
#include "view/answer.h"

static void tell(Cli *cli, const char *released)
{
    g_autoptr(Answer) answer = answer_new();
    g_autofree char *document = NULL;

    if (!cli_options(cli)->is_quiet && released)
        terminal_note("The hold at %s is lifted; pgsluice upgrade head applies what is pending\n",
                      *released ? released : "base");
    else if (!cli_options(cli)->is_quiet)
        terminal_note("Nothing to do: the database is not on hold\n");
    if (!cli_options(cli)->wants_json)
        return;
    answer_add_text(answer, "released", released);
    document = answer_format(answer);
    terminal_print_document(document);
}

gboolean verb_release(Cli *cli, const Verb *verb, const char *const *words, GError **error)
{
    g_autofree char *reason = NULL;
    const GOptionEntry entries[] = {
        {"reason", 0, 0, OPTION_TEXT, &reason, "Why, for the ledger", "TEXT"},
        {NULL},
    };
    g_auto(GStrv) operands = NULL;
    g_autofree char *released = NULL;
    Session *session;

    if (!options_parse(cli, verb, entries, words, &operands, error))
        return FALSE;
    session = cli_session(cli, TRUE, error);
    if (!session ||
        !hold_release(session, &(RunOrigin){.actor = g_get_user_name(), .reason = reason},
                      &released, error))
        return FALSE;
    tell(cli, released);
    return TRUE;
}
