/* A connection to PostgreSQL: every wait in it obeys a Cancel, every failure is a GError that
 * carries SQLSTATE, DETAIL, HINT and position. The only file family that includes libpq. */
#pragma once

#include <glib.h>

#include "base/cancel.h"
#include "base/quote.h"
#include "db/dsn.h"
#include "db/result.h"

typedef struct Conn Conn;

/* One attempt. `timeout` (microseconds, 0 = none) covers name resolution, TCP, TLS and login;
 * `application_name` overrides the DSN's. The error kind is LOGIN for refused credentials, unknown
 * role or database and other answers that a retry will not change, NOT_PRIMARY for a standby where
 * a primary is wanted (target_session_attrs=primary unless the DSN says otherwise), UNREACHABLE for
 * the rest, CANCELLED; CONFIG for parameters that libpq does not take. `cancel` must outlive the
 * connection. Name resolution is the one thing that blocks. */
Conn *conn_open(const Dsn *dsn, const char *application_name, gint64 timeout, Cancel *cancel,
                GError **error);

/* Retries UNREACHABLE and NOT_PRIMARY (never LOGIN) with jittered backoff until `deadline` on
 * clock_monotonic() (0: for ever). `on_retry` (may be NULL) hears of each failed try. */
typedef void (*ConnRetry)(const GError *reason, gint64 pause, gpointer data);
Conn *conn_open_until(const Dsn *dsn, const char *application_name, gint64 deadline, Cancel *cancel,
                      ConnRetry on_retry, gpointer data, GError **error);

void conn_free(Conn *conn);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Conn, conn_free)

/* Runs one or several statements without parameters (simple query protocol). The result is that of
 * the last statement; free with result_free. With a NULL `result` rows are dropped as they come,
 * so that an answer of any size takes no memory. On cancellation the running
 * statement is cancelled on the server and the error is CANCELLED; a statement that ended before
 * the cancellation arrived has succeeded and is reported so (a COMMIT above all). COPY to or from
 * the client is an error. */
gboolean conn_exec(Conn *conn, const char *sql, Result **result, GError **error);

/* Runs one COPY ... FROM STDIN and gives it `length` bytes of `rows`, whole lines, a bounded part
 * at a time. A cancellation ends it between two parts; the server keeps nothing of a COPY that
 * failed.
 */
gboolean conn_copy_in(Conn *conn, const char *sql, const char *rows, gsize length, GError **error);

/* Runs one statement with text parameters ($1...; NULL = SQL NULL). */
gboolean conn_exec_params(Conn *conn, const char *sql, int count, const char *const *values,
                          Result **result, GError **error);

/* Prepares a statement under a name, for conn_exec_binary. Direct connections only: a pooler would
 * hand the name to a server that does not know it. */
gboolean conn_prepare(Conn *conn, const char *name, const char *sql, GError **error);
/* Parameters in the server's binary format. */
typedef struct {
    int count;
    const char *const *values; /* NULL = SQL NULL */
    const int *lengths;        /* bytes */
} BinaryValues;
/* Runs the statement `name` that was prepared, or `sql` when `name` is NULL. Rows come in the
 * binary format, too: result_bytes reads them. */
gboolean conn_exec_binary(Conn *conn, const char *name, const char *sql, const BinaryValues *values,
                          Result **result, GError **error);

/* A pipeline: statements go out without waiting for answers; answers come back in order. After a
 * failure the server skips everything up to the next sync. conn_pipeline_begin .. _end bracket it.
 */
gboolean conn_pipeline_begin(Conn *conn, GError **error);
/* Queues one statement; CANCELLED once cancelled and nothing is unanswered. Writes when the socket
 * is writable, reads when the server must be drained. */
gboolean conn_pipeline_send(Conn *conn, const char *sql, int count, const char *const *values,
                            GError **error);
/* The same with a statement that SQL's PREPARE has made in this session. Direct connections only: a
 * pooler would hand it to a server that does not know it. */
gboolean conn_pipeline_send_prepared(Conn *conn, const char *name, int count,
                                     const char *const *values, GError **error);
/* Asks the server to send what it has answered so far (no sync point). */
gboolean conn_pipeline_flush(Conn *conn, GError **error);
gboolean conn_pipeline_sync(Conn *conn, GError **error);
/* Waits for the next answer. TRUE with *outcome PIPELINE_RESULT (*result set, the caller's; a NULL
 * `result` drops rows as they come), PIPELINE_SYNC, or PIPELINE_SKIPPED (the statement was not run
 * because an earlier one failed). A statement that failed: PIPELINE_FAILED and *failure set (the
 * caller's). FALSE only when the connection broke or was cancelled before anything was sent back.
 * On cancellation the server is told once and answers go on coming (FAILED with CANCELLED). */
typedef enum { PIPELINE_RESULT, PIPELINE_FAILED, PIPELINE_SKIPPED, PIPELINE_SYNC } PipelineOutcome;
gboolean conn_pipeline_next(Conn *conn, PipelineOutcome *outcome, Result **result, GError **failure,
                            GError **error);
/* The same for an answer of any size: `visit` gets each row as it comes, a Result with that one
 * row, which is gone afterwards. */
typedef void (*ConnRow)(const Result *row, gpointer data);
gboolean conn_pipeline_next_rows(Conn *conn, PipelineOutcome *outcome, ConnRow visit, gpointer data,
                                 GError **failure, GError **error);
/* Reads and drops the answers that are still due (after a sync of its own when one is missing),
 * then the connection runs single statements again. Works after a cancellation, too. */
gboolean conn_pipeline_end(Conn *conn, GError **error);

/* Waits until the socket has something to read or `timeout` (microseconds, -1 = for ever) passes;
 * FALSE with CONNECTION_LOST when the server hung up. *notified (may be NULL): a NOTIFY came. */
gboolean conn_wait_notify(Conn *conn, gint64 timeout, gboolean *notified, GError **error);

/* What an idle call asks to be woken up for, besides the answer that is awaited. */
typedef struct {
    int fd; /* -1: none */
    short events;
    gint64 due; /* on clock_monotonic(); 0: no time */
} ConnWake;
/* Called whenever a call is about to wait for the server: does what it can without blocking and
 * fills *wake, which says -1 and 0 before. Must leave this connection alone. */
typedef void (*ConnIdle)(ConnWake *wake, gpointer data);
/* NULL: nobody. */
void conn_set_idle(Conn *conn, ConnIdle idle, gpointer data);

/* Asks the server to end the statement that runs, which then fails with SQLSTATE 57014 unless it
 * was done before. May be called by a ConnIdle; takes at most a few seconds. */
void conn_end_statement(Conn *conn);

/* Where the last failed statement went wrong: characters from 1 into the text that was sent; 0 when
 * the server did not say. */
unsigned conn_error_position(const Conn *conn);
/* TRUE when that position counts bytes: the database's encoding is SQL_ASCII. */
gboolean conn_counts_bytes(const Conn *conn);

/* Hears of the server's notices ("NOTICE", "WARNING"...); until then they are dropped. */
typedef void (*ConnNotice)(const char *severity, const char *message, gpointer data);
void conn_set_notice_sink(Conn *conn, ConnNotice notice, gpointer data);

gboolean conn_is_alive(const Conn *conn);
/* In a transaction block, failed or not. */
gboolean conn_in_transaction(const Conn *conn);
int conn_server_version(const Conn *conn); /* 150018 */
/* The backend's process id as the server told libpq at login; a pooler makes it differ from
 * pg_backend_pid(). */
int conn_backend_pid(const Conn *conn);
/* "host:port/name as user" or "name on the socket /folder (port 5432) as user", no password;
 * belongs to the Conn. */
const char *conn_describe(const Conn *conn);
/* The value of a reported parameter (server_version, in_hot_standby...), or NULL. */
const char *conn_parameter(const Conn *conn, const char *name);
const Dsn *conn_dsn(const Conn *conn);

/* From now on calls obey this one (NULL: none). For the last words after a cancellation. */
void conn_set_cancel(Conn *conn, Cancel *cancel);
/* Longest wait for any one call from now on, microseconds; 0 = none. For the last words, too.
 * Returns what it was. */
gint64 conn_set_timeout(Conn *conn, gint64 timeout);

/* Replaces :"name" and :'name' and :name (as psql does with -v) in an embedded query; pairs is
 * name, value, ..., NULL. An unknown variable is a bug. Free with g_free. */
char *sql_expand(const char *sql, const char *const *pairs);
