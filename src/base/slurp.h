/* Reading a whole small file with a ceiling. */
#pragma once

#include <glib.h>

typedef enum { SLURP_DONE, SLURP_MISSING, SLURP_FAILED } SlurpResult;

/* Reads all of `path`. On SLURP_DONE *text is new and NUL-terminated (g_free); a missing file sets
 * no error. ERROR_CONFIG: a folder, unreadable, larger than `limit` bytes, or with a NUL byte in
 * it. */
SlurpResult slurp(const char *path, gsize limit, char **text, GError **error);
