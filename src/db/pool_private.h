/* What the files of the pool share: its sessions, and the thread that opens them. */
#pragma once

#include "db/pool.h"

/* --- A session: one connection and the job that it is busy with (pool_session.c) ---------------
 */

typedef struct PoolSession PoolSession;

/* What a job wants next, with memory of its own. */
typedef struct {
    char *sql;
    int count;
    char **values;
    int *lengths;
    gboolean is_kept;
    gboolean by_row;
} PoolQuestion;
PoolQuestion *pool_question_new(const PoolStatement *statement);
void pool_question_free(PoolQuestion *question);

/* Takes the connection, on which session_set_up has been called. */
PoolSession *pool_session_new(Conn *conn, gboolean is_direct);
void pool_session_free(PoolSession *session);
/* Settings of a session that nobody else uses; *is_direct FALSE: behind a pooler, where none can be
 * made and nothing be prepared. Waits for the server. */
gboolean pool_session_set_up(Conn *conn, gboolean *is_direct, GError **error);

/* Sends the question, which must live until the answer has ended. `timeout` (microseconds) is the
 * server's limit for it. */
void pool_session_ask(PoolSession *session, const PoolQuestion *question, gint64 timeout);
/* Nobody reads the answer: it is cancelled on the server, and the session is free again when it has
 * ended. */
void pool_session_cancel(PoolSession *session);

typedef enum {
    SESSION_WAITS,  /* for the socket */
    SESSION_ROWS,   /* *rows is set, the caller's */
    SESSION_ENDED,  /* the answer is over: *error tells of a failure; free again */
    SESSION_BROKEN, /* *error tells why; good for nothing more */
} SessionEvent;
/* There is something to be done at the socket. */
void pool_session_wake(PoolSession *session);
/* What is there to be had without waiting. An idle session's only news is that it broke, or
 * nothing: WAITS. */
SessionEvent pool_session_next(PoolSession *session, Result **rows, GError **error);
int pool_session_fd(const PoolSession *session);
/* What to poll for. */
short pool_session_events(const PoolSession *session);
/* Free for a question: nothing is under way, not even a cancellation. */
gboolean pool_session_is_idle(const PoolSession *session);
/* On clock_monotonic(): when to look without having been woken; 0: never. */
gint64 pool_session_due(const PoolSession *session);

/* --- The opener: a thread that connects (pool_opener.c) ----------------------------------------
 */

typedef struct PoolOpener PoolOpener;
/* One try has ended, on the opener's thread: a connection that has been set up, or an error; both
 * become the callee's. */
typedef void (*PoolOpened)(Conn *conn, gboolean is_direct, GError *error, gpointer data);
PoolOpener *pool_opener_new(const PoolSettings *settings, PoolOpened opened, gpointer data);
/* Opens one, unless it is at it. */
void pool_opener_want(PoolOpener *opener);
/* Ends what is under way and joins the thread. */
void pool_opener_free(PoolOpener *opener);
