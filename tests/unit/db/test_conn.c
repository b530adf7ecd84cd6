/* Single statements: results, errors, cancellation, timeouts, broken connections, notices. */
#include <string.h>

#include "base/backoff.h"
#include "base/clock.h"
#include "base/error.h"
#include "testdb.h"

static char *database;

/* What happens to a statement while it runs, done by another session once it is seen running. */
typedef struct {
    int pid;
    Cancel *cancel;  /* to trigger, or NULL */
    const char *sql; /* to run with %d for the pid, or NULL */
} Disturbance;

static gpointer disturb(gpointer data)
{
    const Disturbance *disturbance = data;
    g_autoptr(Conn) conn = testdb_connect(database);
    g_autofree char *look = g_strdup_printf("SELECT count(*) FROM pg_stat_activity WHERE pid = %d "
                                            "AND state = 'active' AND wait_event = 'PgSleep'",
                                            disturbance->pid);
    Backoff backoff = {.initial = 5000, .ceiling = 20000, .factor = 1.5};

    for (gboolean is_running = FALSE; !is_running;) {
        g_autofree char *count = testdb_value(conn, look);

        is_running = g_str_equal(count, "1");
        if (!is_running)
            backoff_wait(&backoff, NULL);
    }
    if (disturbance->cancel)
        cancel_trigger(disturbance->cancel);
    if (disturbance->sql) {
        g_autofree char *sql = g_strdup_printf("%s(%d)", disturbance->sql, disturbance->pid);

        testdb_run(conn, sql);
    }
    return NULL;
}

static void assert_fails(Conn *conn, const char *sql, ErrorKind kind, GError **failure)
{
    g_autoptr(GError) error = NULL;

    g_assert_false(conn_exec(conn, sql, NULL, &error));
    g_assert_cmpstr(error_kind_slug(error_kind(error)), ==, error_kind_slug(kind));
    if (failure)
        *failure = g_steal_pointer(&error);
}

static void test_results(void)
{
    g_autoptr(Conn) conn = testdb_connect(database);
    g_autoptr(Result) result = NULL;
    const char *values[] = {"7", NULL, "caf\u00e9"};
    g_auto(GStrv) array = NULL;

    g_assert_true(conn_exec_params(conn,
                                   "SELECT $1::bigint, $2::text, $3::text, true, "
                                   "ARRAY['a', 'b \"c\"', 'x,y\\z', '', 'NULL'], NULL::text[]",
                                   3, values, &result, NULL));
    g_assert_cmpint(result_rows(result), ==, 1);
    g_assert_cmpint(result_int64(result, 0, 0), ==, 7);
    g_assert_null(result_text(result, 0, 1));
    g_assert_cmpint(result_int64(result, 0, 1), ==, 0);
    g_assert_cmpstr(result_text(result, 0, 2), ==, "caf\u00e9");
    g_assert_true(result_boolean(result, 0, 3));
    g_assert_null(result_text_array(result, 0, 5));
    array = result_text_array(result, 0, 4);
    {
        const char *const expected[] = {"a", "b \"c\"", "x,y\\z", "", "NULL", NULL};

        g_assert_true(g_strv_equal((const char *const *)array, expected));
    }
}

static void test_last_result_counts(void)
{
    g_autoptr(Conn) conn = testdb_connect(database);
    g_autoptr(Result) result = NULL;

    g_assert_true(conn_exec(conn,
                            "CREATE TEMP TABLE t (a int); INSERT INTO t VALUES (1), (2), (3); "
                            "UPDATE t SET a = a + 1 WHERE a > 1 RETURNING a",
                            &result, NULL));
    g_assert_cmpint(result_rows(result), ==, 2);
    g_assert_true(conn_exec(conn, "", NULL, NULL));
}

static void test_error_carries_everything(void)
{
    g_autoptr(Conn) conn = testdb_connect(database);
    g_autoptr(GError) error = NULL;

    assert_fails(conn, "SELECT 'caf\u00e9', nowhere", ERROR_SQL, &error);
    g_assert_cmpstr(error_sqlstate(error), ==, "42703");
    g_assert_cmpuint(conn_error_position(conn), ==, 16);
    g_clear_error(&error);
    assert_fails(conn, "DO $$ BEGIN RAISE 'no' USING DETAIL = 'd', HINT = 'h'; END $$", ERROR_SQL,
                 &error);
    g_assert_cmpstr(error->message, ==, "no");
    g_assert_cmpstr(error_detail(error), ==, "d");
    g_assert_cmpstr(error_server_hint(error), ==, "h");
    g_assert_nonnull(strstr(error_context(error), "PL/pgSQL"));
    g_assert_cmpuint(conn_error_position(conn), ==, 0);
    g_clear_error(&error);
    assert_fails(conn, "DO $$ BEGIN EXECUTE 'selec 1'; END $$", ERROR_SQL, &error);
    g_assert_nonnull(strstr(error_context(error), "selec 1"));
    g_assert_true(conn_is_alive(conn));
}

/* Each "..." stands for 8 KiB of two-byte characters; "x" makes the cut fall inside one. */
static void test_long_errors_are_cut(void)
{
    g_autoptr(Conn) conn = testdb_connect(database);
    g_autoptr(GError) error = NULL;

    assert_fails(conn,
                 "DO $$ DECLARE t text := 'x' || repeat('\u00e9', 1000000); BEGIN "
                 "RAISE '%', t USING DETAIL = t, HINT = t; END $$",
                 ERROR_SQL, &error);
    {
        const char *const texts[] = {error->message, error_detail(error), error_server_hint(error)};

        for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
            g_assert_true(g_utf8_validate(texts[i], -1, NULL));
            g_assert_cmpuint(strlen(texts[i]), <, 8300);
            g_assert_true(g_str_has_suffix(texts[i], "\u00e9... (2000001 bytes)"));
        }
    }
    g_clear_error(&error);
    assert_fails(conn,
                 "DO $$ BEGIN EXECUTE 'SELECT ' || repeat('1+', 1000000) || 'nowhere'; END $$",
                 ERROR_SQL, &error);
    g_assert_cmpuint(strlen(error_context(error)), <, 8600);
}

/* PostgreSQL counts what it takes for characters: bytes, when it knows of no encoding. */
static void test_positions_in_sql_ascii(void)
{
    g_autoptr(Conn) conn = testdb_connect(database);
    g_autoptr(Dsn) dsn = NULL;
    Conn *plain;

    g_assert_false(conn_counts_bytes(conn));
    testdb_run(conn, "CREATE DATABASE conn_sql_ascii ENCODING 'SQL_ASCII' LC_COLLATE 'C' "
                     "LC_CTYPE 'C' TEMPLATE template0");
    dsn = dsn_with(conn_dsn(conn), "dbname", "conn_sql_ascii");
    plain = conn_open(dsn, "test", 0, NULL, NULL);
    g_assert_true(conn_counts_bytes(plain));
    assert_fails(plain, "SELECT 'caf\u00e9', nowhere", ERROR_SQL, NULL);
    g_assert_cmpuint(conn_error_position(plain), ==, 17);
    conn_free(plain);
    testdb_run(conn, "DROP DATABASE conn_sql_ascii");
}

static void test_kinds(void)
{
    g_autoptr(Conn) conn = testdb_connect(database);

    testdb_run(conn, "CREATE ROLE lowly; SET ROLE lowly");
    assert_fails(conn, "CREATE SCHEMA forbidden", ERROR_PRIVILEGE, NULL);
    testdb_run(conn, "RESET ROLE; DROP ROLE lowly; BEGIN READ ONLY");
    assert_fails(conn, "CREATE TABLE t (a int)", ERROR_NOT_PRIMARY, NULL);
    g_assert_true(conn_in_transaction(conn));
    testdb_run(conn, "ROLLBACK; SET statement_timeout = '50ms'");
    assert_fails(conn, "SELECT pg_sleep(10)", ERROR_SQL, NULL); /* 57014, but not by us */
}

static void test_copy_is_refused(void)
{
    g_autoptr(Conn) conn = testdb_connect(database);

    testdb_run(conn, "CREATE TEMP TABLE t (a int)");
    assert_fails(conn, "COPY t FROM STDIN", ERROR_SQL, NULL);
    assert_fails(conn, "COPY (SELECT generate_series(1, 100000)) TO STDOUT", ERROR_SQL, NULL);
    testdb_assert_value(conn, "SELECT count(*) FROM t", "0");
}

static GString *make_rows(void)
{
    GString *rows = g_string_new(NULL);

    for (guint i = 1; i <= 300000; i++)
        g_string_append_printf(rows, "%u\n", i);
    return rows;
}

static void assert_copy_fails(Conn *conn, const char *sql, const GString *rows, ErrorKind kind)
{
    g_autoptr(GError) error = NULL;

    g_assert_false(conn_copy_in(conn, sql, rows->str, rows->len, &error));
    g_assert_cmpstr(error_kind_slug(error_kind(error)), ==, error_kind_slug(kind));
}

static void test_copy_in(void)
{
    g_autoptr(Conn) conn = testdb_connect(database);
    g_autoptr(GString) rows = make_rows();
    g_autoptr(GError) error = NULL;

    testdb_run(conn, "CREATE TEMP TABLE t (a int)");
    g_assert_true(conn_copy_in(conn, "COPY t FROM STDIN", rows->str, rows->len, &error));
    g_assert_true(conn_copy_in(conn, "COPY t FROM STDIN", rows->str, 0, &error));
    testdb_assert_value(conn, "SELECT count(*) || ' ' || sum(a) FROM t", "300000 45000150000");
    /* the server answers long before all is sent */
    rows->str[2] = 'x';
    assert_copy_fails(conn, "COPY t FROM STDIN", rows, ERROR_SQL);
    assert_copy_fails(conn, "COPY nobody FROM STDIN", rows, ERROR_SQL);
    assert_copy_fails(conn, "SELECT 1", rows, ERROR_SQL);
    assert_copy_fails(conn, "COPY t TO STDOUT", rows, ERROR_SQL);
    testdb_assert_value(conn, "SELECT count(*) FROM t", "300000");
}

/* A row that takes long, so that the socket is full of those behind it. */
static void make_slow_table(Conn *conn)
{
    testdb_run(conn, "CREATE TABLE slow (a int); CREATE FUNCTION sleep() RETURNS trigger LANGUAGE "
                     "plpgsql AS 'BEGIN PERFORM pg_sleep(30); RETURN NEW; END'; CREATE TRIGGER "
                     "sleep BEFORE INSERT ON slow FOR EACH ROW EXECUTE FUNCTION sleep()");
}

static void test_copy_in_is_cancelled(void)
{
    g_autoptr(Cancel) cancel = cancel_new();
    g_autoptr(Conn) conn = testdb_connect(database);
    g_autoptr(GString) rows = make_rows();
    Disturbance disturbance = {.pid = conn_backend_pid(conn), .cancel = cancel};
    GThread *thread;

    make_slow_table(conn);
    conn_set_cancel(conn, cancel);
    thread = g_thread_new("disturb", disturb, &disturbance);
    assert_copy_fails(conn, "COPY slow FROM STDIN", rows, ERROR_CANCELLED);
    g_thread_join(thread);
    conn_set_cancel(conn, NULL);
    testdb_assert_value(conn, "SELECT count(*) FROM slow", "0");
    testdb_run(conn, "DROP TABLE slow; DROP FUNCTION sleep");
}

static void test_copy_in_is_terminated(void)
{
    g_autoptr(Conn) conn = testdb_connect(database);
    g_autoptr(Conn) other = testdb_connect(database);
    g_autoptr(GString) rows = make_rows();
    Disturbance disturbance = {.pid = conn_backend_pid(conn), .sql = "SELECT pg_terminate_backend"};
    GThread *thread;

    make_slow_table(other);
    thread = g_thread_new("disturb", disturb, &disturbance);
    assert_copy_fails(conn, "COPY slow FROM STDIN", rows, ERROR_CONNECTION_LOST);
    g_thread_join(thread);
    g_assert_false(conn_is_alive(conn));
    conn_set_timeout(other, 100 * 1000);
    assert_copy_fails(other, "COPY slow FROM STDIN", rows, ERROR_CONNECTION_LOST);
}

static void test_cancel(void)
{
    g_autoptr(Cancel) cancel = cancel_new();
    g_autoptr(Conn) conn = testdb_connect(database);
    Disturbance disturbance = {.pid = conn_backend_pid(conn), .cancel = cancel};
    GThread *thread;
    gint64 started;

    conn_set_cancel(conn, cancel);
    thread = g_thread_new("disturb", disturb, &disturbance);
    assert_fails(conn, "SELECT pg_sleep(30)", ERROR_CANCELLED, NULL);
    g_thread_join(thread);
    /* until the last words nothing runs any more, but the connection lives */
    started = clock_monotonic();
    assert_fails(conn, "SELECT pg_sleep(30)", ERROR_CANCELLED, NULL);
    g_assert_cmpint(clock_monotonic() - started, <, G_USEC_PER_SEC);
    g_assert_true(conn_is_alive(conn));
    conn_set_cancel(conn, NULL);
    testdb_assert_value(conn, "SELECT 1", "1");
}

/* A statement that will not be stopped costs the connection, not more than a moment. */
static void test_cancel_that_is_ignored(void)
{
    g_autoptr(Cancel) cancel = cancel_new();
    g_autoptr(Conn) conn = testdb_connect(database);
    Disturbance disturbance = {.pid = conn_backend_pid(conn), .cancel = cancel};
    GThread *thread = g_thread_new("disturb", disturb, &disturbance);
    gint64 started = clock_monotonic();

    conn_set_cancel(conn, cancel);
    assert_fails(conn,
                 "DO $$ BEGIN FOR i IN 1..20 LOOP BEGIN PERFORM pg_sleep(0.4); "
                 "EXCEPTION WHEN query_canceled THEN NULL; END; END LOOP; END $$",
                 ERROR_CANCELLED, NULL);
    g_thread_join(thread);
    g_assert_cmpint(clock_monotonic() - started, <, 4 * G_USEC_PER_SEC);
    g_assert_false(conn_is_alive(conn));
}

static void test_timeout(void)
{
    g_autoptr(Conn) conn = testdb_connect(database);
    g_autoptr(GError) error = NULL;
    gint64 started = clock_monotonic();

    conn_set_timeout(conn, 200 * G_TIME_SPAN_MILLISECOND);
    assert_fails(conn, "SELECT pg_sleep(30)", ERROR_CONNECTION_LOST, &error);
    g_assert_cmpint(clock_monotonic() - started, <, 2 * G_USEC_PER_SEC);
    g_assert_nonnull(strstr(error->message, "0.2 s"));
    g_assert_false(conn_is_alive(conn));
    assert_fails(conn, "SELECT 1", ERROR_CONNECTION_LOST, NULL);
}

static void test_terminated(void)
{
    g_autoptr(Conn) conn = testdb_connect(database);
    Disturbance disturbance = {.pid = conn_backend_pid(conn), .sql = "SELECT pg_terminate_backend"};
    GThread *thread = g_thread_new("disturb", disturb, &disturbance);
    g_autoptr(GError) error = NULL;

    assert_fails(conn, "SELECT pg_sleep(30)", ERROR_CONNECTION_LOST, &error);
    g_thread_join(thread);
    g_assert_cmpstr(error_sqlstate(error), ==, "57P01");
    g_assert_false(conn_is_alive(conn));
    g_assert_null(conn_parameter(conn, "server_version"));
    g_assert_false(conn_in_transaction(conn));
}

static void terminate(Conn *other)
{
    g_autoptr(Conn) conn = testdb_connect(database);
    g_autofree char *sql =
        g_strdup_printf("SELECT pg_terminate_backend(%d, 5000)", conn_backend_pid(other));

    testdb_run(conn, sql);
}

static void test_terminated_while_idle(void)
{
    g_autoptr(Conn) conn = testdb_connect(database);

    terminate(conn);
    assert_fails(conn, "SELECT 1", ERROR_CONNECTION_LOST, NULL);
    assert_fails(conn, "SELECT 1", ERROR_CONNECTION_LOST, NULL);
}

static void test_wait_notify(void)
{
    g_autoptr(Conn) listener = testdb_connect(database);
    g_autoptr(Conn) speaker = testdb_connect(database);
    g_autoptr(GError) error = NULL;
    gboolean notified = TRUE;

    testdb_run(listener, "LISTEN news");
    g_assert_true(conn_wait_notify(listener, 10000, &notified, NULL));
    g_assert_false(notified);
    testdb_run(speaker, "NOTIFY news");
    g_assert_true(conn_wait_notify(listener, 10 * G_USEC_PER_SEC, &notified, NULL));
    g_assert_true(notified);
    terminate(listener);
    g_assert_false(conn_wait_notify(listener, 10 * G_USEC_PER_SEC, NULL, &error));
    g_assert_true(error_is(error, ERROR_CONNECTION_LOST));
    g_assert_nonnull(strstr(error->message, "administrator command"));
}

static void test_wait_notify_is_cancelled(void)
{
    g_autoptr(Conn) conn = testdb_connect(database);
    g_autoptr(Cancel) cancel = cancel_new();
    g_autoptr(GError) error = NULL;

    conn_set_cancel(conn, cancel);
    cancel_trigger(cancel);
    g_assert_false(conn_wait_notify(conn, -1, NULL, &error));
    g_assert_true(error_is(error, ERROR_CANCELLED));
    g_assert_true(conn_is_alive(conn));
}

static void note_notice(const char *severity, const char *message, gpointer data)
{
    g_string_append_printf(data, "%s: %s\n", severity, message);
}

static void test_notices(void)
{
    g_autoptr(Conn) conn = testdb_connect(database);
    g_autoptr(GString) heard = g_string_new(NULL);

    testdb_run(conn, "DROP TABLE IF EXISTS nothing");
    conn_set_notice_sink(conn, note_notice, heard);
    testdb_run(conn, "DROP TABLE IF EXISTS nothing; COMMIT");
    g_assert_cmpstr(heard->str, ==,
                    "NOTICE: table \"nothing\" does not exist, skipping\n"
                    "WARNING: there is no transaction in progress\n");
}

static void test_long_notices_are_cut(void)
{
    g_autoptr(Conn) conn = testdb_connect(database);
    g_autoptr(GString) heard = g_string_new(NULL);

    conn_set_notice_sink(conn, note_notice, heard);
    testdb_run(conn, "DO $$ BEGIN RAISE NOTICE '%', repeat('x', 5000000); END $$");
    g_assert_true(g_str_has_suffix(heard->str, "xxx... (5000000 bytes)\n"));
    g_assert_cmpuint(heard->len, <, 8300);
}

static void test_big_values(void)
{
    g_autoptr(Conn) conn = testdb_connect(database);
    g_autofree char *big = g_strnfill(8 * 1024 * 1024, 'x');
    const char *values[] = {big};
    g_autoptr(Result) result = NULL;

    g_assert_true(conn_exec_params(conn, "SELECT $1::text", 1, values, &result, NULL));
    g_assert_cmpint(strlen(result_text(result, 0, 0)), ==, 8 * 1024 * 1024);
}

int main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    testdb_start();
    database = testdb_create();
    g_test_add_func("/conn/results", test_results);
    g_test_add_func("/conn/last-result-counts", test_last_result_counts);
    g_test_add_func("/conn/error-carries-everything", test_error_carries_everything);
    g_test_add_func("/conn/long-errors-are-cut", test_long_errors_are_cut);
    g_test_add_func("/conn/positions-in-sql-ascii", test_positions_in_sql_ascii);
    g_test_add_func("/conn/kinds", test_kinds);
    g_test_add_func("/conn/copy-is-refused", test_copy_is_refused);
    g_test_add_func("/conn/copy-in", test_copy_in);
    g_test_add_func("/conn/copy-in-is-cancelled", test_copy_in_is_cancelled);
    g_test_add_func("/conn/copy-in-is-terminated", test_copy_in_is_terminated);
    g_test_add_func("/conn/cancel", test_cancel);
    g_test_add_func("/conn/cancel-that-is-ignored", test_cancel_that_is_ignored);
    g_test_add_func("/conn/timeout", test_timeout);
    g_test_add_func("/conn/terminated", test_terminated);
    g_test_add_func("/conn/terminated-while-idle", test_terminated_while_idle);
    g_test_add_func("/conn/wait-notify", test_wait_notify);
    g_test_add_func("/conn/wait-notify-is-cancelled", test_wait_notify_is_cancelled);
    g_test_add_func("/conn/notices", test_notices);
    g_test_add_func("/conn/long-notices-are-cut", test_long_notices_are_cut);
    g_test_add_func("/conn/big-values", test_big_values);
    status = g_test_run();
    testdb_drop(database);
    g_free(database);
    testdb_stop();
    return status;
}
