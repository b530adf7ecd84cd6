/* What people type to name revisions: ids, unique prefixes, head heads base current, label@head,
 * +2 -1 ae10+2 head-1. Grammar and meaning are Alembic's. */
#pragma once

#include "revision/graph.h"

/* SHOW, STAMP and RANGE go in both directions. For SHOW and RANGE "-1" goes down from each of
 * several heads; for RANGE a walk past the end stops there. */
typedef enum {
    SPEC_FOR_UPGRADE,
    SPEC_FOR_DOWNGRADE,
    SPEC_FOR_SHOW,
    SPEC_FOR_STAMP,
    SPEC_FOR_RANGE,
} SpecUse;

/* The revisions that `text` names, as a GPtrArray of borrowed Revisions (empty = base).
 * `current` are the database's heads (for relative forms and "current"; may be NULL for SHOW:
 * relative forms then count from the files' heads). Errors UNKNOWN_REVISION, AMBIGUOUS (lists the
 * candidates), USAGE (a form that makes no sense here: `upgrade -1`). */
GPtrArray *spec_resolve(const Graph *graph, const char *text, const char *const *current,
                        SpecUse use, GError **error);
/* Exactly one; base is a USAGE error. */
const Revision *spec_resolve_one(const Graph *graph, const char *text, const char *const *current,
                                 SpecUse use, GError **error);

/* Whether `text`, a spec or a range of them, says "current", so that the database must be asked. */
gboolean spec_asks_current(const char *text);

/* A downgrade's target: what stays, and the branch that the words confine it to. */
typedef struct {
    const Revision *revision; /* NULL: base, nothing stays */
    const Revision *branch;   /* NULL: every branch above the target goes */
} SpecDowngrade;

/* Fills *target, which borrows from the graph. Errors as of spec_resolve. */
gboolean spec_resolve_downgrade(const Graph *graph, const char *text, const char *const *current,
                                SpecDowngrade *target, GError **error);
