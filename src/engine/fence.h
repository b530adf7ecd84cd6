/* The fence: what keeps a rollback from pulling a revision out from under a running program.
 *
 * Whoever needs revisions (a daemon whose gate is open, a program under `pgsluice run`) holds, for
 * as long as it does, one shared advisory lock for each of them; a change that undoes one asks for
 * the same lock exclusively, under the migration lock, and is refused while anybody else has it.
 * Nothing is written anywhere, and a program that dies lets go by dying. Locks, all of the session
 * and never waited for:
 *
 * - revision: lock_key_of_fence(REVISION), shared: REVISION is required.
 *
 * - all: lock_key_of_fence(""), shared, by whoever requires any. A change that undoes more than
 *   FENCE_BARS_MAX revisions asks for this one alone, since the server's table of locks has an end:
 *   it is refused by all who require anything.
 *
 * - instance: two keys, shared: lock_class_of_instances() and the version of pgsluice
 *   (version_pack). It lists an instance and excludes nobody, so that a lock of a user's with the
 *   same two keys (one class in 2^32) does no harm.
 *
 * Who boots and who rolls back may meet at any point. Each first takes its lock and then reads or
 * changes the heads, so that in every order one of them sees the other:
 *
 * - Boot takes, rollback asks: refused, with the name of the instance.
 *
 * - Rollback has asked, boot takes: barred. The gate stays closed; after the rollback it looks
 *   again, at what is applied then.
 *
 * - Boot looks; rollback asks, undoes and is done; boot takes: FENCE_TAKEN says that the look is
 *   older than the lock. Look again before the gate opens (FENCE_HELD: no need).
 *
 * - Rollback asks for several, has one, is refused another and gives the first back: a boot may be
 *   barred for that moment. It tries again.
 *
 * - Either side breaks off: the server gives the locks of a dead session back once its transaction
 *   has ended, one by one. Whoever comes next waits a moment for that.
 *
 * A session's own shared locks are not in the way of its own exclusive ones: a daemon may undo what
 * nobody but itself requires. Two rollbacks never meet; they have the migration lock.
 *
 * A failover or restart of the server voids the fence until its holder has connected again: nobody
 * can keep a lock on a server that is gone. What another tool undoes asks nobody. */
#pragma once

#include "engine/instance.h"
#include "revision/plan.h"

enum { FENCE_BARS_MAX = 256 }; /* exclusive locks of one change */

typedef enum {
    FENCE_HELD,   /* it was held already: what was seen since it was taken holds good */
    FENCE_TAKEN,  /* some of it only now: whatever was seen before may be undone */
    FENCE_BARRED, /* somebody undoes one of the revisions; what was held before still is */
} FenceOutcome;

/* Makes this session hold the fence of exactly `ids` (NULL-terminated; empty: an instance that
 * requires nothing). Asks the server what it holds, so that it may be called at any time, and again
 * and again. Two round trips at most. On failure nothing is held that was not before. */
gboolean fence_take(Session *session, const char *const *ids, FenceOutcome *outcome,
                    GError **error);
/* Gives all of it back; quiet when there is none, or when the connection is gone. */
gboolean fence_release(Session *session, GError **error);
/* What fence_take has taken, NULL-terminated; NULL: nothing. Belongs to the session. */
const char *const *fence_revisions(const Session *session);
/* Whether the server shows this session's fence as it should stand: a statement may have let go of
 * every advisory lock. `instances` are instances_read's. */
gboolean fence_is_listed(const Session *session, const GPtrArray *instances);
/* The keys that this session holds for the fence and to bar it, as bigint[], and the first key of
 * its instance's lock, so that it does not give them back with what others left. Both g_free. */
char *fence_own_locks(const Session *session, char **instance_class);
/* Takes in `next` what `session` holds, before that is closed: there is no moment without. */
gboolean fence_hand_over(const Session *session, Session *next, GError **error);
/* After session_reconnect: `session` has a new connection, `old` holds what was the session's.
 * Takes the shared locks again where it can; a caller for whom it matters asks fence_take. */
void fence_carry_over(Session *session, Session *old);

/* The revisions that a plan undoes, and that a stamp from `state` to `heads` makes count as not
 * applied: NULL-terminated, g_strfreev. The latter reads the records when the database is ahead of
 * the files; NULL on failure. */
char **fence_undone_by_plan(const Plan *plan);
char **fence_undone_by_stamp(Session *session, const Graph *graph, const DatabaseState *state,
                             const char *const *heads, GError **error);

/* Under the migration lock, before anything is undone: bars the fence of `undone`, until
 * fence_lift. Waits up to 300 ms for who is in the way to have left. ERROR_INSTANCES names who is
 * in the way, unless `despite`: then the change goes on, with all barred that could be, and
 * *overruled is "web1:812, web2:813" (g_free; NULL: nobody was in the way). */
gboolean fence_require(Session *session, const Graph *graph, const char *const *undone,
                       gboolean despite, char **overruled, GError **error);
/* The same bars in a session that has connected again (and nothing when none were up). */
gboolean fence_require_again(Session *session, GError **error);
/* Quiet when nothing is barred. */
gboolean fence_lift(Session *session, GError **error);

/* For a preview, without any lock: Instance *, with free function, of those that the plan would be
 * refused for now. */
GPtrArray *fence_find_in_the_way(Session *session, const Graph *graph, const Plan *plan,
                                 GError **error);
