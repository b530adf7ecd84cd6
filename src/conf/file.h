/* The configuration file (libconfig): every setting checked against the table of keys. */
#pragma once

#include <glib.h>

#include "conf/sections.h"
#include "conf/value.h"

enum { CONF_FILE_MAX = 1024 * 1024 }; /* bytes */

/* Reads the file at `path` (as people should see it in messages) into `values`, and its named
 * sections, each of which is checked, into `sections`.
 * FALSE: ERROR_CONFIG with file:line and the nearest valid key; some values may be set by then.
 * A missing file is an error here. */
gboolean conf_file_read(const char *path, ConfValues *values, ConfSections *sections,
                        GError **error);
