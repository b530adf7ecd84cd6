/* Everything that is wrong with revision files, not only the first. */
#pragma once

#include "base/findings.h"
#include "revision/graph.h"

/* Reads every file of the folders whole and adds to `findings`, by file and line: what is wrong
 * with its header, its name, its sections, and how each section splits into statements; and, when
 * all headers can be read, how the files hang together. *count is the number of files. The graph,
 * or NULL when headers or links are broken. */
Graph *inspect_folders(const char *const *folders, Findings *findings, guint *count);
