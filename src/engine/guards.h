/* The guards of a change over HTTP, as values: facts in, refusals out. What a guard needs is known
 * at different times (the request, the configuration, the database), so they are asked in ranges.
 * Pure. */
#pragma once

#include "engine/preview.h"

typedef enum {
#define GUARD(name, slug, status, title) GUARD_##name,
#include "engine/guards.def"
#undef GUARD
    GUARD_COUNT,
} Guard;

/* The columns of guards.def: the last part of the problem's type, the HTTP status, the title. */
const char *guard_slug(Guard guard);
unsigned guard_status(Guard guard);
const char *guard_title(Guard guard);

/* What they look at. A pointer that is NULL: its guards have nothing to refuse, unless said. */
typedef struct {
    PlanDirection direction;
    gboolean is_enabled; /* rollback.enabled */
    gboolean is_controlled;
    const char *if_match;       /* NULL: 428 */
    const char *etag;           /* of the status document now */
    gboolean matches;           /* if_match and etag */
    const GError *target_error; /* the plan cannot be made */
    guint max_steps;
    const Preview *preview;
    gboolean accepts_data_loss;
    gboolean accepts_drift;
    const char *confirm; /* NULL: missing, which DIGEST refuses */
    gint64 now;          /* microseconds since 1970 */
    gint64 confirm_within;
    const char *holder; /* who changes the database now */
} GuardFacts;

typedef struct {
    Guard guard;
    char *detail;
    char *hint;
} Refusal;
void refusal_free(Refusal *refusal);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Refusal, refusal_free)

/* Takes both. */
Refusal *refusal_new(Guard guard, char *detail, char *hint);

/* The first of the guards from `first` to `last`, both included, that refuses; NULL: all let it
 * pass. */
Refusal *guards_ask(const GuardFacts *facts, Guard first, Guard last);
/* All that refuse (Refusal *, with free function), but those that only a real call can meet: SCOPE,
 * the key, the precondition, DIGEST. */
GPtrArray *guards_foresee(const GuardFacts *facts);
