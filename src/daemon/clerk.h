/* The clerk: obeys the calls of the desk with the worker's session. It asks the guards, keeps the
 * ledger and the operations, and runs what was accepted; the gate is the worker's. */
#pragma once

#include "api/desk.h"
#include "daemon/bundle.h"

/* Whom it works for, for one call. */
typedef struct {
    Session *session;
    const Bundle *bundle;
    Desk *desk;
} Clerk;

/* What was accepted. */
typedef struct {
    char *id;
    PlanDirection direction;
    char *action;  /* "rollback to -1" */
    char *content; /* of the preview that was confirmed */
    char *holds;   /* the reason of the hold; NULL in an upgrade */
    Call *call;    /* answered */
} Commission;
void commission_free(Commission *commission);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Commission, commission_free)

/* Answers everything but a real change. FALSE: a question to the database failed; the call has been
 * answered with that. */
gboolean clerk_answer(const Clerk *clerk, Call *call, GError **error);

/* Puts a real change before the guards. Accepted: *commission is set, the migration lock is held,
 * the operation is in the database, and the call has been answered or waits for the end. Refused:
 * the call has been answered and the ledger has it. FALSE as above. Takes the call. */
gboolean clerk_consider(const Clerk *clerk, Call *call, Commission **commission, GError **error);

/* Asks the guards once more, for what may have changed since, and runs it. Gives the lock back. On
 * failure the error says what is in the database. */
gboolean clerk_run(const Clerk *clerk, const Commission *commission, const EventSink *events,
                   GError **error);

/* Ends operations that the database believes to run: those of daemons that are gone, and our own
 * whose end could not be written. *is_done FALSE: some have to be asked about again. */
gboolean clerk_settle(const Clerk *clerk, gboolean *is_done, GError **error);
