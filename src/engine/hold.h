/* A hold pins the database's revision: boots do not pass it, and a person's upgrade is refused
 * until it is lifted. Both calls write the ledger and wake whoever listens. Neither waits for the
 * migration lock of a running migration: a hold is what an admin sets while something goes wrong.
 */
#pragma once

#include "engine/run.h"
#include "revision/graph.h"

/* Puts the database on hold at the revision `target` ("" = base), in place of an earlier hold.
 * `origin` has no plan. Creates the state schema when there is none, and waits for the lock then,
 * unless the session has it.
 */
gboolean hold_set(Session *session, const char *target, const RunOrigin *origin,
                  const EventSink *events, GError **error);

/* Lifts the hold. *released says where it was ("" = base), NULL when there was none; g_free. */
gboolean hold_release(Session *session, const RunOrigin *origin, char **released, GError **error);

/* Refuses (HELD) an upgrade that a person asks for while a hold (may be NULL) is in force: it was
 * set to be noticed. */
gboolean hold_require_none(const Hold *hold, const Graph *files, GError **error);
