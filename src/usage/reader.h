/* The usage log read, on a pool of connections: lists, exports, one row, statistics. */
#pragma once

#include "db/pool.h"
#include "usage/answer.h"

typedef struct {
    const Secret *url;
    const char *schema;     /* of usage_logs */
    const char *instance;   /* in application_name */
    gint64 connect_timeout; /* microseconds */
    gint64 timeout;         /* of a reading, all in all */
    gint64 export_timeout;  /* of an export, with the time that its client takes */
    guint connections;
    guint exports_max; /* at the same time, each on a connection of its own */
    guint waiting_max; /* readings that wait for a connection */
    guint groups_max;  /* of statistics */
} UsageReaderSettings;

typedef struct UsageReader UsageReader;
typedef struct UsageReading UsageReading;

/* On the pool's thread; see PoolClient. */
typedef struct {
    /* One row, valid during the call. FALSE: no more until usage_reading_resume (only an export may
     * say so). */
    gboolean (*take_record)(UsageReading *reading, const UsageRecord *record, gpointer data);
    gboolean (*take_stat)(UsageReading *reading, const UsageStat *stat, gpointer data);
    /* Once; the reading is gone afterwards. `error` belongs to the caller; NULL when ANSWERED. */
    void (*end)(PoolOutcome outcome, const GError *error, gpointer data);
    gboolean (*is_abandoned)(gpointer data);
} UsageAudience;

/* `settings` is copied, but not the texts in it. Connects when there is something to read. */
UsageReader *usage_reader_new(const UsageReaderSettings *settings);
/* Ends what is under way as FAILED; nothing more is taken. */
void usage_reader_stop(UsageReader *reader);
/* After usage_reader_stop. */
void usage_reader_free(UsageReader *reader);

/* Each returns FALSE when too many wait: nothing of the audience is called then, and `search`,
 * which is taken otherwise, stays the caller's. */

/* Up to `limit` rows behind the search's cursor, the newest first. */
gboolean usage_reader_list(UsageReader *reader, UsageSearch *search, guint limit,
                           const UsageAudience *audience, gpointer data);
/* The same in one statement, row by row as the audience wants them; `limit` 0: all. */
gboolean usage_reader_export(UsageReader *reader, UsageSearch *search, guint limit,
                             const UsageAudience *audience, gpointer data);
/* The row of that id, or none. */
gboolean usage_reader_find(UsageReader *reader, const guint8 id[USAGE_ID_SIZE],
                           const UsageAudience *audience, gpointer data);
/* The groups of the search, ordered by them; those with the most rows when there are too many. */
gboolean usage_reader_stats(UsageReader *reader, UsageSearch *search, const UsageAudience *audience,
                            gpointer data);

/* From any thread before `end` has been called. */
void usage_reading_resume(UsageReading *reading);

/* Its connections and who waits for one, at this moment. From any thread. */
PoolFigures usage_reader_figures(UsageReader *reader);
