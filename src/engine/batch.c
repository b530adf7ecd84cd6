/* A window of scripts is on its way; the opening before them and the closing behind them have sync
 * points of their own. */
#include "engine/batch.h"

#include "base/failpoint.h"
#include "engine/exchange.h"
#include "engine/session_private.h"

enum {
    BATCH_REVISIONS = 256, /* to one sync point */
    /* Sent and not yet answered: enough to hide a far server's distance, and little enough for the
     * socket's buffer, so that answers are read as they come. What is answered makes room by
     * halves: one answer, one more revision would be a round trip for each. */
    WINDOW_REVISIONS = 128,
    WINDOW_BYTES = 128 * 1024,
};

/* What is on its way to the server. */
typedef struct {
    guint end;  /* the first script that is not part of the batch */
    guint sent; /* the first script that is not sent */
    gsize bytes;
} Window;

/* Reads on to the sync point and keeps the first failure. */
static gboolean receive_group(Conn *conn, GError **failure, GError **error)
{
    for (;;) {
        g_autoptr(GError) reason = NULL;
        PipelineOutcome outcome;

        if (!conn_pipeline_next(conn, &outcome, NULL, &reason, error))
            return FALSE;
        if (outcome == PIPELINE_SYNC)
            return TRUE;
        if (reason && !*failure)
            *failure = g_steal_pointer(&reason);
    }
}

/* Ahead of the batch, to a sync point of its own, so that it is no part of the first revision's
 * transaction. Sets the try's lock timeout, for its first revision now and for the others with each
 * record, and prepares the record, which many revisions need. */
static gboolean send_opening(Execution *execution, GError **error)
{
    Session *session = execution->session;
    g_autofree char *sql = execution_opening_sql(execution);
    g_autofree char *prepare = NULL;

    if (!conn_pipeline_send(session->conn, sql, 0, NULL, error))
        return FALSE;
    if (!execution->prepared_record) {
        execution->prepared_record = g_strdup_printf("pgsluice_record_%u", session->prepared++);
        prepare =
            g_strdup_printf("PREPARE %s AS %s", execution->prepared_record, execution->record_sql);
        if (!conn_pipeline_send(session->conn, prepare, 0, NULL, error))
            return FALSE;
    }
    return conn_pipeline_sync(session->conn, error);
}

/* Behind the batch. A transaction that failed is still open there and refuses it: the next try
 * sets, and uses, the same again. */
static gboolean send_closing(Execution *execution, GError **error)
{
    Conn *conn = execution->session->conn;
    g_autofree char *patience = execution_patience_sql(execution);
    g_autofree char *deallocate = NULL;

    if (!conn_pipeline_sync(conn, error) ||
        !conn_pipeline_send(conn, EXECUTION_DURABILITY_SQL, 0, NULL, error) ||
        !conn_pipeline_send(conn, patience, 0, NULL, error))
        return FALSE;
    if (execution->prepared_record) {
        deallocate = g_strconcat("DEALLOCATE ", execution->prepared_record, NULL);
        if (!conn_pipeline_send(conn, deallocate, 0, NULL, error))
            return FALSE;
    }
    return conn_pipeline_sync(conn, error);
}

static gboolean may_be_batched(const Script *script)
{
    return script->is_transactional && !script->has_rows;
}

guint batch_end(const Execution *execution)
{
    guint end = execution->next;

    while (end < execution->scripts->len && end - execution->next < BATCH_REVISIONS &&
           may_be_batched(execution_script(execution, end)))
        end++;
    return MAX(end, execution->next + 1);
}

static gboolean has_room(const Execution *execution, const Window *window, guint share)
{
    return window->sent - execution->next < WINDOW_REVISIONS / share &&
           window->bytes < WINDOW_BYTES / share;
}

/* Once half of the window is free sends ahead as far as it allows, behind the last script the
 * closing. */
static gboolean fill_window(Execution *execution, Window *window, GError **error)
{
    if (window->sent == window->end ||
        (window->sent > execution->next && !has_room(execution, window, 2)))
        return TRUE;
    do {
        const Script *script = execution_script(execution, window->sent);

        if (!exchange_send(execution, window->sent, error))
            return FALSE;
        window->bytes += script->length;
        window->sent++;
    } while (window->sent < window->end && has_room(execution, window, 1));
    return window->sent < window->end || send_closing(execution, error);
}

static gboolean exchange_scripts(Execution *execution, Window *window, FailurePlace *place,
                                 GError **failure, GError **error)
{
    while (execution->next < window->end && !*failure) {
        const Script *script = execution_script(execution, execution->next);

        *place = execution_place(execution, script, &(StepMessage){.phase = PHASE_BEGIN});
        if (!fill_window(execution, window, error) ||
            !exchange_receive(execution, execution->next, place, failure, error))
            return FALSE;
        if (!script->is_transactional)
            break; /* what comes next may be a statement that runs by itself */
        window->bytes -= script->length;
    }
    return window->sent == window->end || send_closing(execution, error);
}

/* Without its opening no record succeeds: that failure is the reason for theirs. */
static void prefer_opening(GError *opening, FailurePlace *place, GError **failure)
{
    if (!opening || !*failure)
        return;
    g_error_free(*failure);
    *failure = g_error_copy(opening);
    place->phase = PHASE_BEGIN;
    place->position = 0;
}

/* Where no failed transaction has refused it (COMMIT itself may fail), the closing has dropped what
 * the opening had prepared. */
static gboolean receive_closing(Execution *execution, GError **error)
{
    g_autoptr(GError) refusal = NULL;

    if (!receive_group(execution->session->conn, &refusal, error))
        return FALSE;
    if (!refusal)
        g_clear_pointer(&execution->prepared_record, g_free);
    return TRUE;
}

static gboolean exchange_batch(Execution *execution, Window *window, FailurePlace *place,
                               GError **failure, GError **error)
{
    Conn *conn = execution->session->conn;
    g_autoptr(GError) opening = NULL;
    g_autoptr(GError) ignored = NULL;
    const Script *script = execution_script(execution, execution->next);

    *place = execution_place(execution, script, &(StepMessage){.phase = PHASE_BEGIN});
    if (!send_opening(execution, error) || !fill_window(execution, window, error) ||
        !receive_group(conn, &opening, error) ||
        !exchange_scripts(execution, window, place, failure, error))
        return FALSE;
    watch_rest(execution->watch); /* what is left are the closing's answers */
    prefer_opening(opening, place, failure);
    if (opening) /* has prepared nothing */
        g_clear_pointer(&execution->prepared_record, g_free);
    if (!*failure) /* all is committed: an interruption comes too late to matter */
        conn_set_cancel(conn, NULL);
    return receive_group(conn, &ignored, error) && receive_closing(execution, error);
}

gboolean batch_run(Execution *execution, guint end, FailurePlace *place, GError **error)
{
    Conn *conn = execution->session->conn;
    Window window = {.end = end, .sent = execution->next};
    g_autoptr(GError) failure = NULL;
    gboolean is_usable;

    if (!conn_pipeline_begin(conn, error))
        return FALSE;
    is_usable = exchange_batch(execution, &window, place, &failure, error);
    watch_rest(execution->watch);
    if (is_usable)
        is_usable = conn_pipeline_end(conn, error);
    conn_set_cancel(conn, execution->session->cancel);
    FAILPOINT("batch-done");
    if (is_usable && !failure)
        return TRUE;
    execution_roll_back(execution);
    if (failure) {
        g_clear_error(error);
        g_propagate_error(error, g_steal_pointer(&failure));
        execution->sent = execution->next; /* the server has said that it skips all of it */
    }
    return FALSE;
}
