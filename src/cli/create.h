/* Making files and folders for init and revision: never over something that is there. */
#pragma once

#include <glib.h>

/* Parents are made too. */
gboolean create_folder(const char *path, GError **error);

/* Writes a new file. ERROR_FILE when it is there already or cannot be written; half a file is
 * removed. */
gboolean create_file(const char *path, const char *text, GError **error);
