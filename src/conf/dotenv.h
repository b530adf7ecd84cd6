/* The .env file of a working folder: NAME=value lines as developers keep them, read as
 * python-dotenv reads them but for the reasons that tests/lib/dotenv-oracle lists. Values are taken
 * as they are: $OTHER is not expanded. */
#pragma once

#include <glib.h>

typedef struct {
    char *name;
    char *value;
    unsigned line; /* counts from 1 */
} DotenvEntry;

/* Reads `text`, which came from `path` (for messages only). Understood: comments, blank lines,
 * `export NAME=value`, 'with \\ \'', "with \n \t \" \\ \$..." (quoted values may span lines), CRLF,
 * a BOM. Returns the DotenvEntry rows in the order of the file (later ones with the same name win),
 * free with g_array_unref; ERROR_CONFIG with path:line, never with the text of the line. */
GArray *dotenv_parse(const char *text, const char *path, GError **error);

/* The same for the file at `path`, at most 64 KiB; no rows when there is none. */
GArray *dotenv_read(const char *path, GError **error);

/* The value that wins for `name`, or NULL; belongs to the rows. Empty counts as unset. */
const char *dotenv_get(const GArray *rows, const char *name);
