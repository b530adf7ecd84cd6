/* The graph by number, for this room only. A node is a revision's place in file order; sets are one
 * byte a node, so that ten thousand revisions stay cheap. */
#pragma once

#include "base/findings.h"
#include "revision/graph.h"

typedef guint32 Node;
#define NODE_NONE G_MAXUINT32

/* For each node a list of others; node n's are items[first[n]] .. items[first[n + 1]] (exclusive).
 */
typedef struct {
    guint32 *first;
    Node *items;
} Edges;

typedef struct Labels Labels; /* labels.c */

struct Graph {
    GPtrArray *revisions; /* Revision *, by node */
    GHashTable *names;    /* id or label -> node + 1 */
    char **folders;
    Edges downs;        /* Revises, as written */
    Edges dependencies; /* Depends On, resolved */
    Edges parents;      /* downs and dependencies */
    Edges lean_parents; /* downs and those dependencies that no ancestor by Revises already has */
    Edges children;     /* the reverse of downs */
    Edges dependents;   /* the reverse of parents: children, and who depends on it */
    Labels *labels;     /* NULL: none at all */
};

#define EDGES_FOREACH(edges, node, other)                                                          \
    for (const Node *other = (edges)->items + (edges)->first[node],                                \
                    *other##_end = (edges)->items + (edges)->first[(node) + 1];                    \
         other < other##_end; other++)

static inline guint edges_count(const Edges *edges, Node node)
{
    return edges->first[node + 1] - edges->first[node];
}

static inline const Revision *node_revision(const Graph *graph, Node node)
{
    return g_ptr_array_index(graph->revisions, node);
}

static inline const char *node_id(const Graph *graph, Node node)
{
    return node_revision(graph, node)->id;
}

/* The node of an exact id or label, or NODE_NONE. */
Node node_find(const Graph *graph, const char *name);

/* The nodes of the database's heads (exact ids), as an array of Node without repetitions; NULL and
 * UNKNOWN_REVISION when the files do not have one of them. `heads` may be NULL: none. */
GArray *nodes_of_heads(const Graph *graph, const char *const *heads, GError **error);

/* The nodes of Revisions of this graph, in their order; an array of Node. */
GArray *nodes_of_revisions(const Graph *graph, const GPtrArray *revisions);

/* A set: byte n is 1 when node n can be reached from `start` (which are in it) along `edges`. Free
 * with g_free. */
guint8 *nodes_reach(const Graph *graph, const Edges *edges, const Node *start, guint count);

/* The same without the start: what lies beyond it. A node of `start` is in it only when another
 * one leads there. */
guint8 *nodes_reach_beyond(const Graph *graph, const Edges *edges, const Node *start, guint count);

/* The ids of a set, without those that another one implies: as a version table has them. Sorted;
 * NULL-terminated, g_strfreev. */
char **nodes_top_ids(const Graph *graph, const guint8 *set);

/* All nodes of `set`, children before parents, in Alembic's order: along one branch as far as it
 * goes, ties by file order. All of `set` must be at or below `tops`. An array of Node. */
GArray *nodes_order(const Graph *graph, const guint8 *set, const Node *tops, guint count);

/* "/a/versions and /b/versions", or "memory"; for messages. Free with g_free. */
char *graph_describe_folders(const Graph *graph);

/* Fills everything but revisions and folders. FALSE when something is wrong between the files; what
 * that is goes to `findings`, which come in empty (link.c). */
gboolean graph_link(Graph *graph, Findings *findings);
/* Lets the labels flow (labels.c); graph_link calls it once the edges are there. */
void graph_link_labels(Graph *graph);
void labels_free(Labels *labels);
/* The labels that reach `node`, const char *, sorted; container only. */
GPtrArray *node_labels(const Graph *graph, Node node);
void edges_clear(Edges *edges);
