/* The messages are those of step_messages, as they are in a pipeline. */
#include "engine/dialogue.h"

#include "base/failpoint.h"
#include "engine/session_private.h"

/* The record, or the journal's row: *took is how long the revision has taken, microseconds. */
static gboolean record(Execution *execution, ScriptPhase phase, gint64 *took, GError **error)
{
    g_autoptr(GPtrArray) values = execution_values(execution, execution->next, phase);
    g_autoptr(Result) result = NULL;

    FAILPOINT("statements-sent");
    if (!conn_exec_params(execution->session->conn,
                          execution_own_sql(execution, execution->next, phase), (int)values->len,
                          (const char *const *)values->pdata, &result, error))
        return FALSE;
    *took = result_int64(result, 0, 0);
    return TRUE;
}

/* Only from the last message on may the transaction be in the database. */
static void note_sent(Execution *execution, const StepMessage *message, gboolean is_last)
{
    if (is_last)
        execution->sent = execution->next + 1;
    execution_await(execution, message);
}

static gboolean send_message(Execution *execution, const StepMessage *message, gint64 *took,
                             GError **error)
{
    Conn *conn = execution->session->conn;
    gboolean is_done;

    if (!message->sql)
        is_done = record(execution, message->phase, took, error);
    else if (message->rows)
        is_done = conn_copy_in(conn, message->sql, message->rows, message->rows_length, error);
    else
        is_done = conn_exec(conn, message->sql, NULL, error);
    FAILPOINT("answer-taken");
    return is_done;
}

static gboolean exchange_all(Execution *execution, FailurePlace *place, GError **error)
{
    guint index = execution->next;
    const Script *script = execution_script(execution, index);
    g_autoptr(GArray) messages = execution_messages(execution, index);
    gint64 took = 0;

    if (script->is_transactional)
        execution_tell(execution, EVENT_REVISION_STARTED, index, (EngineEvent){0});
    for (guint i = 0; i < messages->len; i++) {
        const StepMessage *message = &g_array_index(messages, StepMessage, i);

        *place = execution_place(execution, script, message);
        note_sent(execution, message, i + 1 == messages->len);
        if (!send_message(execution, message, &took, error)) {
            place->position = execution_position(execution, message);
            return FALSE;
        }
        if (message->phase == PHASE_STATEMENT)
            execution_tell(execution, EVENT_STATEMENT_DONE, index,
                           (EngineEvent){.statement = message->index});
    }
    execution_advance(execution, index, took);
    return TRUE;
}

gboolean dialogue_run(Execution *execution, FailurePlace *place, GError **error)
{
    Conn *conn = execution->session->conn;
    g_autofree char *opening = execution_opening_sql(execution);
    gboolean is_done;

    *place = execution_place(execution, execution_script(execution, execution->next),
                             &(StepMessage){.phase = PHASE_BEGIN});
    is_done = conn_exec(conn, opening, NULL, error) && exchange_all(execution, place, error);
    watch_rest(execution->watch);
    FAILPOINT("batch-done");
    if (is_done) {
        /* It is committed: neither an interruption nor a failure now changes that. */
        execution_restore(execution);
        return TRUE;
    }
    execution_roll_back(execution);
    if (conn_is_alive(conn)) /* what the server answered to COMMIT was no commit */
        execution->sent = execution->next;
    return FALSE;
}
