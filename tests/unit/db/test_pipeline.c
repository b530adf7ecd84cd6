/* Pipelines: order, failure and what is skipped, several transactions in one batch, cancellation,
 * and amounts that fill every buffer on the way. */
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "testdb.h"

static char *database;

static void send_sql(Conn *conn, const char *sql)
{
    g_autoptr(GError) error = NULL;

    conn_pipeline_send(conn, sql, 0, NULL, &error);
    g_assert_no_error(error);
}

static void begin(Conn *conn)
{
    g_assert_true(conn_pipeline_begin(conn, NULL));
}

/* The outcome as a letter: R result, F failed, - skipped, S sync. */
static char next(Conn *conn)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GError) failure = NULL;
    g_autoptr(Result) result = NULL;
    PipelineOutcome outcome;

    conn_pipeline_next(conn, &outcome, &result, &failure, &error);
    g_assert_no_error(error);
    g_assert_true((outcome == PIPELINE_RESULT) == (result != NULL));
    g_assert_true((outcome == PIPELINE_FAILED) == (failure != NULL));
    return "RF-S"[outcome];
}

static void assert_outcomes(Conn *conn, const char *expected)
{
    g_autofree char *actual = g_strdup(expected);

    for (gsize i = 0; expected[i]; i++)
        actual[i] = next(conn);
    g_assert_cmpstr(actual, ==, expected);
}

static void test_order(void)
{
    g_autoptr(Conn) conn = testdb_connect(database);

    begin(conn);
    for (int i = 0; i < 3; i++) {
        g_autofree char *number = g_strdup_printf("%d", i);
        const char *values[] = {number};

        g_assert_true(conn_pipeline_send(conn, "SELECT $1::int", 1, values, NULL));
    }
    g_assert_true(conn_pipeline_sync(conn, NULL));
    for (int i = 0; i < 3; i++) {
        g_autoptr(Result) result = NULL;
        PipelineOutcome outcome;

        g_assert_true(conn_pipeline_next(conn, &outcome, &result, NULL, NULL));
        g_assert_cmpint(outcome, ==, PIPELINE_RESULT);
        g_assert_cmpint(result_int64(result, 0, 0), ==, i);
    }
    assert_outcomes(conn, "S");
    g_assert_true(conn_pipeline_end(conn, NULL));
    testdb_assert_value(conn, "SELECT 1", "1");
}

static void test_answers_come_without_a_sync(void)
{
    g_autoptr(Conn) conn = testdb_connect(database);

    begin(conn);
    send_sql(conn, "SELECT 1");
    assert_outcomes(conn, "R");
    send_sql(conn, "SELECT 2");
    send_sql(conn, "SELECT 3");
    g_assert_true(conn_pipeline_flush(conn, NULL));
    assert_outcomes(conn, "RR");
    g_assert_true(conn_pipeline_end(conn, NULL));
}

static void note_row(const Result *row, gpointer data)
{
    g_assert_cmpint(result_rows(row), ==, 1);
    g_assert_cmpint(result_columns(row), ==, 2);
    g_string_append_printf(data, "%s=%s ", result_column_name(row, 1), result_text(row, 0, 1));
}

/* Also when other answers are due before and behind, and when the statement fails half-way. */
static void test_rows_come_one_by_one(void)
{
    g_autoptr(Conn) conn = testdb_connect(database);
    g_autoptr(GString) seen = g_string_new(NULL);
    g_autoptr(GError) failure = NULL;
    g_autoptr(GError) error = NULL;
    PipelineOutcome outcome;

    begin(conn);
    send_sql(conn, "SELECT 1");
    send_sql(conn, "SELECT 0, i AS n FROM generate_series(1, 3) i");
    send_sql(conn, "SELECT 0, 6 / (i - 3) AS q FROM generate_series(1, 5) i");
    g_assert_true(conn_pipeline_sync(conn, NULL));
    assert_outcomes(conn, "R");
    g_assert_true(conn_pipeline_next_rows(conn, &outcome, note_row, seen, &failure, &error));
    g_assert_cmpint(outcome, ==, PIPELINE_RESULT);
    g_assert_no_error(failure);
    g_assert_cmpstr(seen->str, ==, "n=1 n=2 n=3 ");
    g_assert_true(conn_pipeline_next_rows(conn, &outcome, note_row, seen, &failure, &error));
    g_assert_cmpint(outcome, ==, PIPELINE_FAILED);
    g_assert_cmpstr(error_sqlstate(failure), ==, "22012");
    g_assert_cmpstr(seen->str, ==, "n=1 n=2 n=3 q=-3 q=-6 ");
    assert_outcomes(conn, "S");
    g_assert_true(conn_pipeline_end(conn, NULL));
}

static void test_failure_skips_to_the_sync(void)
{
    g_autoptr(Conn) conn = testdb_connect(database);
    g_autoptr(GError) failure = NULL;
    PipelineOutcome outcome;

    begin(conn);
    send_sql(conn, "SELECT 1");
    send_sql(conn, "SELECT nowhere");
    send_sql(conn, "SELECT 2");
    g_assert_true(conn_pipeline_sync(conn, NULL));
    send_sql(conn, "SELECT 3");
    g_assert_true(conn_pipeline_sync(conn, NULL));
    assert_outcomes(conn, "R");
    g_assert_true(conn_pipeline_next(conn, &outcome, NULL, &failure, NULL));
    g_assert_cmpint(outcome, ==, PIPELINE_FAILED);
    g_assert_cmpstr(error_sqlstate(failure), ==, "42703");
    g_assert_cmpuint(conn_error_position(conn), ==, 8);
    assert_outcomes(conn, "-SRS");
    g_assert_true(conn_pipeline_end(conn, NULL));
}

/* Two transactions, then one that fails, in one batch: what was committed before stays, what comes
 * after is not run, and the session is left in the failed transaction until ROLLBACK. */
static void test_transactions_in_one_batch(void)
{
    g_autoptr(Conn) conn = testdb_connect(database);
    static const char *const batch[] = {
        "BEGIN", "CREATE TABLE batch1 ()", "COMMIT", "BEGIN", "CREATE TABLE batch2 ()", "COMMIT",
        "BEGIN", "CREATE TABLE batch1 ()", "COMMIT", "BEGIN", "CREATE TABLE batch3 ()", "COMMIT",
    };

    begin(conn);
    for (gsize i = 0; i < G_N_ELEMENTS(batch); i++)
        send_sql(conn, batch[i]);
    g_assert_true(conn_pipeline_sync(conn, NULL));
    assert_outcomes(conn, "RRRRRRRF----S");
    g_assert_true(conn_pipeline_end(conn, NULL));
    g_assert_true(conn_in_transaction(conn));
    testdb_run(conn, "ROLLBACK");
    g_assert_false(conn_in_transaction(conn));
    testdb_assert_value(conn,
                        "SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class "
                        "WHERE relname LIKE 'batch%' AND relkind = 'r'",
                        "batch1 batch2");
}

static void test_end_drops_what_is_due(void)
{
    g_autoptr(Conn) conn = testdb_connect(database);

    begin(conn);
    send_sql(conn, "SELECT nowhere");
    send_sql(conn, "SELECT 1");
    g_assert_true(conn_pipeline_end(conn, NULL));
    testdb_assert_value(conn, "SELECT 2", "2");
}

static void test_too_many_answers_are_a_bug(void)
{
    g_autoptr(Conn) conn = testdb_connect(database);
    g_autoptr(GError) error = NULL;
    PipelineOutcome outcome;

    begin(conn);
    g_assert_false(conn_pipeline_next(conn, &outcome, NULL, NULL, &error));
    g_assert_true(error_is(error, ERROR_INTERNAL));
    g_assert_true(conn_pipeline_end(conn, NULL));
}

/* The server blocks on its full socket while we send: only a sender that reads gets through. */
static void test_big_both_ways(void)
{
    enum { COUNT = 24, SIZE = 1024 * 1024 };
    g_autoptr(Conn) conn = testdb_connect(database);
    g_autofree char *big = g_strnfill(SIZE, 'x');
    const char *values[] = {big};

    conn_set_timeout(conn, 60 * G_USEC_PER_SEC);
    begin(conn);
    for (int i = 0; i < COUNT; i++)
        g_assert_true(conn_pipeline_send(conn, "SELECT $1::text", 1, values, NULL));
    g_assert_true(conn_pipeline_sync(conn, NULL));
    for (int i = 0; i < COUNT; i++) {
        g_autoptr(Result) result = NULL;
        PipelineOutcome outcome;

        g_assert_true(conn_pipeline_next(conn, &outcome, &result, NULL, NULL));
        g_assert_cmpint(strlen(result_text(result, 0, 0)), ==, SIZE);
    }
    g_assert_true(conn_pipeline_end(conn, NULL));
}

static void test_many_statements(void)
{
    enum { COUNT = 20000 };
    g_autoptr(Conn) conn = testdb_connect(database);

    conn_set_timeout(conn, 60 * G_USEC_PER_SEC);
    begin(conn);
    for (int i = 0; i < COUNT; i++)
        send_sql(conn, "SELECT 'an answer that takes up some room in the buffers'");
    for (int i = 0; i < COUNT; i++)
        assert_outcomes(conn, "R");
    g_assert_true(conn_pipeline_end(conn, NULL));
}

/* What is on its way is answered to its end; only then nothing more is taken. */
static void test_cancel(void)
{
    g_autoptr(Conn) conn = testdb_connect(database);
    g_autoptr(Cancel) cancel = cancel_new();
    g_autoptr(GError) failure = NULL;
    g_autoptr(GError) error = NULL;
    PipelineOutcome outcome;
    gint64 started = clock_monotonic();

    conn_set_cancel(conn, cancel);
    begin(conn);
    send_sql(conn, "SELECT 1");
    assert_outcomes(conn, "R"); /* until this is read the cancellation could hit that statement */
    send_sql(conn, "SELECT pg_sleep(30)");
    g_assert_true(conn_pipeline_flush(conn, NULL));
    cancel_trigger(cancel);
    send_sql(conn, "SELECT 1");
    g_assert_true(conn_pipeline_next(conn, &outcome, NULL, &failure, NULL));
    g_assert_cmpint(outcome, ==, PIPELINE_FAILED);
    g_assert_true(error_is(failure, ERROR_CANCELLED));
    g_assert_true(conn_pipeline_sync(conn, NULL));
    assert_outcomes(conn, "-S");
    g_assert_false(conn_pipeline_send(conn, "SELECT 2", 0, NULL, &error));
    g_assert_true(error_is(error, ERROR_CANCELLED));
    g_assert_true(conn_pipeline_end(conn, NULL));
    g_assert_cmpint(clock_monotonic() - started, <, 20 * G_USEC_PER_SEC);
    conn_set_cancel(conn, NULL);
    testdb_assert_value(conn, "SELECT 1", "1");
}

static void test_terminated(void)
{
    g_autoptr(Conn) conn = testdb_connect(database);
    g_autoptr(GError) error = NULL;
    PipelineOutcome outcome;

    begin(conn);
    send_sql(conn, "SELECT 1");
    send_sql(conn, "SELECT pg_terminate_backend(pg_backend_pid())");
    send_sql(conn, "SELECT 2");
    g_assert_true(conn_pipeline_sync(conn, NULL));
    assert_outcomes(conn, "R");
    while (conn_pipeline_next(conn, &outcome, NULL, NULL, &error))
        continue;
    g_assert_true(error_is(error, ERROR_CONNECTION_LOST));
    g_assert_false(conn_is_alive(conn));
    g_assert_false(conn_pipeline_end(conn, NULL));
}

static void test_copy_is_refused(void)
{
    g_autoptr(Conn) conn = testdb_connect(database);
    g_autoptr(GError) error = NULL;
    PipelineOutcome outcome;

    testdb_run(conn, "CREATE TEMP TABLE t (a int)");
    begin(conn);
    send_sql(conn, "COPY t FROM STDIN");
    g_assert_true(conn_pipeline_sync(conn, NULL));
    g_assert_false(conn_pipeline_next(conn, &outcome, NULL, NULL, &error));
    g_assert_true(error_is(error, ERROR_SQL));
}

/* libpq goes on with single rows where a statement without a pipeline had them. */
static void test_rows_after_a_dropped_answer(void)
{
    g_autoptr(Conn) conn = testdb_connect(database);
    g_autoptr(Result) result = NULL;
    PipelineOutcome outcome;

    g_assert_true(conn_exec(conn, "SELECT 1", NULL, NULL));
    begin(conn);
    send_sql(conn, "SELECT a, NULL AS b FROM generate_series(1, 3) AS a");
    g_assert_true(conn_pipeline_sync(conn, NULL));
    g_assert_true(conn_pipeline_next(conn, &outcome, &result, NULL, NULL));
    g_assert_cmpint(result_rows(result), ==, 3);
    g_assert_cmpstr(result_text(result, 2, 0), ==, "3");
    g_assert_null(result_text(result, 2, 1));
    g_assert_true(conn_pipeline_end(conn, NULL));
}

int main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    testdb_start();
    database = testdb_create();
    g_test_add_func("/pipeline/order", test_order);
    g_test_add_func("/pipeline/answers-come-without-a-sync", test_answers_come_without_a_sync);
    g_test_add_func("/pipeline/rows-come-one-by-one", test_rows_come_one_by_one);
    g_test_add_func("/pipeline/failure-skips-to-the-sync", test_failure_skips_to_the_sync);
    g_test_add_func("/pipeline/transactions-in-one-batch", test_transactions_in_one_batch);
    g_test_add_func("/pipeline/end-drops-what-is-due", test_end_drops_what_is_due);
    g_test_add_func("/pipeline/too-many-answers-are-a-bug", test_too_many_answers_are_a_bug);
    g_test_add_func("/pipeline/big-both-ways", test_big_both_ways);
    g_test_add_func("/pipeline/many-statements", test_many_statements);
    g_test_add_func("/pipeline/cancel", test_cancel);
    g_test_add_func("/pipeline/terminated", test_terminated);
    g_test_add_func("/pipeline/rows-after-a-dropped-answer", test_rows_after_a_dropped_answer);
    g_test_add_func("/pipeline/copy-is-refused", test_copy_is_refused);
    status = g_test_run();
    testdb_drop(database);
    g_free(database);
    testdb_stop();
    return status;
}
