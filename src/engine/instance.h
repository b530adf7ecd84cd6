/* Instances: the programs that hold a fence (fence.h) on this database, as their locks tell. */
#pragma once

#include "engine/session.h"
#include "revision/graph.h"

typedef struct {
    int pid;    /* of the server process that answers it */
    char *name; /* EngineSettings.instance: "web1:812"; "" when the session has no such name */
    char *host; /* the address that the server sees, or "[local]"; NULL: the role may not see it */
    char *version;   /* of its pgsluice: "1.2.3" */
    char *since;     /* when it connected, RFC 3339; NULL: the role may not see it */
    char **required; /* revisions, sorted; never NULL */
    guint unknown;   /* so many more that neither the files nor the database's records have */
} Instance;
void instance_free(gpointer instance);
/* Whether both say the same of one instance. */
gboolean instance_equal(const Instance *a, const Instance *b);
/* "bbbb2222, cccc3333 and 1 that is not known here": what it requires, as a phrase; "nothing".
 * g_free. */
char *instance_describe_required(const Instance *instance);
/* "web1:812 (from 10.0.0.7, pgsluice 1.2.3, process 4711, since 2026-..., requires bbbb2222)";
 * g_free. */
char *instance_describe(const Instance *instance);

/* All instances of this version table that are connected now, with this one, sorted by name:
 * Instance *, with free function, no more than the server has connections. One query on the
 * server's own views: it needs no table and no privilege. Whose revisions they are is found by
 * hashing those of `graph` and of `more` (ids, may be NULL), and asked of the database's records
 * only when one remains. */
GPtrArray *instances_read(Session *session, const Graph *graph, const char *const *more,
                          GError **error);
/* The same list, in the same order. NULL equals an empty one. */
gboolean instances_equal(const GPtrArray *a, const GPtrArray *b);
/* Those other than this session that require one of `revisions`; borrowed, a container of the
 * caller's. */
GPtrArray *instances_that_require(const GPtrArray *instances, const Session *session,
                                  const char *const *revisions);
/* "web1:812, web2:813 and 3 more"; g_free. */
char *instances_name(const GPtrArray *instances);

/* A version as the lock of an instance carries it: 1002003 for "1.2.3". Each part counts up to 999,
 * the first to 2,146; what follows the three is left out. */
gint32 version_pack(const char *version);
/* g_free. */
char *version_unpack(gint64 packed);
