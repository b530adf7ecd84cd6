/* The baseline: the schema as the last run left it, recorded to compare with. It is a digest and a
 * text of each object, and says to which heads it belongs: it is written after the last commit of a
 * run, so a crash in between leaves one that belongs to others. */
#pragma once

#include "engine/introspect.h"
#include "engine/run.h"

typedef enum {
    BASELINE_GOOD,
    BASELINE_HALF_RUN, /* a revision is: the schema is between two that could be recorded */
    BASELINE_MISSING,  /* there is none */
    BASELINE_STALE,    /* it belongs to other heads */
    BASELINE_OTHER,    /* made with other filters, or by another version of server or pgsluice */
    BASELINE_DAMAGED,  /* its objects are not those that it was made of */
} BaselineState;

/* The record and the schema as it is, read in one snapshot. */
typedef struct {
    BaselineState state;
    char **heads;             /* that the record belongs to; NULL: there is none */
    char *recorded_at;        /* RFC 3339; NULL */
    char **heads_now;         /* of the database; empty without a version table */
    FingerprintSet *recorded; /* never NULL */
    FingerprintSet *live;
    Catalog *catalog; /* of `live`, and more: what is made at run time is no part of a baseline */
} Baseline;

/* What the daemon makes and drops as time goes by, which no revision and no model has: partitions
 * of the usage log, with all that is theirs. */
gboolean baseline_is_made_at_run_time(const Object *object);

/* No lock; one or two round trips (introspect_catalog_and). */
Baseline *baseline_read(Session *session, GError **error);
void baseline_free(Baseline *baseline);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Baseline, baseline_free)

/* One statement and its values, to be run under the migration lock. */
typedef struct {
    char *sql;
    GPtrArray *values; /* char *, NULL for SQL NULL */
} BaselineRecord;
void baseline_record_free(BaselineRecord *record);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BaselineRecord, baseline_record_free)

/* What makes the schema of `baseline` the record of its heads. `revision` is the last one that an
 * upgrade has brought in, or NULL. With a `message` the ledger has a row ("accept-drift") with it
 * and the facts of `run`, else both are NULL. */
BaselineRecord *baseline_record(Session *session, const Baseline *baseline, const char *revision,
                                const char *message, const char *run);
