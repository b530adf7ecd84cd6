/* Commits in doubt: a connection broke under a run, and of what was sent nobody knows how far the
 * server came. It is asked, never guessed: each revision's ledger row commits with it, so heads,
 * ledger and applied together say exactly which are in.
 *
 * The lock is taken again before anything is believed. A server process gives it back only after
 * its transaction has ended; so whoever has it knows that the old one, which may outlive its
 * client, is not still committing. pg_xact_status would say less: the number of the transaction is
 * lost as easily as the answer to COMMIT, and after a crash of the server it may be another's. */
#pragma once

#include "engine/script.h"
#include "engine/session.h"

/* Where the ledger ends: the id (0: it is empty) and hash of its last row. */
typedef struct {
    gint64 id;
    char *hash;
} LedgerEnd;
void ledger_end_clear(LedgerEnd *end);
/* From a row of ledger_end.sql; none: the ledger is empty. */
void ledger_end_read(LedgerEnd *end, const Result *result);

/* What was found. */
typedef struct {
    guint committed;   /* of the run's scripts: so many from the first on */
    gint64 *durations; /* microseconds, one for each of these; g_free */
} Recovery;

/* Connects again, takes the lock again (waiting, within their limits, for a server to come back and
 * for the old server process to end), and asks. `end` is where the ledger ended when the run of
 * `scripts` (Script *) began; the run's later commits may be missing when the server crashed before
 * they were on its disk. The session then has the lock, or the run is complete. HEADS_MOVED: heads,
 * ledger and applied do not tell the same story, or it is somebody else's; the other errors of
 * session_reconnect and session_lock say why it could not be asked. */
gboolean doubt_settle(Session *session, GPtrArray *scripts, const LedgerEnd *end,
                      const EventSink *events, Recovery *recovery, GError **error);
