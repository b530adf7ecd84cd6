/* A private PostgreSQL server in a folder: initdb, start, stop; a Unix socket only, never as root.
 * For --embedded, scratch databases and the tests. */
#pragma once

#include <glib.h>

#include "base/cancel.h"

typedef struct {
    const char *directory; /* made when absent; holds data/, log and the socket */
    const char *bindir;    /* NULL: pg_config --bindir, PATH, /usr/lib/postgresql/<newest>/bin */
    const char *user;      /* when root: who runs it; NULL: postgres, else nobody */
    const char *const *settings; /* "name=value", NULL-terminated; may be NULL */
    gboolean is_throwaway;       /* fsync and full_page_writes off: for tests and scratch */
    gboolean is_owned;           /* the server is to end with us; FALSE: it stays until stopped */
} ClusterOptions;

typedef struct Cluster Cluster;

/* No process is started yet. Errors: no server binaries found (names the Debian package), folder
 * not usable, socket path over 107 bytes (then a short link folder under /tmp or $XDG_RUNTIME_DIR
 * is used instead). */
Cluster *cluster_new(const ClusterOptions *options, GError **error);
/* Does not stop the server, but no longer owns it. */
void cluster_free(Cluster *cluster);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Cluster, cluster_free)

/* initdb when the folder is empty, then start and wait until it accepts connections. A stale
 * postmaster.pid (no such process, or not a postgres of this folder) is dealt with; a running
 * server is adopted: *was_running tells, and whoever started it stops it. The server of an owner
 * that died without stopping it goes to the next owner, to whom *was_running is FALSE. */
gboolean cluster_start(Cluster *cluster, Cancel *cancel, gboolean *was_running, GError **error);
/* Fast shutdown; when `microseconds` are over an immediate one (the next start recovers), for which
 * a few seconds more are waited. Quiet success when it is not running. */
gboolean cluster_stop_within(Cluster *cluster, gint64 microseconds, GError **error);
/* The same with 30 seconds. */
gboolean cluster_stop(Cluster *cluster, GError **error);
gboolean cluster_is_running(Cluster *cluster, int *pid);
/* "postgresql:///postgres?host=%2Fpath&user=..."; belongs to the Cluster. The superuser is
 * "postgres". */
const char *cluster_url(const Cluster *cluster);
const char *cluster_directory(const Cluster *cluster);
/* 15; 0 before the first start. */
int cluster_server_major(const Cluster *cluster);
