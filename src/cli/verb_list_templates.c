/* pgsluice list_templates: what `pgsluice init -t` can make. */
#include "cli/options.h"
#include "cli/scaffold.h"
#include "cli/terminal.h"
#include "cli/verb.h"
#include "view/answer.h"

static void print_list(const char *const *names)
{
    for (; *names; names++) {
        g_autofree char *description = scaffold_describe(*names);

        terminal_print("%s - %s\n", *names, description);
    }
}

static void print_document(const char *const *names)
{
    g_autoptr(Answer) answer = answer_new();
    g_autofree char *document = NULL;

    for (; *names; names++) {
        g_autofree char *description = scaffold_describe(*names);

        answer_add_text(answer, *names, description);
    }
    document = answer_format(answer);
    terminal_print_document(document);
}

gboolean verb_list_templates(Cli *cli, const Verb *verb, const char *const *words, GError **error)
{
    g_auto(GStrv) operands = NULL;
    g_autofree const char **names = scaffold_names();

    if (!options_parse(cli, verb, NULL, words, &operands, error))
        return FALSE;
    if (cli_options(cli)->wants_json) {
        print_document(names);
        return TRUE;
    }
    print_list(names);
    if (!cli_options(cli)->is_quiet)
        terminal_note("Next: pgsluice init -t %s migrations\n", names[0]);
    return TRUE;
}
