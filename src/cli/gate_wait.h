/* Waiting for a daemon's gate, also through the time when nobody answers. */
#pragma once

#include "cli/cli.h"
#include "client/client.h"

/* Until /readyz says yes, or with `revision` /gate for that one. ERROR_BEHIND at `deadline` (on
 * clock_monotonic). */
gboolean gate_wait(Cli *cli, Client *client, const char *revision, gint64 deadline, GError **error);
