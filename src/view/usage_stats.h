/* Statistics of usage logs, and what is wrong with a question for them, as JSON. Pure. Free each
 * text with g_free. */
#pragma once

#include "usage/answer.h"

/* {"group_by":[],"from","to","group_count","is_complete","groups":[{...,"count","failures",
 * "error_rate","processing_time_ms":{"p50","p95","p99"}}]}: each group names what it was made by.
 */
typedef struct UsageStats UsageStats;
UsageStats *usage_stats_new(void);
void usage_stats_add(UsageStats *stats, const UsageSearch *search, const UsageStat *stat);
/* Frees it. */
char *usage_stats_finish(UsageStats *stats, const UsageSearch *search);
void usage_stats_free(UsageStats *stats);

/* [{"parameter","detail"}] of a GPtrArray of SearchFault. */
char *usage_search_faults_document(const GPtrArray *faults);
