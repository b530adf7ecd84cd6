/* Time: the one place where pgsluice reads a clock or waits. A test may replace it. */
#pragma once

#include <glib.h>

#include "base/cancel.h"

typedef struct {
    gint64 (*monotonic)(gpointer data); /* microseconds */
    gint64 (*wall)(gpointer data);      /* microseconds since 1970 */
    gboolean (*wait)(gint64 microseconds, Cancel *cancel, gpointer data); /* see clock_wait */
    gpointer data;
} Clock;

/* Replaces the clock for the whole process (NULL: the real one again). `clock` must outlive its
 * use. For tests; not thread-safe. */
void clock_replace(const Clock *clock);

/* Microseconds on a clock that never goes back; its zero is arbitrary. */
gint64 clock_monotonic(void);

/* Microseconds since 1970-01-01 UTC. */
gint64 clock_wall(void);

/* Waits; returns FALSE when `cancel` (may be NULL) was triggered before or while waiting. */
gboolean clock_wait(gint64 microseconds, Cancel *cancel);

/* "2026-11-22 14:02:11+00:00" for the file header and for people; free with g_free. Both give four
 * digits to each year: what is outside of 0001 to 9999 is shown as the nearest second within. */
char *clock_format_utc(gint64 wall);

/* "2026-11-22T14:02:11.123456Z" (RFC 3339) for machines; free with g_free. */
char *clock_format_rfc3339(gint64 wall);

/* Reads such a time, with any offset. ERROR_CONFIG with the form as the hint. */
gboolean clock_parse_rfc3339(const char *text, gint64 *wall, GError **error);

/* The time zone of that name ("Europe/Berlin", "UTC", "+02:00"), also when it is typed in lower
 * case; g_time_zone_unref. ERROR_CONFIG when the system knows none of that name. */
GTimeZone *clock_zone(const char *name, GError **error);
