/* What the files of Cluster share: where things are, and how its processes are run. */
#pragma once

#include <sys/types.h>

#include "db/cluster.h"

/* The port only names the socket's file. */
#define CLUSTER_PORT "5432"

/* In the cluster's folder: serialises start and stop, and marks the folder as a cluster's. */
#define CLUSTER_LOCK "cluster.lock"
#define CLUSTER_OWNER_LOCK "owner.lock"

struct Cluster {
    char *directory;
    char *data;          /* directory/data */
    char *log;           /* directory/log */
    char *socket_folder; /* directory, or a short one elsewhere */
    char *url;
    char *bindir;
    char *user_name; /* who runs it; NULL: we do */
    uid_t uid;
    gid_t gid;
    char **settings;
    gboolean is_throwaway;
    gboolean is_owned;
    int owner_lock; /* held while we own the server; else -1 */
};

/* --- cluster_place.c: folders, programs, users --- */
/* NULL and an error that names the Debian package when there is no server to be found; `wanted`
 * (may be NULL) is the only place that is looked at. */
char *cluster_find_bindir(const char *wanted, const char *data, GError **error);
gboolean cluster_find_user(Cluster *cluster, const char *wanted, GError **error);
/* The folder for the socket, not made yet; its path is short enough for one. */
char *cluster_socket_folder(const char *directory);
/* Makes the folders with the right owner; refuses a folder with foreign files in it. */
gboolean cluster_prepare_folders(const Cluster *cluster, GError **error);

/* --- cluster_owner.c: whose server it is; all under the folder's lock --- */
/* Sets owner_lock unless an owner lives. FALSE: the file cannot be used. */
gboolean cluster_owner_try(Cluster *cluster, GError **error);
void cluster_owner_release(Cluster *cluster);
/* Notes that server `pid` ends with its owner, or that it stays. */
void cluster_owner_mark(const Cluster *cluster, gboolean is_owned, int pid);
/* Whether server `pid` is one that should have ended with its owner. */
gboolean cluster_owner_left(const Cluster *cluster, int pid);

/* --- cluster_process.c: the server's processes --- */
/* Runs a program of the server to its end as the cluster's user; its output is the error. */
gboolean cluster_run(const Cluster *cluster, const char *const *argv, Cancel *cancel,
                     GError **error);
/* Starts the server in a session of its own, so that neither our end nor a Ctrl-C reaches it. */
gboolean cluster_spawn(const Cluster *cluster, int *pid, GError **error);
/* The process that postmaster.pid names, when it lives and runs on this data folder; else 0.
 * *is_ready: it accepts connections. */
int cluster_postmaster(const Cluster *cluster, gboolean *is_ready);
/* Whether processes of a server that was killed still use the data folder. */
gboolean cluster_has_orphans(const Cluster *cluster);
/* The last lines of the log that were written after `offset`; g_free. */
char *cluster_log_tail(const Cluster *cluster, goffset offset);
