/* Statements that are sent and answered one call at a time. */
#include <poll.h>
#include <string.h>

#include "base/error.h"
#include "db/conn_private.h"

enum { BINARY_FORMAT = 1, BINARY_PARAMETERS_MAX = 32 };

/* The answers of one call: the last good one, or the first failure. */
typedef struct {
    PGresult *last;
    GError *failure;
    const char *rows; /* for COPY ... FROM STDIN, until they have been sent; or NULL */
    gsize length;
} Answers;

static void keep_failure(Answers *answers, GError *failure)
{
    if (answers->failure)
        g_error_free(failure);
    else
        answers->failure = failure;
}

/* Reads what COPY TO STDOUT sends to its end; nothing here has a use for it. */
static gboolean drop_copy_data(Conn *conn, GError **error)
{
    for (;;) {
        char *row = NULL;
        int length = PQgetCopyData(conn->pg, &row, 1);

        PQfreemem(row);
        if (length < 0)
            return TRUE;
        if (length == 0 && (!conn_wait_socket(conn, POLLIN, error) || !PQconsumeInput(conn->pg)))
            return conn->pg != NULL;
    }
}

/* Ends a COPY that has nobody at this end. */
static gboolean refuse_copy(Conn *conn, ExecStatusType status, Answers *answers, GError **error)
{
    GError *failure = NULL;

    error_set(&failure, ERROR_SQL, "COPY %s cannot run here",
              status == PGRES_COPY_IN ? "FROM STDIN" : "TO STDOUT");
    error_set_hint(&failure, "use INSERT, or COPY with a file on the server");
    keep_failure(answers, failure);
    if (status != PGRES_COPY_IN)
        return drop_copy_data(conn, error);
    return conn_refuse_rows(conn, error);
}

static gboolean answer_copy(Conn *conn, ExecStatusType status, Answers *answers, GError **error)
{
    const char *rows = g_steal_pointer(&answers->rows);

    return rows && status == PGRES_COPY_IN ? conn_send_rows(conn, rows, answers->length, error)
                                           : refuse_copy(conn, status, answers, error);
}

static gboolean keep_answer(Conn *conn, PGresult *answer, Answers *answers, GError **error)
{
    ExecStatusType status = PQresultStatus(answer);
    GError *failure = NULL;

    switch (status) {
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
    case PGRES_EMPTY_QUERY:
        PQclear(answers->last);
        answers->last = answer;
        return TRUE;
    case PGRES_COPY_IN:
    case PGRES_COPY_OUT:
    case PGRES_COPY_BOTH:
        PQclear(answer);
        return answer_copy(conn, status, answers, error);
    default:
        sql_error_set(&failure, conn, answer);
        PQclear(answer);
        keep_failure(answers, failure);
        return TRUE;
    }
}

static gboolean collect(Conn *conn, Answers *answers, GError **error)
{
    PGresult *answer;

    do {
        if (!conn_next_answer_without_rows(conn, &answer, error))
            return FALSE;
        if (answer && !keep_answer(conn, answer, answers, error))
            return FALSE;
    } while (answer);
    return TRUE;
}

/* A failure that ended the connection is told last, when everything has been read. */
static gboolean finish_call(Conn *conn, Answers *answers, Result **result, GError **error)
{
    if (answers->failure) {
        if (error_is(answers->failure, ERROR_CONNECTION_LOST))
            conn_give_up(conn);
        g_propagate_error(error, g_steal_pointer(&answers->failure));
        return FALSE;
    }
    if (answers->rows) {
        error_set(error, ERROR_SQL, "the server did not ask for the rows that go with a COPY");
        return FALSE;
    }
    if (!answers->last) {
        connection_lost_set(error, conn);
        return FALSE;
    }
    if (result)
        *result = result_new(g_steal_pointer(&answers->last));
    return TRUE;
}

/* Rows that nobody wants come one by one, so that a big answer takes no memory. */
static gboolean send_all(Conn *conn, gboolean wants_rows, GError **error)
{
    if (!wants_rows)
        PQsetSingleRowMode(conn->pg);
    return conn_write_all(conn, error);
}

static gboolean run(Conn *conn, int was_sent, Answers answers, Result **result, GError **error)
{
    gboolean is_done = FALSE;

    if (!was_sent)
        connection_lost_set(error, conn);
    else if (send_all(conn, result != NULL, error) && collect(conn, &answers, error))
        is_done = finish_call(conn, &answers, result, error);
    PQclear(answers.last);
    g_clear_error(&answers.failure);
    return is_done;
}

gboolean conn_exec(Conn *conn, const char *sql, Result **result, GError **error)
{
    if (!conn_call_begin(conn, error))
        return FALSE;
    conn_forget_cancel(conn);
    conn->error_position = 0;
    return run(conn, PQsendQuery(conn->pg, sql), (Answers){0}, result, error);
}

gboolean conn_copy_in(Conn *conn, const char *sql, const char *rows, gsize length, GError **error)
{
    if (!conn_call_begin(conn, error))
        return FALSE;
    conn_forget_cancel(conn);
    conn->error_position = 0;
    return run(conn, PQsendQuery(conn->pg, sql), (Answers){.rows = rows, .length = length}, NULL,
               error);
}

gboolean conn_exec_params(Conn *conn, const char *sql, int count, const char *const *values,
                          Result **result, GError **error)
{
    if (!conn_call_begin(conn, error))
        return FALSE;
    conn_forget_cancel(conn);
    conn->error_position = 0;
    return run(conn, PQsendQueryParams(conn->pg, sql, count, NULL, values, NULL, NULL, 0),
               (Answers){0}, result, error);
}

gboolean conn_prepare(Conn *conn, const char *name, const char *sql, GError **error)
{
    if (!conn_call_begin(conn, error))
        return FALSE;
    conn_forget_cancel(conn);
    conn->error_position = 0;
    return run(conn, PQsendPrepare(conn->pg, name, sql, 0, NULL), (Answers){0}, NULL, error);
}

gboolean conn_exec_binary(Conn *conn, const char *name, const char *sql, const BinaryValues *values,
                          Result **result, GError **error)
{
    int formats[BINARY_PARAMETERS_MAX];
    int count = values->count;
    int was_sent;

    g_assert(count <= BINARY_PARAMETERS_MAX);
    if (!conn_call_begin(conn, error))
        return FALSE;
    conn_forget_cancel(conn);
    conn->error_position = 0;
    for (int i = 0; i < count; i++)
        formats[i] = BINARY_FORMAT;
    if (name)
        was_sent = PQsendQueryPrepared(conn->pg, name, count, values->values, values->lengths,
                                       formats, BINARY_FORMAT);
    else
        was_sent = PQsendQueryParams(conn->pg, sql, count, NULL, values->values, values->lengths,
                                     formats, BINARY_FORMAT);
    return run(conn, was_sent, (Answers){0}, result, error);
}
