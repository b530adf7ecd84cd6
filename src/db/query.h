/* The text of a query that somebody else runs, as people may see it. */
#pragma once

#include <glib.h>

/* Redacted, on one line, cut at 200 characters; NULL for NULL. g_free. */
char *query_shorten(const char *query);
