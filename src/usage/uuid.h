/* UUIDs as PostgreSQL reads and writes them, and version 7 (RFC 9562, section 5.7), whose first 48
 * bits are the time in milliseconds since 1970, so that they sort by it. Thread-safe. */
#pragma once

#include "usage/record.h"

enum { UUID_TEXT_SIZE = 37 }; /* with the final NUL */

/* A new version 7 UUID of that time (microseconds since 1970, not before it): 74 random bits from
 * the kernel. */
void uuid_make(gint64 wall, guint8 id[USAGE_ID_SIZE]);
/* Reads 32 hex digits in the form 8-4-4-4-12; nothing else. */
gboolean uuid_parse(const char *text, guint8 id[USAGE_ID_SIZE]);
void uuid_format(const guint8 id[USAGE_ID_SIZE], char text[UUID_TEXT_SIZE]);
gboolean uuid_is_version_7(const guint8 id[USAGE_ID_SIZE]);
/* Of a version 7: microseconds since 1970, whole milliseconds. */
gint64 uuid_time(const guint8 id[USAGE_ID_SIZE]);
