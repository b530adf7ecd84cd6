/* A step as messages: the statements that one revision sends to the server, in order, so that what
 * goes out and what comes back follow one list. */
#pragma once

#include "engine/failure.h"

typedef struct {
    ScriptPhase phase;
    const Statement *statement; /* of the file; NULL for the engine's own */
    guint index;                /* of that statement in its section */
    const char *sql;            /* NULL: the caller's statement that journals or records */
    const char *rows;           /* that a COPY ... FROM STDIN takes; NULL: it is none */
    gsize rows_length;
} StepMessage;

/* What only the session knows of the end of a revision's transaction; NULL each: nothing. */
typedef struct {
    const char *settings;      /* what this commit runs with */
    const char *release_locks; /* gives back the advisory locks that are not the session's own */
    const char *listen;        /* to what the session listened before */
} StepEnding;

/* All messages of the transaction that a script runs next: of its next segment, or of its record
 * alone. An array of StepMessage that borrows from it; g_array_unref. */
GArray *step_messages(const Script *script, const StepEnding *ending);

/* What the statements before `first` have set in the session: they are sent again where the session
 * is a new one, or was reset in between. Appends to `messages`. */
void step_add_session(GArray *messages, const Script *script, guint first);

/* How far a segment has come. */
typedef enum { SEGMENT_STARTED, SEGMENT_FINISHED, SEGMENT_FAILED } SegmentState;

/* $1 of record_segment.sql; `sqlstate` (may be NULL) is that of the failure. g_free. */
char *step_segment_facts(Script *script, const Segment *segment, SegmentState state,
                         const char *sqlstate);

/* $1 to $7 of record_step.sql. `is_last`: of the run; `listing` (graph_listing_at's, may be NULL)
 * goes with that one. `run` is run_format's. A GPtrArray with free function. */
GPtrArray *step_arguments(const Script *script, const char *version_table, gboolean is_last,
                          const char *listing, const char *run);
