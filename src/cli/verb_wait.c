/* pgsluice wait: polls until the database is at the wanted revision, also through an absent server.
 */
#include "cli/options.h"
#include "cli/terminal.h"
#include "cli/verb.h"
#include "cli/waiting.h"
#include "view/answer.h"

static void print_document(GPtrArray *reached)
{
    g_auto(GStrv) ids = revision_ids(reached);
    g_autoptr(Answer) answer = answer_new();
    g_autofree char *document = NULL;

    answer_add_boolean(answer, "reached", TRUE);
    answer_add_texts(answer, "revisions", (const char *const *)ids);
    document = answer_format(answer);
    terminal_print_document(document);
}

gboolean verb_wait(Cli *cli, const Verb *verb, const char *const *words, GError **error)
{
    g_autofree char *timeout = NULL;
    g_autofree char *revision = NULL;
    const GOptionEntry entries[] = {
        {"timeout", 0, 0, OPTION_TEXT, &timeout, "Give up after this long (default: 5min)",
         "DURATION"},
        {"revision", 0, 0, OPTION_TEXT, &revision,
         "Wait for this revision (default: the heads of the files)", "REVISION"},
        {NULL},
    };
    g_auto(GStrv) operands = NULL;
    g_auto(Waiting) waiting = {0};

    if (!options_parse(cli, verb, entries, words, &operands, error))
        return FALSE;
    if (!waiting_begin(&waiting, cli, revision, timeout, "--timeout", error) ||
        !waiting_finish(&waiting, error))
        return FALSE;
    if (cli_options(cli)->wants_json)
        print_document(waiting.wanted);
    return TRUE;
}
