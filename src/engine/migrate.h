/* Whole operations, the same for the CLI, the daemon's boot and the HTTP endpoints: look, lock,
 * look again, run. */
#pragma once

#include "engine/session.h"

typedef struct {
    const char *target;      /* see spec.h */
    gboolean obeys_hold;     /* a boot stops at the hold; a person's command is refused with HELD */
    const char *actor;       /* who asks: OS user or principal; may be NULL */
    const char *reason;      /* may be NULL */
    const char *environment; /* the database's name, when a person has typed it; may be NULL */
    const char *peer;        /* where an HTTP call came from, and its id; may be NULL */
    const char *request_id;
    const char *holds;     /* a downgrade: each revision's transaction leaves the database on hold
                              where it then is, with this reason; NULL: no hold is set */
    const char *confirmed; /* confirm_end's: nothing else is run; NULL: whatever the files say */
    gboolean
        despite_instances; /* undoes what running programs require; the ledger's reason says so */
} MigrateOptions;

typedef struct {
    char **from; /* heads before and after, sorted, NULL-terminated */
    char **to;
    guint count;      /* revisions run */
    gint64 elapsed;   /* microseconds from the first statement to the last commit on disk */
    gboolean is_held; /* stopped at a hold */
} MigrateResult;
void migrate_result_clear(MigrateResult *result);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MigrateResult, migrate_result_clear)

/* Brings the database to options->target. Refused before anything runs: a database of another
 * environment (environment.h), files that are not what was applied (integrity.h; with nothing
 * to run only their order is looked at), and a downgrade of what running programs other than this
 * session require (fence.h). A downgrade undoes revisions without a file by what the
 * database has kept of them (stored.h). A hold that is void (budget.h) is released. Nothing to do:
 * takes no lock, writes nothing, count 0. A lock that the session holds already stays held. On
 * failure what was committed before stays (each revision is atomic with its ledger row) and the
 * error's outcome says what is and is not in the database; `result` then is untouched. */
gboolean migrate_upgrade(Session *session, const Graph *graph, const MigrateOptions *options,
                         const EventSink *events, MigrateResult *result, GError **error);
/* Without reading a revision file: TRUE in *settled when `state` says that the database is at the
 * heads of the very files that `folders` list now, and nothing is on hold, so that an upgrade to
 * "head" (one head) or "heads" has nothing to do. FALSE says nothing. */
gboolean migrate_is_settled(const DatabaseState *state, const char *const *folders,
                            const char *target, gboolean *settled, GError **error);
gboolean migrate_downgrade(Session *session, const Graph *graph, const MigrateOptions *options,
                           const EventSink *events, MigrateResult *result, GError **error);
/* Sets the heads to those of `targets` without running anything; `purges` forgets the rows first
 * (needed when the database names revisions that the files do not know). Refused, as a downgrade
 * is, when a running program requires what would not count as applied any more (fence.h). */
gboolean migrate_stamp(Session *session, const Graph *graph, const char *const *targets,
                       gboolean purges, const MigrateOptions *options, const EventSink *events,
                       MigrateResult *result, GError **error);
/* Creates the version table and the state schema, under the lock; quiet when they are there. */
gboolean migrate_ensure_version(Session *session, const EventSink *events, GError **error);
