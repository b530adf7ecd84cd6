/* A session: the one direct connection to the primary on which the lock is held and a migration
 * runs, with everything it needs to know about the server. */
#pragma once

#include "base/variables.h"
#include "engine/event.h"

typedef struct {
    const Secret *url;
    const char *version_table;
    const char *version_table_schema;
    const char *state_schema;
    const char
        *instance; /* who we are: "host" or "host:port"; in application_name and the ledger */
    gint64 connect_timeout; /* microseconds for all tries together; 0 = one try */
    gint64 lock_wait;       /* microseconds */
    gint64 lock_timeout;    /* of a migration's statements */
    gint64 answer_within;   /* whoever uses the session outside of runs gives up on the server then;
                               0: never */
    gint64 statement_timeout;
    const char *search_path; /* of every migration, whatever role or database say */
    gint64 retry_deadline;
    gboolean accepts_session_pooler; /* database.pooler = "session" */
    const Variables *variables;      /* what revision bodies refer to; NULL: none are set */
    const char *environment;         /* environment.name */
    const char *const
        *managed_schemas;         /* engine/introspect: NULL or empty: all but those of others */
    const char *const *unmanaged; /* patterns of what is left alone; NULL: none */
    gboolean records_schema;      /* after each run, for engine/drift */
    const Secret *scratch_url;    /* migrations.scratch_url, see engine/scratch.h; NULL: none */
    const char *embedded_bindir;  /* for a scratch cluster; NULL: searched */
    const char *embedded_user;
    int failure_limit; /* a revision that fails so often with the same SQL sets a hold; 0: never */
} EngineSettings;

typedef struct Session Session;

/* Connects (retrying until settings->connect_timeout when `retries`), sets the session's
 * parameters, refuses a pooler and a standby, and learns what the database holds. `settings` and
 * `cancel` must outlive the session. */
Session *session_open(const EngineSettings *settings, gboolean retries, Cancel *cancel,
                      const EventSink *events, GError **error);
void session_close(Session *session);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Session, session_close)

typedef struct {
    char *target; /* the revision that boots must not pass; "" = base */
    char *reason;
    char *actor;
    char *since;           /* RFC 3339 */
    char *failed_revision; /* what set it by failing; NULL: a person did */
    char *failed_checksum; /* of its up section then: with another one the hold is void */
    gboolean is_void;      /* only in a Status, which has seen the file */
} Hold;
/* A deep copy; NULL gives NULL. */
Hold *hold_copy(const Hold *hold);
void hold_free(Hold *hold);

/* What the database holds now. Heads are sorted, NULL-terminated, never NULL. */
typedef struct {
    char **heads;
    gboolean has_version_table;
    gboolean has_state; /* the state schema exists */
    int state_version;  /* of its layout; 0 when absent */
    Hold *hold;         /* NULL: none */
    char *listing;      /* of the files whose heads these are (graph_listing); NULL: not known */
    char *environment;  /* what the database is called; NULL: nothing yet */
    char *half_run;     /* the revision that the journal has; NULL: none */
    PlanDirection half_run_direction;
} DatabaseState;
void database_state_free(DatabaseState *state);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DatabaseState, database_state_free)

/* Facts learned when the session opened; belong to the session. */
typedef struct {
    char *server_version; /* "15.18" */
    char *database;
    char *role;
    gboolean in_recovery;
    char *backend_pid; /* of the process that answers queries */
} DatabaseFacts;

/* Connects again after the connection broke (a lock that it held is lost), retrying until
 * settings->retry_deadline has passed, and learns anew what session_open learned. On failure the
 * session stays as it was. */
gboolean session_reconnect(Session *session, const EventSink *events, GError **error);
/* From now on, and until the connection is lost, conn_wait_notify ends when somebody has changed
 * heads, hold or lock: whoever does so notifies the channel that is named like the state schema. */
gboolean session_listen(Session *session, GError **error);
/* How often session_reconnect has been done: what was asked of the connection before (to listen,
 * say) is gone. */
guint session_reconnections(const Session *session);

/* Reads heads, hold and layout. A few milliseconds, no lock, creates nothing. */
DatabaseState *session_read_state(Session *session, GError **error);
/* What was learned when the session opened; never NULL, belongs to the session. */
const DatabaseFacts *session_facts(const Session *session);
/* The connection, for listening and for questions of one's own; belongs to the session. */
Conn *session_conn(Session *session);
/* As given to session_open. */
const EngineSettings *session_settings(const Session *session);

/* Tries the migration lock until settings->lock_wait has passed, idle in between. After each failed
 * try `is_done` (may be NULL) may end the wait: it returns TRUE when nothing is left to do.
 * ERROR_LOCK_TIMEOUT names the holder. *taken is FALSE only when is_done ended the wait. */
typedef gboolean (*SessionIsDone)(const DatabaseState *state, gpointer data);
gboolean session_lock(Session *session, SessionIsDone is_done, gpointer is_done_data,
                      gboolean *taken, const EventSink *events, GError **error);
/* One try. *holder says who has it when it was not *taken (NULL: whoever had it has just left). */
gboolean session_lock_now(Session *session, gboolean *taken, LockHolder **holder, GError **error);
/* Gives the lock back; quiet when this session does not hold it, LOCK_LOST when it was lost
 * meanwhile. */
gboolean session_unlock(Session *session, GError **error);

/* The same, and in the same round trip but ahead of it one statement with its values (char *, NULL
 * for SQL NULL). What becomes of that is in *failure, and keeps no lock. */
gboolean session_unlock_behind(Session *session, const char *sql, const GPtrArray *values,
                               GError **failure, GError **error);

/* Under the lock: makes the version table and the state schema, or brings its layout up to date. */
gboolean session_prepare_state(Session *session, const EventSink *events, GError **error);
