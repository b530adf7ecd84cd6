/* The usage log: a bounded queue, and threads that write what waits in it, all of it in one
 * statement and one commit, before anybody is told that it is stored.
 *
 * One writer takes what has queued up while it wrote the batch before; the others only help when
 * somebody has waited for longer than a batch should take (the disk is slow): on a quick disk more
 * writers only mean smaller batches. */
#pragma once

#include "usage/store.h"

typedef struct {
    StoreSettings store;
    guint writers;         /* threads, each with a connection */
    guint rows_max;        /* that wait */
    gsize bytes_max;       /* of their memory */
    guint batch_max;       /* rows in one statement; an order is never split */
    gint64 retry_deadline; /* microseconds: how long a batch is tried again on new connections */
} UsageSettings;

typedef struct UsageLog UsageLog;
typedef struct UsageOrder UsageOrder;

/* Called once for each order that was taken, on a writer's thread: must be quick. The order is the
 * callee's: usage_order_free. */
typedef void (*UsageDone)(UsageOrder *order, gpointer data);

/* Some records that somebody wants to be written together. */
struct UsageOrder {
    GPtrArray *records;   /* UsageRecord *, with free function */
    StoreResult *results; /* as many; LOST after usage_log_stop or when the database stays away */
    StoreDurability durability;
    UsageDone done;
    gpointer data;
    GList link; /* the log's */
    gint64 queued_at;
    gsize size;
};
/* Takes the records. */
UsageOrder *usage_order_new(GPtrArray *records, StoreDurability durability, UsageDone done,
                            gpointer data);
void usage_order_free(UsageOrder *order);

/* Hears what happens, on a writer's thread; either may be NULL. */
typedef struct {
    /* The database is away; it is back (NULL). */
    void (*news)(const GError *error, gpointer data);
    /* A batch is over, stored or given up, so many microseconds after it was taken up. */
    void (*batch)(guint rows, gint64 elapsed, gpointer data);
    gpointer data;
} UsageObserver;

/* Starts the writers, which connect when there is something to do. Both are copied, but not the
 * texts in `settings`. */
UsageLog *usage_log_new(const UsageSettings *settings, const UsageObserver *observer);
/* Takes the order, or returns FALSE (and leaves it the caller's) when the queue is full or the log
 * has been stopped. */
gboolean usage_log_submit(UsageLog *log, UsageOrder *order);
/* Takes all of them or none. */
gboolean usage_log_submit_all(UsageLog *log, UsageOrder *const *orders, guint count);
/* Takes an order of any size even where there is no room: it is queued when there is, before those
 * that come later. Whoever has only a few such orders at a time bounds their memory. FALSE (and it
 * stays the caller's) after usage_log_stop. */
gboolean usage_log_submit_patiently(UsageLog *log, UsageOrder *order);
/* Takes no more orders, writes what waits until `timeout` microseconds have passed, then gives the
 * rest up as LOST. Joins the threads. */
void usage_log_stop(UsageLog *log, gint64 timeout);
/* After usage_log_stop. */
void usage_log_free(UsageLog *log);

/* Figures since the start, for metrics. Thread-safe. */
typedef struct {
    guint64 stored;
    guint64 repeated;
    guint64 refused;
    guint64 lost;
    guint64 full; /* not taken for want of room */
    guint64 batches;
    guint waiting_rows;  /* now, in the queue */
    gsize waiting_bytes; /* now, in the queue and with the writers */
} UsageFigures;
UsageFigures usage_log_figures(UsageLog *log);
