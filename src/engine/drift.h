/* Drift: what in the database is not as the last run left it. */
#pragma once

#include "engine/baseline.h"

typedef struct {
    ChangeKind change;
    char *kind;       /* "table", as in schema/objects.def */
    char *name;       /* public.orders; public.f(integer); orders_pkey ON public.orders */
    char *recorded;   /* its text, redacted; NULL: there was none, or texts were not asked for */
    char *live;       /* its text as it is in the database; otherwise the same */
    char **relations; /* that it is, is part of, or needs itself; quoted names, never NULL */
} DriftObject;

typedef struct {
    gint64 checked_at;   /* microseconds since 1970 */
    BaselineState state; /* unless GOOD nothing could be compared, and `objects` is empty */
    char **recorded_for; /* heads; empty when there is no record */
    char *recorded_at;   /* RFC 3339; NULL */
    char **heads;        /* now */
    GPtrArray *objects;  /* DriftObject *, by kind and name */
} Drift;

/* Compares, in one snapshot and without locks. `wants_texts` costs a round trip more when there is
 * drift. */
Drift *drift_read(Session *session, gboolean wants_texts, GError **error);
void drift_free(Drift *drift);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Drift, drift_free)

/* "added", "removed", "changed" */
const char *drift_change_name(ChangeKind change);
/* Why nothing could be compared, a sentence without its full stop; NULL: it could. g_free. */
char *drift_describe_state(const Drift *drift);
/* "table public.orders (changed), ... and 3 more"; "" when there is none. g_free. */
char *drift_describe(const Drift *drift);
/* Whether the object has to do with one of `relations`, a set of quoted names. */
gboolean drift_object_touches(const DriftObject *object, GHashTable *relations);

/* Records the schema as right as it is, under the migration lock, with a row of the ledger. *drift
 * is what was accepted (drift_free); nothing is written when there was none. REFUSED in the middle
 * of a revision. */
gboolean drift_accept(Session *session, const RunOrigin *origin, const EventSink *events,
                      Drift **drift, GError **error);
