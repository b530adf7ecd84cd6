/* What role or database would have a session run with, and a migration does not: statement_timeout,
 * search_path, default_transaction_read_only and whatever else session_open sets for itself. A
 * person who set them there wants to know. */
#pragma once

#include "engine/session.h"

typedef struct {
    char *name;
    char *value;  /* theirs, not the one that holds */
    char *source; /* "role in database", "role", "database" or "all roles" */
} Overridden;

/* By name, an array of Overridden *, mostly empty; g_ptr_array_unref. It was decided at login: the
 * server is asked once a session. */
GPtrArray *overridden_read(Session *session, GError **error);
