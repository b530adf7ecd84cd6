/* gate.required_revision as an operator wrote it: what it may be. Pure. */
#pragma once

#include "revision/graph.h"

/* ERROR_CONFIG with a hint for what names no fixed point: relative forms, ranges, "current",
 * "base", a prefix of several, an unknown branch. *is_known is FALSE when it can be an id that the
 * files do not have (yet): a newer database may record it. */
gboolean required_check(const Graph *graph, const char *text, gboolean *is_known, GError **error);
