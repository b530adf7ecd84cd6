/* Waiting until the database is at a revision, also through an absent server. */
#pragma once

#include "cli/cli.h"

#define WAITING_TIMEOUT "5min" /* when none is typed */

/* One wait: what is waited for and what was seen last. Zero but for waiting_begin's and
 * takes_fence.
 */
typedef struct {
    Cli *cli;
    const Graph *graph;
    GPtrArray *wanted;    /* const Revision * */
    gboolean takes_fence; /* being there includes to hold the fence (engine/fence.h) of it */
    Session *session;     /* NULL while the server cannot be reached */
    EngineSettings settings;
    gint64 deadline;
    char *seen; /* the last answer, or why there was none */
} Waiting;
void waiting_clear(Waiting *waiting);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Waiting, waiting_clear)

/* For `revision` (NULL: the heads of the files), until `timeout` from now, which `option` gave.
 * Does not connect. */
gboolean waiting_begin(Waiting *waiting, Cli *cli, const char *revision, const char *timeout,
                       const char *option, GError **error);
/* Looks again and again; says on stderr what it waits for. ERROR_BEHIND when the time is over. */
gboolean waiting_finish(Waiting *waiting, GError **error);
/* One look, connecting when there is no session. FALSE with an error when it failed: the session is
 * of no use then. */
gboolean waiting_look(Waiting *waiting, gboolean *reached, GError **error);
