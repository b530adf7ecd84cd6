/* A run: what all ledger rows of one operation share, in the form that the state schema's functions
 * take (a text[] of name, value pairs). */
#pragma once

#include "engine/session.h"

/* Who asked for what. */
typedef struct {
    const char *plan_digest; /* these may be NULL */
    const char *actor;
    const char *reason;
    const char *peer; /* where an HTTP call came from */
    const char *request_id;
    const char *holds; /* each downgraded revision puts the database on hold, with this reason */
} RunOrigin;

/* The text[] literal; free with g_free. Asks the server once which one it is, and refuses one whose
 * ledger this is not (server_require_recorded). */
char *run_format(Session *session, const RunOrigin *origin, GError **error);

/* Appends one ledger row for what moved no heads ("fail", "refuse"), in its own transaction. */
gboolean run_record_event(Session *session, const char *run, const char *event,
                          const char *revision, const char *const *heads, const char *checksum,
                          const char *sqlstate, const char *message, GError **error);
