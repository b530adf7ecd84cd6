/* What stands between a database and its files, as findings: not only the first, and each with what
 * to type next. Values in, values out. */
#pragma once

#include "base/findings.h"
#include "engine/status.h"

/* Several heads, which need a merge. */
void check_heads(const Graph *graph, Findings *findings);

/* Unknown heads, files that are not what was applied (not those that cannot be read:
 * inspect_folders has found them), a hold, pending revisions. */
void check_status(const Status *status, Findings *findings);

/* Every difference between the files and what was applied from them, down sections too. */
void check_integrity(const Status *status, Findings *findings);
