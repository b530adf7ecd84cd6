/* The Python that an Alembic project runs with: the one that its `alembic` program names. */
#pragma once

#include <glib.h>

/* The words that start it, ended by NULL; g_strfreev. `program` is the alembic to ask, with its
 * path or found in PATH; NULL: the first of DIRECTORY/.venv, DIRECTORY/venv, $VIRTUAL_ENV and PATH
 * that has one. ERROR_FILE when there is none, or it is not a Python program. */
char **interpreter_find(const char *directory, const char *program, GError **error);
