/* Each failure is settled first: only a transaction that is rolled back can be tried again. */
#include "engine/retry.h"

#include "base/clock.h"
#include "base/error.h"
#include "engine/batch.h"
#include "engine/breakage.h"
#include "engine/dialogue.h"
#include "engine/failure.h"
#include "engine/session_private.h"
#include "engine/tries.h"

enum { ANSWER_OF_WATCH = 250 * 1000 }; /* how long a retry is not told of for want of a name */

/* The first try that meets a lock finds nobody looking: the next one comes as soon as somebody
 * does, so that the news of it has a name. */
static gboolean begins_to_watch(Execution *execution, gint64 pause)
{
    return !watch_is_open(execution->watch) &&
           watch_prepare(execution->watch, pause, execution->session->cancel);
}

/* FALSE with *error replaced: interrupted. */
static gboolean pause_until_retry(const Execution *execution, gint64 pause, GError **error)
{
    FailurePlace place = {0};

    if (clock_wait(pause, execution->session->cancel))
        return TRUE;
    g_clear_error(error);
    error_set(error, ERROR_CANCELLED, "interrupted between two tries");
    execution_move_place(execution, &place);
    failure_describe(&place, error);
    return FALSE;
}

/* After a failed batch: TRUE when the same transaction shall be tried again. */
static gboolean waits_for_retry(Execution *execution, Tries *tries, GError **error)
{
    Cancel *cancel = execution->session->cancel;
    g_autoptr(Sight) sight = NULL;
    EngineEvent event = {.error = *error};

    if (!failure_is_retryable(*error) || !conn_is_alive(execution->session->conn))
        return FALSE;
    sight = watch_find_blockers(execution->watch, ANSWER_OF_WATCH, cancel);
    tries_note_failure(tries, sight);
    event.pause = tries_next_pause(tries);
    event.sight = sight;
    if (event.pause >= 0 && begins_to_watch(execution, event.pause))
        return TRUE;
    if (event.pause >= 0) {
        execution_tell(execution, EVENT_REVISION_RETRY, execution->next, event);
        return pause_until_retry(execution, event.pause, error);
    }
    if (tries->latest)
        failure_name_blockers(*error, tries->latest);
    return FALSE;
}

static gboolean run_once(Execution *execution, guint end, FailurePlace *place, GError **error)
{
    return execution_script(execution, execution->next)->has_rows
               ? dialogue_run(execution, place, error)
               : batch_run(execution, end, place, error);
}

gboolean retry_run(Execution *execution, guint end, GError **error)
{
    const EngineSettings *settings = execution->session->settings;
    g_auto(Tries) tries = {0};

    tries_begin(&tries, settings);
    for (;;) {
        g_autoptr(GError) reason = NULL;
        FailurePlace place = {0};
        guint before = execution->next;

        execution_prepare_try(execution, tries_lock_timeout(&tries, settings));
        watch_look_out(execution->watch);
        if (run_once(execution, end, &place, &reason))
            return TRUE;
        if (breakage_settle(execution, &place, &reason))
            return TRUE; /* on a new connection, or done */
        if (execution->next > before)
            tries_begin(&tries, settings);
        if (!waits_for_retry(execution, &tries, &reason)) {
            g_propagate_error(error, g_steal_pointer(&reason));
            return FALSE;
        }
    }
}
