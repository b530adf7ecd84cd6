/* The statements that read the usage log. What a client has said goes as parameters; constants are
 * only what partitions are chosen by, and the limit. Pure. */
#pragma once

#include "db/pool.h"
#include "usage/search.h"
#include "usage/windows.h"

typedef struct UsageSelect UsageSelect;

/* `table` is quoted. `limit` 0: none. At most so many rows behind search->after, of `window` (NULL:
 * of all times), the newest first. */
UsageSelect *usage_select_list(const char *table, const UsageSearch *search,
                               const UsageWindow *window, guint limit);
/* The row of that id in `window`. */
UsageSelect *usage_select_one(const char *table, const guint8 id[USAGE_ID_SIZE],
                              const UsageWindow *window);
/* The groups with the most rows, at most so many. */
UsageSelect *usage_select_stats(const char *table, const UsageSearch *search, guint groups_max);

/* Belongs to the select. */
const char *usage_select_sql(const UsageSelect *select);
BinaryValues usage_select_values(const UsageSelect *select);
void usage_select_free(UsageSelect *select);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(UsageSelect, usage_select_free)
