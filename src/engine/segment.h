/* The segments of a section: what commits by itself. A transaction holds as many statements as it
 * can, up to one with a mark that it begins a new one; a statement that cannot run in one is a
 * segment of its own. Pure. */
#pragma once

#include "revision/revision.h"
#include "sql/nature.h"
#include "sql/split.h"

typedef struct {
    guint first; /* of the section's statements, from 0 */
    guint end;
    gboolean is_transaction;
} Segment;

typedef struct {
    GPtrArray *statements; /* Statement *, of the section that runs */
    GPtrArray *checks;     /* of the verify section, which runs behind them */
    TransactionMode transaction;
} SegmentSource;

/* Whether one transaction can hold all of it. Quick for what is usual. */
gboolean segments_are_one(const SegmentSource *source);

/* The natures of all its statements; a GPtrArray with free function. */
GPtrArray *segments_natures(const SegmentSource *source);

/* The segments of the statements from `first` on, an array of Segment; g_array_unref.
 * *records_apart: the checks and the record need a transaction of their own behind the last
 * segment. With a statement for each when the header says none. */
GArray *segments_make(const SegmentSource *source, const GPtrArray *natures, guint first,
                      gboolean *records_apart);
