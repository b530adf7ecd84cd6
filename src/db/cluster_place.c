/* Where a private cluster lives: its folders and their owner, the socket's path, the server's
 * programs. Nothing is started here but pg_config. */
#include <errno.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "base/error.h"
#include "db/cluster_private.h"

#define DEBIAN_ROOT "/usr/lib/postgresql"
#define SOCKET_FILE "/.s.PGSQL." CLUSTER_PORT

static gboolean has_programs(const char *bindir)
{
    g_autofree char *initdb = g_build_filename(bindir, "initdb", NULL);
    g_autofree char *postgres = g_build_filename(bindir, "postgres", NULL);

    return g_file_test(initdb, G_FILE_TEST_IS_EXECUTABLE) &&
           g_file_test(postgres, G_FILE_TEST_IS_EXECUTABLE);
}

/* A data folder that exists can only be run by its own major version. */
static char *bindir_of_data(const char *data)
{
    g_autofree char *path = g_build_filename(data, "PG_VERSION", NULL);
    g_autofree char *version = NULL;

    if (!g_file_get_contents(path, &version, NULL, NULL))
        return NULL;
    return g_build_filename(DEBIAN_ROOT, g_strstrip(version), "bin", NULL);
}

static char *bindir_of_pg_config(void)
{
    const char *argv[] = {"pg_config", "--bindir", NULL};
    char *output = NULL;

    if (!g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL,
                      NULL, NULL, &output, NULL, NULL, NULL))
        return NULL;
    return g_strstrip(output);
}

static char *bindir_of_path(void)
{
    g_autofree char *initdb = g_find_program_in_path("initdb");

    return initdb ? g_path_get_dirname(initdb) : NULL;
}

static char *bindir_of_debian(void)
{
    g_autoptr(GDir) root = g_dir_open(DEBIAN_ROOT, 0, NULL);
    const char *name;
    gint64 newest = 0;

    while (root && (name = g_dir_read_name(root))) {
        g_autofree char *bindir = g_build_filename(DEBIAN_ROOT, name, "bin", NULL);

        if (has_programs(bindir))
            newest = MAX(newest, g_ascii_strtoll(name, NULL, 10));
    }
    return newest ? g_strdup_printf(DEBIAN_ROOT "/%" G_GINT64_FORMAT "/bin", newest) : NULL;
}

static char *search_bindir(const char *data)
{
    static char *(*const searches[])(void) = {bindir_of_pg_config, bindir_of_path,
                                              bindir_of_debian};
    g_autofree char *own = bindir_of_data(data);

    if (own && has_programs(own))
        return g_steal_pointer(&own);
    for (gsize i = 0; i < G_N_ELEMENTS(searches); i++) {
        g_autofree char *bindir = searches[i]();

        if (bindir && has_programs(bindir))
            return g_steal_pointer(&bindir);
    }
    return NULL;
}

char *cluster_find_bindir(const char *wanted, const char *data, GError **error)
{
    char *found = NULL;

    if (!wanted)
        found = search_bindir(data);
    else if (has_programs(wanted))
        found = g_strdup(wanted);
    if (found)
        return found;
    error_set(error, ERROR_CONFIG,
              "no PostgreSQL server programs (initdb, postgres) were found%s%s",
              wanted ? " in " : "", wanted ? wanted : "");
    error_set_hint(error,
                   "on Debian: apt-get install postgresql; or set embedded.bindir to their folder");
    return NULL;
}

gboolean cluster_find_user(Cluster *cluster, const char *wanted, GError **error)
{
    const char *names[] = {wanted ? wanted : "postgres", wanted ? NULL : "nobody"};
    const struct passwd *entry = NULL;

    cluster->uid = geteuid();
    cluster->gid = getegid();
    if (cluster->uid != 0)
        return TRUE;
    for (gsize i = 0; i < G_N_ELEMENTS(names) && names[i] && !entry; i++)
        entry = getpwnam(names[i]);
    if (!entry || entry->pw_uid == 0) {
        error_set(error, ERROR_CONFIG, "root cannot run PostgreSQL, and \"%s\" %s", names[0],
                  entry ? "is root, too" : "is not a user of this machine");
        error_set_hint(error, "set embedded.user to a user of this machine");
        return FALSE;
    }
    cluster->uid = entry->pw_uid;
    cluster->gid = entry->pw_gid;
    cluster->user_name = g_strdup(entry->pw_name);
    return TRUE;
}

char *cluster_socket_folder(const char *directory)
{
    const char *runtime = geteuid() == 0 ? NULL : g_getenv("XDG_RUNTIME_DIR");
    g_autofree char *digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, directory, -1);

    if (strlen(directory) + strlen(SOCKET_FILE) < sizeof((struct sockaddr_un *)NULL)->sun_path)
        return g_strdup(directory);
    if (!runtime || strlen(runtime) > 60)
        runtime = "/tmp";
    return g_strdup_printf("%s/pgsluice-%.16s", runtime, digest);
}

static gboolean file_failed(GError **error, const char *what, const char *path)
{
    int code = errno;

    error_set(error, ERROR_FILE, "%s: %s: %s", path, what, g_strerror(code));
    return FALSE;
}

/* Whether the cluster's user may enter this folder. (Access lists are left to the server, whose
 * message is as clear.) */
static gboolean can_enter(const Cluster *cluster, const struct stat *folder)
{
    mode_t bit = folder->st_uid == cluster->uid   ? S_IXUSR
                 : folder->st_gid == cluster->gid ? S_IXGRP
                                                  : S_IXOTH;

    return (folder->st_mode & bit) != 0;
}

static gboolean check_parents(const Cluster *cluster, GError **error)
{
    g_autofree char *path = g_path_get_dirname(cluster->directory);

    if (!cluster->user_name)
        return TRUE;
    for (;;) {
        struct stat folder;
        char *parent;

        if (stat(path, &folder) != 0)
            return file_failed(error, "stat", path);
        if (!can_enter(cluster, &folder)) {
            error_set(error, ERROR_FILE,
                      "%s: user \"%s\", who runs the server, may not enter this folder", path,
                      cluster->user_name);
            error_set_hint(error,
                           "use another folder for the server, for example /var/tmp/pgsluice; or "
                           "another user (embedded.user)");
            return FALSE;
        }
        if (g_str_equal(path, "/"))
            return TRUE;
        parent = g_path_get_dirname(path);
        g_free(path);
        path = parent;
    }
}

/* The folder is given to the server's user, so it must not be somebody's by mistake. */
static gboolean check_contents(const Cluster *cluster, GError **error)
{
    g_autoptr(GDir) folder = g_dir_open(cluster->directory, 0, error);
    g_autofree char *mark = g_build_filename(cluster->directory, CLUSTER_LOCK, NULL);
    const char *name;

    if (!folder)
        return FALSE;
    name = g_dir_read_name(folder);
    if (!name || g_file_test(mark, G_FILE_TEST_EXISTS))
        return TRUE;
    error_set(error, ERROR_FILE, "%s: is not empty and holds no private server (found \"%s\")",
              cluster->directory, name);
    error_set_hint(error, "name a folder that is empty or not there yet");
    return FALSE;
}

/* Like mkdir -m 0700, but what is there already must be a real folder that nobody else can touch:
 * in /tmp anybody could have been here before. */
static gboolean make_socket_folder(const Cluster *cluster, GError **error)
{
    const char *path = cluster->socket_folder;
    struct stat found;

    if (mkdir(path, 0700) == 0) {
        if (lchown(path, cluster->uid, cluster->gid) == 0)
            return TRUE;
        return file_failed(error, "chown", path);
    }
    if (errno != EEXIST)
        return file_failed(error, "mkdir", path);
    if (lstat(path, &found) != 0)
        return file_failed(error, "stat", path);
    if (S_ISDIR(found.st_mode) && found.st_uid == cluster->uid && !(found.st_mode & 077))
        return TRUE;
    error_set(error, ERROR_FILE, "%s: is not a private folder of the server's user", path);
    error_set_hint(error, "remove it, or use a folder with a shorter path for the server");
    return FALSE;
}

gboolean cluster_prepare_folders(const Cluster *cluster, GError **error)
{
    g_autofree char *parent = g_path_get_dirname(cluster->directory);
    struct stat found;

    /* Parents that the server's user can enter; the folder itself is nobody else's. */
    if (g_mkdir_with_parents(parent, 0755) != 0)
        return file_failed(error, "mkdir", parent);
    if (!check_parents(cluster, error))
        return FALSE;
    if (mkdir(cluster->directory, 0700) != 0 && errno != EEXIST)
        return file_failed(error, "mkdir", cluster->directory);
    if (!check_contents(cluster, error))
        return FALSE;
    if (stat(cluster->directory, &found) != 0)
        return file_failed(error, "stat", cluster->directory);
    if (found.st_uid != cluster->uid && chown(cluster->directory, cluster->uid, cluster->gid) != 0)
        return file_failed(error, "chown", cluster->directory);
    return g_str_equal(cluster->socket_folder, cluster->directory) ||
           make_socket_folder(cluster, error);
}
