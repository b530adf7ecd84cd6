/* pgsluice downgrade TARGET */
#include "cli/change.h"
#include "cli/verb.h"

gboolean verb_downgrade(Cli *cli, const Verb *verb, const char *const *words, GError **error)
{
    return change_obey(cli, verb, words, PLAN_DOWNGRADE, NULL, error);
}
