/* The journal: how far a revision has come that does not fit one transaction (layout_1.sql). It
 * says after a crash where to go on. */
#pragma once

#include "engine/session.h"
#include "revision/plan.h"

/* A segment that has begun. Strings are NULL where the row has none. */
typedef struct {
    guint first; /* its statements in the section, from 0 */
    guint last;
    char *digest; /* of the section's statements up to `last` */
    char *sql;    /* of a statement that runs by itself */
    char *probe;  /* what to ask the catalog about it, and of what: see probe.sql */
    char *object;
    char *part;
    char *before;     /* what it said before the statement */
    char *started_at; /* RFC 3339 */
    gboolean is_finished;
    char *sqlstate; /* of its failure */
} JournalRow;

/* A half-run revision. */
typedef struct {
    char *revision;
    PlanDirection direction;
    char *checksum;  /* of the section when the last segment began */
    GPtrArray *rows; /* JournalRow *, at least one; the last one may be unfinished */
} Journal;
void journal_free(Journal *journal);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Journal, journal_free)

/* *journal is NULL when no revision is half-run. */
gboolean journal_read(Session *session, Journal **journal, GError **error);

/* Of a statement that runs by itself and is no case for probe.sql: whether it may commit something
 * and fail then. */
gboolean journal_row_commits(const JournalRow *row);

/* How many statements of the revision are known to have run. */
guint journal_finished(const Journal *journal);

/* The statement that has begun and is not known to have ended; NULL: there is none. */
const JournalRow *journal_in_doubt(const Journal *journal);

/* Whether nobody but a person can say how that statement ended (journal_mark): nothing in the
 * catalog tells, and it may have committed something. */
gboolean journal_awaits_mark(const Journal *journal);

/* Says that statement `number` (from 1) of the half-run `revision` has had its effect, or that it
 * and all that follows it have not. `actor` and `reason` may be NULL. Takes the migration lock.
 * REFUSED when that revision is not half-run; applied can be only the statement that is in doubt,
 * not applied any that has begun. */
gboolean journal_mark(Session *session, const char *revision, guint number, gboolean is_applied,
                      const char *actor, const char *reason, const EventSink *events,
                      GError **error);
