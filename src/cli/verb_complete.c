/* pgsluice complete -- WORD...: what the scripts of `pgsluice completion` call. */
#include "cli/complete.h"
#include "cli/options.h"
#include "cli/verb.h"

gboolean verb_complete(Cli *cli, const Verb *verb, const char *const *words, GError **error)
{
    static const char *const nothing[] = {"", NULL};
    g_auto(GStrv) operands = NULL;

    if (!options_parse(cli, verb, NULL, words, &operands, error))
        return FALSE;
    complete_line(cli, operands[0] ? (const char *const *)operands : nothing);
    return TRUE;
}
