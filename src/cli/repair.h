/* What `pgsluice repair` can put right besides the statements of a half-run revision. `reason` may
 * be NULL only where it says so. */
#pragma once

#include "cli/cli.h"

/* --accept-checksum REVISION: its file as it is now is what counts as applied. ERROR_USAGE without
 * a reason. */
gboolean repair_accept_checksum(Cli *cli, const char *word, const char *reason, GError **error);

/* --environment NAME: the database is called so from now on. `reason` may be NULL. */
gboolean repair_environment(Cli *cli, const char *name, const char *reason, GError **error);
