/* The status document of the database that the configuration names: the same as the daemon's,
 * without a gate. */
#pragma once

#include "cli/cli.h"

/* Reads the status with one try to connect; g_free. */
char *snapshot_read(Cli *cli, GError **error);
/* The same, printed on stdout. */
gboolean snapshot_print(Cli *cli, GError **error);
