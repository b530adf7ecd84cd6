/* A step as messages: the statements that one revision sends to the server, in order, so that what
 * goes out and what comes back follow one list. */
#pragma once

#include "engine/failure.h"

typedef struct {
    ScriptPhase phase;
    const Statement *statement; /* of the file; NULL for the engine's own */
    guint index;                /* of that statement in its section */
    const char *sql;            /* NULL in PHASE_RECORD: the caller's record statement */
} StepMessage;

/* All messages of a script, an array of StepMessage that borrows from it; g_array_unref. With
 * only_record the section's statements are left out: they have run already. `durability` (may be
 * NULL) is a SET LOCAL for this commit. */
GArray *step_messages(const Script *script, gboolean only_record, const char *durability);

/* $1 to $7 of record_step.sql. `is_last`: of the run; `listing` (graph_listing_at's, may be NULL)
 * goes with that one. `run` is run_format's. A GPtrArray with free function. */
GPtrArray *step_arguments(const Script *script, const char *version_table, gboolean is_last,
                          const char *listing, const char *run);
