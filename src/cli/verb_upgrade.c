/* pgsluice upgrade [TARGET] */
#include "cli/change.h"
#include "cli/verb.h"

gboolean verb_upgrade(Cli *cli, const Verb *verb, const char *const *words, GError **error)
{
    return change_obey(cli, verb, words, PLAN_UPGRADE, "head", error);
}
