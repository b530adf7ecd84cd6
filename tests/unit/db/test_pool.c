/* A pool against a real server: many jobs on few connections, each with its own answer; jobs that
 * take too long, that nobody wants, that go on; statements that are kept; a server that goes. */
#include <pthread.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "db/pool.h"
#include "testdb.h"

#define SECOND G_USEC_PER_SEC

static char *database;
static Secret *url;

/* Somebody who asks, and what came of it. */
typedef struct {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    PoolJob *job; /* valid until the end */
    guint rows;
    gint64 sum; /* of the first column */
    guint ends;
    PoolOutcome outcome;
    char *message;
    gboolean is_abandoned;
    guint pause_every;    /* rows; 0: never */
    const char *and_then; /* the next statement, once */
} Asker;

static void asker_init(Asker *asker)
{
    *asker = (Asker){.rows = 0};
    pthread_mutex_init(&asker->mutex, NULL);
    pthread_cond_init(&asker->changed, NULL);
}

static void asker_clear(Asker *asker)
{
    g_free(asker->message);
    pthread_cond_destroy(&asker->changed);
    pthread_mutex_destroy(&asker->mutex);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Asker, asker_clear)

/* An int4 in the binary format. */
static gint32 read_number(const Result *rows, int row)
{
    gsize length;
    const guint8 *bytes = result_bytes(rows, row, 0, &length);
    guint32 number = 0;

    if (bytes && length == sizeof number)
        memcpy(&number, bytes, sizeof number);
    return (gint32)GUINT32_FROM_BE(number);
}

static gboolean take_rows(PoolJob *job, const Result *rows, gpointer data)
{
    Asker *asker = data;
    gboolean goes_on;

    pthread_mutex_lock(&asker->mutex);
    asker->job = job;
    for (int row = 0; row < result_rows(rows); row++)
        asker->sum += read_number(rows, row);
    asker->rows += (guint)result_rows(rows);
    goes_on = asker->pause_every == 0 || asker->rows % asker->pause_every != 0;
    pthread_cond_broadcast(&asker->changed);
    pthread_mutex_unlock(&asker->mutex);
    return goes_on;
}

static void end(PoolJob *job, PoolOutcome outcome, const GError *error, gpointer data)
{
    Asker *asker = data;
    const char *next = NULL;

    g_assert_true((outcome == POOL_ANSWERED) == (error == NULL));
    pthread_mutex_lock(&asker->mutex);
    if (outcome == POOL_ANSWERED)
        next = g_steal_pointer(&asker->and_then);
    if (next)
        pool_job_ask(job, &(PoolStatement){.sql = next});
    asker->ends += !next;
    asker->outcome = outcome;
    g_free(asker->message);
    asker->message = error ? g_strdup(error->message) : NULL;
    pthread_cond_broadcast(&asker->changed);
    pthread_mutex_unlock(&asker->mutex);
}

static gboolean is_abandoned(gpointer data)
{
    Asker *asker = data;
    gboolean is_abandoned;

    pthread_mutex_lock(&asker->mutex);
    is_abandoned = asker->is_abandoned;
    pthread_mutex_unlock(&asker->mutex);
    return is_abandoned;
}

static const PoolClient client = {take_rows, end, is_abandoned};

static PoolSettings settings(guint connections, guint waiting_max)
{
    return (PoolSettings){.url = url,
                          .application_name = "pool-test",
                          .connect_timeout = 10 * SECOND,
                          .connections = connections,
                          .long_max = connections,
                          .waiting_max = waiting_max};
}

static void ask(Pool *pool, Asker *asker, const char *sql, gboolean is_kept)
{
    const PoolStatement statement = {.sql = sql, .is_kept = is_kept};

    g_assert_true(pool_submit(pool, &statement, 20 * SECOND, FALSE, &client, asker));
}

static PoolOutcome await(Asker *asker)
{
    pthread_mutex_lock(&asker->mutex);
    while (asker->ends == 0)
        pthread_cond_wait(&asker->changed, &asker->mutex);
    pthread_mutex_unlock(&asker->mutex);
    g_assert_cmpuint(asker->ends, ==, 1);
    return asker->outcome;
}

static void stop(Pool *pool)
{
    pool_stop(pool);
    pool_free(pool);
}

/* Waits until that many sessions of the pool satisfy the condition. */
static void await_sessions(const char *condition, guint count)
{
    g_autoptr(Conn) conn = testdb_connect(database);
    g_autofree char *sql =
        g_strdup_printf("SELECT count(*) = %u FROM pg_stat_activity WHERE application_name = "
                        "'pool-test' AND datname = current_database() AND %s",
                        count, condition);
    gint64 deadline = clock_monotonic() + 20 * SECOND;

    for (;;) {
        g_autofree char *value = testdb_value(conn, sql);

        if (g_str_equal(value, "t"))
            return;
        g_assert_cmpint(clock_monotonic(), <, deadline);
        clock_wait(5000, NULL);
    }
}

static void test_many_jobs(void)
{
    enum { JOBS = 300 };
    PoolSettings few = settings(3, JOBS);
    Pool *pool = pool_new(&few);
    g_autofree Asker *askers = g_new(Asker, JOBS);

    for (int i = 0; i < JOBS; i++) {
        /* More texts than are kept, so that they give way to each other. */
        g_autofree char *sql = g_strdup_printf("SELECT %d", i % 100);

        asker_init(&askers[i]);
        ask(pool, &askers[i], sql, TRUE);
    }
    for (int i = 0; i < JOBS; i++) {
        g_assert_cmpint(await(&askers[i]), ==, POOL_ANSWERED);
        g_assert_cmpint(askers[i].sum, ==, i % 100);
        asker_clear(&askers[i]);
    }
    g_assert_cmpuint(pool_figures(pool).connections, <=, 3);
    g_assert_cmpuint(pool_figures(pool).waiting, ==, 0);
    stop(pool);
}

static void test_parameters(void)
{
    PoolSettings one = settings(1, 10);
    Pool *pool = pool_new(&one);
    const char *values[] = {"\0\0\0\x07", NULL};
    const int lengths[] = {4, 0};
    const PoolStatement statement = {.sql = "SELECT $1::int WHERE $2::text IS NULL",
                                     .values = {2, values, lengths},
                                     .is_kept = TRUE};

    for (int i = 0; i < 3; i++) {
        g_auto(Asker) asker;

        asker_init(&asker);
        g_assert_true(pool_submit(pool, &statement, SECOND * 20, FALSE, &client, &asker));
        g_assert_cmpint(await(&asker), ==, POOL_ANSWERED);
        g_assert_cmpint(asker.sum, ==, 7);
    }
    stop(pool);
}

static void test_failures(void)
{
    PoolSettings one = settings(1, 10);
    Pool *pool = pool_new(&one);

    for (int i = 0; i < 3; i++) {
        g_auto(Asker) bad;
        g_auto(Asker) good;

        asker_init(&bad);
        asker_init(&good);
        ask(pool, &bad,
            i == 0   ? "SELECT nonsense"
            : i == 1 ? "SELECT 1 / 0"
                     : "CREATE TABLE t ()",
            TRUE);
        ask(pool, &good, "SELECT 5", TRUE);
        g_assert_cmpint(await(&bad), ==, POOL_FAILED);
        g_assert_nonnull(bad.message);
        g_assert_cmpint(await(&good), ==, POOL_ANSWERED);
        g_assert_cmpint(good.sum, ==, 5);
    }
    stop(pool);
}

/* A plan that was kept does not fit any more: it is asked again, and nobody hears of it. */
static void test_changed_table(void)
{
    PoolSettings one = settings(1, 10);
    Pool *pool = pool_new(&one);
    g_autoptr(Conn) conn = testdb_connect(database);

    testdb_run(conn, "CREATE TABLE changing AS SELECT 4 AS n");
    for (int i = 0; i < 6; i++) {
        g_auto(Asker) asker;

        if (i == 2)
            testdb_run(conn, "ALTER TABLE changing ALTER n TYPE text");
        if (i == 4)
            testdb_run(conn, "ALTER TABLE changing ALTER n TYPE int USING n::int");
        asker_init(&asker);
        ask(pool, &asker, "SELECT * FROM changing", TRUE);
        g_assert_cmpint(await(&asker), ==, POOL_ANSWERED);
        g_assert_cmpuint(asker.rows, ==, 1);
    }
    stop(pool);
}

static void test_next_statement(void)
{
    PoolSettings one = settings(1, 10);
    Pool *pool = pool_new(&one);
    g_auto(Asker) asker;

    asker_init(&asker);
    asker.and_then = "SELECT 40";
    ask(pool, &asker, "SELECT 2", FALSE);
    g_assert_cmpint(await(&asker), ==, POOL_ANSWERED);
    g_assert_cmpint(asker.sum, ==, 42);
    stop(pool);
}

static void test_timeout(void)
{
    PoolSettings one = settings(1, 10);
    Pool *pool = pool_new(&one);
    const PoolStatement sleep = {.sql = "SELECT 1 FROM pg_sleep(60)"};
    g_auto(Asker) slow;
    g_auto(Asker) waits;
    g_auto(Asker) next;

    asker_init(&slow);
    asker_init(&waits);
    asker_init(&next);
    g_assert_true(pool_submit(pool, &sleep, SECOND, FALSE, &client, &slow));
    await_sessions("wait_event = 'PgSleep'", 1);
    g_assert_true(pool_submit(pool, &sleep, SECOND / 100, FALSE, &client, &waits));
    ask(pool, &next, "SELECT 3", FALSE);
    g_assert_cmpint(await(&waits), ==, POOL_BUSY);
    g_assert_cmpint(await(&slow), ==, POOL_TIMED_OUT);
    g_assert_cmpint(await(&next), ==, POOL_ANSWERED);
    await_sessions("wait_event = 'PgSleep'", 0);
    stop(pool);
}

static void test_abandoned(void)
{
    PoolSettings one = settings(1, 10);
    Pool *pool = pool_new(&one);
    g_auto(Asker) gone;
    g_auto(Asker) waits;
    g_auto(Asker) next;

    asker_init(&gone);
    asker_init(&waits);
    asker_init(&next);
    ask(pool, &gone, "SELECT 1 FROM pg_sleep(60)", FALSE);
    await_sessions("wait_event = 'PgSleep'", 1);
    waits.is_abandoned = TRUE;
    ask(pool, &waits, "SELECT 1", FALSE);
    ask(pool, &next, "SELECT 3", FALSE);
    g_assert_cmpint(await(&waits), ==, POOL_ABANDONED);
    pthread_mutex_lock(&gone.mutex);
    gone.is_abandoned = TRUE;
    pthread_mutex_unlock(&gone.mutex);
    g_assert_cmpint(await(&gone), ==, POOL_ABANDONED);
    g_assert_cmpint(await(&next), ==, POOL_ANSWERED);
    await_sessions("wait_event = 'PgSleep'", 0);
    stop(pool);
}

/* While somebody is not ready for more, the server is left waiting, too. */
static void test_pause(void)
{
    enum { ROWS = 300000 };
    PoolSettings one = settings(1, 10);
    Pool *pool = pool_new(&one);
    const PoolStatement statement = {
        .sql = "SELECT n, repeat('x', 50) FROM generate_series(1, 300000) AS n", .by_row = TRUE};
    g_auto(Asker) asker;
    guint pauses = 0;

    asker_init(&asker);
    asker.pause_every = ROWS / 6;
    g_assert_true(pool_submit(pool, &statement, 60 * SECOND, TRUE, &client, &asker));
    pthread_mutex_lock(&asker.mutex);
    while (asker.ends == 0) {
        if (asker.rows == (pauses + 1) * asker.pause_every) {
            if (++pauses == 2) {
                pthread_mutex_unlock(&asker.mutex);
                await_sessions("wait_event = 'ClientWrite'", 1);
                g_assert_cmpuint(asker.rows, ==, 2 * asker.pause_every);
                pthread_mutex_lock(&asker.mutex);
            }
            pool_job_resume(asker.job);
        }
        pthread_cond_wait(&asker.changed, &asker.mutex);
    }
    pthread_mutex_unlock(&asker.mutex);
    g_assert_cmpuint(asker.rows, ==, ROWS);
    g_assert_cmpint(asker.sum, ==, (gint64)ROWS * (ROWS + 1) / 2);
    stop(pool);
}

static void test_full(void)
{
    PoolSettings one = settings(1, 2);
    Pool *pool = pool_new(&one);
    Asker askers[4];

    for (gsize i = 0; i < G_N_ELEMENTS(askers); i++)
        asker_init(&askers[i]);
    ask(pool, &askers[0], "SELECT 1 FROM pg_sleep(60)", FALSE);
    await_sessions("wait_event = 'PgSleep'", 1);
    ask(pool, &askers[1], "SELECT 1", FALSE);
    ask(pool, &askers[2], "SELECT 1", FALSE);
    g_assert_false(
        pool_submit(pool, &(PoolStatement){.sql = "SELECT 1"}, SECOND, FALSE, &client, &askers[3]));
    g_assert_cmpuint(pool_figures(pool).waiting, ==, 2);
    g_assert_cmpuint(pool_figures(pool).busy, ==, 1);
    pool_stop(pool); /* ends them all */
    for (gsize i = 0; i < 3; i++)
        g_assert_cmpint(await(&askers[i]), ==, POOL_FAILED);
    g_assert_cmpuint(askers[3].ends, ==, 0);
    g_assert_false(
        pool_submit(pool, &(PoolStatement){.sql = "SELECT 1"}, SECOND, FALSE, &client, &askers[3]));
    pool_free(pool);
    for (gsize i = 0; i < G_N_ELEMENTS(askers); i++)
        asker_clear(&askers[i]);
    await_sessions("true", 0);
}

static void test_lost_server_process(void)
{
    PoolSettings one = settings(1, 10);
    Pool *pool = pool_new(&one);
    g_autoptr(Conn) conn = testdb_connect(database);
    static const char kill[] = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE "
                               "application_name = 'pool-test' AND datname = current_database()";

    for (int i = 0; i < 2; i++) {
        g_auto(Asker) asker;
        g_auto(Asker) next;

        asker_init(&asker);
        asker_init(&next);
        ask(pool, &asker, "SELECT 1 FROM pg_sleep(60)", FALSE);
        await_sessions("wait_event = 'PgSleep'", 1);
        testdb_run(conn, kill);
        g_assert_cmpint(await(&asker), ==, POOL_FAILED);
        /* The next one is on another connection; then an idle one is lost. */
        ask(pool, &next, "SELECT 2", TRUE);
        g_assert_cmpint(await(&next), ==, POOL_ANSWERED);
        testdb_run(conn, kill);
        await_sessions("true", 0);
        while (pool_figures(pool).connections > 0)
            clock_wait(1000, NULL);
    }
    stop(pool);
}

static void test_no_server(void)
{
    g_autoptr(Secret) nowhere = secret_new("postgresql://nobody@127.0.0.1:1/none");
    PoolSettings one = settings(2, 10);
    Pool *pool;

    one.url = nowhere;
    pool = pool_new(&one);
    for (int i = 0; i < 5; i++) {
        g_auto(Asker) asker;

        asker_init(&asker);
        ask(pool, &asker, "SELECT 1", FALSE);
        g_assert_cmpint(await(&asker), ==, POOL_FAILED);
        g_assert_nonnull(asker.message);
    }
    stop(pool);
}

int main(int argc, char *argv[])
{
    int status;

    g_test_init(&argc, &argv, NULL);
    testdb_start();
    database = testdb_create();
    url = secret_new(database);
    g_test_add_func("/db/pool/many-jobs", test_many_jobs);
    g_test_add_func("/db/pool/parameters", test_parameters);
    g_test_add_func("/db/pool/failures", test_failures);
    g_test_add_func("/db/pool/changed-table", test_changed_table);
    g_test_add_func("/db/pool/next-statement", test_next_statement);
    g_test_add_func("/db/pool/timeout", test_timeout);
    g_test_add_func("/db/pool/abandoned", test_abandoned);
    g_test_add_func("/db/pool/pause", test_pause);
    g_test_add_func("/db/pool/full", test_full);
    g_test_add_func("/db/pool/lost-server-process", test_lost_server_process);
    g_test_add_func("/db/pool/no-server", test_no_server);
    status = g_test_run();
    secret_free(url);
    testdb_drop(database);
    g_free(database);
    testdb_stop();
    return status;
}
