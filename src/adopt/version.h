/* Version numbers as other tools write them: digits in parts, "20240101120000", "000007", "1.2". */
#pragma once

#include <glib.h>

/* Digits, with single dots between them. */
gboolean version_is_valid(const char *version);

/* As numbers, part by part; a missing part counts as 0, so that "1", "01" and "1.0" are equal. */
int version_compare(const char *a, const char *b);

/* "2024-01-01 12:00:00+00:00" for a version of 14 digits that is a time in UTC; else "". g_free. */
char *version_create_date(const char *version);
