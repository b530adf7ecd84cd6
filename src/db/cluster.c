/* A private server from folder to URL: made when absent, started, adopted, stopped. How its
 * processes are run is in cluster_process.c. */
#include "db/cluster.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "base/backoff.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/process.h"
#include "db/cluster_private.h"

#define LOCK_TIMEOUT (60 * G_USEC_PER_SEC)
#define START_TIMEOUT (300 * G_USEC_PER_SEC) /* crash recovery can take its time */
#define STOP_TIMEOUT (30 * G_USEC_PER_SEC)
#define KILL_TIMEOUT (5 * G_USEC_PER_SEC)
#define ORPHAN_TIMEOUT (10 * G_USEC_PER_SEC)
#define READY_INTERVAL (5 * G_TIME_SPAN_MILLISECOND)

static char *make_url(const char *socket_folder)
{
    g_autofree char *host = g_uri_escape_string(socket_folder, NULL, TRUE);

    return g_strdup_printf("postgresql:///postgres?host=%s&port=" CLUSTER_PORT "&user=postgres",
                           host);
}

Cluster *cluster_new(const ClusterOptions *options, GError **error)
{
    g_autoptr(Cluster) cluster = g_new0(Cluster, 1);

    cluster->owner_lock = -1;
    cluster->directory = g_canonicalize_filename(options->directory, NULL);
    cluster->data = g_build_filename(cluster->directory, "data", NULL);
    cluster->log = g_build_filename(cluster->directory, "log", NULL);
    cluster->socket_folder = cluster_socket_folder(cluster->directory);
    cluster->url = make_url(cluster->socket_folder);
    cluster->settings = g_strdupv((char **)options->settings);
    cluster->is_throwaway = options->is_throwaway;
    cluster->is_owned = options->is_owned;
    cluster->bindir = cluster_find_bindir(options->bindir, cluster->data, error);
    if (!cluster->bindir || !cluster_find_user(cluster, options->user, error))
        return NULL;
    return g_steal_pointer(&cluster);
}

void cluster_free(Cluster *cluster)
{
    if (!cluster)
        return;
    cluster_owner_release(cluster);
    g_free(cluster->directory);
    g_free(cluster->data);
    g_free(cluster->log);
    g_free(cluster->socket_folder);
    g_free(cluster->url);
    g_free(cluster->bindir);
    g_free(cluster->user_name);
    g_strfreev(cluster->settings);
    g_free(cluster);
}

/* Start and stop of one folder happen one at a time, whoever asks. Returns a descriptor to close.
 */
static int lock_folder(const Cluster *cluster, gint64 timeout, Cancel *cancel, GError **error)
{
    g_autofree char *path = g_build_filename(cluster->directory, CLUSTER_LOCK, NULL);
    Backoff backoff = {.initial = 10 * G_TIME_SPAN_MILLISECOND,
                       .ceiling = 200 * G_TIME_SPAN_MILLISECOND,
                       .factor = 1.5,
                       .jitter = 0.3,
                       .deadline = clock_monotonic() + timeout};
    int file = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);

    if (file < 0 || fchown(file, cluster->uid, cluster->gid) != 0) {
        error_set(error, ERROR_FILE, "%s: %s", path, g_strerror(errno));
        if (file >= 0)
            close(file);
        return -1;
    }
    while (flock(file, LOCK_EX | LOCK_NB) != 0) {
        if (backoff_wait(&backoff, cancel))
            continue;
        if (cancel_is_triggered(cancel))
            error_set(error, ERROR_CANCELLED, "interrupted while waiting for %s", path);
        else
            error_set(error, ERROR_FILE,
                      "%s: another process is still starting or stopping this server", path);
        close(file);
        return -1;
    }
    return file;
}

static const char *cluster_locale(void)
{
    locale_t locale = newlocale(LC_ALL_MASK, "C.UTF-8", (locale_t)0);

    if (!locale)
        return "--locale=C";
    freelocale(locale);
    return "--locale=C.UTF-8";
}

/* Into a folder of another name first: a data folder is whole or not there. */
static gboolean make_data(const Cluster *cluster, Cancel *cancel, GError **error)
{
    g_autofree char *initdb = g_build_filename(cluster->bindir, "initdb", NULL);
    g_autofree char *unfinished = g_strconcat(cluster->data, ".new", NULL);
    const char *const removal[] = {"/bin/rm", "-rf", unfinished, NULL};
    const char *const argv[] = {
        initdb, "-D",    unfinished,       "-U",        "postgres",          "-E", "UTF8",
        "-A",   "trust", cluster_locale(), "--no-sync", "--no-instructions", NULL};

    if (g_file_test(cluster->data, G_FILE_TEST_IS_DIR))
        return TRUE;
    if (!cluster_run(cluster, removal, cancel, error) || !cluster_run(cluster, argv, cancel, error))
        return FALSE;
    if (g_rename(unfinished, cluster->data) == 0)
        return TRUE;
    error_set(error, ERROR_FILE, "%s: %s", cluster->data, g_strerror(errno));
    return FALSE;
}

/* The children of a server that was killed end by themselves; a new one cannot start before. */
static gboolean await_orphans(const Cluster *cluster, Cancel *cancel, GError **error)
{
    Backoff backoff = {.initial = 20 * G_TIME_SPAN_MILLISECOND,
                       .ceiling = 200 * G_TIME_SPAN_MILLISECOND,
                       .factor = 1.5,
                       .jitter = 0.1,
                       .deadline = clock_monotonic() + ORPHAN_TIMEOUT};

    while (cluster_has_orphans(cluster)) {
        if (backoff_wait(&backoff, cancel))
            continue;
        if (cancel_is_triggered(cancel)) {
            error_set(error, ERROR_CANCELLED, "interrupted while old server processes end");
            return FALSE;
        }
        error_set(error, ERROR_FILE,
                  "%s: processes of a server that was killed still use this folder", cluster->data);
        error_set_hint(error, "end them (ps shows them as postgres:), then try again");
        return FALSE;
    }
    return TRUE;
}

static gboolean remove_file(const char *path, GError **error)
{
    if (g_unlink(path) == 0 || errno == ENOENT)
        return TRUE;
    error_set(error, ERROR_FILE, "%s: %s", path, g_strerror(errno));
    return FALSE;
}

/* What a server leaves that died without tidying up. PostgreSQL copes when the pid in these files
 * is gone, but takes any process that has got the number since for a server. */
static gboolean clear_remains(const Cluster *cluster, Cancel *cancel, GError **error)
{
    g_autofree char *pidfile = g_build_filename(cluster->data, "postmaster.pid", NULL);
    g_autofree char *socket_lock =
        g_build_filename(cluster->socket_folder, ".s.PGSQL." CLUSTER_PORT ".lock", NULL);

    if (g_file_test(pidfile, G_FILE_TEST_EXISTS) && !await_orphans(cluster, cancel, error))
        return FALSE;
    return remove_file(pidfile, error) && remove_file(socket_lock, error);
}

typedef enum { SERVER_READY, SERVER_GONE, SERVER_SILENT, SERVER_INTERRUPTED } ServerState;

static ServerState await_ready(const Cluster *cluster, int pid, Cancel *cancel)
{
    gint64 end = clock_monotonic() + START_TIMEOUT;
    gboolean is_ready = FALSE;

    for (;;) {
        if (cluster_postmaster(cluster, &is_ready) == pid && is_ready)
            return SERVER_READY;
        if (process_wait(pid, READY_INTERVAL, cancel))
            return SERVER_GONE;
        if (cancel_is_triggered(cancel))
            return SERVER_INTERRUPTED;
        if (clock_monotonic() >= end)
            return SERVER_SILENT;
    }
}

static gboolean start_failed(const Cluster *cluster, ServerState state, goffset log_offset,
                             GError **error)
{
    g_autofree char *tail = cluster_log_tail(cluster, log_offset);

    if (state == SERVER_INTERRUPTED) {
        error_set(error, ERROR_CANCELLED, "interrupted while the private server started");
        return FALSE;
    }
    error_set(error, ERROR_UNREACHABLE, "the private server in %s %s: %s", cluster->directory,
              state == SERVER_GONE ? "did not start" : "does not become ready",
              *tail ? tail : "its log is empty");
    error_set_hint(error, "its log is %s", cluster->log);
    return FALSE;
}

static gboolean start_server(const Cluster *cluster, Cancel *cancel, GError **error)
{
    struct stat log = {.st_size = 0};
    ServerState state;
    int pid;

    if (!make_data(cluster, cancel, error) || !clear_remains(cluster, cancel, error))
        return FALSE;
    if (stat(cluster->log, &log) != 0)
        log.st_size = 0;
    if (!cluster_spawn(cluster, &pid, error))
        return FALSE;
    cluster_owner_mark(cluster, cluster->is_owned, pid);
    state = await_ready(cluster, pid, cancel);
    if (state == SERVER_READY)
        return TRUE;
    if (state != SERVER_GONE)
        kill(pid, SIGINT);
    return start_failed(cluster, state, log.st_size, error);
}

/* A server that is found while it shuts down is waited for and started again. */
static gboolean adopt_or_start(const Cluster *cluster, Cancel *cancel, gboolean *was_running,
                               GError **error)
{
    int pid = cluster_postmaster(cluster, NULL);
    ServerState state = pid > 0 ? await_ready(cluster, pid, cancel) : SERVER_GONE;

    *was_running = state == SERVER_READY;
    if (state == SERVER_READY)
        return TRUE;
    if (state == SERVER_GONE)
        return start_server(cluster, cancel, error);
    return start_failed(cluster, state, 0, error);
}

/* A server whose owner died is the next owner's; or, when it is not an owner that comes, one that
 * stays. */
static gboolean take_over(Cluster *cluster)
{
    int pid = cluster_postmaster(cluster, NULL);

    if (cluster->owner_lock < 0 || !cluster_owner_left(cluster, pid))
        return FALSE;
    if (!cluster->is_owned)
        cluster_owner_mark(cluster, FALSE, pid);
    return cluster->is_owned;
}

static gboolean start_locked(Cluster *cluster, Cancel *cancel, gboolean *was_running,
                             GError **error)
{
    gboolean is_started;

    if (!cluster_owner_try(cluster, error))
        return FALSE;
    is_started = adopt_or_start(cluster, cancel, was_running, error);
    if (is_started && *was_running)
        *was_running = !take_over(cluster);
    if (!is_started || *was_running || !cluster->is_owned)
        cluster_owner_release(cluster);
    return is_started;
}

gboolean cluster_start(Cluster *cluster, Cancel *cancel, gboolean *was_running, GError **error)
{
    gboolean is_adopted = FALSE;
    gboolean is_started;
    int lock;

    if (!cluster_prepare_folders(cluster, error))
        return FALSE;
    lock = lock_folder(cluster, LOCK_TIMEOUT, cancel, error);
    if (lock < 0)
        return FALSE;
    is_started = start_locked(cluster, cancel, &is_adopted, error);
    close(lock);
    if (is_started && was_running)
        *was_running = is_adopted;
    return is_started;
}

static gboolean stop_server(const Cluster *cluster, int pid, gint64 timeout, GError **error)
{
    if (kill(pid, SIGINT) != 0 && errno != ESRCH) {
        error_set(error, ERROR_FILE, "the private server in %s (pid %d) cannot be stopped: %s",
                  cluster->directory, pid, g_strerror(errno));
        return FALSE;
    }
    if (process_wait(pid, MAX(timeout, 0), NULL))
        return TRUE;
    kill(pid, SIGQUIT);
    if (process_wait(pid, KILL_TIMEOUT, NULL))
        return TRUE;
    error_set(error, ERROR_FILE, "the private server in %s (pid %d) does not stop",
              cluster->directory, pid);
    error_set_hint(error, "its log is %s", cluster->log);
    return FALSE;
}

gboolean cluster_stop_within(Cluster *cluster, gint64 microseconds, GError **error)
{
    gint64 end = clock_monotonic() + microseconds;
    gboolean is_stopped = TRUE;
    int lock;
    int pid;

    if (!g_file_test(cluster->data, G_FILE_TEST_IS_DIR))
        return TRUE;
    lock = lock_folder(cluster, microseconds, NULL, error);
    if (lock < 0)
        return FALSE;
    pid = cluster_postmaster(cluster, NULL);
    if (pid > 0)
        is_stopped = stop_server(cluster, pid, end - clock_monotonic(), error);
    if (is_stopped && !g_str_equal(cluster->socket_folder, cluster->directory))
        g_rmdir(cluster->socket_folder);
    if (is_stopped)
        cluster_owner_release(cluster);
    close(lock);
    return is_stopped;
}

gboolean cluster_stop(Cluster *cluster, GError **error)
{
    return cluster_stop_within(cluster, STOP_TIMEOUT, error);
}

gboolean cluster_is_running(Cluster *cluster, int *pid)
{
    int found = cluster_postmaster(cluster, NULL);

    if (found > 0 && pid)
        *pid = found;
    return found > 0;
}

const char *cluster_url(const Cluster *cluster)
{
    return cluster->url;
}

const char *cluster_directory(const Cluster *cluster)
{
    return cluster->directory;
}

int cluster_server_major(const Cluster *cluster)
{
    g_autofree char *path = g_build_filename(cluster->data, "PG_VERSION", NULL);
    g_autofree char *version = NULL;

    if (!g_file_get_contents(path, &version, NULL, NULL))
        return 0;
    return (int)g_ascii_strtoll(version, NULL, 10);
}
