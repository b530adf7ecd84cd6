/* The migration lock between two sessions. */
#include <string.h>

#include "base/error.h"
#include "db/lock.h"
#include "testdb.h"

static char *database;

static void test_key(void)
{
    LockKey key = lock_key("public", "alembic_version");
    LockKey other = lock_key("public", "alembic_version2");

    /* printf 'pgsluice migration lock\npublic\nalembic_version' | sha256sum */
    g_assert_cmpuint((guint64)key.key, ==, G_GUINT64_CONSTANT(0x779787abc0d6c437));
    g_assert_cmpuint((guint32)key.class_id, ==, (guint64)key.key >> 32);
    g_assert_cmpuint((guint32)key.object_id, ==, (guint64)key.key & G_MAXUINT32);
    g_assert_cmpint(key.key, !=, other.key);
}

static void test_exclusive(void)
{
    g_autoptr(Conn) one = testdb_connect(database);
    g_autoptr(Conn) two = testdb_connect(database);
    g_autoptr(LockHolder) holder = NULL;
    g_autoptr(GError) error = NULL;
    LockKey key = lock_key("public", "exclusive");
    gboolean taken = FALSE;

    g_assert_true(lock_try(one, key, &taken, &error));
    g_assert_true(taken);
    g_assert_true(lock_try(two, key, &taken, &error));
    g_assert_false(taken);
    g_assert_true(lock_find_holder(two, key, &holder, &error));
    g_assert_cmpint(holder->pid, ==, conn_backend_pid(one));
    g_assert_cmpstr(holder->application_name, ==, "test");
    g_assert_cmpstr(holder->user, ==, "postgres");
    g_assert_cmpstr(holder->client, ==, "[local]");
    g_assert_cmpint(strlen(holder->since), ==, strlen("2026-11-22T14:02:11.123456Z"));
    g_assert_true(lock_release(one, key, &error));
    g_assert_true(lock_try(two, key, &taken, &error));
    g_assert_true(taken);
}

static void test_nobody(void)
{
    g_autoptr(Conn) conn = testdb_connect(database);
    g_autoptr(GError) error = NULL;
    LockHolder *holder = (LockHolder *)&error;

    g_assert_true(lock_find_holder(conn, lock_key("public", "nobody"), &holder, &error));
    g_assert_null(holder);
}

/* The same key in another database of the server is another lock. */
static void test_other_database(void)
{
    g_autofree char *elsewhere = testdb_create();
    LockKey key = lock_key("public", "elsewhere");
    g_autoptr(Conn) one = testdb_connect(elsewhere);
    g_autoptr(Conn) two = testdb_connect(database);
    g_autoptr(LockHolder) holder = NULL;
    gboolean taken = FALSE;

    g_assert_true(lock_try(one, key, &taken, NULL));
    g_assert_true(lock_find_holder(two, key, &holder, NULL));
    g_assert_null(holder);
    g_assert_true(lock_try(two, key, &taken, NULL));
    g_assert_true(taken);
    testdb_drop(elsewhere);
}

static void test_release_of_a_lost_lock(void)
{
    g_autoptr(Conn) conn = testdb_connect(database);
    g_autoptr(GError) error = NULL;
    LockKey key = lock_key("public", "lost");
    gboolean taken = FALSE;

    g_assert_true(lock_try(conn, key, &taken, NULL));
    testdb_run(conn, "SELECT pg_advisory_unlock_all()");
    g_assert_false(lock_release(conn, key, &error));
    g_assert_true(error_is(error, ERROR_LOCK_LOST));
}

static void test_holders_query_is_redacted(void)
{
    g_autoptr(Conn) one = testdb_connect(database);
    g_autoptr(Conn) two = testdb_connect(database);
    g_autoptr(LockHolder) holder = NULL;
    LockKey key = lock_key("public", "redacted");
    g_autofree char *filler = g_strnfill(400, 'x');
    g_autofree char *sql =
        g_strdup_printf("BEGIN; ALTER ROLE postgres PASSWORD 'sesame99'; ROLLBACK -- %s", filler);
    gboolean taken = FALSE;

    g_assert_true(lock_try(one, key, &taken, NULL));
    testdb_run(one, sql);
    g_assert_true(lock_find_holder(two, key, &holder, NULL));
    g_assert_nonnull(strstr(holder->query, "ALTER ROLE"));
    g_assert_null(strstr(holder->query, "sesame99"));
    g_assert_cmpint(g_utf8_strlen(holder->query, -1), ==, 200);
}

int main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    testdb_start();
    database = testdb_create();
    g_test_add_func("/lock/key", test_key);
    g_test_add_func("/lock/exclusive", test_exclusive);
    g_test_add_func("/lock/nobody", test_nobody);
    g_test_add_func("/lock/other-database", test_other_database);
    g_test_add_func("/lock/release-of-a-lost-lock", test_release_of_a_lost_lock);
    g_test_add_func("/lock/holders-query-is-redacted", test_holders_query_is_redacted);
    status = g_test_run();
    testdb_drop(database);
    g_free(database);
    testdb_stop();
    return status;
}
