/* Going on needs three things: the server could be asked, nobody ended the session on purpose, and
 * it is not the revision itself that breaks connections. */
#include "engine/breakage.h"

#include "base/error.h"
#include "engine/failure.h"
#include "engine/fence.h"
#include "engine/session_private.h"

/* The observer hears of what was committed unheard of, and of what is lost nothing: it runs again.
 */
static void take_found(Execution *execution, const Recovery *recovery)
{
    for (guint i = execution->next; i < recovery->committed; i++) {
        execution_tell(execution, EVENT_REVISION_STARTED, i, (EngineEvent){0});
        execution_tell(execution, EVENT_REVISION_DONE, i,
                       (EngineEvent){.elapsed = recovery->durations[i]});
    }
    execution->next = execution->sent = recovery->committed;
}

/* Somebody who ends a session wants its work to stop; and what broke the connection twice under the
 * same revision is that revision. */
static gboolean may_go_on(Execution *execution, const GError *error)
{
    guint before = execution->broken_under;

    execution->broken_under = execution->next + 1;
    return g_strcmp0(error_sqlstate(error), "57P01") != 0 && before != execution->broken_under;
}

static void describe_doubt(const Execution *execution, FailurePlace *place, const char *why,
                           GError **error)
{
    place->in_doubt = execution->sent - execution->next;
    place->why_in_doubt = why;
    failure_describe(place, error);
}

/* The answers are gone, the commits may not be. TRUE with *error cleared: go on with
 * execution->next. */
static gboolean recover(Execution *execution, FailurePlace *place, GError **error)
{
    g_autoptr(GError) why = NULL;
    Recovery recovery = {0};

    g_clear_pointer(&execution->watch, watch_free); /* before what it watches is gone */
    execution_tell(execution, EVENT_CONNECTION_BROKE, execution->next,
                   (EngineEvent){.error = *error});
    if (!doubt_settle(execution->session, execution->scripts, &execution->ledger_end,
                      execution->events, &recovery, &why)) {
        describe_doubt(execution, place, why->message, error);
        return FALSE;
    }
    take_found(execution, &recovery);
    g_free(recovery.durations);
    if (execution->next == execution->scripts->len) {
        g_clear_error(error);
        return TRUE;
    }
    execution_move_place(execution, place);
    if (may_go_on(execution, *error)) {
        g_clear_error(error);
        if (fence_require_again(execution->session, error) && execution_connect(execution, error))
            return TRUE;
    }
    failure_describe(place, error);
    return FALSE;
}

gboolean breakage_settle(Execution *execution, FailurePlace *place, GError **error)
{
    if (execution->next == execution->scripts->len) {
        g_clear_error(error);
        return TRUE;
    }
    execution_move_place(execution, place);
    if (conn_is_alive(execution->session->conn)) {
        failure_describe(place, error);
        return FALSE;
    }
    if (!error_is(*error, ERROR_CONNECTION_LOST)) {
        describe_doubt(execution, place, NULL, error);
        return FALSE;
    }
    return recover(execution, place, error);
}
