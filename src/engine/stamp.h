/* A stamp as the arguments of stamp.sql: heads that move without anything being run, and the
 * revisions that count as applied from then on. */
#pragma once

#include "engine/session.h"
#include "revision/graph.h"

/* Which of the arguments is the run. */
enum { STAMP_RUN = 5 };

/* $1 to $16 of stamp.sql for a version table that goes from `from` to `to` (heads); a NULL among
 * them is SQL's. Reads the files of all that `to` implies. `run` is run_format's. A GPtrArray with
 * free function. Errors: an unreadable or broken file. */
GPtrArray *stamp_arguments(const EngineSettings *settings, const Graph *graph,
                           const char *const *from, const char *const *to, const char *run,
                           GError **error);
