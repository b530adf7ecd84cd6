/* Durations and sizes as people write them: "500ms", "15min", "1h 30min", "64KiB". */
#pragma once

#include <glib.h>

/* Reads a duration: a whole number with a unit (us ms s min h d), or several of them, or "0". A
 * bare number other than 0 is refused because nobody can tell its unit. */
gboolean duration_parse(const char *text, gint64 *microseconds, GError **error);

/* The shortest exact form ("1500ms", "2min", "0"); free with g_free. */
char *duration_format(gint64 microseconds);

/* How long something took, for people ("0.4 ms", "12.3 s", "3 min 05 s"); free with g_free. */
char *duration_describe(gint64 microseconds);

/* Reads a size in bytes: a whole number with B, KiB, MiB or GiB (kB and MB mean 1000s), or a bare
 * number. */
gboolean size_parse(const char *text, guint64 *bytes, GError **error);
