/* What the engine tells its caller while it works. The engine itself never logs. */
#pragma once

#include <glib.h>

#include "db/lock.h"
#include "engine/sight.h"
#include "revision/plan.h"

typedef enum {
    EVENT_CONNECT_RETRY,    /* error, pause: a try to connect failed */
    EVENT_CONNECTED,        /* text: where */
    EVENT_WAITING_FOR_LOCK, /* holder (NULL at first, and when it is not known), elapsed */
    EVENT_LOCK_TAKEN,       /* elapsed */
    EVENT_STATE_CREATED,    /* text: what was created (version table, state schema) */
    EVENT_PLAN,             /* plan: what is going to run (never empty) */
    EVENT_REVISION_STARTED, /* step, index, count */
    EVENT_STATEMENT_DONE,   /* step, index, count, statement, statements */
    EVENT_REVISION_DONE,    /* step, index, count, elapsed */
    EVENT_REVISION_RETRY,   /* step, index, count, error, pause, sight (who is in its way; NULL when
                               nobody was seen): it met a lock timeout or a deadlock */
    EVENT_CONNECTION_BROKE, /* step, index, count, error: the server will be asked what it has */
    EVENT_PROGRESS, /* step, index, count, statement, statements, elapsed (of the statement),
                       sight (NULL when nothing could be seen): once a second */
    EVENT_NOTICE,   /* text: a warning that the server gave to a statement */
    EVENT_FINISHED, /* plan, count revisions, elapsed */
} EventKind;

/* Only the fields that the kind names above are set; all is borrowed for the call. */
typedef struct {
    EventKind kind;
    gint64 elapsed; /* microseconds */
    gint64 pause;   /* microseconds until the next try */
    const GError *error;
    const char *text;
    const LockHolder *holder;
    const Plan *plan;
    const PlanStep *step;
    guint index; /* from 0 */
    guint count;
    guint statement; /* from 0 */
    guint statements;
    const Sight *sight;
} EngineEvent;

/* Called on the thread that called the engine. Must be quick and must not call the engine. */
typedef void (*EngineObserver)(const EngineEvent *event, gpointer data);

/* Who hears the events. A NULL sink or observer hears nothing. */
typedef struct {
    EngineObserver observer;
    gpointer data;
} EventSink;

/* "revision started", for documents. */
const char *engine_event_name(EventKind kind);

/* Calls the observer; nothing when `sink` is NULL or has none. */
void event_send(const EventSink *sink, const EngineEvent *event);
