/* A bundle: a configuration and the revision files it names, loaded together. Immutable and shared
 * by reference count between the threads; what a reload swaps. */
#pragma once

#include <stdatomic.h>

#include "conf/conf.h"
#include "daemon/admission.h"
#include "engine/session.h"
#include "revision/graph.h"

typedef struct {
    atomic_int references;
    Conf *conf;
    Graph *graph;
    Admission *admission;    /* who may call over HTTP */
    EngineSettings settings; /* strings belong to conf, instance and, after a reload, to the
                                process; connect_timeout is that of one try */
    gint64 connect_timeout;  /* for all tries together, microseconds */
    const char *directory;   /* the script directory */
    char *scripts;           /* where the files are, for messages */
    gboolean knows_required; /* the files have gate.required_revision */
} Bundle;

/* Where a bundle comes from; the same at boot and at each reload. */
typedef struct {
    char *config;       /* --config, or NULL */
    char *section;      /* --name, or NULL */
    GPtrArray *options; /* char *, from --set */
    char *embedded_url; /* of a private server that replaces database.migration_url, or NULL */
    char *instance;     /* outlives every bundle */
} BundleSources;

/* The configuration alone. The owner of a private server means it to be migrated, so with
 * embedded_url environment.controlled is true unless something else is said. */
Conf *bundle_load_conf(const BundleSources *sources, GError **error);
/* Everything that can be wrong without a database is found here. */
Bundle *bundle_load(const BundleSources *sources, GError **error);
/* What is legal and yet deserves a word, a sentence each; NULL-terminated, g_strfreev. */
char **bundle_warnings(const Bundle *bundle);

/* Names the keys that are not as they were at the start, whose bundle `first` is, but take effect
 * only after a restart (NULL-terminated, g_strfreev; empty = none), and makes `next` go on with the
 * values of the start for those that the engine uses. */
char **bundle_succeed(Bundle *next, const Bundle *first);

/* "/etc/pgsluice/pgsluice.conf, 5 revisions in /etc/pgsluice/migrations"; g_free. */
char *bundle_describe(const Bundle *bundle);

Bundle *bundle_ref(Bundle *bundle);
void bundle_unref(Bundle *bundle);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Bundle, bundle_unref)
