/* Asking the catalog whether a statement that cannot run in a transaction has had its effect. */
#pragma once

#include "engine/session.h"
#include "sql/nature.h"

/* What probe.sql calls the question; NULL: there is none to ask. */
const char *probe_name(const Nature *nature);

typedef struct {
    char *state; /* "" = nothing can be asked */
    char *object;
    char *part;
    char **leftovers; /* invalid indexes, quoted and qualified; NULL-terminated */
} Probe;
void probe_clear(Probe *probe);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Probe, probe_clear)

/* Asks `name` (NULL gives an empty answer) about the object and part (may be NULL). */
gboolean probe_ask(Session *session, const char *name, const char *object, const char *part,
                   Probe *probe, GError **error);

typedef enum {
    OUTCOME_UNKNOWN,
    OUTCOME_DONE,
    OUTCOME_NOT_DONE,
    OUTCOME_HALF,       /* a partition whose detaching must be finished */
    OUTCOME_REPEATABLE, /* not known, and it does no harm to do it again */
} ProbeOutcome;

/* What the state says now of a statement before which it said `before` (may be NULL). */
ProbeOutcome probe_outcome(const char *name, const char *before, const char *now);
