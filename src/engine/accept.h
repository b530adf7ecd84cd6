/* Accepting the file of an applied revision as it is now, after a mismatch. */
#pragma once

#include "engine/session.h"
#include "revision/graph.h"

/* Records checksums, texts and place of the revision's file in the place of what was recorded when
 * it was applied, and writes the ledger; under the migration lock. Nothing of it is run. *accepted
 * is FALSE when there was nothing to accept. REFUSED when the revision is not applied or has no
 * record; the errors of reading its file. */
gboolean accept_file(Session *session, const Graph *graph, const Revision *revision,
                     const char *actor, const char *reason, const EventSink *events,
                     gboolean *accepted, GError **error);
