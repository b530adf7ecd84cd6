/* The plan document of a change that a daemon would make (the answer to a dry run), read. Strings
 * and lists belong to the RemotePlan; lists of ids are NULL-terminated; -1 is an unknown number. */
#pragma once

#include <glib.h>

typedef struct {
    const char *name;
    gint64 bytes;
    gint64 rows;
} RemoteRelation;

typedef struct {
    gint64 line;
    const char *sql;
    const char *lock; /* "AccessExclusiveLock"; NULL: none that matters, or unknown */
    RemoteRelation *relations;
    gsize relation_count;
} RemoteStatement;

typedef struct {
    const char *revision;
    const char *message;
    const char *const *down_revisions;
    const char *path;          /* NULL: there is no file */
    gboolean is_from_database; /* the text is that of `applied`, not of a file */
    gboolean is_transactional;
    RemoteStatement *statements;
    gsize statement_count;
} RemoteStep;

typedef struct {
    const char *kind; /* "table", "column", "rows"... */
    const char *name;
    gint64 rows;
    gboolean is_estimate;
} RemoteLoss;

typedef struct {
    const char *revision;
    const char *message;
} RemoteIrreversible;

typedef struct {
    const char *instance;
    const char *host; /* this and what follows may be NULL */
    const char *version;
    const char *required_revision;
    const char *since;
    gint64 pid;
} RemoteInstance;

typedef struct {
    const char *type;
    GError *error; /* as client/problem.h makes it: message, hint, kind */
} RemoteRefusal;

typedef struct {
    struct Reading *reading; /* where all of it lives */
    char *document;          /* as it came */
    const char *direction;
    const char *const *from;
    const char *const *to; /* ids that a revision can have: somebody will be asked to type them */
    const char *digest;
    const char *expires_at; /* NULL: never */
    RemoteStep *steps;
    gsize step_count;
    RemoteLoss *losses;
    gsize loss_count;
    RemoteIrreversible *irreversible;
    gsize irreversible_count;
    RemoteInstance *instances;
    gsize instance_count;
    RemoteRefusal *refusals; /* what a real call would meet now */
    gsize refusal_count;
} RemotePlan;

/* ERROR_DAEMON_ANSWER when it is not such a document. */
RemotePlan *remote_plan_read(const char *text, gsize length, GError **error);
void remote_plan_free(RemotePlan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RemotePlan, remote_plan_free)
