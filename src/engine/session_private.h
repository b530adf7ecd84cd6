/* The inside of a Session, for the files that implement session.h. */
#pragma once

#include "engine/ahead.h"

enum { STATE_LAYOUT = 1 }; /* of the state schema: the newest that is known here */

struct Session {
    const EngineSettings *settings;
    Cancel *cancel;
    Conn *conn;
    DatabaseFacts facts;
    LockKey key;
    gboolean has_lock;
    gboolean listens; /* session_listen's, on this connection */
    guint prepared;   /* so many statements had names */
    guint reconnections;
    gboolean has_version_table; /* as last seen */
    gboolean has_state;
    gboolean has_environment;         /* as last seen: the database has a name */
    gboolean has_new_ledger;          /* made by this session, and nothing is in it */
    gboolean just_looked;             /* these two are as fresh as a question now would find them */
    char *default_synchronous_commit; /* what role, database and server say */
    char **variables;                 /* settings_variables */
    char *prepared_state;             /* the name under which the server has it; NULL: has not */
    char *read_state_sql;             /* expanded once: the daemon polls with it */
    GPtrArray *overridden;            /* overridden_read's; NULL: not asked yet */
    char **fence;                     /* fence_take's revisions; NULL: none */
    char *bars;                       /* the keys of fence_require's locks, as bigint[]; or NULL */
    gboolean overrules_instances;     /* as fence_require was told */
    Result *ahead[AHEAD_QUESTIONS];   /* answers that came with the lock; NULL: did not */
    struct {
        gboolean is_known;
        gboolean is_accepted;    /* as the one whose ledger this is */
        char *system_identifier; /* NULL: the server does not tell */
        char *timeline;
    } server;
};

/* "set_config(...), set_config(...)": everything that role, database, server or the revision before
 * may have set and that would change how a migration runs; `lock_timeout` in microseconds. Not the
 * start-up packet's options: a pooler would swallow or refuse them. g_free. */
char *session_parameters(const Session *session, gint64 lock_timeout);

/* What session_listen sends; g_free. */
char *session_listen_sql(const Session *session);

/* sql_expand with the session's variables; g_free. */
char *session_expand(const Session *session, const char *sql);
