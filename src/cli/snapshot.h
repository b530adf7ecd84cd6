/* The status document that --json prints: the same as the daemon's, without a gate. */
#pragma once

#include "cli/cli.h"

/* Reads the status with one try to connect and prints it on stdout. */
gboolean snapshot_print(Cli *cli, GError **error);
