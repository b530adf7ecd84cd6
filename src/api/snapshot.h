/* One immutable state of the world with the answers already made from it. Shared by reference
 * between the threads that answer. */
#pragma once

#include <stdatomic.h>

#include "api/api.h"
#include "http/respond.h"

typedef struct {
    atomic_uint references;
    gboolean is_open;
    gboolean is_controlled;
    gboolean allows_rollback;
    char **action_types; /* of usage logs; NULL: none can be taken */
    char *usage_absence; /* why */
    char *state;
    char *reason;
    gint64 retry_after;
    char *etag;
    GHashTable *revisions;      /* id -> GINT_TO_POINTER(is applied); NULL while closed */
    HttpResponse *live;         /* 200 {"state","reason"} */
    HttpResponse *pass;         /* 204 */
    HttpResponse *document;     /* 200 with the status document; NULL when none was published */
    HttpResponse *not_modified; /* 304 for it */
} Snapshot;

/* Copies everything. */
Snapshot *snapshot_new(const ApiSnapshot *source);
Snapshot *snapshot_ref(Snapshot *snapshot);
void snapshot_unref(Snapshot *snapshot);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Snapshot, snapshot_unref)
