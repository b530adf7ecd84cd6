/* The words of a spec taken apart, and the errors about them; for spec.c only. */
#pragma once

#include "revision/nodes.h"
#include "revision/spec.h"

typedef struct {
    char *text;   /* the whole, as typed */
    char *branch; /* before the "@", or NULL */
    char *symbol; /* the name, or NULL: relative to the database */
    gint64 steps; /* +N or -N; 0: an absolute form */
} SpecParts;

/* FALSE with USAGE when `text` follows no form of the grammar. A name that the graph has is that
 * name, even when it looks relative ("feature-1"). */
gboolean spec_parse(const Graph *graph, const char *text, SpecParts *parts, GError **error);
void spec_parts_clear(SpecParts *parts);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SpecParts, spec_parts_clear)

/* `upgrade -1` and `downgrade +1` are refused. */
gboolean spec_check_direction(const SpecParts *parts, SpecUse use, GError **error);

/* What can be wrong, in Alembic's words where it has some, with what to type instead. */
void spec_error_unknown(const Graph *graph, const char *name, GError **error);
void spec_error_no_branch(const Graph *graph, const char *name, GError **error);
void spec_error_prefix(const char *name, const GPtrArray *names, GError **error);
void spec_error_not_on_branch(const char *id, const char *branch, GError **error);
void spec_error_too_far(const SpecParts *parts, GError **error);
/* A walk from `node` (NODE_NONE: base) that could go to each of `next`. */
void spec_error_ambiguous_walk(const Graph *graph, const SpecParts *parts, Node node,
                               const GArray *next, GError **error);
/* `head` when there are several. */
void spec_error_multiple_heads(const Graph *graph, const SpecParts *parts, SpecUse use,
                               const GArray *heads, GError **error);
/* A form relative to the database, which is at several heads. */
void spec_error_several_current(const Graph *graph, const SpecParts *parts, SpecUse use,
                                const GArray *heads, GError **error);
/* One revision is needed and the name stands for several. */
void spec_error_several_starts(const Graph *graph, const SpecParts *parts, const GArray *nodes,
                               GError **error);
