/* What the files of the worker share. All of it runs on the worker's thread, but for what worker.h
 * says. */
#pragma once

#include "api/desk.h"
#include "base/backoff.h"
#include "daemon/ground.h"
#include "daemon/pulse.h"
#include "daemon/tally.h"
#include "daemon/worker.h"

enum {
    OWN_STEP = G_USEC_PER_SEC
}; /* the longest that the worker computes by itself between two waits */

/* What comes after a step of the work. */
typedef enum { NEXT_WATCH, NEXT_CONNECT, NEXT_END } Next;

struct Worker {
    GThread *thread;
    Bundle *bundle;
    Cluster *cluster;
    gint owns_cluster; /* atomic */
    Mailbox *reports;
    Api *api;
    Mailbox *reloads; /* Bundle * */
    Cancel *stop;     /* ends everything, on the server too */
    Cancel *wake;     /* ends an idle wait only */
    Pulse *pulse;
    Session *session;
    Ground ground;
    Backoff tries; /* to connect, since the database was last read */
    gboolean is_trying;
    gboolean has_opened;
    gboolean is_open;     /* the last verdict */
    gboolean is_barred;   /* that would open the gate, but for a rollback that runs */
    GPtrArray *instances; /* Instance *, as last seen; shared with the board, so never changed */
    /* An upgrade is this daemon's to run at boot and after a reload, not whenever somebody moves
     * the heads: a person who downgrades by hand must not find it undone. */
    gboolean wants_upgrade;
    gboolean is_revision_running;
    const char *task;     /* the operation that runs, which hears of the engine's events; or NULL */
    gint64 drift_due;     /* when to compare the schema next, on clock_monotonic(); 0: not set */
    char *drift;          /* what is not as recorded, when that closes the gate; NULL: nothing */
    gint64 polled_at;     /* on clock_monotonic() */
    gboolean must_settle; /* the database may believe that an operation runs which does not */
    char *usage;          /* what was last told of the usage log's table; NULL: nothing yet */
    Tally tally;
};

/* Whether worker_stop has been called: what fails from then on is no failure. */
gboolean worker_is_stopping(const Worker *worker);
/* The api's. */
Desk *worker_desk(const Worker *worker);
/* What the desk may promise to those who call. */
void worker_set_chore(Worker *worker, DeskVerdict verdict, const char *why);
/* An EngineObserver; `data` is the worker. */
void worker_observe(const EngineEvent *event, gpointer data);

/* --- worker_link.c ---------------------------------------------------------------------------- */

/* Starts the embedded server where there is one; FALSE was reported. */
gboolean worker_start_cluster(Worker *worker);
void worker_report_connecting(Worker *worker);
/* One try, and the pause behind it. NEXT_WATCH: there is a session. */
Next worker_connect(Worker *worker);
/* Takes the error; the session is closed. */
Next worker_lose_connection(Worker *worker, GError *error);
/* Opens a session with the newest bundle that waits before the old one is given up. */
Next worker_renew_session(Worker *worker);
/* A server that stopped answering without hanging up (frozen, or behind a dead link) must close the
 * gate too. Lifted while migrating: a statement may take its time. */
void worker_limit_answers(Session *session);
/* References `instances`; NULL: nobody is known to be there. */
void worker_remember_instances(Worker *worker, GPtrArray *instances);

/* --- worker_look.c ---------------------------------------------------------------------------- */

/* Reads the database and does what follows from it. `asks_holder`: also who has the migration lock.
 * A start has no time for that; the first poll tells. */
Next worker_look(Worker *worker, gboolean asks_holder);
/* Takes the error of a question to the database; nothing was being changed. */
Next worker_look_failed(Worker *worker, GError *error);
/* After work that may have gone on over a new connection: `connections` is session_reconnections
 * from before it. */
Next worker_look_after(Worker *worker, guint connections);
/* Compares the schema with its record, tells of it, and TRUE when the gate has to be decided anew.
 */
gboolean worker_note_drift(Worker *worker);
/* Tells what has changed about the usage log's table. */
void worker_look_for_usage(Worker *worker);

/* --- worker_orders.c -------------------------------------------------------------------------- */

/* As many of the desk's calls as may wait at once; those that have come meanwhile have their turn
 * after a look at the database. */
Next worker_obey_all(Worker *worker);
/* Ends what the database believes to run. Not before it has been looked at, and never in the way of
 * that. */
void worker_settle_operations(Worker *worker);
