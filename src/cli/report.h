/* What history, heads, branches and current print, as one text: Alembic's forms. Pure. */
#pragma once

#include "cli/format.h"

/* All return whole lines; g_free. `is_long` is -v. */

/* `current`: ids to mark, or NULL. */
char *report_history(const Graph *graph, GPtrArray *revisions, const char *const *current,
                     gboolean is_long);
char *report_heads(const Graph *graph, GPtrArray *heads, gboolean is_long);

/* The revisions that more than one other follows, newest first; container only. */
GPtrArray *report_branch_points(const Graph *graph);
/* Each of them with those that follow it. */
char *report_branches(const Graph *graph, GPtrArray *points, gboolean is_long);

/* The rows of the version table that the files do not know, marked "(unknown)". */
char *report_unknown(const Graph *graph, const char *const *heads);
/* The tips of what is applied: the rows of the version table, the heads that only a dependency
 * brought in, and at the end what the files do not know. */
char *report_current(const Graph *graph, const char *const *heads, gboolean is_long);
