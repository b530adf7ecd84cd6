/* pgsluice upgrade [TARGET] */
#include "cli/change.h"
#include "cli/options.h"
#include "cli/sql_mode.h"
#include "cli/verb.h"

gboolean verb_upgrade(Cli *cli, const Verb *verb, const char *const *words, GError **error)
{
    gboolean is_offline = FALSE;
    const GOptionEntry entries[] = {
        {"sql", 0, 0, G_OPTION_ARG_NONE, &is_offline,
         "Print a script for psql that does it; TARGET is FROM:TO", NULL},
        CHANGE_TAG(cli),
        {NULL},
    };
    g_auto(GStrv) operands = NULL;

    if (!options_parse(cli, verb, entries, words, &operands, error))
        return FALSE;
    return (is_offline ? sql_mode_change : change_run)(cli, PLAN_UPGRADE,
                                                       operands[0] ? operands[0] : "head", error);
}
