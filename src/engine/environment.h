/* The environment marker: what the database is called, stored with its first change, so that
 * nothing that was meant for another environment changes it. */
#pragma once

#include "engine/session.h"

/* Refuses a change when the database is called otherwise than settings->environment, unless
 * `acknowledged` (may be NULL) is the database's name: a person has typed it. A name that is
 * acknowledged must be the right one. A database that has no name yet takes settings->environment.
 */
gboolean environment_require(const Session *session, const DatabaseState *state,
                             const char *acknowledged, GError **error);

/* Calls the database `name` from now on, and writes the ledger; under the migration lock. *former
 * is what it was called, NULL: nothing; g_free. REFUSED when it has no state schema yet. */
gboolean environment_rename(Session *session, const char *name, const char *actor,
                            const char *reason, const EventSink *events, char **former,
                            GError **error);
