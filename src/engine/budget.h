/* The failure budget: a revision that goes on failing with the same SQL puts the database on hold,
 * so that a service that is started again and again does not try it for ever. */
#pragma once

#include "engine/session.h"
#include "revision/graph.h"

/* After the failure of `revision`'s up section, which the ledger has already: sets a hold at
 * `heads` when settings->failure_limit is reached, and tells so. What goes wrong here is passed
 * over: the failure itself is what the caller reports. `run` is run_format's. */
void budget_spend(Session *session, const char *revision, const char *checksum,
                  const char *const *heads, const char *run, const EventSink *events);

/* A hold that failures have set is void once the revision's file has another up section, or there
 * is no such file any more. FALSE for NULL, for a person's hold, and while the file cannot be read.
 */
gboolean budget_hold_is_void(const Hold *hold, const Graph *graph);

/* The hold that counts; NULL: none. */
const Hold *budget_hold_in_force(const Hold *hold, const Graph *graph);
