/* Reports: all that crosses from the worker's thread to the event loop, through one mailbox. A
 * report owns everything that it carries. */
#pragma once

#include "daemon/bundle.h"
#include "daemon/gate.h"
#include "daemon/mailbox.h"
#include "engine/drift.h"
#include "engine/event.h"
#include "engine/status.h"
#include "view/operation.h"

typedef enum {
    REPORT_GATE,      /* event, reason; bundle and status when it was read anew; error with FAIL */
    REPORT_NEWS,      /* line alone */
    REPORT_INSTANCES, /* instances: who else is there has changed */
    REPORT_DRIFT,     /* drift: the schema has been compared with the record */
    REPORT_RELOADED,  /* bundle: in force from now on */
    REPORT_RELOAD_REFUSED, /* error: the old bundle stays in force */
    REPORT_TASK_ENDED,     /* task: an operation that was asked for over HTTP has ended */
    REPORT_USAGE,          /* action_types, or reason why there are none */
    REPORT_ENDED,          /* the last one */
} ReportKind;

typedef struct {
    ReportKind kind;
    GateEvent event;
    char *reason;        /* a sentence */
    char *line;          /* for the log, or NULL */
    gboolean is_warning; /* the line; else it is at info */
    char *revision;      /* that the line is about, or NULL */
    Bundle *bundle;
    Status *status;       /* borrows from the bundle's graph */
    GPtrArray *instances; /* Instance *, by reference */
    Drift *drift;
    char **action_types;  /* that usage logs may have; or NULL */
    Operation *operation; /* where a migration has got to, or NULL */
    gboolean is_stalled;  /* the backend was seen not to work, or not seen at all */
    GError *error;
    char *task; /* an id */
} Report;

void report_free(Report *report);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Report, report_free)

/* Each posts one report. They take `reason`, `status` and `error`, and copy or reference the rest.
 */
void report_gate(Mailbox *mailbox, GateEvent event, char *reason);
void report_status(Mailbox *mailbox, GateEvent event, const char *reason, Bundle *bundle,
                   Status *status);
/* The reason becomes "DOING: what the error says". */
void report_failure(Mailbox *mailbox, GateEvent event, const char *doing, GError *error);
/* A try to connect failed. */
void report_retry(Mailbox *mailbox, const GError *error, gint64 pause);
/* What the engine says. Progress that the next progress replaces is left out of a crowded mailbox.
 */
void report_engine_event(Mailbox *mailbox, const EngineEvent *event);
/* A line for the log alone; takes it. */
void report_line(Mailbox *mailbox, char *line, gboolean is_warning);
void report_task_ended(Mailbox *mailbox, const char *id);
/* References `instances`, which must not change any more. */
void report_instances(Mailbox *mailbox, GPtrArray *instances);
/* Takes it. */
void report_drift(Mailbox *mailbox, Drift *drift);
/* What the database has of the usage log now; copies. `absence` NULL: it is there. */
void report_usage(Mailbox *mailbox, const char *const *action_types, const char *absence);
void report_reloaded(Mailbox *mailbox, Bundle *bundle);
void report_reload_refused(Mailbox *mailbox, GError *error);
void report_ended(Mailbox *mailbox);
