/* Waiting on a connection's socket: for data, a cancellation or a deadline, whichever comes first.
 * Here too: how a running statement is cancelled on the server. */
#include <errno.h>
#include <poll.h>
#include <stdatomic.h>

#include "base/clock.h"
#include "base/error.h"
#include "db/conn_private.h"

/* After a cancellation: how long the server may take to say that it stopped, and how often it is
 * told (a request that arrives between two statements has no effect). */
#define DRAIN_TIMEOUT G_USEC_PER_SEC
#define REQUEST_INTERVAL (200 * G_TIME_SPAN_MILLISECOND)
/* PQcancel blocks in connect() and recv(): it runs in a thread that is left behind after this. */
#define REQUEST_TIMEOUT (500 * G_TIME_SPAN_MILLISECOND)

/* Belongs to the thread and to who waits for it; whoever lets go last frees it. */
struct CancelRequest {
    PGcancel *handle;
    Cancel *done;
    atomic_int owners;
};

void cancel_request_release(CancelRequest *request)
{
    if (atomic_fetch_sub(&request->owners, 1) > 1)
        return;
    PQfreeCancel(request->handle);
    cancel_free(request->done);
    g_free(request);
}

static gpointer cancel_request_run(gpointer data)
{
    CancelRequest *request = data;
    char reason[256];

    PQcancel(request->handle, reason, sizeof reason);
    cancel_trigger(request->done);
    cancel_request_release(request);
    return NULL;
}

CancelRequest *cancel_request_start(Conn *conn)
{
    CancelRequest *request = g_new0(CancelRequest, 1);
    GThread *thread;

    request->handle = PQgetCancel(conn->pg);
    request->done = cancel_new();
    atomic_init(&request->owners, 2);
    thread = g_thread_try_new("pq-cancel", cancel_request_run, request, NULL);
    if (thread) {
        g_thread_unref(thread);
    } else {
        cancel_trigger(request->done);
        cancel_request_release(request);
    }
    return request;
}

gboolean cancel_request_is_done(const CancelRequest *request)
{
    return cancel_is_triggered(request->done);
}

/* Waits for the request, not for the statement to stop. */
static void request_cancel(Conn *conn)
{
    CancelRequest *request = cancel_request_start(conn);

    clock_wait(REQUEST_TIMEOUT, request->done);
    cancel_request_release(request);
}

void conn_end_statement(Conn *conn)
{
    request_cancel(conn);
}

void conn_forget_cancel(Conn *conn)
{
    conn->drain_deadline = 0;
    conn->next_request = 0;
}

gboolean conn_call_resume(Conn *conn, GError **error)
{
    conn->deadline = conn->timeout ? clock_monotonic() + conn->timeout : 0;
    if (conn_is_alive(conn))
        return TRUE;
    connection_lost_set(error, conn);
    return FALSE;
}

gboolean conn_call_begin(Conn *conn, GError **error)
{
    if (!conn_call_resume(conn, error))
        return FALSE;
    if (cancel_is_triggered(conn->cancel)) {
        error_set(error, ERROR_CANCELLED, "interrupted before the statement was sent");
        return FALSE;
    }
    return TRUE;
}

/* Tells the server of a cancellation; FALSE when it has had its time to answer. */
static gboolean obey_cancel(Conn *conn, GError **error)
{
    gint64 now = clock_monotonic();

    if (!cancel_is_triggered(conn->cancel))
        return TRUE;
    if (!conn->drain_deadline)
        conn->drain_deadline = now + DRAIN_TIMEOUT;
    if (now >= conn->drain_deadline) {
        error_set(error, ERROR_CANCELLED,
                  "interrupted; %s did not stop the statement in time, the connection was closed",
                  conn->description);
        conn_give_up(conn);
        return FALSE;
    }
    if (now >= conn->next_request) {
        request_cancel(conn);
        conn->next_request = now + REQUEST_INTERVAL;
    }
    return TRUE;
}

static gboolean obey_deadline(Conn *conn, GError **error)
{
    if (!conn->deadline || clock_monotonic() < conn->deadline)
        return TRUE;
    request_cancel(conn);
    conn_give_up(conn);
    error_set(error, ERROR_CONNECTION_LOST,
              "%s gave no answer within %.1f s, the connection was closed", conn->description,
              (double)conn->timeout / G_USEC_PER_SEC);
    return FALSE;
}

static gint64 longest_pause(const Conn *conn, gint64 due)
{
    gint64 until = conn->deadline ? conn->deadline : G_MAXINT64;

    if (due)
        until = MIN(until, due);
    if (conn->drain_deadline)
        until = MIN(until, MIN(conn->drain_deadline, conn->next_request));
    return until == G_MAXINT64 ? -1 : MAX(until - clock_monotonic(), 0);
}

static ConnWake ask_idle(const Conn *conn)
{
    ConnWake wake = {.fd = -1};

    if (conn->idle)
        conn->idle(&wake, conn->idle_data);
    return wake;
}

gboolean conn_wait_socket(Conn *conn, short events, GError **error)
{
    while (obey_cancel(conn, error) && obey_deadline(conn, error)) {
        ConnWake wake = ask_idle(conn);
        gint64 pause = longest_pause(conn, wake.due);
        struct timespec limit = {pause / G_USEC_PER_SEC, pause % G_USEC_PER_SEC * 1000};
        struct pollfd fds[] = {
            {.fd = PQsocket(conn->pg), .events = events},
            /* once seen it stays readable */
            {.fd = conn->drain_deadline ? -1 : cancel_fd(conn->cancel), .events = POLLIN},
            {.fd = wake.fd, .events = wake.events},
        };

        if (ppoll(fds, G_N_ELEMENTS(fds), pause < 0 ? NULL : &limit, NULL) < 0 && errno != EINTR)
            g_error("ppoll: %s", g_strerror(errno));
        if (fds[0].revents)
            return TRUE;
    }
    return FALSE;
}

gboolean conn_write_all(Conn *conn, GError **error)
{
    int unwritten;

    /* A server that went away is noticed by whoever reads next: its last words come first. */
    while ((unwritten = PQflush(conn->pg)) > 0) {
        if (!conn_wait_socket(conn, POLLIN | POLLOUT, error))
            return FALSE;
        if (!PQconsumeInput(conn->pg))
            break;
    }
    conn->unwritten = 0;
    return TRUE;
}

gboolean conn_next_answer(Conn *conn, PGresult **answer, GError **error)
{
    while (PQisBusy(conn->pg)) {
        int unwritten = PQflush(conn->pg);

        if (!conn_wait_socket(conn, unwritten > 0 ? POLLIN | POLLOUT : POLLIN, error))
            return FALSE;
        /* On end of file libpq has the server's last words or makes an answer of its own. */
        if (!PQconsumeInput(conn->pg))
            break;
    }
    *answer = PQgetResult(conn->pg);
    return TRUE;
}

gboolean conn_next_answer_by_row(Conn *conn, ConnRow visit, gpointer data, PGresult **answer,
                                 GError **error)
{
    while (conn_next_answer(conn, answer, error)) {
        g_autoptr(Result) row = NULL;

        if (PQresultStatus(*answer) != PGRES_SINGLE_TUPLE)
            return TRUE;
        row = result_new(*answer);
        if (visit)
            visit(row, data);
    }
    return FALSE;
}

gboolean conn_next_answer_without_rows(Conn *conn, PGresult **answer, GError **error)
{
    return conn_next_answer_by_row(conn, NULL, NULL, answer, error);
}

/* TRUE when notifications were there. Reading them also finds a FATAL, which becomes the last
 * words. */
static gboolean take_notifications(Conn *conn)
{
    gboolean has_some = FALSE;
    PGnotify *notify;

    while ((notify = PQnotifies(conn->pg))) {
        has_some = TRUE;
        PQfreemem(notify);
    }
    return has_some;
}

gboolean conn_wait_notify(Conn *conn, gint64 timeout, gboolean *notified, GError **error)
{
    struct timespec limit = {timeout / G_USEC_PER_SEC, timeout % G_USEC_PER_SEC * 1000};
    gboolean has_some;
    gboolean is_open;

    if (!conn_call_begin(conn, error))
        return FALSE;
    has_some = take_notifications(conn); /* that came with an earlier answer */
    if (!has_some) {
        struct pollfd fds[] = {{.fd = PQsocket(conn->pg), .events = POLLIN},
                               {.fd = cancel_fd(conn->cancel), .events = POLLIN}};

        if (ppoll(fds, G_N_ELEMENTS(fds), timeout < 0 ? NULL : &limit, NULL) < 0 && errno != EINTR)
            g_error("ppoll: %s", g_strerror(errno));
    }
    is_open = PQconsumeInput(conn->pg);
    has_some |= take_notifications(conn);
    if (!is_open || conn->last_words) {
        connection_lost_set(error, conn);
        return FALSE;
    }
    if (!has_some && cancel_is_triggered(conn->cancel)) {
        error_set(error, ERROR_CANCELLED, "interrupted while waiting for a notification");
        return FALSE;
    }
    if (notified)
        *notified = has_some;
    return TRUE;
}
