/* The operation document: a change that a daemon makes, read. Strings belong to the
 * RemoteOperation; NULL is unknown. */
#pragma once

#include <glib.h>

typedef struct {
    const char *at;
    const char *event;
    const char *revision;
    const char *text;
} RemoteEvent;

typedef enum { REMOTE_RUNNING, REMOTE_SUCCEEDED, REMOTE_FAILED } RemoteState;

typedef struct {
    struct Reading *reading; /* where all of it lives */
    char *document;          /* as it came */
    const char *id;          /* 1 to 64 of A-Z a-z 0-9 - */
    const char *kind;        /* "rollback", "upgrade"... */
    RemoteState state;
    const char *const *from; /* NULL-terminated */
    const char *const *to;   /* empty while it is not known, too */
    const char *gate;
    RemoteEvent *events;
    gsize event_count;
    gint64 events_dropped; /* that came before the first of them */
    GError *error;         /* why it failed, of the kind that the daemon says; NULL otherwise */
} RemoteOperation;

/* ERROR_DAEMON_ANSWER when it is not such a document. */
RemoteOperation *remote_operation_read(const char *text, gsize length, GError **error);
void remote_operation_free(RemoteOperation *operation);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RemoteOperation, remote_operation_free)

/* Whether it can be the id of one, and stand in a path. */
gboolean remote_operation_is_id(const char *text);
