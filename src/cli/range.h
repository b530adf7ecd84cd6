/* The range of `history -r A:B`. Pure. */
#pragma once

#include "revision/spec.h"

/* The revisions from A up to B, both included, newest first. Either side may be empty (base,
 * heads), and relative to the other: "-3:current", "base:+2". `current` may be NULL when the text
 * does not say "current". A that is not below B is ERROR_USAGE. Container only. */
GPtrArray *range_select(const Graph *graph, const char *text, const char *const *current,
                        GError **error);
