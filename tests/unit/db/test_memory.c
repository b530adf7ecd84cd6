/* Answers that nobody wants must not be kept: how much memory a big one takes. A program of its
 * own, since the system only tells the highest use so far. */
#include <string.h>
#include <sys/resource.h>

#include "testdb.h"

/* 240 MB of rows, and how much of it may be held at a time. */
#define BIG_ANSWER "SELECT repeat('x', 8000) FROM generate_series(1, 30000)"
enum { GROWTH_MAX = 60 * 1024 }; /* KiB */

const char *__asan_default_options(void);

/* The address sanitizer keeps what was freed, to find uses of it. */
const char *__asan_default_options(void)
{
    return "quarantine_size_mb=8";
}

static char *database;

static long highest_use(void)
{
    struct rusage usage;

    g_assert_cmpint(getrusage(RUSAGE_SELF, &usage), ==, 0);
    return usage.ru_maxrss;
}

static void test_one_statement(void)
{
    g_autoptr(Conn) conn = testdb_connect(database);
    long before = highest_use();

    testdb_run(conn, BIG_ANSWER);
    g_assert_true(
        conn_exec_params(conn, BIG_ANSWER " WHERE $1", 1, (const char *[]){"t"}, NULL, NULL));
    g_assert_cmpint(highest_use() - before, <, GROWTH_MAX);
    testdb_assert_value(conn, "SELECT 1", "1");
}

static void test_failure_after_rows(void)
{
    g_autoptr(Conn) conn = testdb_connect(database);
    g_autoptr(GError) error = NULL;

    g_assert_false(
        conn_exec(conn, "SELECT 1 / (5 - i) FROM generate_series(1, 9) i", NULL, &error));
    g_assert_nonnull(strstr(error->message, "division by zero"));
    testdb_assert_value(conn, "SELECT 1", "1");
}

/* Between statements whose rows are wanted. */
static void test_pipeline(void)
{
    g_autoptr(Conn) conn = testdb_connect(database);
    static const char *const batch[] = {BIG_ANSWER, "VALUES (1), (2)", BIG_ANSWER,
                                        "SELECT 1 / (5 - i) FROM generate_series(1, 9) i"};
    static const PipelineOutcome expected[] = {PIPELINE_RESULT, PIPELINE_RESULT, PIPELINE_RESULT,
                                               PIPELINE_FAILED, PIPELINE_SYNC};
    long before = highest_use();

    g_assert_true(conn_pipeline_begin(conn, NULL));
    for (guint i = 0; i < G_N_ELEMENTS(batch); i++)
        g_assert_true(conn_pipeline_send(conn, batch[i], 0, NULL, NULL));
    g_assert_true(conn_pipeline_sync(conn, NULL));
    for (guint i = 0; i < G_N_ELEMENTS(expected); i++) {
        g_autoptr(Result) result = NULL;
        PipelineOutcome outcome;

        g_assert_true(conn_pipeline_next(conn, &outcome, i == 1 ? &result : NULL, NULL, NULL));
        g_assert_cmpint(outcome, ==, expected[i]);
        if (result)
            g_assert_cmpint(result_rows(result), ==, 2);
    }
    g_assert_true(conn_pipeline_end(conn, NULL));
    g_assert_cmpint(highest_use() - before, <, GROWTH_MAX);
}

/* What a batch leaves behind when it is given up. */
static void test_end_of_a_pipeline(void)
{
    g_autoptr(Conn) conn = testdb_connect(database);
    long before = highest_use();

    g_assert_true(conn_pipeline_begin(conn, NULL));
    for (guint i = 0; i < 2; i++)
        g_assert_true(conn_pipeline_send(conn, BIG_ANSWER, 0, NULL, NULL));
    g_assert_true(conn_pipeline_end(conn, NULL));
    g_assert_cmpint(highest_use() - before, <, GROWTH_MAX);
    testdb_assert_value(conn, "SELECT 1", "1");
}

int main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    testdb_start();
    database = testdb_create();
    g_test_add_func("/memory/one-statement", test_one_statement);
    g_test_add_func("/memory/failure-after-rows", test_failure_after_rows);
    g_test_add_func("/memory/pipeline", test_pipeline);
    g_test_add_func("/memory/end-of-a-pipeline", test_end_of_a_pipeline);
    status = g_test_run();
    testdb_drop(database);
    g_free(database);
    testdb_stop();
    return status;
}
