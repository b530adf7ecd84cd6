/* Reading an Alembic project by running its own Python, offline. */
#pragma once

#include "adopt/import.h"
#include "base/cancel.h"

typedef struct {
    const char *project; /* the folder with alembic.ini, or an ini file */
    const char *section; /* of the ini file; NULL: alembic */
    const char *program; /* the alembic to use; NULL: see interpreter.h */
    const GPtrArray *x;  /* char *, for env.py's get_x_argument() */
    const char *const *environment;
} AlembicOptions;

/* Renders every revision, up and down; connects to no database. *said is the end of what the
 * project's Python printed, set on failure too (g_free). ERROR_FILE: no such project, no Python,
 * or a project that cannot be read; a revision that cannot be rendered is a blocked section and no
 * error. ERROR_CANCELLED. */
Import *alembic_import(const AlembicOptions *options, Cancel *cancel, char **said, GError **error);
/* Whether there are Python files in the folder, as in a project's versions/. */
gboolean alembic_has_revisions(const char *folder);
/* The folder that the project is run in, with its whole path; g_free. */
char *alembic_folder(const char *project);
