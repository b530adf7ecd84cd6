/* The daemon as a whole: one run from the options to the exit status. */
#pragma once

#include <glib.h>

typedef struct {
    char *config;    /* --config, or NULL */
    char *section;   /* --name, or NULL */
    char **settings; /* --set, NULL-terminated, or NULL */
    gboolean is_embedded;
    char *embedded_directory; /* NULL: the default folder */
    int verbosity;            /* how many -v */
    gboolean shows;           /* --show, with --check-config */
} AppOptions;

/* Runs until SIGTERM, SIGINT or a failure; returns the exit status. */
int app_run(const AppOptions *options);

/* Loads configuration and revision files as a start would, says whether they are fine, and prints
 * each value with its origin when asked. No database is contacted. Returns the exit status. */
int app_check(const AppOptions *options);
