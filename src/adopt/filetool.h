/* Tools whose history is a folder of SQL files, one line of versions: dbmate, golang-migrate,
 * Flyway. */
#pragma once

#include "adopt/import.h"

typedef struct FileTool FileTool;

/* By the name that is typed, or NULL. */
const FileTool *file_tool_find(const char *name);

enum {
    TOOL_FILES_MAX = 100000,
    TOOL_FILE_MAX = 32 * 1024 * 1024, /* bytes; half of what a revision file may have */
};

/* Reads `folder` (not the folders in it). Each version becomes an arrival that follows the one
 * before it, by number. Errors: ERROR_FILE for a folder or file that cannot be read or is too
 * large, ERROR_REVISION_FILE for one that is not UTF-8 or not in the tool's form, a version that is
 * there twice, or an id that pgsluice does not read; each names the file. */
Import *file_tool_import(const FileTool *tool, const char *folder, GError **error);
