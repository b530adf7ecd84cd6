/* Where imported revisions land: new files in a folder of revision files, all of them or none, and
 * never over a file that is there. */
#pragma once

#include "adopt/import.h"
#include "base/cancel.h"
#include "revision/graph.h"

typedef enum {
    LANDING_NEW,
    LANDING_SAME,      /* the revision is there with this very text */
    LANDING_DIFFERENT, /* it is there, and somebody has changed it (or its origin) since */
} LandingKind;

typedef struct {
    const Arrival *arrival; /* borrowed from the import */
    LandingKind kind;
    char *path; /* of the file that is or will be there */
    char *text; /* what the import would write */
} Landing;

/* A Landing for each arrival, in their order (a GPtrArray with free function), after a look at what
 * is in `folders` (NULL-terminated; the first is where new files go, and need not exist).
 * Everything is checked together, old files and new: an arrival that cannot be a revision file, a
 * parent that is missing, a label that is taken, a file name that is in use are errors, and nothing
 * has been written. The import must outlive the landings. *afterwards is the graph of all of them
 * (graph_free). */
GPtrArray *landings_plan(const Import *import, const char *const *folders, Graph **afterwards,
                         GError **error);

/* Writes the new ones, parents first, each complete before it gets its name; makes the folder. On
 * failure, and when cancelled, what it had written is taken away again. */
gboolean landings_write(const GPtrArray *landings, const char *folder, Cancel *cancel,
                        GError **error);

/* How many of them are of that kind. */
guint landings_count(const GPtrArray *landings, LandingKind kind);
