/* A pool: questions from any thread, asked on a few connections that one thread of its own drives,
 * so that nobody waits for a server but who wants to know. For reading: sessions are read-only. */
#pragma once

#include "base/secret.h"
#include "db/conn.h"

typedef struct {
    const Secret *url;
    const char *application_name;
    gint64 connect_timeout; /* microseconds */
    guint connections;      /* at most, and opened when they are needed */
    guint long_max;         /* of them, so many may be with long jobs */
    guint waiting_max;      /* jobs that wait for a connection */
} PoolSettings;

typedef struct Pool Pool;
typedef struct PoolJob PoolJob;

typedef enum {
    POOL_ANSWERED,
    POOL_FAILED,    /* the server says no, or is not there */
    POOL_TIMED_OUT, /* and is being cancelled */
    POOL_BUSY,      /* no connection was free in time */
    POOL_ABANDONED, /* nobody wants to know any more; cancelled as well */
} PoolOutcome;

/* What becomes of a job; all but `is_abandoned` exactly as often as it says, on the pool's thread:
 * must be quick and must not wait. */
typedef struct {
    /* Rows have come: all of the answer, or one of a statement that is by_row. FALSE: no more until
     * pool_job_resume, and none are read from the server either. */
    gboolean (*take_rows)(PoolJob *job, const Result *rows, gpointer data);
    /* A statement has ended. pool_job_ask here makes the job go on; else it is over, and `job` is
     * gone after the call. `error` is set unless ANSWERED; belongs to the caller. */
    void (*end)(PoolJob *job, PoolOutcome outcome, const GError *error, gpointer data);
    /* Asked now and then while the job lasts. */
    gboolean (*is_abandoned)(gpointer data);
} PoolClient;

/* Copied, all of it. Parameters and rows are in the server's binary format. */
typedef struct {
    const char *sql;
    BinaryValues values;
    gboolean is_kept; /* prepared once for each connection: its text comes again */
    gboolean by_row;  /* an answer of any size */
} PoolStatement;

/* Starts the threads, but connects only when there is something to ask. `settings` is copied, but
 * not the texts in it. */
Pool *pool_new(const PoolSettings *settings);
/* Takes no more jobs, ends those that there are as FAILED, and joins the threads. */
void pool_stop(Pool *pool);
/* After pool_stop. */
void pool_free(Pool *pool);

/* `timeout` (microseconds) is for the whole job, waiting and all its statements. `is_long`: see
 * long_max. FALSE when too many wait or the pool has stopped: nothing of the client is called. */
gboolean pool_submit(Pool *pool, const PoolStatement *statement, gint64 timeout, gboolean is_long,
                     const PoolClient *client, gpointer data);
/* In `end` only, after ANSWERED: the next statement, on the same connection. */
void pool_job_ask(PoolJob *job, const PoolStatement *statement);
/* From any thread while the job lasts: rows are taken again; is_abandoned is asked first. */
void pool_job_resume(PoolJob *job);

/* Now, for metrics. Thread-safe. */
typedef struct {
    guint connections;
    guint busy;
    guint waiting;
} PoolFigures;
PoolFigures pool_figures(Pool *pool);
