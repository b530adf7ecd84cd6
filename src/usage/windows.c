/* A sorted array of bounds. */
#include "usage/windows.h"

#include <stdatomic.h>

struct UsageWindows {
    atomic_uint references;
    GArray *starts; /* gint64, the newest first */
};

static gint compare(gconstpointer left, gconstpointer right)
{
    gint64 a = *(const gint64 *)left;
    gint64 b = *(const gint64 *)right;

    return a < b ? 1 : a > b ? -1 : 0;
}

UsageWindows *usage_windows_new(const gint64 *starts, guint count)
{
    UsageWindows *windows = g_new0(UsageWindows, 1);

    atomic_init(&windows->references, 1);
    windows->starts = g_array_sized_new(FALSE, FALSE, sizeof(gint64), count);
    g_array_append_vals(windows->starts, starts, count);
    g_array_sort(windows->starts, compare);
    return windows;
}

UsageWindows *usage_windows_ref(UsageWindows *windows)
{
    atomic_fetch_add(&windows->references, 1);
    return windows;
}

void usage_windows_unref(UsageWindows *windows)
{
    if (!windows || atomic_fetch_sub(&windows->references, 1) > 1)
        return;
    g_array_unref(windows->starts);
    g_free(windows);
}

gboolean usage_windows_are_whole(const UsageWindows *windows)
{
    return windows->starts->len == 0;
}

/* The end of time behind the last. */
static gint64 start_at(const UsageWindows *windows, guint place)
{
    return place < windows->starts->len ? g_array_index(windows->starts, gint64, place)
                                        : G_MININT64;
}

/* The place of the newest start that is not after `time`. */
static guint find(const UsageWindows *windows, gint64 time)
{
    guint low = 0;
    guint high = windows->starts->len;

    while (low < high) {
        guint middle = (low + high) / 2;

        if (start_at(windows, middle) <= time)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

UsageWindow usage_windows_first(const UsageWindows *windows, gint64 time, gboolean is_open)
{
    guint place = find(windows, time);

    return (UsageWindow){.lower = start_at(windows, place),
                         .upper = is_open || place == 0 ? G_MAXINT64 : start_at(windows, place - 1),
                         .width = 1};
}

gboolean usage_windows_next(const UsageWindows *windows, UsageWindow *window)
{
    guint place;

    if (window->lower == G_MININT64)
        return FALSE;
    place = find(windows, window->lower); /* of the window's oldest */
    window->width *= 2;
    window->upper = window->lower;
    window->lower = start_at(windows, place + window->width / 2);
    return TRUE;
}
