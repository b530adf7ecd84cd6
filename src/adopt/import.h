/* The history of another tool, read and ready to become revision files. */
#pragma once

#include "adopt/arrival.h"

typedef struct {
    GPtrArray *arrivals;        /* Arrival *, parents first */
    GPtrArray *left_out;        /* char *: what was seen and is not imported, and why */
    char *version_table;        /* that the project says it has; NULL: it does not say */
    char *version_table_schema; /* NULL: it does not say */
} Import;

/* Empty; the caller's. */
Import *import_new(void);
void import_free(Import *import);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Import, import_free)

/* Adds a line to left_out. */
void import_leave_out(Import *import, const char *format, ...) G_GNUC_PRINTF(2, 3);
