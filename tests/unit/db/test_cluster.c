/* A private server through its life: made, adopted, stopped, killed, in awkward folders. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "base/clock.h"
#include "base/error.h"
#include "db/cluster.h"
#include "db/conn.h"

static char *root; /* a folder that the server's user can enter */

static Cluster *make(const char *directory, const char *setting)
{
    const char *const settings[] = {setting, NULL};
    ClusterOptions options = {.directory = directory, .settings = settings, .is_throwaway = TRUE};
    g_autoptr(GError) error = NULL;
    Cluster *cluster = cluster_new(&options, &error);

    g_assert_no_error(error);
    return cluster;
}

static gboolean start(Cluster *cluster)
{
    g_autoptr(GError) error = NULL;
    gboolean was_running;

    cluster_start(cluster, NULL, &was_running, &error);
    g_assert_no_error(error);
    return was_running;
}

static void stop(Cluster *cluster)
{
    g_autoptr(GError) error = NULL;

    cluster_stop(cluster, &error);
    g_assert_no_error(error);
    g_assert_false(cluster_is_running(cluster, NULL));
}

/* As the daemon makes it: the server ends with it. */
static Cluster *make_owner(const char *directory)
{
    ClusterOptions options = {.directory = directory, .is_throwaway = TRUE, .is_owned = TRUE};
    g_autoptr(GError) error = NULL;
    Cluster *cluster = cluster_new(&options, &error);

    g_assert_no_error(error);
    return cluster;
}

static Conn *connect_to(const Cluster *cluster)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Dsn) dsn = dsn_parse(cluster_url(cluster), &error);
    Conn *conn;

    g_assert_no_error(error);
    conn = conn_open(dsn, "test", 10 * G_USEC_PER_SEC, NULL, &error);
    g_assert_no_error(error);
    return conn;
}

static char *value(Conn *conn, const char *sql)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Result) result = NULL;

    conn_exec(conn, sql, &result, &error);
    g_assert_no_error(error);
    return g_strdup(result_text(result, 0, 0));
}

static void assert_value(const Cluster *cluster, const char *sql, const char *expected)
{
    g_autoptr(Conn) conn = connect_to(cluster);
    g_autofree char *actual = value(conn, sql);

    g_assert_cmpstr(actual, ==, expected);
}

/* One folder for the tests that need a server in good health. */
static char *usual_folder(void)
{
    return g_build_filename(root, "usual", NULL);
}

static void test_start_and_stop(void)
{
    g_autofree char *folder = g_build_filename(root, "deep", "er", NULL);
    g_autoptr(Cluster) cluster = make(folder, "work_mem=7MB");
    struct stat found;

    stop(cluster); /* quiet */
    g_assert_false(start(cluster));
    g_assert_cmpint(cluster_server_major(cluster), >=, 14);
    assert_value(cluster, "SHOW work_mem", "7MB");
    assert_value(cluster, "SHOW listen_addresses", "");
    assert_value(cluster, "SHOW fsync", "off");
    assert_value(cluster, "SELECT current_user || ' ' || getdatabaseencoding()", "postgres UTF8");
    g_assert_cmpint(stat(folder, &found), ==, 0);
    g_assert_cmpint(found.st_mode & 077, ==, 0);
    g_assert_cmpint(found.st_uid, !=, 0);
    stop(cluster);
    stop(cluster);
    g_assert_false(start(cluster));
    stop(cluster);
}

static void test_adopt(void)
{
    g_autofree char *folder = usual_folder();
    g_autoptr(Cluster) owner = make(folder, NULL);
    g_autoptr(Cluster) guest = make(folder, NULL);
    int pid = 0;
    int guest_pid = 0;

    g_assert_false(start(owner));
    g_assert_true(start(guest));
    g_assert_true(cluster_is_running(owner, &pid));
    g_assert_true(cluster_is_running(guest, &guest_pid));
    g_assert_cmpint(pid, ==, guest_pid);
    g_assert_cmpint(getsid(pid), !=, getsid(0));
    stop(guest);
    g_assert_false(cluster_is_running(owner, NULL));
}

/* An owner that is freed without a stop left its server as one that was killed does. */
static void test_orphan(void)
{
    g_autofree char *folder = usual_folder();
    Cluster *dead = make_owner(folder);
    g_autoptr(Cluster) owner = make_owner(folder);
    g_autoptr(Cluster) second = make_owner(folder);
    int pid = 0;
    int adopted_pid = 0;

    g_assert_false(start(dead));
    g_assert_true(cluster_is_running(dead, &pid));
    g_assert_true(start(owner)); /* its owner lives */
    cluster_free(dead);
    g_assert_false(start(owner));
    g_assert_true(cluster_is_running(owner, &adopted_pid));
    g_assert_cmpint(pid, ==, adopted_pid);
    g_assert_false(start(owner)); /* still its own */
    g_assert_true(start(second));
    stop(owner);
    g_assert_false(start(second)); /* a stop gives it up */
    stop(second);
}

static void test_kept_is_no_orphan(void)
{
    g_autofree char *folder = usual_folder();
    Cluster *keeper = make(folder, NULL);
    g_autoptr(Cluster) owner = make_owner(folder);

    g_assert_false(start(keeper));
    cluster_free(keeper);
    g_assert_true(start(owner));
    stop(owner);
}

/* Somebody who wants the server to stay makes an orphan one that stays. */
static void test_orphan_is_kept(void)
{
    g_autofree char *folder = usual_folder();
    Cluster *dead = make_owner(folder);
    g_autoptr(Cluster) keeper = make(folder, NULL);
    g_autoptr(Cluster) owner = make_owner(folder);

    g_assert_false(start(dead));
    cluster_free(dead);
    g_assert_true(start(keeper));
    g_assert_true(start(owner));
    stop(owner);
}

/* What is ours and not the server's: passwords, and the socket on which systemd hears READY=1. */
static void test_environment(void)
{
    static const char *const ours[] = {"NOTIFY_SOCKET", "SYNC_DATABASE_URL", "LISTEN_FDS",
                                       "CREDENTIALS_DIRECTORY", "PGUSER"};
    g_autofree char *folder = usual_folder();
    g_autoptr(Cluster) cluster = make(folder, NULL);
    g_autofree char *path = NULL;
    g_autofree char *text = NULL;
    gsize length = 0;
    int pid = 0;

    for (gsize i = 0; i < G_N_ELEMENTS(ours); i++)
        g_assert_true(g_setenv(ours[i], "secret", TRUE));
    start(cluster);
    for (gsize i = 0; i < G_N_ELEMENTS(ours); i++)
        g_unsetenv(ours[i]);
    g_assert_true(cluster_is_running(cluster, &pid));
    path = g_strdup_printf("/proc/%d/environ", pid);
    g_assert_true(g_file_get_contents(path, &text, &length, NULL));
    g_assert_nonnull(memmem(text, length, "LC_ALL=C", strlen("LC_ALL=C")));
    g_assert_null(memmem(text, length, "secret", strlen("secret")));
    stop(cluster);
}

/* A server that does not follow a fast shutdown (it is stopped) is ended all the same, in time. */
static void test_stop_within(void)
{
    g_autofree char *folder = usual_folder();
    g_autoptr(Cluster) cluster = make(folder, NULL);
    g_autoptr(GError) error = NULL;
    gint64 begin;
    int pid = 0;

    start(cluster);
    g_assert_true(cluster_is_running(cluster, &pid));
    g_assert_cmpint(kill(pid, SIGSTOP), ==, 0);
    begin = clock_monotonic();
    g_assert_false(cluster_stop_within(cluster, 100 * G_TIME_SPAN_MILLISECOND, &error));
    g_assert_cmpint(clock_monotonic() - begin, <, 8 * G_USEC_PER_SEC);
    g_assert_true(error_is(error, ERROR_FILE));
    g_assert_cmpint(kill(pid, SIGCONT), ==, 0);
    stop(cluster);
}

static gpointer start_in_thread(gpointer data)
{
    return GINT_TO_POINTER(start(data));
}

static void test_two_starters(void)
{
    g_autofree char *folder = g_build_filename(root, "race", NULL);
    g_autoptr(Cluster) one = make(folder, NULL);
    g_autoptr(Cluster) two = make(folder, NULL);
    GThread *first = g_thread_new("one", start_in_thread, one);
    GThread *second = g_thread_new("two", start_in_thread, two);
    int adopted = GPOINTER_TO_INT(g_thread_join(first)) + GPOINTER_TO_INT(g_thread_join(second));

    g_assert_cmpint(adopted, ==, 1);
    stop(one);
}

/* The server dies, one of its children is busy, and what it wrote is there after the next start. */
static void test_killed(void)
{
    g_autofree char *folder = usual_folder();
    g_autoptr(Cluster) cluster = make(folder, NULL);
    g_autoptr(Conn) conn = NULL;
    g_autoptr(GError) error = NULL;
    int pid = 0;

    start(cluster);
    conn = connect_to(cluster);
    g_assert_true(conn_exec(conn, "CREATE TABLE survivor AS SELECT 42 AS answer", NULL, NULL));
    g_assert_true(cluster_is_running(cluster, &pid));
    g_assert_cmpint(kill(pid, SIGKILL), ==, 0);
    while (cluster_is_running(cluster, NULL))
        clock_wait(G_TIME_SPAN_MILLISECOND, NULL);
    g_assert_false(start(cluster));
    g_assert_false(conn_exec(conn, "SELECT 1", NULL, &error));
    g_assert_true(error_is(error, ERROR_CONNECTION_LOST));
    assert_value(cluster, "SELECT answer FROM survivor", "42");
    stop(cluster);
}

/* postmaster.pid names a process that lives and is no server: ourselves. */
static void test_stale_pid(void)
{
    g_autofree char *folder = usual_folder();
    g_autofree char *pidfile = g_build_filename(folder, "data", "postmaster.pid", NULL);
    g_autoptr(Cluster) cluster = make(folder, NULL);
    g_autofree char *text =
        g_strdup_printf("%d\n%s/data\n1\n5432\n%s\n\n\nready   \n", getpid(), folder, folder);

    start(cluster);
    stop(cluster);
    g_assert_true(g_file_set_contents(pidfile, text, -1, NULL));
    g_assert_false(cluster_is_running(cluster, NULL));
    g_assert_false(start(cluster));
    stop(cluster);
}

static void test_long_path(void)
{
    g_autofree char *name = g_strnfill(100, 'n');
    g_autofree char *folder = g_build_filename(root, name, NULL);
    g_autoptr(Cluster) cluster = make(folder, NULL);
    g_autoptr(Dsn) dsn = dsn_parse(cluster_url(cluster), NULL);
    const char *socket_folder = dsn_get(dsn, "host");

    g_assert_cmpint(strlen(socket_folder), <, 90);
    start(cluster);
    assert_value(cluster, "SELECT 1", "1");
    stop(cluster);
    g_assert_false(g_file_test(socket_folder, G_FILE_TEST_EXISTS));
}

/* Somebody else was in /tmp first. */
static void test_planted_socket_folder(void)
{
    g_autofree char *name = g_strnfill(110, 'p');
    g_autofree char *folder = g_build_filename(root, name, NULL);
    g_autoptr(Cluster) cluster = make(folder, NULL);
    g_autoptr(Dsn) dsn = dsn_parse(cluster_url(cluster), NULL);
    g_autoptr(GError) error = NULL;

    g_assert_cmpint(symlink(root, dsn_get(dsn, "host")), ==, 0);
    g_assert_false(cluster_start(cluster, NULL, NULL, &error));
    g_assert_cmpint(unlink(dsn_get(dsn, "host")), ==, 0);
    g_assert_true(error_is(error, ERROR_FILE));
    g_assert_nonnull(error_hint(error));
}

static void test_foreign_folder(void)
{
    g_autofree char *folder = g_build_filename(root, "foreign", NULL);
    g_autofree char *file = g_build_filename(folder, "precious", NULL);
    g_autoptr(Cluster) cluster = make(folder, NULL);
    g_autoptr(GError) error = NULL;

    g_assert_cmpint(g_mkdir(folder, 0755), ==, 0);
    g_assert_true(g_file_set_contents(file, "x", 1, NULL));
    g_assert_false(cluster_start(cluster, NULL, NULL, &error));
    g_assert_true(error_is(error, ERROR_FILE));
    g_assert_nonnull(strstr(error->message, "precious"));
}

static void test_folder_behind_a_closed_door(void)
{
    g_autofree char *closed = g_build_filename(root, "closed", NULL);
    g_autofree char *folder = g_build_filename(closed, "cluster", NULL);
    g_autoptr(Cluster) cluster = NULL;
    g_autoptr(GError) error = NULL;

    if (geteuid() != 0) {
        g_test_skip("only root runs the server as somebody else");
        return;
    }
    g_assert_cmpint(g_mkdir(closed, 0700), ==, 0);
    cluster = make(folder, NULL);
    g_assert_false(cluster_start(cluster, NULL, NULL, &error));
    g_assert_true(error_is(error, ERROR_FILE));
    g_assert_nonnull(strstr(error->message, closed));
    g_assert_nonnull(error_hint(error));
    g_assert_false(g_file_test(folder, G_FILE_TEST_EXISTS));
}

/* What the server says when it cannot start is in the error. */
static void test_bad_setting(void)
{
    g_autofree char *folder = usual_folder();
    g_autoptr(Cluster) cluster = make(folder, "no_such_setting=1");
    g_autoptr(GError) error = NULL;

    g_assert_false(cluster_start(cluster, NULL, NULL, &error));
    g_assert_nonnull(strstr(error->message, "no_such_setting"));
    g_assert_nonnull(strstr(error_hint(error), "log"));
}

static void test_cancelled(void)
{
    g_autofree char *folder = g_build_filename(root, "cancelled", NULL);
    g_autoptr(Cluster) cluster = make(folder, NULL);
    g_autoptr(Cancel) cancel = cancel_new();
    g_autoptr(GError) error = NULL;

    cancel_trigger(cancel);
    g_assert_false(cluster_start(cluster, cancel, NULL, &error));
    g_assert_true(error_is(error, ERROR_CANCELLED));
    g_assert_false(start(cluster)); /* a half-made folder is no obstacle */
    stop(cluster);
}

static void test_restart_breaks_connections(void)
{
    g_autofree char *folder = usual_folder();
    g_autoptr(Cluster) cluster = make(folder, NULL);
    g_autoptr(Conn) conn = NULL;
    g_autoptr(GError) error = NULL;

    start(cluster);
    conn = connect_to(cluster);
    stop(cluster);
    g_assert_false(conn_wait_notify(conn, -1, NULL, &error));
    g_assert_true(error_is(error, ERROR_CONNECTION_LOST));
    start(cluster);
    assert_value(cluster, "SELECT 1", "1");
    stop(cluster);
}

static void test_no_programs(void)
{
    ClusterOptions options = {.directory = root, .bindir = root};
    g_autoptr(GError) error = NULL;

    g_assert_null(cluster_new(&options, &error));
    g_assert_true(error_is(error, ERROR_CONFIG));
    g_assert_nonnull(error_hint(error));
}

int main(int argc, char **argv)
{
    const char *removal[] = {"rm", "-rf", NULL, NULL};
    int status;

    g_test_init(&argc, &argv, NULL);
    root = g_dir_make_tmp("cluster-XXXXXX", NULL);
    chmod(root, 0755);
    g_test_add_func("/cluster/start-and-stop", test_start_and_stop);
    g_test_add_func("/cluster/adopt", test_adopt);
    g_test_add_func("/cluster/orphan", test_orphan);
    g_test_add_func("/cluster/kept-is-no-orphan", test_kept_is_no_orphan);
    g_test_add_func("/cluster/orphan-is-kept", test_orphan_is_kept);
    g_test_add_func("/cluster/environment", test_environment);
    g_test_add_func("/cluster/stop-within", test_stop_within);
    g_test_add_func("/cluster/two-starters", test_two_starters);
    g_test_add_func("/cluster/killed", test_killed);
    g_test_add_func("/cluster/stale-pid", test_stale_pid);
    g_test_add_func("/cluster/long-path", test_long_path);
    g_test_add_func("/cluster/planted-socket-folder", test_planted_socket_folder);
    g_test_add_func("/cluster/foreign-folder", test_foreign_folder);
    g_test_add_func("/cluster/folder-behind-a-closed-door", test_folder_behind_a_closed_door);
    g_test_add_func("/cluster/bad-setting", test_bad_setting);
    g_test_add_func("/cluster/cancelled", test_cancelled);
    g_test_add_func("/cluster/restart-breaks-connections", test_restart_breaks_connections);
    g_test_add_func("/cluster/no-programs", test_no_programs);
    status = g_test_run();
    removal[2] = root;
    g_spawn_sync(NULL, (char **)removal, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL,
                 NULL);
    g_free(root);
    return status;
}
