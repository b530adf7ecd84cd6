/* The partitions of a table that is cut by time, as spans that a list is looked for in, the newest
 * first: their bounds become constants of the statement, so that the server plans, locks and opens
 * few of them. The spans meet, and cover all of time: a partition that is not known costs time, not
 * rows. Pure. */
#pragma once

#include <glib.h>

typedef struct UsageWindows UsageWindows;

/* `starts` are the lower bounds of the partitions (microseconds since 1970), in any order. */
UsageWindows *usage_windows_new(const gint64 *starts, guint count);
UsageWindows *usage_windows_ref(UsageWindows *windows);
void usage_windows_unref(UsageWindows *windows);
/* None are known: there is one span. */
gboolean usage_windows_are_whole(const UsageWindows *windows);

/* Not before `lower`, and before `upper`; G_MININT64 and G_MAXINT64: no bound. */
typedef struct {
    gint64 lower;
    gint64 upper;
    guint width; /* partitions in it */
} UsageWindow;

/* The first one for rows of `time` and before: with all that is later when `is_open`. */
UsageWindow usage_windows_first(const UsageWindows *windows, gint64 time, gboolean is_open);
/* The one before it, of twice as many partitions; FALSE when there is none. */
gboolean usage_windows_next(const UsageWindows *windows, UsageWindow *window);
