/* Ranges of revisions: `history -r A:B`, and where `plan --from` and --sql start. */
#pragma once

#include "revision/spec.h"

/* The revisions from A up to B, both included, newest first, in Alembic's order. Of what B needs it
 * is what stands on A through Revises.
 *   - Either side may be empty: base, heads.
 *   - "-3:B" counts down from B, "A:+2" up from A; a walk past the end stops there.
 *   - "LABEL@base:B" leaves out of B what is not on that branch.
 * `current` may be NULL when the text does not say "current". An A that B does not need is
 * ERROR_USAGE. Container only. */
GPtrArray *range_select(const Graph *graph, const char *text, const char *const *current,
                        GError **error);

/* The heads that a start names: ids, labels, head..., comma separated; empty or "base" for none.
 * As a version table has them: sorted, each once, none that another implies; NULL-terminated,
 * g_strfreev. */
char **range_start(const Graph *graph, const char *text, GError **error);

/* Splits "FROM:TO" at its colon; without one *start is NULL and *target all of it. g_free both.
 * More than one colon, or nothing behind it, is ERROR_USAGE. */
gboolean range_split(const char *text, char **start, char **target, GError **error);
