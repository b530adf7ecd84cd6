/* One connection that writes usage logs: many records, one statement, one commit.
 *
 * Many records go by COPY, in binary form, which costs the server a third less than any INSERT. It
 * cannot pass over a row that is there already: what it fails for is written again by
 * INSERT ... SELECT FROM unnest(...) ON CONFLICT DO NOTHING with one binary array a column, which
 * takes few records from the start. (Below about sixteen a pipeline of single inserts would be as
 * good.) */
#pragma once

#include "base/secret.h"
#include "db/conn.h"
#include "usage/record.h"

typedef struct {
    const Secret *url;
    const char *schema;   /* of usage_logs */
    const char *instance; /* in application_name */
    gint64 connect_timeout;
    gint64 statement_timeout; /* microseconds */
} StoreSettings;

typedef struct Store Store;

/* Connects, and learns the table's columns and the labels of its enum. ERROR_SQL when the table is
 * not there or not of the expected shape. `settings` and `cancel` must outlive the Store. */
Store *store_open(const StoreSettings *settings, Cancel *cancel, GError **error);
void store_close(Store *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Store, store_close)

/* The values of action_type, NULL-terminated; belongs to the Store. */
const char *const *store_action_types(const Store *store);

typedef enum {
    OUTCOME_PENDING,
    OUTCOME_STORED,   /* committed by this call */
    OUTCOME_REPEATED, /* the id is there already */
    OUTCOME_REFUSED,  /* the database does not take the record */
    OUTCOME_UNPLACED, /* nor this one: there is no partition for its time yet, so it may be tried
                         later */
    OUTCOME_LOST,     /* not known: the connection broke */
} Outcome;

/* What came of one record. */
typedef struct {
    Outcome outcome;
    char *reason; /* of a refusal: mostly the server's message; NULL otherwise; g_free */
} StoreResult;

typedef enum { STORE_DURABLE, STORE_ASYNCHRONOUS } StoreDurability;

/* Writes those of `count` records whose results are PENDING, and fills these. A record that the
 * server refuses costs its neighbours nothing but time: the rest is tried again without it. FALSE
 * when the connection broke or the server is not well (its disk is full, it became a standby): what
 * is still PENDING is not committed or not known to be, and the Store is of no more use. Writing
 * the same records again on another Store settles it, since their ids are the same. ASYNCHRONOUS
 * means a commit that does not wait for the disk, where there is no pooler in between. */
gboolean store_write(Store *store, StoreDurability durability, UsageRecord *const *records,
                     guint count, StoreResult *results, GError **error);
