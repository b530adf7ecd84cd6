/* What the server tells of usage logs, as values: the other way of wire.h. */
#pragma once

#include "db/result.h"
#include "usage/search.h"

/* Reads a row whose columns are the fields in their order, in the server's binary format. Texts
 * belong to the result. FALSE when it is nothing of the kind. */
gboolean usage_row_read(const Result *rows, int row, UsageRecord *record);

/* One group of the statistics. */
typedef struct {
    UsageValue groups[GROUP_COUNT]; /* as many as were asked for, in that order */
    guint set;                      /* bit 1 << place: that value is not NULL */
    gint64 count;
    gint64 failures;       /* of them, without success */
    double percentiles[3]; /* of processing_time_ms: 50, 95, 99; NaN: no row has one */
    gint64 group_count;    /* that there are, of which this is one */
} UsageStat;
gboolean usage_stat_read(const Result *rows, int row, const UsageSearch *search, UsageStat *stat);
