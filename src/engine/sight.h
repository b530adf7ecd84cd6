/* A sight: what a second connection has seen of the migrating server process. Values only; they
 * never change once made. */
#pragma once

#include "db/result.h"

/* Who stands in its way. Strings are NULL when the role may not see them. */
typedef struct {
    int pid; /* 0: a prepared transaction */
    char *application_name;
    char *user;
    char *state;        /* "active", "idle in transaction"... */
    char *query;        /* the running one or the last; redacted, cut */
    char *query_start;  /* RFC 3339 */
    gint64 query_age;   /* microseconds */
    char *transaction;  /* as pg_locks names it */
    gboolean gives_way; /* the server ends it for a wait that lasts long enough */
} Blocker;

typedef struct {
    char *state; /* of the process; NULL: it is gone */
    /* The statement as the server has it: the beginning of what was sent, secrets included, to
     * compare with and not to show; or NULL. */
    char *text;
    gint64 age;            /* of the statement, microseconds */
    char *wait_event_type; /* NULL: it does not wait */
    char *wait_event;
    char *command; /* "CREATE INDEX": one that tells its progress; NULL: none runs */
    char *phase;
    gint64 done; /* of this phase, in whatever it counts */
    gint64 total;
    GPtrArray *blockers; /* Blocker, never NULL */
} Sight;

/* From the answer to watch.sql. */
Sight *sight_read(const Result *result);
Sight *sight_ref(const Sight *sight);
void sight_unref(Sight *sight);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Sight, sight_unref)

/* The process is at work, neither idle nor blocked. NULL: nothing was seen, so it may be frozen. */
gboolean sight_is_working(const Sight *sight);
/* Of the phase, 0 to 100; -1: not known. */
int sight_percent(const Sight *sight);
/* "42 % of building index: scanning table", or what it waits for, or NULL; g_free. */
char *sight_describe(const Sight *sight);
/* The first of the blockers, and how many more: "psql (process 4711, user app, running for 12.0 s
 * (2026-...): SELECT ...) and 2 more". NULL: there is none. g_free. */
char *sight_describe_blockers(const Sight *sight);
/* The same without what changes by itself, for who tells only news. */
char *sight_identify_blockers(const Sight *sight);
/* "SELECT pg_terminate_backend(4711)" for all of them; NULL: there is none. g_free. */
char *sight_remedy(const Sight *sight);
/* One and the same transaction blocked then and now, and it does not give way. NULL shares nothing.
 */
gboolean sight_shares_blocker(const Sight *then, const Sight *now);
