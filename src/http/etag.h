/* Entity tags in conditional requests (RFC 9110, section 8.8.3). */
#pragma once

#include <glib.h>

/* Whether the list of an If-None-Match field names `etag` (with its quotes), by weak comparison;
 * "*" names everything. NULL and malformed lists name nothing beyond what was read. */
gboolean etag_list_has(const char *list, const char *etag);
