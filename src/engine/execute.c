/* From the first script to the last: in batches, or by itself where one transaction is not enough.
 * A failure is written down before it is told. */
#include "engine/execute.h"

#include "base/error.h"
#include "engine/ahead.h"
#include "engine/batch.h"
#include "engine/budget.h"
#include "engine/execution.h"
#include "engine/failure.h"
#include "engine/retry.h"
#include "engine/segmented.h"
#include "engine/session_private.h"
#include "engine/settings.h"
#include "engine/sql_engine.h"

static gboolean run_all(Execution *execution, GError **error)
{
    while (execution->next < execution->scripts->len) {
        const Script *script = execution_script(execution, execution->next);

        if (script->is_transactional ? !retry_run(execution, batch_end(execution), error)
                                     : !segmented_run(execution, error))
            return FALSE;
    }
    return TRUE;
}

/* For what has to be written in one second (execution_begin_last_words). */
#define LAST_PARAMETERS "SET synchronous_commit = on; SET lock_timeout = '500ms'"

/* Writes the failure to the ledger, durably, which also brings the commits before it to the disk.
 */
static void record_failure(Execution *execution, const GError *error)
{
    Session *session = execution->session;
    g_autofree char **heads = NULL;
    const Script *script;

    if (!session->has_lock || !conn_is_alive(session->conn) ||
        error_is(error, ERROR_CONNECTION_LOST) || execution->next >= execution->scripts->len)
        return;
    script = execution_script(execution, execution->next);
    heads = step_heads_before(script->step);
    execution_begin_last_words(execution);
    if (conn_exec(session->conn, LAST_PARAMETERS, NULL, NULL))
        run_record_event(session, execution->run, "fail", script->step->revision->id,
                         (const char *const *)heads, script->body->up.checksum,
                         error_sqlstate(error), error->message, NULL);
    if (script->direction == PLAN_UPGRADE && conn_is_alive(session->conn))
        budget_spend(session, script->step->revision->id, script->body->up.checksum,
                     (const char *const *)heads, execution->run, execution->events);
    execution_end_last_words(execution);
}

/* A ledger that this session has just made is empty. */
static gboolean find_ledger_end(Execution *execution, GError **error)
{
    Session *session = execution->session;
    g_autofree char *question = session_expand(session, sql_ledger_end);
    g_autoptr(Result) result = NULL;

    if (session->has_new_ledger) {
        session->has_new_ledger = FALSE;
        return TRUE;
    }
    if (!ahead_ask(session, AHEAD_LEDGER_END, question, &result, error))
        return FALSE;
    ledger_end_read(&execution->ledger_end, result);
    return TRUE;
}

/* Where the ledger ends before the run, and all that a connection needs. */
static gboolean begin(Execution *execution, GError **error)
{
    FailurePlace place = {0};

    if (execution_connect(execution, error) && find_ledger_end(execution, error))
        return TRUE;
    execution_move_place(execution, &place);
    failure_describe(&place, error);
    return FALSE;
}

gboolean execute_scripts(Session *session, GPtrArray *scripts, const RunOrigin *origin,
                         const char *listing, const EventSink *events, guint *committed,
                         GError **error)
{
    g_auto(Execution) execution = {.session = session,
                                   .scripts = scripts,
                                   .origin = origin,
                                   .listing = listing,
                                   .events = events};
    g_autoptr(GError) reason = NULL;
    gboolean succeeded;

    execution.version_table = settings_version_table(session->settings);
    execution.record_sql = session_expand(session, sql_record_step);
    execution.segment_sql = session_expand(session, sql_record_segment);
    succeeded = begin(&execution, &reason) && run_all(&execution, &reason);
    g_clear_pointer(&execution.watch, watch_free);
    conn_set_notice_sink(session->conn, NULL, NULL);
    if (!succeeded && execution.run) {
        record_failure(&execution, reason);
        execution_restore(&execution);
    }
    *committed = execution.next;
    if (!succeeded)
        g_propagate_error(error, g_steal_pointer(&reason));
    return succeeded;
}
