/* pgsluice help [VERB] */
#include "cli/options.h"
#include "cli/verb.h"

gboolean verb_help(Cli *cli, const Verb *verb, const char *const *words, GError **error)
{
    static const char *const asks_for_help[] = {"--help", NULL};
    g_auto(GStrv) operands = NULL;
    g_autofree char *text = NULL;
    const Verb *explained;

    if (!options_parse(cli, verb, NULL, words, &operands, error))
        return FALSE;
    if (!operands[0]) {
        text = options_help();
        options_print_help(cli_options(cli), text);
        return TRUE;
    }
    explained = verb_find(operands[0], error);
    return explained && explained->run(cli, explained, asks_for_help, error);
}
