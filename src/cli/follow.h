/* Following a change that a daemon makes, to its end. */
#pragma once

#include "cli/cli.h"
#include "client/rollback.h"

/* Makes the real call. While the daemon cannot be reached it is made again, for a minute, with the
 * same key: it stays one rollback. An error says whether the daemon may have begun. */
RemoteOperation *follow_begin(Cli *cli, Client *client, const RollbackCall *call, GError **error);

/* Tells the operation's events as they come, on stderr, until it has ended; looks on through a
 * minute in which the daemon cannot be reached. `operation` is what is known so far and is taken;
 * NULL: it is `id` that is followed. The operation as it ended; a failed one is an error, and so is
 * a signal: the change goes on in the daemon then. */
RemoteOperation *follow_operation(Cli *cli, Client *client, const char *id,
                                  RemoteOperation *operation, GError **error);
