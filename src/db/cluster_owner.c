/* Whose a private server is. owner.lock in its folder says which server is meant to end with its
 * owner ("owned 4711") and which is not ("kept 4711"), and is locked while an owner lives. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/error.h"
#include "db/cluster_private.h"

enum { MARK_MAX = 64 };

static int open_mark(const Cluster *cluster, int flags)
{
    g_autofree char *path = g_build_filename(cluster->directory, CLUSTER_OWNER_LOCK, NULL);

    return open(path, flags | O_NOFOLLOW | O_CLOEXEC, 0600);
}

gboolean cluster_owner_try(Cluster *cluster, GError **error)
{
    int file;

    if (cluster->owner_lock >= 0)
        return TRUE;
    file = open_mark(cluster, O_RDWR | O_CREAT);
    if (file < 0 || fchown(file, cluster->uid, cluster->gid) != 0) {
        error_set(error, ERROR_FILE, "%s/" CLUSTER_OWNER_LOCK ": %s", cluster->directory,
                  g_strerror(errno));
        if (file >= 0)
            close(file);
        return FALSE;
    }
    if (flock(file, LOCK_EX | LOCK_NB) == 0)
        cluster->owner_lock = file;
    else
        close(file);
    return TRUE;
}

void cluster_owner_release(Cluster *cluster)
{
    if (cluster->owner_lock >= 0)
        close(cluster->owner_lock);
    cluster->owner_lock = -1;
}

static void format_mark(char *mark, gboolean is_owned, int pid)
{
    snprintf(mark, MARK_MAX, "%s %d\n", is_owned ? "owned" : "kept", pid);
}

/* Without a mark the server is only nobody's orphan: no reason to fail. */
void cluster_owner_mark(const Cluster *cluster, gboolean is_owned, int pid)
{
    int file = open_mark(cluster, O_WRONLY | O_TRUNC);
    char mark[MARK_MAX];

    if (file < 0)
        return;
    format_mark(mark, is_owned, pid);
    if (write(file, mark, strlen(mark)) < 0)
        g_debug("%s/" CLUSTER_OWNER_LOCK ": %s", cluster->directory, g_strerror(errno));
    close(file);
}

gboolean cluster_owner_left(const Cluster *cluster, int pid)
{
    int file = open_mark(cluster, O_RDONLY);
    char wanted[MARK_MAX];
    char found[MARK_MAX] = "";

    if (file < 0)
        return FALSE;
    format_mark(wanted, TRUE, pid);
    if (read(file, found, sizeof found - 1) < 0)
        found[0] = '\0';
    close(file);
    return g_str_equal(found, wanted);
}
