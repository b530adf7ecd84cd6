/* Pipelines: many statements on the way at once. libpq buffers in both directions; what is here
 * keeps either buffer from filling up while nobody reads. */
#include <string.h>

#include "base/error.h"
#include "db/conn_private.h"

/* The socket is emptied whenever about this much has been queued. libpq tries at 8 KiB and 64 KiB
 * by itself, but leaves behind what the socket does not take. */
#define UNWRITTEN_MAX (64 * 1024)
#define STATEMENT_OVERHEAD 64 /* of the protocol's messages, about */

gboolean conn_pipeline_begin(Conn *conn, GError **error)
{
    if (!conn_call_begin(conn, error))
        return FALSE;
    if (!PQenterPipelineMode(conn->pg)) {
        error_set(error, ERROR_INTERNAL, "a pipeline was begun while a statement runs");
        return FALSE;
    }
    conn_forget_cancel(conn);
    conn->error_position = 0;
    conn->unanswered = 0;
    conn->unwritten = 0;
    conn->needs_flush = FALSE;
    conn->needs_sync = FALSE;
    return TRUE;
}

/* Once something is on its way a cancellation is obeyed where answers are awaited: who stops in the
 * middle does not learn what the server has done. */
static gboolean may_queue(Conn *conn, GError **error)
{
    return conn->unanswered ? conn_call_resume(conn, error) : conn_call_begin(conn, error);
}

/* Counts what libpq has taken, and empties the socket when it is much. */
static gboolean note_queued(Conn *conn, gboolean is_queued, gsize length, int count,
                            const char *const *values, GError **error)
{
    if (!is_queued) {
        connection_lost_set(error, conn);
        return FALSE;
    }
    conn->unanswered++;
    conn->needs_flush = TRUE;
    conn->needs_sync = TRUE;
    conn->unwritten += length + STATEMENT_OVERHEAD;
    for (int i = 0; i < count; i++)
        conn->unwritten += values[i] ? strlen(values[i]) : 0;
    return conn->unwritten < UNWRITTEN_MAX || conn_write_all(conn, error);
}

gboolean conn_pipeline_send(Conn *conn, const char *sql, int count, const char *const *values,
                            GError **error)
{
    return may_queue(conn, error) &&
           note_queued(conn, PQsendQueryParams(conn->pg, sql, count, NULL, values, NULL, NULL, 0),
                       strlen(sql), count, values, error);
}

gboolean conn_pipeline_send_prepared(Conn *conn, const char *name, int count,
                                     const char *const *values, GError **error)
{
    return may_queue(conn, error) &&
           note_queued(conn, PQsendQueryPrepared(conn->pg, name, count, values, NULL, NULL, 0),
                       strlen(name), count, values, error);
}

gboolean conn_pipeline_flush(Conn *conn, GError **error)
{
    if (!conn_call_resume(conn, error))
        return FALSE;
    if (!PQsendFlushRequest(conn->pg)) {
        connection_lost_set(error, conn);
        return FALSE;
    }
    conn->needs_flush = FALSE;
    return conn_write_all(conn, error);
}

gboolean conn_pipeline_sync(Conn *conn, GError **error)
{
    if (!conn_call_resume(conn, error))
        return FALSE;
    if (!PQpipelineSync(conn->pg)) {
        connection_lost_set(error, conn);
        return FALSE;
    }
    conn->unanswered++;
    conn->needs_flush = FALSE;
    conn->needs_sync = FALSE;
    return conn_write_all(conn, error);
}

/* What becomes of the rows of an answer. */
typedef struct {
    gboolean are_kept; /* in the Result; else they come one by one */
    ConnRow visit;     /* and go here; NULL: they are dropped */
    gpointer data;
} Rows;

static void append_row(PGresult *answer, const PGresult *row)
{
    int count = PQntuples(answer);

    for (int i = 0; i < PQnfields(row); i++)
        PQsetvalue(answer, count, i, PQgetvalue(row, 0, i),
                   PQgetisnull(row, 0, i) ? -1 : PQgetlength(row, 0, i));
}

/* The rows of the first statement come one by one, though nobody has asked for that, when those of
 * what ran before the pipeline did: libpq forgets that mode only with the next statement. */
static gboolean next_whole_answer(Conn *conn, PGresult **answer, GError **error)
{
    PGresult *whole = NULL;
    PGresult *row;

    while (conn_next_answer(conn, &row, error)) {
        if (PQresultStatus(row) != PGRES_SINGLE_TUPLE) {
            *answer = whole && PQresultStatus(row) == PGRES_TUPLES_OK ? whole : row;
            PQclear(*answer == row ? whole : row);
            return TRUE;
        }
        if (!whole)
            whole = PQcopyResult(row, PG_COPYRES_ATTRS);
        append_row(whole, row);
        PQclear(row);
    }
    PQclear(whole);
    return FALSE;
}

/* libpq ends the answers of each statement with a NULL, which is passed over. Only then, and before
 * anything is read, can the next statement's rows be asked for one by one; at any other moment that
 * changes nothing. */
static gboolean next_answer(Conn *conn, const Rows *rows, PGresult **answer, GError **error)
{
    for (int tries = 0; tries < 3; tries++) {
        if (!rows->are_kept)
            PQsetSingleRowMode(conn->pg);
        if (rows->are_kept ? !next_whole_answer(conn, answer, error)
                           : !conn_next_answer_by_row(conn, rows->visit, rows->data, answer, error))
            return FALSE;
        if (*answer)
            return TRUE;
    }
    connection_lost_set(error, conn);
    return FALSE;
}

/* In a pipeline the server takes everything that follows for COPY data, the sync too. */
static gboolean refuse_copy(Conn *conn, GError **error)
{
    error_set(error, ERROR_SQL, "COPY FROM STDIN and COPY TO STDOUT cannot run here");
    error_set_hint(error, "use INSERT, or COPY with a file on the server");
    conn_give_up(conn);
    return FALSE;
}

static gboolean take_failure(Conn *conn, const PGresult *answer, PipelineOutcome *outcome,
                             GError **failure, GError **error)
{
    g_autoptr(GError) reason = NULL;

    sql_error_set(&reason, conn, answer);
    if (error_is(reason, ERROR_CONNECTION_LOST)) {
        conn_give_up(conn);
        g_propagate_error(error, g_steal_pointer(&reason));
        return FALSE;
    }
    *outcome = PIPELINE_FAILED;
    g_propagate_error(failure, g_steal_pointer(&reason));
    return TRUE;
}

static gboolean take_next(Conn *conn, const Rows *rows, PipelineOutcome *outcome, Result **result,
                          GError **failure, GError **error)
{
    g_autoptr(PGresult) answer = NULL;

    if (conn->unanswered == 0) {
        error_set(error, ERROR_INTERNAL, "an answer was awaited but no statement was sent");
        return FALSE;
    }
    if (!conn_call_resume(conn, error))
        return FALSE;
    if (conn->needs_flush && !conn_pipeline_flush(conn, error))
        return FALSE;
    if (!next_answer(conn, rows, &answer, error))
        return FALSE;
    conn->unanswered--;
    switch (PQresultStatus(answer)) {
    case PGRES_PIPELINE_SYNC:
        conn_forget_cancel(conn); /* what follows is a new piece of work */
        *outcome = PIPELINE_SYNC;
        return TRUE;
    case PGRES_PIPELINE_ABORTED:
        *outcome = PIPELINE_SKIPPED;
        return TRUE;
    case PGRES_COPY_IN:
    case PGRES_COPY_OUT:
    case PGRES_COPY_BOTH:
        return refuse_copy(conn, error);
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
    case PGRES_EMPTY_QUERY:
        *outcome = PIPELINE_RESULT;
        if (result)
            *result = result_new(g_steal_pointer(&answer));
        return TRUE;
    default:
        return take_failure(conn, answer, outcome, failure, error);
    }
}

gboolean conn_pipeline_next(Conn *conn, PipelineOutcome *outcome, Result **result, GError **failure,
                            GError **error)
{
    const Rows rows = {.are_kept = result != NULL};

    return take_next(conn, &rows, outcome, result, failure, error);
}

gboolean conn_pipeline_next_rows(Conn *conn, PipelineOutcome *outcome, ConnRow visit, gpointer data,
                                 GError **failure, GError **error)
{
    const Rows rows = {.visit = visit, .data = data};

    return take_next(conn, &rows, outcome, NULL, failure, error);
}

gboolean conn_pipeline_end(Conn *conn, GError **error)
{
    PipelineOutcome outcome;

    if (conn->needs_sync && !conn_pipeline_sync(conn, error))
        return FALSE;
    while (conn->unanswered > 0)
        if (!conn_pipeline_next(conn, &outcome, NULL, NULL, error))
            return FALSE;
    if (!conn_call_resume(conn, error))
        return FALSE;
    if (!PQexitPipelineMode(conn->pg)) {
        connection_lost_set(error, conn);
        return FALSE;
    }
    return TRUE;
}
