/* What is wrong, one error after the other: for callers who want more than the first. A check goes
 * on past an error until the findings are full, so that broken input costs no more than its limit.
 */
#pragma once

#include <glib.h>

typedef struct {
    GPtrArray *errors; /* GError *, with free function */
    guint limit;       /* so many are kept */
} Findings;

Findings *findings_new(guint limit);
void findings_free(Findings *findings);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Findings, findings_free)

/* Takes `error`; beyond the limit it is dropped. */
void findings_add(Findings *findings, GError *error);
/* Moves all of `others` behind the findings. */
void findings_take(Findings *findings, Findings *others);
/* Nothing more is kept: a check may stop. */
gboolean findings_are_full(const Findings *findings);
gboolean findings_are_empty(const Findings *findings);
/* TRUE when there is none; else moves the first out into *error. */
gboolean findings_require_none(Findings *findings, GError **error);
/* By path, line and column; those without a place last, in their order. Equal ones become one. */
void findings_sort(Findings *findings);
