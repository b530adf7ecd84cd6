/* The status document, read: what `pgsluice status` prints, whoever has made the document. Strings
 * and lists belong to the Standing; lists of ids are NULL-terminated. */
#pragma once

#include <glib.h>

typedef struct {
    const char *revision;
    const char *message;
    const char *const *down_revisions;
    const char *const *depends_on;
} StandingPending;

typedef struct {
    const char *revision;
    const char *path; /* "" when the file is missing */
    const char *text; /* what is wrong, a sentence */
} StandingMismatch;

typedef struct {
    const char *target; /* "" for base */
    const char *reason; /* NULL: none */
    const char *since;
    gboolean is_void;
} StandingHold;

typedef struct {
    const char *revision;
    gboolean is_downgrade;
    gint64 statements_run;
    gint64 in_doubt; /* the number of a statement, from 1; -1: none */
    gboolean has_failed;
    gboolean awaits_mark; /* by `pgsluice repair`, before anything else runs */
} StandingHalfRun;

typedef struct {
    gint64 pid;
    const char *application_name; /* this and what follows may be NULL */
    const char *user;
    const char *client;
    const char *since;
} StandingHolder;

typedef struct {
    const char *instance;
    const char *host; /* this and what follows may be NULL */
    const char *version;
    const char *required_revision; /* NULL: nothing */
    const char *since;
    gint64 pid; /* -1: unknown */
} StandingInstance;

typedef struct {
    struct Reading *reading; /* where all of it lives */
    const char *version;     /* of the service */
    const char *instance;    /* NULL: unknown */
    const char *gate;        /* the gate's state; NULL: there is no gate (a document of the CLI) */
    const char *gate_reason;
    const char *gate_since;
    gboolean knows_database; /* FALSE: what follows of the database is NULL and empty */
    const char *database;
    const char *server_version;
    const char *environment; /* NULL: it has none yet */
    gboolean in_recovery;
    gboolean is_foreign; /* the environment is not what the configuration says */
    const char *const *heads;
    const char *directory;
    const char *const *folders;
    const char *const *script_heads;
    const char *const *implied_heads; /* those of them that another's dependencies imply */
    gint64 script_count;              /* -1: the files could not be read */
    StandingPending *pending;
    gsize pending_count;
    const char *const *unknown;
    StandingMismatch *mismatched;
    gsize mismatched_count;
    StandingHold *hold;        /* NULL: none */
    StandingHalfRun *half_run; /* NULL: none */
    gboolean is_locked;
    StandingHolder *holder; /* NULL: unknown */
    StandingInstance *instances;
    gsize instance_count;
} Standing;

/* ERROR_DAEMON_ANSWER when it is not such a document. */
Standing *standing_read(const char *text, gsize length, GError **error);
void standing_free(Standing *standing);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Standing, standing_free)
