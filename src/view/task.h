/* A task: an operation that was asked for over HTTP, from its acceptance to its end, as GET
 * /admin/operations/{id} shows it. */
#pragma once

#include <glib.h>

typedef enum { TASK_RUNNING, TASK_SUCCEEDED, TASK_FAILED } TaskState;

enum { TASK_EVENTS_MAX = 256 }; /* the oldest give way */

typedef struct {
    char *id;   /* a UUID */
    char *kind; /* "rollback", "upgrade" */
    TaskState state;
    char *principal;
    char *peer; /* these may be NULL */
    char *reason;
    char *request_id;
    char *target;
    char **from; /* heads before */
    char **to;   /* of the plan; once ended where the database is */
    char *digest;
    gint64 started_at;  /* microseconds since 1970 */
    gint64 finished_at; /* 0: it runs */
    GError *error;      /* why it failed */
    /* For whoever keeps it. */
    char *key; /* the Idempotency-Key */
    char *body_digest;
    char *answer; /* the body of the first answer */
    GQueue events;
    guint dropped;
} Task;
/* All fields zero: the caller fills them. */
Task *task_new(void);
void task_free(Task *task);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Task, task_free)

/* `revision` may be NULL; texts are redacted. */
void task_note(Task *task, gint64 at, const char *event, const char *revision, const char *text);

/* {"id","kind","state","principal","peer","reason","request_id","target","from":[],"to":[],
 * "digest","started_at","finished_at","gate","events":[{"at","event","revision","text"}],
 * "events_dropped","error"}; `gate` is its state. g_free. */
char *task_document(const Task *task, const char *gate);

/* The document of a task that ended without a word: `document` is what was told while it ran,
 * `heads` where the database is; a task that is where it wanted to be has succeeded. g_free. */
char *task_settle_document(const char *document, const char *const *heads, const char *const *from,
                           const char *const *to, gint64 at);
