/* The processes of a private server: run as another user when we are root, found again by the
 * files that they leave, waited for without being our children. */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/process.h"
#include "base/secret.h"
#include "db/cluster_private.h"

#define LOG_MAX (8 * 1024 * 1024) /* a bigger one is set aside at the next start */
#define TAIL_MAX 2000             /* bytes of a log or of a program's output in an error */
#define STATUS_LINE 7             /* of postmaster.pid, from 0: "ready", "starting"... */

/* In the child, after fork: only calls that are safe there. */
static void become_server(gpointer data)
{
    const Cluster *cluster = data;
    sigset_t none;

    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    setsid();
    umask(077);
    if (!cluster->user_name)
        return;
    if (setgroups(1, &cluster->gid) != 0 || setgid(cluster->gid) != 0 || setuid(cluster->uid) != 0)
        _exit(126);
}

/* The server gets nothing of ours by accident: not PG* variables, which are for clients, not the
 * notification socket of systemd, to which it would report its own state, and no password. */
static char **server_environment(void)
{
    static const char *const passed[] = {"PATH", "TZ", "TMPDIR", "LD_LIBRARY_PATH",
                                         "PGSLUICE_TEST_ID"};
    char **environment = g_environ_setenv(NULL, "LC_ALL", "C", TRUE);

    for (gsize i = 0; i < G_N_ELEMENTS(passed); i++) {
        const char *value = g_getenv(passed[i]);

        if (value)
            environment = g_environ_setenv(environment, passed[i], value, TRUE);
    }
    return environment;
}

static char *last_part(const char *text)
{
    gsize length = strlen(text);
    const char *start = length > TAIL_MAX ? text + length - TAIL_MAX : text;
    const char *line = start > text ? strchr(start, '\n') : NULL;
    g_autofree char *valid = g_utf8_make_valid(line ? line + 1 : start, -1);

    return secret_redact(g_strstrip(valid));
}

static gboolean run_finished(const char *program, int status, const char *output, GError **error)
{
    g_autofree char *tail = NULL;
    g_autoptr(GError) reason = NULL;

    if (g_spawn_check_wait_status(status, &reason))
        return TRUE;
    tail = last_part(output);
    error_set(error, ERROR_FILE, "%s failed (%s): %s", program, reason->message, tail);
    return FALSE;
}

/* Collects both outputs (they share a file, so that no pipe can fill up) and waits. */
gboolean cluster_run(const Cluster *cluster, const char *const *argv, Cancel *cancel,
                     GError **error)
{
    g_auto(GStrv) environment = server_environment();
    g_autofree char *program = g_path_get_basename(argv[0]);
    g_autofree char *output = NULL;
    g_autoptr(GError) reason = NULL;
    int file = memfd_create("output", MFD_CLOEXEC);
    GPid pid;
    int status;
    gboolean is_done;

    if (!g_spawn_async_with_fds(cluster->directory, (char **)argv, environment,
                                G_SPAWN_DO_NOT_REAP_CHILD, become_server, (gpointer)cluster, &pid,
                                -1, file, file, &reason)) {
        close(file);
        error_set(error, ERROR_FILE, "%s: %s", argv[0], reason->message);
        return FALSE;
    }
    if (!process_wait(pid, -1, cancel))
        kill(-pid, SIGTERM); /* it leads its session; initdb removes what it made */
    status = process_reap(pid);
    if (cancel_is_triggered(cancel)) {
        close(file);
        error_set(error, ERROR_CANCELLED, "interrupted while %s ran", program);
        return FALSE;
    }
    output = g_malloc0(TAIL_MAX + 1);
    is_done = pread(file, output, TAIL_MAX, MAX(lseek(file, 0, SEEK_END) - TAIL_MAX, 0)) >= 0;
    close(file);
    return is_done && run_finished(program, status, output, error);
}

static int open_log(const Cluster *cluster, GError **error)
{
    struct stat found;
    int file;

    if (lstat(cluster->log, &found) == 0 && found.st_size > LOG_MAX) {
        g_autofree char *old = g_strconcat(cluster->log, ".old", NULL);

        rename(cluster->log, old);
    }
    file = open(cluster->log, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (file < 0 || fchown(file, cluster->uid, cluster->gid) != 0) {
        error_set(error, ERROR_FILE, "%s: %s", cluster->log, g_strerror(errno));
        if (file >= 0)
            close(file);
        return -1;
    }
    return file;
}

static void add_setting(GPtrArray *argv, const char *name, const char *value)
{
    g_ptr_array_add(argv, g_strdup("-c"));
    g_ptr_array_add(argv, g_strdup_printf("%s=%s", name, value));
}

static GPtrArray *server_arguments(const Cluster *cluster)
{
    GPtrArray *argv = g_ptr_array_new_with_free_func(g_free);

    g_ptr_array_add(argv, g_build_filename(cluster->bindir, "postgres", NULL));
    g_ptr_array_add(argv, g_strdup("-D"));
    g_ptr_array_add(argv, g_strdup(cluster->data));
    add_setting(argv, "listen_addresses", "");
    add_setting(argv, "port", CLUSTER_PORT);
    add_setting(argv, "unix_socket_directories", cluster->socket_folder);
    /* Everybody who reaches the socket is trusted: nobody but its user (and root) must. */
    add_setting(argv, "unix_socket_permissions", "0700");
    add_setting(argv, "max_connections", "200");
    if (cluster->is_throwaway) {
        add_setting(argv, "fsync", "off");
        add_setting(argv, "full_page_writes", "off");
    }
    for (char **setting = cluster->settings; setting && *setting; setting++) {
        g_ptr_array_add(argv, g_strdup("-c"));
        g_ptr_array_add(argv, g_strdup(*setting));
    }
    g_ptr_array_add(argv, NULL);
    return argv;
}

gboolean cluster_spawn(const Cluster *cluster, int *pid, GError **error)
{
    g_autoptr(GPtrArray) argv = server_arguments(cluster);
    g_auto(GStrv) environment = server_environment();
    g_autoptr(GError) reason = NULL;
    int log = open_log(cluster, error);
    gboolean is_started;
    GPid child;

    if (log < 0)
        return FALSE;
    /* Without DO_NOT_REAP_CHILD GLib forks twice: the server is nobody's zombie. */
    is_started = g_spawn_async_with_fds(cluster->directory, (char **)argv->pdata, environment,
                                        G_SPAWN_DEFAULT, become_server, (gpointer)cluster, &child,
                                        -1, log, log, &reason);
    close(log);
    if (!is_started) {
        error_set(error, ERROR_FILE, "%s: %s", (char *)argv->pdata[0], reason->message);
        return FALSE;
    }
    *pid = child;
    return TRUE;
}

/* Whether process `pid` is a postgres that works in `data`. Its working folder tells; who may not
 * look at that sees the command line. */
static gboolean runs_on(int pid, const char *data)
{
    g_autofree char *cwd_link = g_strdup_printf("/proc/%d/cwd", pid);
    g_autofree char *cmdline_path = g_strdup_printf("/proc/%d/cmdline", pid);
    g_autofree char *comm_path = g_strdup_printf("/proc/%d/comm", pid);
    g_autofree char *cwd = g_file_read_link(cwd_link, NULL);
    g_autofree char *cmdline = NULL;
    g_autofree char *comm = NULL;
    g_autofree char *real = realpath(data, NULL);
    gsize length = 0;

    if (!real || !g_file_get_contents(comm_path, &comm, NULL, NULL) ||
        !g_str_has_prefix(comm, "postgres"))
        return FALSE;
    if (cwd)
        return g_str_equal(cwd, real);
    return g_file_get_contents(cmdline_path, &cmdline, &length, NULL) &&
           memmem(cmdline, length, data, strlen(data));
}

int cluster_postmaster(const Cluster *cluster, gboolean *is_ready)
{
    g_autofree char *path = g_build_filename(cluster->data, "postmaster.pid", NULL);
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;
    int pid;

    if (is_ready)
        *is_ready = FALSE;
    if (!g_file_get_contents(path, &text, NULL, NULL))
        return 0;
    lines = g_strsplit(text, "\n", -1);
    pid = (int)g_ascii_strtoll(text, NULL, 10);
    if (pid <= 0 || !runs_on(pid, cluster->data))
        return 0;
    if (is_ready)
        *is_ready =
            g_strv_length(lines) > STATUS_LINE && g_str_has_prefix(lines[STATUS_LINE], "ready");
    return pid;
}

gboolean cluster_has_orphans(const Cluster *cluster)
{
    g_autoptr(GDir) processes = g_dir_open("/proc", 0, NULL);
    const char *name;

    while (processes && (name = g_dir_read_name(processes)))
        if (g_ascii_isdigit(*name) && runs_on((int)g_ascii_strtoll(name, NULL, 10), cluster->data))
            return TRUE;
    return FALSE;
}

char *cluster_log_tail(const Cluster *cluster, goffset offset)
{
    g_autofree char *text = NULL;
    gsize length = 0;

    if (!g_file_get_contents(cluster->log, &text, &length, NULL))
        return g_strdup("");
    return last_part((gsize)offset <= length ? text + offset : text);
}
