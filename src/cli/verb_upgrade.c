/* pgsluice upgrade [TARGET] */
#include "cli/change.h"
#include "cli/options.h"
#include "cli/verb.h"

gboolean verb_upgrade(Cli *cli, const Verb *verb, const char *const *words, GError **error)
{
    const GOptionEntry entries[] = {CHANGE_TAG(cli), {NULL}};
    g_auto(GStrv) operands = NULL;

    return options_parse(cli, verb, entries, words, &operands, error) &&
           change_run(cli, PLAN_UPGRADE, operands[0] ? operands[0] : "head", error);
}
