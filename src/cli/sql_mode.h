/* --sql: the change as a script for psql on stdout. No database, no URL. On any error nothing is
 * printed there. */
#pragma once

#include "cli/cli.h"
#include "revision/plan.h"

/* `range` is FROM:TO; an upgrade may leave out "FROM:" and then starts from base. */
gboolean sql_mode_change(Cli *cli, PlanDirection direction, const char *range, GError **error);

/* Each operand is REVISION or FROM:REVISION, where FROM is the same for all. */
gboolean sql_mode_stamp(Cli *cli, const char *const *operands, GError **error);

/* Makes the version table where there is none. */
gboolean sql_mode_ensure_version(Cli *cli, GError **error);
