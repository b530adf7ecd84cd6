/* The steps of loading a graph, for load.c and inspect.c only. */
#pragma once

#include "base/findings.h"
#include "revision/graph.h"

/* Adds the path of each revision file to `paths` (char *, with free function; or NULL) and each
 * Revision whose header can be read to `revisions`, in file order. Stops when the findings are
 * full. */
void load_headers(const char *const *folders, GPtrArray *paths, GPtrArray *revisions,
                  Findings *findings);
/* Takes `revisions`; `findings` come in empty. NULL when something is wrong between the files. */
Graph *load_link(const char *const *folders, GPtrArray *revisions, Findings *findings);
