/* Sending ahead and taking answers are apart: between them may lie many other scripts. */
#include "engine/exchange.h"

#include "base/failpoint.h"
#include "engine/session_private.h"

/* The record is prepared on the server, which the journal's rows, being few, are not. */
static gboolean send_own(Execution *execution, guint index, ScriptPhase phase, GError **error)
{
    const Script *script = execution_script(execution, index);
    Conn *conn = execution->session->conn;
    g_autoptr(GPtrArray) arguments = execution_values(execution, index, phase);
    const char *const *values = (const char *const *)arguments->pdata;

    FAILPOINT("statements-sent");
    if (phase == PHASE_RECORD && !script->may_change_session && execution->prepared_record)
        return conn_pipeline_send_prepared(conn, execution->prepared_record, (int)arguments->len,
                                           values, error);
    /* It may have dropped prepared statements, too. */
    if (phase == PHASE_RECORD && script->may_change_session)
        g_clear_pointer(&execution->prepared_record, g_free);
    return conn_pipeline_send(conn, execution_own_sql(execution, index, phase), (int)arguments->len,
                              values, error);
}

gboolean exchange_send(Execution *execution, guint index, GError **error)
{
    Conn *conn = execution->session->conn;
    g_autoptr(GArray) messages = execution_messages(execution, index);

    for (guint i = 0; i < messages->len; i++) {
        const StepMessage *message = &g_array_index(messages, StepMessage, i);

        execution->sent = index + 1;
        if (!(message->sql ? conn_pipeline_send(conn, message->sql, 0, NULL, error)
                           : send_own(execution, index, message->phase, error)))
            return FALSE;
        FAILPOINT("message-sent");
    }
    if (!conn_pipeline_flush(conn, error))
        return FALSE;
    FAILPOINT("revision-sent");
    return TRUE;
}

/* Takes one answer. FALSE only when the connection is unusable; a statement that failed sets
 * *failure. *took is set by the record: how long the revision has taken, in microseconds. Rows of
 * the file's own statements are not kept. */
static gboolean take_answer(Conn *conn, const StepMessage *message, gint64 *took, GError **failure,
                            GError **error)
{
    g_autoptr(Result) result = NULL;
    PipelineOutcome outcome;
    gboolean is_record = !message->sql;

    if (!conn_pipeline_next(conn, &outcome, is_record ? &result : NULL, failure, error))
        return FALSE;
    if (is_record && outcome == PIPELINE_RESULT)
        *took = result_int64(result, 0, 0);
    return TRUE;
}

gboolean exchange_receive(Execution *execution, guint index, FailurePlace *place, GError **failure,
                          GError **error)
{
    const Script *script = execution_script(execution, index);
    Conn *conn = execution->session->conn;
    g_autoptr(GArray) messages = execution_messages(execution, index);
    gint64 took = 0;

    if (script->is_transactional)
        execution_tell(execution, EVENT_REVISION_STARTED, index, (EngineEvent){0});
    for (guint i = 0; i < messages->len; i++) {
        const StepMessage *message = &g_array_index(messages, StepMessage, i);

        *place = execution_place(execution, script, message);
        execution_await(execution, message);
        if (!take_answer(conn, message, &took, failure, error))
            return FALSE;
        FAILPOINT("answer-taken");
        if (*failure) {
            place->position = execution_position(execution, message);
            return TRUE;
        }
        if (message->phase == PHASE_STATEMENT)
            execution_tell(execution, EVENT_STATEMENT_DONE, index,
                           (EngineEvent){.statement = message->index});
    }
    execution_advance(execution, index, took);
    return TRUE;
}
