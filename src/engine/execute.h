/* Running a plan's scripts on the session that holds the lock. */
#pragma once

#include "engine/run.h"
#include "engine/script.h"

/* Runs `scripts` in order. A transactional revision, its rows in applied and ledger and the move of
 * the heads commit together; revisions go out in a pipeline, many to a round trip. Only the last
 * commit waits for the disk: a crash of the server loses at most a consistent tail. `listing` (may
 * be NULL) is that of the files when the plan ends at their heads: it is remembered with the last
 * revision.
 *
 * When the connection breaks, the server is asked which revisions it has committed (doubt.h), and
 * the run goes on behind them on a new connection, unless somebody ended the old one on purpose
 * (57P01) or it broke under the same revision before; then the error says exactly what is in the
 * database. It says that this is not known only when the server could not be asked.
 *
 * *committed counts the revisions that are in the database, on failure too. */
gboolean execute_scripts(Session *session, GPtrArray *scripts, const RunOrigin *origin,
                         const char *listing, const EventSink *events, guint *committed,
                         GError **error);
