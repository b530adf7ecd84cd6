/* What the files of the Conn family share. Nobody else includes this; libpq goes no further. */
#pragma once

#include <libpq-fe.h>

#include "db/conn.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PGconn, PQfinish)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PGresult, PQclear)

struct Conn {
    PGconn *pg; /* NULL once the connection was given up */
    Dsn *dsn;
    Cancel *cancel;
    char *description;
    char *last_words;      /* a FATAL that came while nothing was asked: why the server hung up */
    char last_sqlstate[6]; /* of the last words */
    int server_version;
    int backend_pid;
    unsigned error_position;
    ConnNotice notice;
    gpointer notice_data;
    ConnIdle idle;
    gpointer idle_data;

    gint64 timeout;  /* of each call; 0 = none */
    gint64 deadline; /* of the current call; 0 = none */

    /* After a cancellation was noticed: when to stop waiting for the server, when to tell it again.
     */
    gint64 drain_deadline; /* 0 = not cancelled */
    gint64 next_request;

    guint64 unanswered;   /* pipeline: statements and syncs whose answer is still to come */
    gsize unwritten;      /* pipeline: bytes queued since the socket was last emptied, about */
    gboolean needs_flush; /* pipeline: statements queued after the last sync or flush request */
    gboolean needs_sync;  /* pipeline: statements queued after the last sync */
};

/* Starts a call: alive, not cancelled, deadline set. */
gboolean conn_call_begin(Conn *conn, GError **error);
/* The same for a call that a cancellation must not stop: it reads what was asked for before. */
gboolean conn_call_resume(Conn *conn, GError **error);
/* Forgets an earlier cancellation, so that the next one is told to the server again. */
void conn_forget_cancel(Conn *conn);
/* Waits until the socket is ready for `events` (POLLIN, POLLOUT), obeying cancel and deadline. On a
 * cancellation the server is told and the wait goes on for a moment, so that its answer can
 * arrive; FALSE means that the connection has been given up. */
gboolean conn_wait_socket(Conn *conn, short events, GError **error);
/* Writes all that is queued; reads meanwhile, so that neither side can block the other. */
gboolean conn_write_all(Conn *conn, GError **error);
/* The next answer without blocking in libpq; *answer is NULL at the end of a statement's answers.
 */
gboolean conn_next_answer(Conn *conn, PGresult **answer, GError **error);
/* The same, but the rows of a statement that was made to send them one by one go to `visit`. */
gboolean conn_next_answer_by_row(Conn *conn, ConnRow visit, gpointer data, PGresult **answer,
                                 GError **error);
/* The same, but they are dropped. */
gboolean conn_next_answer_without_rows(Conn *conn, PGresult **answer, GError **error);
/* After PGRES_COPY_IN: sends all rows and their end, or that they were interrupted. The server's
 * answer comes next. */
gboolean conn_send_rows(Conn *conn, const char *rows, gsize length, GError **error);
/* There are none: the COPY fails. */
gboolean conn_refuse_rows(Conn *conn, GError **error);
/* Ends the connection at once. */
void conn_give_up(Conn *conn);

/* Asks the server to cancel what runs on the connection, in a thread of its own. It may arrive as
 * late as cancel_request_is_done, and would then hit whatever runs. */
typedef struct CancelRequest CancelRequest;
CancelRequest *cancel_request_start(Conn *conn);
gboolean cancel_request_is_done(const CancelRequest *request);
void cancel_request_release(CancelRequest *request);

Result *result_new(PGresult *answer);

/* A copy of what the server says, cut where it gets too long to show; NULL for NULL. */
char *server_text(const char *text);
/* Turns a failed answer into an error, noting its position in `conn`. */
void sql_error_set(GError **error, Conn *conn, const PGresult *answer);
/* CONNECTION_LOST with libpq's reason; the connection is given up. */
void connection_lost_set(GError **error, Conn *conn);
/* Turns libpq's text about a failed connection attempt into an error of the right kind. */
void login_error_set(GError **error, const PGconn *pg);
/* What to do when it is the network that fails, or NULL when the host's name does not tell. */
const char *login_error_network_hint(const PGconn *pg);
