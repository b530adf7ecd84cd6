/* The server of the unit tests. */
#include "testdb.h"

#include <glib/gstdio.h>
#include <unistd.h>

#include "db/cluster.h"

static char *admin_url;
static char *own_directory;
static Cluster *own_cluster;
static guint databases;

void testdb_start(void)
{
    const char *const settings[] = {"max_connections=50", NULL};
    ClusterOptions options = {.settings = settings, .is_throwaway = TRUE};
    g_autoptr(GError) error = NULL;
    gboolean was_running;

    admin_url = g_strdup(g_getenv("PGSLUICE_TEST_URL"));
    if (admin_url)
        return;
    options.directory = own_directory = g_dir_make_tmp("testdb-XXXXXX", NULL);
    own_cluster = cluster_new(&options, &error);
    g_assert_no_error(error);
    cluster_start(own_cluster, NULL, &was_running, &error);
    g_assert_no_error(error);
    admin_url = g_strdup(cluster_url(own_cluster));
}

void testdb_stop(void)
{
    g_clear_pointer(&admin_url, g_free);
    if (!own_cluster)
        return;
    cluster_stop(own_cluster, NULL);
    g_clear_pointer(&own_cluster, cluster_free);
    {
        const char *argv[] = {"rm", "-rf", own_directory, NULL};

        g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL,
                     NULL);
    }
    g_clear_pointer(&own_directory, g_free);
}

/* The admin URL with another database name or user put in, whatever its form. */
static char *url_with(const char *url, const char *keyword, const char *value)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Dsn) dsn = dsn_parse(url, &error);
    g_autoptr(Dsn) changed = NULL;
    GString *text = g_string_new(NULL);

    g_assert_no_error(error);
    changed = dsn_with(dsn, keyword, value);
    for (gsize i = 0; dsn_keywords(changed)[i]; i++)
        if (dsn_values(changed)[i])
            g_string_append_printf(text, "%s%s='%s'", i ? " " : "", dsn_keywords(changed)[i],
                                   dsn_values(changed)[i]);
    return g_string_free(text, FALSE);
}

Conn *testdb_connect(const char *url)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Dsn) dsn = dsn_parse(url, &error);
    Conn *conn;

    g_assert_no_error(error);
    conn = conn_open(dsn, "test", 10 * G_USEC_PER_SEC, NULL, &error);
    g_assert_no_error(error);
    return conn;
}

void testdb_run(Conn *conn, const char *sql)
{
    g_autoptr(GError) error = NULL;

    conn_exec(conn, sql, NULL, &error);
    g_assert_no_error(error);
}

char *testdb_value(Conn *conn, const char *sql)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Result) result = NULL;

    conn_exec(conn, sql, &result, &error);
    g_assert_no_error(error);
    g_assert_cmpint(result_rows(result), ==, 1);
    return g_strdup(result_text(result, 0, 0) ? result_text(result, 0, 0) : "");
}

char *testdb_create(void)
{
    g_autoptr(Conn) admin = testdb_connect(admin_url);
    g_autofree char *name = g_strdup_printf("unit_%d_%u", (int)getpid(), databases++);
    g_autofree char *sql =
        g_strdup_printf("CREATE DATABASE %s TEMPLATE template0 STRATEGY file_copy", name);

    testdb_run(admin, sql);
    return url_with(admin_url, "dbname", name);
}

void testdb_drop(const char *url)
{
    g_autoptr(Conn) admin = testdb_connect(admin_url);
    g_autoptr(Dsn) dsn = dsn_parse(url, NULL);
    g_autofree char *sql = g_strdup_printf("DROP DATABASE %s WITH (FORCE)", dsn_get(dsn, "dbname"));

    testdb_run(admin, sql);
}

char *testdb_as_role(const char *url, const char *role)
{
    return url_with(url, "user", role);
}
