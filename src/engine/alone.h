/* Running a statement that cannot run in a transaction: what the catalog says of its object and the
 * journal's row go before it, the end of that row after it. */
#pragma once

#include "engine/script.h"
#include "engine/session.h"

/* Runs the segment that comes next, which is no transaction. *ran tells, on failure, whether it is
 * the statement itself that failed: then its row says so. A statement that built an index fails,
 * too, when the index is not valid afterwards. `run` is run_format's. */
gboolean alone_run(Session *session, Script *script, const char *run, gboolean *ran,
                   GError **error);

/* After a failure, on a connection that works and is in no transaction: says in the journal that
 * the server answered with `sqlstate`. */
void alone_record_failure(Session *session, Script *script, const char *run, const char *sqlstate);
