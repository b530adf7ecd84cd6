/* Making files and folders: never over something that is there. */
#pragma once

#include <glib.h>

/* Parents are made too; a folder that is there is left as it is. ERROR_FILE. */
gboolean create_folder(const char *path, GError **error);

/* Writes a new file, down to the disk. ERROR_FILE when it is there already or cannot be written;
 * half a file is removed. */
gboolean create_file(const char *path, const char *text, GError **error);
