/* Telling a failed migration: which revision and statement, where in the file, and what is and is
 * not in the database now. */
#pragma once

#include "engine/script.h"
#include "engine/sight.h"

typedef enum {
    PHASE_BEGIN, /* before the revision's own statements */
    PHASE_STATEMENT,
    PHASE_VERIFY,  /* a statement of the verify section, or what stands around it */
    PHASE_JOURNAL, /* where the revision has come to, between its segments */
    PHASE_RECORD,  /* heads, applied, ledger */
    PHASE_COMMIT,
} ScriptPhase;

typedef struct {
    const Script *script;
    ScriptPhase phase;
    const Statement *statement; /* of the file; NULL for the engine's own */
    guint index;                /* of that statement in its section */
    unsigned position;          /* the server's, in characters from 1; 0 = unknown */
    guint before;               /* revisions of this run that are committed */
    gboolean has_time_limit;    /* execution.statement_timeout is set */
    guint in_doubt;             /* revisions from this one on that may be committed, nobody knows */
    const char *why_in_doubt;   /* why the server could not be asked; NULL: it was not */
} FailurePlace;

/* Completes *error (set, as it came from the connection): kind, prefix, place, outcome, hint. */
void failure_describe(const FailurePlace *place, GError **error);

/* Adds to an error that was described who stood in its way, and what ends that. */
void failure_name_blockers(GError *error, const Sight *sight);

/* A lock timeout or a deadlock: the same transaction may succeed later. */
gboolean failure_is_retryable(const GError *error);
