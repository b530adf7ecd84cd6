/* Running a plan's scripts on the session that holds the lock. */
#pragma once

#include "engine/script.h"
#include "engine/session.h"

/* Runs `scripts` in order. A transactional revision, its rows in applied and ledger and the move of
 * the heads commit together; revisions go out in a pipeline, many to a round trip. Only the last
 * commit waits for the disk: a crash of the server loses at most a consistent tail. `run` is
 * run_format's. `listing` (may be NULL) is
 * that of the files when the plan ends at their heads: it is remembered with the last revision.
 * *committed counts the revisions that are in the database, on failure too. */
gboolean execute_scripts(Session *session, GPtrArray *scripts, const char *run, const char *listing,
                         const EventSink *events, guint *committed, GError **error);
