/* What an import has done, for people and as JSON. */
#pragma once

#include "adopt/landing.h"
#include "cli/cli.h"

typedef struct {
    const char *source;  /* the tool, as typed */
    const char *project; /* its folder, as typed */
    gboolean is_trial;   /* nothing has been written */
    char *directory;     /* the script directory */
    char **folders;      /* of revision files; new ones go into the first */
    Import *import;
    GPtrArray *landings;
    Graph *afterwards; /* the files that were there, and the new ones */
    char **heads;      /* what the database is at; NULL: it was not asked */
} ImportOutcome;

/* The result on stdout; counts and what to do next on stderr. */
void import_report(Cli *cli, const ImportOutcome *outcome);

/* Whether the version table that the project names (if it does) is the configured one. */
gboolean import_has_configured_table(const Import *import, const Conf *conf);
/* "database.version_table = ..." for the configuration; g_free. */
char *import_describe_table(const Import *import);
