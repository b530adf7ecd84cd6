/* The revision graph: a DAG of parents (Revises) and dependencies (Depends On), with labels.
 * Immutable once loaded, so any number of threads may ask it. Semantics: Alembic's (reference: its
 * documentation and behaviour). */
#pragma once

#include "revision/revision.h"

typedef struct Graph Graph;

/* Reads the headers of every *.sql in each folder (a script directory's versions/, NULL-terminated)
 * and links them. Files whose name begins with "." are passed over. Errors name the files: a name
 * that begins with another generated ID (12 hex digits, "_") than the header has, duplicate id,
 * self-loop, cycle (all its members), missing parent, unknown dependency, label used twice,
 * unreadable folder. */
Graph *graph_load(const char *const *folders, GError **error);
/* The same from memory; takes the Revisions (a GPtrArray with free function, also on failure). */
Graph *graph_new(GPtrArray *revisions, GError **error);
/* A graph of all that `graph` has and `others` (Revision *) above it; borrows the Revisions of
 * both, which must outlive it. Errors: as of files. */
Graph *graph_extend(const Graph *graph, const GPtrArray *others, GError **error);
void graph_free(Graph *graph);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Graph, graph_free)

/* All below: borrowed Revisions; a GPtrArray returned is the caller's (container only). */
guint graph_count(const Graph *graph);
const Revision *graph_find(const Graph *graph, const char *id); /* exact id or NULL */
/* Topological, parents first: the reverse of what Alembic's `history` prints. */
GPtrArray *graph_revisions(const Graph *graph);
GPtrArray *graph_heads(const Graph *graph); /* no children by Revises; in file order */
/* Heads that no other head's dependencies imply; in file order. */
GPtrArray *graph_effective_heads(const Graph *graph);
/* Without a Revises; in file order. */
GPtrArray *graph_bases(const Graph *graph);
GPtrArray *graph_children(const Graph *graph, const Revision *revision);
/* char *, with those that flow: to all descendants by Revises, and back to the branch point;
 * sorted. */
GPtrArray *graph_labels(const Graph *graph, const Revision *revision);
gboolean graph_is_head(const Graph *graph, const Revision *revision);
gboolean graph_is_branch_point(const Graph *graph, const Revision *revision);
/* TRUE when `ancestor` equals or is below `revision` through Revises and Depends On. */
gboolean graph_is_ancestor(const Graph *graph, const Revision *ancestor, const Revision *revision);
/* TRUE when `upper` stands on `lower` through Revises alone. */
gboolean graph_is_below(const Graph *graph, const Revision *lower, const Revision *upper);
/* Everything that is applied when `heads` (ids; unknown ones skipped) are: a set keyed by
 * Revision*. g_hash_table_unref. */
GHashTable *graph_applied(const Graph *graph, const char *const *heads);
/* Ids in `heads` that the graph does not know, NULL-terminated; g_strfreev. */
char **graph_unknown(const Graph *graph, const char *const *heads);
/* The folders that were read, NULL-terminated; belong to the graph. */
const char *const *graph_folders(const Graph *graph);

/* The listing of a graph that graph_load read: SHA-256 over the names of its files in order, each
 * with its NUL; hex, g_free. NULL when a name does not tell its Revision ID (ID.sql or ID_slug.sql,
 * the ID without "_"): only where names stand for revisions does an equal listing mean that the
 * same revisions are there. */
char *graph_listing(const Graph *graph);
/* The listing to remember when a database comes to stand at `heads` (ids): NULL also when they are
 * not all of the files' heads, or the files do not know one of them. */
char *graph_listing_at(const Graph *graph, const char *const *heads);
/* The same as graph_listing from the folders alone, at the price of reading them without opening a
 * file. */
char *graph_listing_of_folders(const char *const *folders, GError **error);
