/* The operations that the database knows: what was asked for over HTTP and begun. They outlive the
 * daemon that ran them, and make an Idempotency-Key good for all daemons of one database. */
#pragma once

#include "engine/session.h"

typedef struct {
    char *id;
    char *principal;
    char *key; /* NULL: its time is over */
    char *body_digest;
    char **from; /* heads before, and those of the plan */
    char **to;
    char *answer;   /* the first answer's body */
    char *document; /* as it ended; NULL: it has not */
} OperationRow;
void operation_row_free(OperationRow *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OperationRow, operation_row_free)

/* *row is NULL when there is none (or no state schema yet). */
gboolean operations_find(Session *session, const char *id, OperationRow **row, GError **error);
gboolean operations_find_key(Session *session, const char *principal, const char *key,
                             OperationRow **row, GError **error);
/* Those that have not ended: OperationRow *, with free function. When nobody holds the migration
 * lock, nobody runs them any more. */
GPtrArray *operations_running(Session *session, GError **error);

/* Under the migration lock, on the disk before it returns. Makes the state schema when there is
 * none. */
gboolean operations_begin(Session *session, const OperationRow *row, GError **error);
/* By whoever has run it. */
gboolean operations_end(Session *session, const char *id, const char *document, GError **error);
/* By somebody who has to guess from the heads, and may do so while the one who knows is about to
 * write. Quiet when it has ended already. */
gboolean operations_settle(Session *session, const char *id, const char *document, GError **error);
