/* Entity tags in conditional requests (RFC 9110, section 8.8.3). */
#pragma once

#include <glib.h>

/* Whether the list of an If-None-Match field names `etag` (with its quotes), by weak comparison;
 * "*" names everything. NULL and malformed lists name nothing beyond what was read. */
gboolean etag_list_has(const char *list, const char *etag);
/* The same for an If-Match field that guards a change: by strong comparison, and "*" names nothing,
 * since whoever sends it has looked at nothing. */
gboolean etag_list_names(const char *list, const char *etag);
