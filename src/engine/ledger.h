/* The ledger: who did what to the database, one row after the other, each carrying the SHA-256 of
 * the one before it (layout_1.sql). Reading it, and proving that no row was changed or taken out.
 */
#pragma once

#include "engine/session.h"

/* One row. Strings are NULL where the row has none; numbers are text as the server gave them. */
typedef struct {
    const char *id;
    const char *at;    /* RFC 3339, UTC */
    const char *event; /* upgrade downgrade stamp fail hold release refuse repair accept-server
                          accept-drift */
    const char *revision;
    char **heads_before; /* NULL-terminated, never NULL */
    char **heads_after;
    const char *plan_digest;
    const char *up_checksum;
    const char *role;
    const char *actor;
    const char *peer; /* where an HTTP call came from */
    const char *request_id;
    const char *host;
    const char *instance;
    const char *reason;
    const char *sqlstate;
    const char *message;
    const char *duration_us;
    const char *system_identifier;
    const char *timeline;
    const char *hash; /* hex */
} LedgerRow;

/* Called for each row, oldest first; the row is borrowed for the call. */
typedef void (*LedgerVisit)(const LedgerRow *row, gpointer data);

/* Visits the rows that are not older than `since` (RFC 3339; NULL: all), in pages, so that a ledger
 * of any length takes little memory. Without a state schema there are none. */
gboolean ledger_read(Session *session, const char *since, LedgerVisit visit, gpointer data,
                     GError **error);

/* Visits the last `limit` of them. */
gboolean ledger_read_end(Session *session, const char *since, guint limit, LedgerVisit visit,
                         gpointer data, GError **error);

typedef enum {
    LEDGER_INTACT,
    LEDGER_CHANGED,  /* the row's hash is not that of its content */
    LEDGER_MISSING,  /* rows before it are gone */
    LEDGER_UNLINKED, /* it does not carry the hash of the row before */
} LedgerProblem;

typedef struct {
    gint64 rows;
    LedgerProblem problem;
    gint64 row;    /* the first that does not fit; 0 when intact */
    char hash[65]; /* of the last row, hex, "" without rows: noted elsewhere, it also proves that
                      nothing was cut off at the end */
} LedgerProof;

/* Recomputes the whole chain on the server. */
gboolean ledger_verify(Session *session, LedgerProof *proof, GError **error);
