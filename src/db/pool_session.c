/* One connection of a pool. A question is some steps, each a message to the server and its answer:
 * the session's timeout where it is another, a statement that makes room, the question prepared,
 * the question. */
#include <poll.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "db/conn_private.h"
#include "db/pool_private.h"

enum {
    PREPARED_MAX = 64,
    BINARY_FORMAT = 1,
    VALUES_MAX = 32,
};

/* How long a statement may take to end that was cancelled. */
#define CANCEL_TIMEOUT (5 * G_USEC_PER_SEC)

#define LOOK_INTERVAL (10 * G_TIME_SPAN_MILLISECOND)

typedef enum { STEP_COMMAND, STEP_PREPARE, STEP_ASK } StepKind;

typedef struct {
    StepKind kind;
    char *command; /* of a COMMAND */
} Step;

/* A statement that the server keeps for us. */
typedef struct {
    char *sql;
    char name[16];
    guint64 used;
} Prepared;

struct PoolSession {
    Conn *conn;
    gboolean is_direct;
    gint64 timeout; /* that the server has for statements now; -1: whatever it was */
    GQueue steps;   /* Step; the first is under way */
    const PoolQuestion *question;
    GError *failure; /* of the step under way */
    gboolean is_unwritten;
    gboolean may_read; /* the socket has something */
    gboolean has_rows; /* some of the answer have been handed out */
    gboolean is_repeated;

    Prepared *prepared[PREPARED_MAX];
    guint prepared_count;
    guint64 clock; /* counts questions */

    CancelRequest *request; /* a cancellation that may still arrive */
    gint64 next_look;       /* at the request */
    gint64 cancel_deadline; /* 0: nothing was cancelled */
};

/* --- Questions -------------------------------------------------------------------------------- */

/* With an end that libpq does not need, so that no bytes are a value, too, and not NULL. */
static char *copy_bytes(const char *bytes, gsize length)
{
    char *copy = bytes ? g_malloc(length + 1) : NULL;

    if (copy) {
        memcpy(copy, bytes, length);
        copy[length] = '\0';
    }
    return copy;
}

PoolQuestion *pool_question_new(const PoolStatement *statement)
{
    PoolQuestion *question = g_new0(PoolQuestion, 1);
    const BinaryValues *values = &statement->values;

    g_assert(values->count <= VALUES_MAX);
    question->sql = g_strdup(statement->sql);
    question->count = values->count;
    question->is_kept = statement->is_kept;
    question->by_row = statement->by_row;
    question->values = g_new0(char *, values->count + 1);
    question->lengths = g_new0(int, values->count + 1);
    for (int i = 0; i < values->count; i++) {
        question->values[i] = copy_bytes(values->values[i], (gsize)values->lengths[i]);
        question->lengths[i] = values->lengths[i];
    }
    return question;
}

void pool_question_free(PoolQuestion *question)
{
    if (!question)
        return;
    for (int i = 0; i < question->count; i++)
        g_free(question->values[i]);
    g_free(question->values);
    g_free(question->lengths);
    g_free(question->sql);
    g_free(question);
}

/* --- Sessions --------------------------------------------------------------------------------- */

PoolSession *pool_session_new(Conn *conn, gboolean is_direct)
{
    PoolSession *session = g_new0(PoolSession, 1);

    session->conn = conn;
    session->is_direct = is_direct;
    session->timeout = -1;
    g_queue_init(&session->steps);
    return session;
}

static void step_free(gpointer data)
{
    Step *step = data;

    g_free(step->command);
    g_free(step);
}

static void prepared_free(Prepared *prepared)
{
    g_free(prepared->sql);
    g_free(prepared);
}

void pool_session_free(PoolSession *session)
{
    if (session->request)
        cancel_request_release(session->request);
    g_queue_clear_full(&session->steps, step_free);
    for (guint i = 0; i < session->prepared_count; i++)
        prepared_free(session->prepared[i]);
    g_clear_error(&session->failure);
    conn_free(session->conn);
    g_free(session);
}

gboolean pool_session_set_up(Conn *conn, gboolean *is_direct, GError **error)
{
    g_autoptr(Result) pid = NULL;

    if (!conn_exec(conn, "SELECT pg_catalog.pg_backend_pid()", &pid, error))
        return FALSE;
    *is_direct = result_int64(pid, 0, 0) == conn_backend_pid(conn);
    if (!*is_direct)
        return TRUE;
    /* The server finds out by itself that nobody waits any more, even if we are not there to tell.
     */
    return conn_exec(conn, "SET default_transaction_read_only = on", NULL, error) &&
           (conn_server_version(conn) < 140000 ||
            conn_exec(conn, "SET client_connection_check_interval = '10s'", NULL, error));
}

int pool_session_fd(const PoolSession *session)
{
    return PQsocket(session->conn->pg);
}

short pool_session_events(const PoolSession *session)
{
    return session->is_unwritten ? POLLIN | POLLOUT : POLLIN;
}

gboolean pool_session_is_idle(const PoolSession *session)
{
    return !session->steps.head && !session->request;
}

gint64 pool_session_due(const PoolSession *session)
{
    return session->request ? session->next_look : session->cancel_deadline;
}

/* --- Steps ------------------------------------------------------------------------------------ */

static Prepared *find_prepared(PoolSession *session, const char *sql)
{
    for (guint i = 0; i < session->prepared_count; i++) {
        if (g_str_equal(session->prepared[i]->sql, sql))
            return session->prepared[i];
    }
    return NULL;
}

static void push_step(PoolSession *session, StepKind kind, char *command)
{
    Step *step = g_new(Step, 1);

    *step = (Step){kind, command};
    g_queue_push_tail(&session->steps, step);
}

static void forget_prepared(PoolSession *session, guint place)
{
    push_step(session, STEP_COMMAND,
              g_strdup_printf("DEALLOCATE %s", session->prepared[place]->name));
    prepared_free(session->prepared[place]);
    session->prepared[place] = session->prepared[--session->prepared_count];
}

static guint least_used(const PoolSession *session)
{
    guint least = 0;

    for (guint i = 1; i < session->prepared_count; i++) {
        if (session->prepared[i]->used < session->prepared[least]->used)
            least = i;
    }
    return least;
}

/* What the server has of it counts from now on: where the PREPARE fails it is forgotten again. */
static void push_prepare(PoolSession *session, const char *sql)
{
    Prepared *prepared = g_new0(Prepared, 1);

    if (session->prepared_count == PREPARED_MAX)
        forget_prepared(session, least_used(session));
    prepared->sql = g_strdup(sql);
    g_snprintf(prepared->name, sizeof prepared->name, "p%" G_GUINT64_FORMAT, session->clock);
    session->prepared[session->prepared_count++] = prepared;
    push_step(session, STEP_PREPARE, NULL);
}

static gboolean is_prepared_here(const PoolSession *session)
{
    return session->is_direct && session->question->is_kept && !session->is_repeated;
}

static int send_question(PoolSession *session)
{
    static const int binary[VALUES_MAX] = {[0 ... VALUES_MAX - 1] = BINARY_FORMAT};
    const PoolQuestion *question = session->question;
    const char *const *values = (const char *const *)question->values;
    PGconn *pg = session->conn->pg;

    if (!is_prepared_here(session))
        return PQsendQueryParams(pg, question->sql, question->count, NULL, values,
                                 question->lengths, binary, BINARY_FORMAT);
    return PQsendQueryPrepared(pg, find_prepared(session, question->sql)->name, question->count,
                               values, question->lengths, binary, BINARY_FORMAT);
}

static int send_step(PoolSession *session, const Step *step)
{
    PGconn *pg = session->conn->pg;
    int is_sent = 0;

    switch (step->kind) {
    case STEP_COMMAND:
        return PQsendQuery(pg, step->command);
    case STEP_PREPARE:
        return PQsendPrepare(pg, find_prepared(session, session->question->sql)->name,
                             session->question->sql, 0, NULL);
    case STEP_ASK:
        is_sent = send_question(session);
        if (is_sent && session->question->by_row)
            PQsetSingleRowMode(pg);
        return is_sent;
    }
    return is_sent;
}

/* A connection that broke is noticed by whoever reads next. */
static void send_first_step(PoolSession *session)
{
    const Step *step = g_queue_peek_head(&session->steps);

    if (step && send_step(session, step))
        session->is_unwritten = PQflush(session->conn->pg) > 0;
}

static void push_question(PoolSession *session)
{
    Prepared *prepared;

    session->clock++;
    if (is_prepared_here(session)) {
        if (!find_prepared(session, session->question->sql))
            push_prepare(session, session->question->sql);
        prepared = find_prepared(session, session->question->sql);
        prepared->used = session->clock;
    }
    push_step(session, STEP_ASK, NULL);
}

void pool_session_ask(PoolSession *session, const PoolQuestion *question, gint64 timeout)
{
    session->question = question;
    session->has_rows = FALSE;
    session->is_repeated = FALSE;
    if (session->is_direct && session->timeout != timeout) {
        session->timeout = timeout;
        push_step(session, STEP_COMMAND,
                  g_strdup_printf("SET statement_timeout = %" G_GINT64_FORMAT,
                                  (timeout + 999) / G_TIME_SPAN_MILLISECOND));
    }
    push_question(session);
    send_first_step(session);
}

void pool_session_cancel(PoolSession *session)
{
    session->question = NULL;
    if (g_queue_is_empty(&session->steps))
        return;
    /* The step under way is the last one: those behind it are not sent. */
    while (g_queue_get_length(&session->steps) > 1)
        step_free(g_queue_pop_tail(&session->steps));
    session->timeout = -1;
    session->request = cancel_request_start(session->conn);
    session->next_look = clock_monotonic();
    session->cancel_deadline = clock_monotonic() + CANCEL_TIMEOUT;
}

/* --- Answers ---------------------------------------------------------------------------------- */

/* A plan that no longer fits the table, or a statement that somebody has dropped: asking without it
 * is all that is needed. */
static gboolean may_be_repeated(const PoolSession *session)
{
    const char *sqlstate = error_sqlstate(session->failure);

    return session->question && is_prepared_here(session) && !session->has_rows && sqlstate &&
           (g_str_equal(sqlstate, "0A000") || g_str_equal(sqlstate, "26000"));
}

/* Of the question; the server may have it or not. */
static void forget_question(PoolSession *session, gboolean is_there)
{
    for (guint i = 0; i < session->prepared_count; i++) {
        if (!g_str_equal(session->prepared[i]->sql, session->question->sql))
            continue;
        forget_prepared(session, i);
        if (!is_there)
            step_free(g_queue_pop_tail(&session->steps));
        return;
    }
}

static void drop_steps(PoolSession *session)
{
    g_queue_clear_full(&session->steps, step_free);
    g_queue_init(&session->steps);
}

/* Nothing behind a step that failed is sent; it may be made up for. */
static void end_failed_step(PoolSession *session, StepKind kind)
{
    gboolean is_there = !g_str_equal(error_sqlstate(session->failure) ?: "", "26000");

    drop_steps(session);
    session->timeout = -1;
    if (may_be_repeated(session)) {
        forget_question(session, is_there);
        session->is_repeated = TRUE;
        push_step(session, STEP_ASK, NULL);
        g_clear_error(&session->failure);
    } else if (session->question && kind == STEP_PREPARE) {
        forget_question(session, FALSE);
    }
}

/* The server has answered a step. TRUE: that was the last. */
static gboolean end_step(PoolSession *session, GError **error)
{
    Step *step = g_queue_pop_head(&session->steps);

    if (session->failure)
        end_failed_step(session, step->kind);
    step_free(step);
    if (!g_queue_is_empty(&session->steps)) {
        send_first_step(session);
        return FALSE;
    }
    session->question = NULL;
    if (!session->request)
        session->cancel_deadline = 0;
    if (session->failure)
        g_propagate_error(error, g_steal_pointer(&session->failure));
    return TRUE;
}

static gboolean is_for_caller(PoolSession *session, const PGresult *answer)
{
    const Step *step = g_queue_peek_head(&session->steps);
    ExecStatusType status = PQresultStatus(answer);

    return session->question && step && step->kind == STEP_ASK &&
           (status == PGRES_SINGLE_TUPLE || (status == PGRES_TUPLES_OK && PQntuples(answer) > 0));
}

static void keep_failure(PoolSession *session, const PGresult *answer)
{
    ExecStatusType status = PQresultStatus(answer);

    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_SINGLE_TUPLE ||
        session->failure)
        return;
    sql_error_set(&session->failure, session->conn, answer);
}

static SessionEvent break_off(PoolSession *session, GError **error)
{
    if (session->failure)
        g_propagate_error(error, g_steal_pointer(&session->failure));
    else
        connection_lost_set(error, session->conn);
    return SESSION_BROKEN;
}

void pool_session_wake(PoolSession *session)
{
    session->may_read = TRUE;
}

/* Whether libpq has an answer, or a row. It is given more to read only when it has none: what it
 * holds stays small, however much the server has to say. */
static gboolean has_answer(PoolSession *session)
{
    PGconn *pg = session->conn->pg;

    if (session->is_unwritten)
        session->is_unwritten = PQflush(pg) > 0;
    if (!PQisBusy(pg) && !g_queue_is_empty(&session->steps))
        return TRUE;
    if (session->may_read)
        PQconsumeInput(pg);
    session->may_read = FALSE;
    return !PQisBusy(pg);
}

static gboolean is_sound(const PoolSession *session)
{
    return PQstatus(session->conn->pg) == CONNECTION_OK && !session->conn->last_words;
}

static gboolean has_had_its_time(const PoolSession *session)
{
    return session->cancel_deadline && clock_monotonic() >= session->cancel_deadline;
}

static void look_at_request(PoolSession *session)
{
    if (!session->request)
        return;
    session->next_look = clock_monotonic() + LOOK_INTERVAL;
    if (!cancel_request_is_done(session->request))
        return;
    cancel_request_release(g_steal_pointer(&session->request));
    if (g_queue_is_empty(&session->steps))
        session->cancel_deadline = 0;
}

static SessionEvent next_answer(PoolSession *session, Result **rows, GError **error)
{
    while (has_answer(session)) {
        PGresult *answer = PQgetResult(session->conn->pg);

        if (!answer && PQstatus(session->conn->pg) != CONNECTION_OK)
            return break_off(session, error);
        if (!answer && end_step(session, error))
            return SESSION_ENDED;
        if (!answer)
            continue;
        if (is_for_caller(session, answer)) {
            session->has_rows = TRUE;
            *rows = result_new(answer);
            return SESSION_ROWS;
        }
        keep_failure(session, answer);
        PQclear(answer);
    }
    return SESSION_WAITS;
}

SessionEvent pool_session_next(PoolSession *session, Result **rows, GError **error)
{
    look_at_request(session);
    if (has_had_its_time(session)) {
        conn_give_up(session->conn);
        return break_off(session, error);
    }
    if (!g_queue_is_empty(&session->steps))
        return next_answer(session, rows, error);
    has_answer(session);
    return is_sound(session) ? SESSION_WAITS : break_off(session, error);
}
