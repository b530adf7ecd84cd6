/* The store and the log against a real server: what is told as stored is there, once. */
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "sample.h"
#include "testdb.h"
#include "usage/log.h"

typedef struct {
    char *url;
    Secret *secret;
    Conn *conn;
    StoreSettings settings;
} Fixture;

static void set_up(Fixture *f, gconstpointer data)
{
    (void)data;
    f->url = testdb_create();
    f->secret = secret_new(f->url);
    f->conn = testdb_connect(f->url);
    testdb_run(f->conn, sample_table);
    f->settings = (StoreSettings){.url = f->secret,
                                  .schema = "public",
                                  .instance = "test",
                                  .connect_timeout = 10 * G_USEC_PER_SEC,
                                  .statement_timeout = 10 * G_USEC_PER_SEC};
}

static void tear_down(Fixture *f, gconstpointer data)
{
    (void)data;
    conn_free(f->conn);
    testdb_drop(f->url);
    secret_free(f->secret);
    g_free(f->url);
}

static Store *open_store(const Fixture *f)
{
    g_autoptr(GError) error = NULL;
    Store *store = store_open(&f->settings, NULL, &error);

    g_assert_no_error(error);
    return store;
}

static void write_all(Store *store, GPtrArray *records, StoreResult *results)
{
    g_autoptr(GError) error = NULL;

    memset(results, 0, records->len * sizeof *results);
    g_assert_true(store_write(store, STORE_DURABLE, (UsageRecord *const *)records->pdata,
                              records->len, results, &error));
    g_assert_no_error(error);
}

static void test_every_field(Fixture *f, gconstpointer data)
{
    g_autoptr(Store) store = open_store(f);
    g_autoptr(GPtrArray) records = g_ptr_array_new_with_free_func(g_free);
    StoreResult results[2];

    (void)data;
    g_ptr_array_add(records, sample_record("convert", "/api/v1/files"));
    g_ptr_array_add(records, sample_own(1));
    usage_address_parse("2001:db8::/32",
                        &((UsageRecord *)records->pdata[1])->values[USAGE_IP_ADDRESS].address);
    ((UsageRecord *)records->pdata[1])->set &= ~(1U << USAGE_FILE_NAME | 1U << USAGE_FILE_SIZE);
    write_all(store, records, results);

    g_assert_cmpint(results[0].outcome, ==, OUTCOME_STORED);
    g_assert_cmpint(results[1].outcome, ==, OUTCOME_STORED);
    testdb_run(f->conn, "SET timezone TO 'UTC'");
    testdb_assert_value(
        f->conn,
        "SELECT concat_ws('|', action_type, endpoint, ip_address, created_at, success, "
        "coalesce(error_message, '-'), processing_time_ms, file_name, file_size, "
        "file_type = '') FROM usage_logs WHERE endpoint <> '/own'",
        "convert|/api/v1/files|203.0.113.7|2025-11-22 14:02:11.123456+00|t|-|42.5|"
        "caf\u00e9 {\"\\,}.pdf|9223372036854775807|t");
    testdb_assert_value(f->conn,
                        "SELECT concat_ws('|', id, ip_address, coalesce(file_name, '-'), "
                        "coalesce(file_size, -1)) FROM usage_logs WHERE endpoint = '/own'",
                        "9e107d9d-372b-4b82-8bd8-000000000001|2001:db8::/32|-|-1");
}

static void test_action_types(Fixture *f, gconstpointer data)
{
    g_autoptr(Store) store = open_store(f);
    g_autofree char *joined = g_strjoinv(" ", (char **)store_action_types(store));

    (void)data;
    g_assert_cmpstr(joined, ==, "upload download convert delete");
}

static void test_wrong_tables(Fixture *f, gconstpointer data)
{
    static const char *const changes[] = {"ALTER TABLE usage_logs DROP COLUMN file_type",
                                          "DROP TABLE usage_logs"};

    (void)data;
    for (gsize i = 0; i < G_N_ELEMENTS(changes); i++) {
        g_autoptr(GError) error = NULL;

        testdb_run(f->conn, changes[i]);
        g_assert_null(store_open(&f->settings, NULL, &error));
        g_assert_true(error_is(error, ERROR_SQL));
        g_assert_nonnull(strstr(error_hint(error), "usage_log.enabled"));
    }
}

static void test_repeated_ids(Fixture *f, gconstpointer data)
{
    g_autoptr(Store) store = open_store(f);
    g_autoptr(GPtrArray) records = g_ptr_array_new_with_free_func(g_free);
    StoreResult results[5];

    (void)data;
    g_ptr_array_add(records, sample_own(1));
    write_all(store, records, results);
    g_ptr_array_add(records, sample_own(2));
    g_ptr_array_add(records, sample_record("upload", "/new"));
    g_ptr_array_add(records, sample_own(2));
    g_ptr_array_add(records, sample_own(1));
    write_all(store, records, results);

    g_assert_cmpint(results[0].outcome, ==, OUTCOME_REPEATED);
    g_assert_cmpint(results[1].outcome, ==, OUTCOME_STORED);
    g_assert_cmpint(results[2].outcome, ==, OUTCOME_STORED);
    g_assert_cmpint(results[3].outcome, ==, OUTCOME_REPEATED);
    g_assert_cmpint(results[4].outcome, ==, OUTCOME_REPEATED);
    testdb_assert_value(f->conn, "SELECT count(*) FROM usage_logs", "3");
}

/* Two writers that take the same ids each in an order of its own would wait for each other. */
static void test_order_of_ids(Fixture *f, gconstpointer data)
{
    static const guint8 numbers[] = {3, 1, 2, 1};
    g_autoptr(Store) store = open_store(f);
    g_autoptr(GPtrArray) records = g_ptr_array_new_with_free_func(g_free);
    StoreResult results[G_N_ELEMENTS(numbers)];

    (void)data;
    testdb_run(f->conn, "ALTER TABLE usage_logs ADD COLUMN place bigserial");
    for (gsize i = 0; i < G_N_ELEMENTS(numbers); i++)
        g_ptr_array_add(records, sample_own(numbers[i]));
    write_all(store, records, results);

    g_assert_cmpint(results[0].outcome, ==, OUTCOME_STORED);
    g_assert_cmpint(results[1].outcome, ==, OUTCOME_STORED);
    g_assert_cmpint(results[2].outcome, ==, OUTCOME_STORED);
    g_assert_cmpint(results[3].outcome, ==, OUTCOME_REPEATED);
    testdb_assert_value(f->conn,
                        "SELECT string_agg(right(id::text, 1), ' ' ORDER BY place) FROM usage_logs",
                        "1 2 3");
}

/* What another connection has settled stays as it is. */
static void test_settled_records(Fixture *f, gconstpointer data)
{
    g_autoptr(Store) store = open_store(f);
    g_autoptr(GPtrArray) records = g_ptr_array_new_with_free_func(g_free);
    StoreResult results[] = {{OUTCOME_PENDING, NULL}, {OUTCOME_REPEATED, NULL}};

    (void)data;
    g_ptr_array_add(records, sample_own(1));
    g_ptr_array_add(records, sample_own(2));
    for (int try = 0; try < 2; try++)
        g_assert_true(store_write(store, STORE_DURABLE, (UsageRecord *const *)records->pdata,
                                  records->len, results, NULL));
    g_assert_cmpint(results[0].outcome, ==, OUTCOME_STORED);
    g_assert_cmpint(results[1].outcome, ==, OUTCOME_REPEATED);
    testdb_assert_value(f->conn, "SELECT count(*) FROM usage_logs", "1");
}

static void assert_outcomes(const StoreResult *results, guint count, Outcome outcome)
{
    for (guint i = 0; i < count; i++)
        g_assert_cmpint(results[i].outcome, ==, outcome);
}

/* Many go by COPY, one by INSERT: the same value must become the same row. */
static void test_copied_records(Fixture *f, gconstpointer data)
{
    enum { COUNT = 100 };
    g_autoptr(Store) store = open_store(f);
    g_autoptr(GPtrArray) one = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) many = g_ptr_array_new_with_free_func(g_free);
    StoreResult results[COUNT + 1];

    (void)data;
    g_ptr_array_add(one, sample_record("convert", "/many"));
    write_all(store, one, results);
    for (int i = 0; i < COUNT; i++) {
        UsageRecord *record = sample_record("convert", "/many");

        record->has_own_id = TRUE;
        g_ptr_array_add(many, record);
    }
    write_all(store, many, results);
    assert_outcomes(results, COUNT, OUTCOME_STORED);
    testdb_assert_value(f->conn,
                        "SELECT count(*) || ' ' || count(DISTINCT to_jsonb(usage_logs) - 'id') "
                        "FROM usage_logs",
                        "101 1");

    g_ptr_array_add(many, sample_record("convert", "/new"));
    write_all(store, many, results);
    assert_outcomes(results, COUNT, OUTCOME_REPEATED);
    assert_outcomes(results + COUNT, 1, OUTCOME_STORED);
    testdb_assert_value(f->conn, "SELECT count(*) FROM usage_logs", "102");
}

/* A label that the enum does not have and a value that a constraint forbids, among a hundred. */
static void test_poisoned_records(Fixture *f, gconstpointer data)
{
    enum { COUNT = 100, UNKNOWN_LABEL = 17, FORBIDDEN_VALUE = 83 };
    g_autoptr(Store) store = open_store(f);
    g_autoptr(GPtrArray) records = g_ptr_array_new_with_free_func(g_free);
    StoreResult results[COUNT];

    (void)data;
    for (int i = 0; i < COUNT; i++)
        g_ptr_array_add(records, sample_record(i == UNKNOWN_LABEL ? "upside" : "upload", "/many"));
    ((UsageRecord *)records->pdata[FORBIDDEN_VALUE])->values[USAGE_FILE_SIZE].integer = -1;
    write_all(store, records, results);

    for (int i = 0; i < COUNT; i++) {
        gboolean is_bad = i == UNKNOWN_LABEL || i == FORBIDDEN_VALUE;

        g_assert_cmpint(results[i].outcome, ==, is_bad ? OUTCOME_REFUSED : OUTCOME_STORED);
    }
    g_assert_nonnull(strstr(results[UNKNOWN_LABEL].reason, "upside"));
    g_assert_nonnull(strstr(results[FORBIDDEN_VALUE].reason, "file_size"));
    g_free(results[UNKNOWN_LABEL].reason);
    g_free(results[FORBIDDEN_VALUE].reason);
    testdb_assert_value(f->conn, "SELECT count(*) FROM usage_logs", "98");
}

/* Counts statements, COPY among them: what a sequence has given out no failure takes back. */
static const char count_statements[] =
    "CREATE SEQUENCE statements;"
    "CREATE FUNCTION count_statement() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "PERFORM nextval('statements'); RETURN NULL; END $$;"
    "CREATE TRIGGER count_statement BEFORE INSERT ON usage_logs FOR EACH STATEMENT "
    "EXECUTE FUNCTION count_statement();"
    "ALTER TABLE usage_logs ADD CONSTRAINT no_poison CHECK (endpoint <> '/poison')";

/* Writes a thousand records, of which the places that `is_poisoned` names are refused; returns how
 * many statements that took. */
static gint64 count_for_poisoned(const Fixture *f, gboolean (*is_poisoned)(guint place))
{
    enum { COUNT = 1000 };
    g_autoptr(Store) store = open_store(f);
    g_autoptr(GPtrArray) records = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *statements = NULL;
    g_autofree char *stored = NULL;
    StoreResult results[COUNT];
    guint refused = 0;

    testdb_run(f->conn, count_statements);
    for (guint i = 0; i < COUNT; i++)
        g_ptr_array_add(records, sample_record("upload", is_poisoned(i) ? "/poison" : "/many"));
    write_all(store, records, results);
    for (guint i = 0; i < COUNT; i++) {
        g_assert_cmpint(results[i].outcome, ==, is_poisoned(i) ? OUTCOME_REFUSED : OUTCOME_STORED);
        g_assert_true(is_poisoned(i) == (results[i].reason != NULL));
        refused += is_poisoned(i);
        g_free(results[i].reason);
    }
    statements = testdb_value(f->conn, "SELECT last_value FROM statements");
    stored = g_strdup_printf("%u", COUNT - refused);
    testdb_assert_value(f->conn, "SELECT count(*) FROM usage_logs", stored);
    return g_ascii_strtoll(statements, NULL, 10);
}

static gboolean is_one_of_three(guint place)
{
    return place == 0 || place == 517 || place == 999;
}

static gboolean is_any(guint place)
{
    (void)place;
    return TRUE;
}

static gboolean is_in_first_half(guint place)
{
    return place < 500;
}

/* A few among many cost a logarithm each, also the last one, which only the others' success
 * betrays. */
static void test_few_poisoned(Fixture *f, gconstpointer data)
{
    (void)data;
    g_assert_cmpint(count_for_poisoned(f, is_one_of_three), <, 50);
}

/* Where all are refused none costs two statements. */
static void test_all_poisoned(Fixture *f, gconstpointer data)
{
    (void)data;
    g_assert_cmpint(count_for_poisoned(f, is_any), <, 1020);
}

/* Those behind a refused half share statements again after the first of them. */
static void test_half_poisoned(Fixture *f, gconstpointer data)
{
    (void)data;
    g_assert_cmpint(count_for_poisoned(f, is_in_first_half), <, 520);
}

/* A whole batch from before the oldest partition is not tried one by one: the default of `tries` is
 * asked for in each attempt. */
static void test_times_without_partition(Fixture *f, gconstpointer data)
{
    enum { COUNT = 100, EARLIER = 90 };
    g_autoptr(Store) store = NULL;
    g_autoptr(GPtrArray) records = g_ptr_array_new_with_free_func(g_free);
    StoreResult results[COUNT + 1];

    (void)data;
    testdb_run(f->conn, "ALTER TABLE usage_logs RENAME TO old; CREATE SEQUENCE tries;"
                        "CREATE TABLE usage_logs (LIKE old, tries bigint DEFAULT nextval('tries'))"
                        " PARTITION BY RANGE (created_at); CREATE TABLE november PARTITION OF "
                        "usage_logs FOR VALUES FROM ('2025-11-01Z') TO ('2025-12-01Z')");
    store = open_store(f);
    for (int i = 0; i < COUNT + 1; i++) {
        UsageRecord *record = sample_record("upload", "/many");

        record->values[USAGE_CREATED_AT].integer -= i < EARLIER  ? 30 * G_TIME_SPAN_DAY
                                                    : i == COUNT ? -30 * G_TIME_SPAN_DAY
                                                                 : 0;
        g_ptr_array_add(records, record);
    }
    write_all(store, records, results);

    assert_outcomes(results, EARLIER, OUTCOME_REFUSED);
    assert_outcomes(results + EARLIER, COUNT - EARLIER, OUTCOME_STORED);
    assert_outcomes(results + COUNT, 1, OUTCOME_UNPLACED);
    testdb_assert_value(f->conn, "SELECT count(*) FROM usage_logs", "10");
    testdb_assert_value(f->conn, "SELECT last_value < 50 FROM tries", "t");
    for (int i = 0; i < EARLIER; i++) {
        g_assert_nonnull(strstr(results[i].reason, "no partition"));
        g_free(results[i].reason);
    }
}

static void test_acknowledged_means_durable(Fixture *f, gconstpointer data)
{
    g_autoptr(Store) store = NULL;
    g_autoptr(GPtrArray) records = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *database = testdb_value(f->conn, "SELECT current_database()");
    g_autofree char *sql =
        g_strdup_printf("ALTER DATABASE \"%s\" SET synchronous_commit TO off;"
                        "ALTER TABLE usage_logs ALTER COLUMN file_type SET DEFAULT 'x';"
                        "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                        "NEW.error_message = current_setting('synchronous_commit'); RETURN NEW; "
                        "END $$; CREATE TRIGGER note BEFORE INSERT ON usage_logs FOR EACH ROW "
                        "EXECUTE FUNCTION note()",
                        database);
    StoreResult results[1] = {{0}};

    (void)data;
    testdb_run(f->conn, sql);
    store = open_store(f);
    g_ptr_array_add(records, sample_own(1));
    write_all(store, records, results);
    g_ptr_array_set_size(records, 0);
    g_ptr_array_add(records, sample_own(2));
    memset(results, 0, sizeof results);
    g_assert_true(store_write(store, STORE_ASYNCHRONOUS, (UsageRecord *const *)records->pdata, 1,
                              results, NULL));
    g_ptr_array_set_size(records, 0);
    g_ptr_array_add(records, sample_own(3));
    write_all(store, records, results);

    testdb_assert_value(
        f->conn, "SELECT string_agg(error_message, ' ' ORDER BY id) FROM usage_logs", "on off on");
}

/* --- The log ---------------------------------------------------------------------------------- */

typedef struct {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    guint outcomes[OUTCOME_LOST + 1];
    guint answers;
    guint news;
} Desk;

static void desk_init(Desk *desk)
{
    *desk = (Desk){0};
    pthread_mutex_init(&desk->mutex, NULL);
    pthread_cond_init(&desk->changed, NULL);
}

static void desk_clear(Desk *desk)
{
    pthread_mutex_destroy(&desk->mutex);
    pthread_cond_destroy(&desk->changed);
}

static void on_done(UsageOrder *order, gpointer data)
{
    Desk *desk = data;

    pthread_mutex_lock(&desk->mutex);
    for (guint i = 0; i < order->records->len; i++)
        desk->outcomes[order->results[i].outcome]++;
    desk->answers++;
    pthread_cond_broadcast(&desk->changed);
    pthread_mutex_unlock(&desk->mutex);
    usage_order_free(order);
}

static void on_news(const GError *error, gpointer data)
{
    Desk *desk = data;

    (void)error;
    pthread_mutex_lock(&desk->mutex);
    desk->news++;
    pthread_cond_broadcast(&desk->changed);
    pthread_mutex_unlock(&desk->mutex);
}

static void wait_for_answers(Desk *desk, guint count)
{
    pthread_mutex_lock(&desk->mutex);
    while (desk->answers < count)
        pthread_cond_wait(&desk->changed, &desk->mutex);
    pthread_mutex_unlock(&desk->mutex);
}

static void wait_for_news(Desk *desk, guint count)
{
    pthread_mutex_lock(&desk->mutex);
    while (desk->news < count)
        pthread_cond_wait(&desk->changed, &desk->mutex);
    pthread_mutex_unlock(&desk->mutex);
}

static UsageOrder *make_order(guint rows, Desk *desk)
{
    GPtrArray *records = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < rows; i++)
        g_ptr_array_add(records, sample_record("upload", "/log"));
    return usage_order_new(records, STORE_DURABLE, on_done, desk);
}

static UsageLog *start_log(const Fixture *f, guint writers, Desk *desk)
{
    const UsageSettings settings = {.store = f->settings,
                                    .writers = writers,
                                    .rows_max = 1000,
                                    .bytes_max = 1024 * 1024,
                                    .batch_max = 100,
                                    .retry_deadline = 10 * G_USEC_PER_SEC};

    return usage_log_new(&settings, &(UsageObserver){.news = on_news, .data = desk});
}

static void test_many_orders(Fixture *f, gconstpointer data)
{
    enum { ORDERS = 200, ROWS = 3 };
    UsageLog *log;
    UsageFigures figures;
    Desk desk;

    (void)data;
    desk_init(&desk);
    log = start_log(f, 3, &desk);
    for (guint i = 0; i < ORDERS; i++)
        g_assert_true(usage_log_submit(log, make_order(ROWS, &desk)));
    wait_for_answers(&desk, ORDERS);
    usage_log_stop(log, G_USEC_PER_SEC);
    figures = usage_log_figures(log);

    g_assert_cmpuint(desk.outcomes[OUTCOME_STORED], ==, ORDERS * ROWS);
    g_assert_cmpuint(figures.stored, ==, ORDERS * ROWS);
    g_assert_cmpuint(figures.batches, <, ORDERS / 2); /* they share commits */
    g_assert_cmpuint(figures.waiting_rows, ==, 0);
    g_assert_cmpuint(figures.waiting_bytes, ==, 0);
    testdb_assert_value(f->conn, "SELECT count(*) FROM usage_logs", "600");
    usage_log_free(log);
    desk_clear(&desk);
}

/* While the table is locked nothing leaves the queue, which takes no more than it may. */
static void test_full_queue(Fixture *f, gconstpointer data)
{
    UsageLog *log;
    UsageOrder *order;
    guint taken = 0;
    Desk desk;

    (void)data;
    desk_init(&desk);
    testdb_run(f->conn, "BEGIN; LOCK TABLE usage_logs");
    log = start_log(f, 2, &desk);
    while (usage_log_submit(log, order = make_order(10, &desk)))
        taken++;
    usage_order_free(order);
    g_assert_cmpuint(taken, ==, 100);
    testdb_run(f->conn, "COMMIT");
    wait_for_answers(&desk, taken);

    g_assert_true(usage_log_submit(log, make_order(10, &desk)));
    wait_for_answers(&desk, taken + 1);
    usage_log_stop(log, G_USEC_PER_SEC);
    usage_log_free(log);
    testdb_assert_value(f->conn, "SELECT count(*) FROM usage_logs", "1010");
    desk_clear(&desk);
}

/* The server process dies under the statement: the same records are written by another one. */
static void test_broken_connection(Fixture *f, gconstpointer data)
{
    g_autoptr(Conn) observer = testdb_connect(f->url); /* a transaction sees one moment only */
    UsageLog *log;
    Desk desk;

    (void)data;
    desk_init(&desk);
    testdb_run(f->conn, "BEGIN; LOCK TABLE usage_logs");
    log = start_log(f, 1, &desk);
    g_assert_true(usage_log_submit(log, make_order(50, &desk)));
    for (gboolean is_hit = FALSE; !is_hit;) {
        g_autofree char *hit = testdb_value(
            observer, "SELECT bool_or(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE "
                      "application_name = 'pgsluice-usage/test' AND wait_event_type = 'Lock' "
                      "AND datname = current_database()");

        is_hit = g_str_equal(hit, "t");
    }
    wait_for_news(&desk, 1);
    testdb_run(f->conn, "COMMIT");
    wait_for_answers(&desk, 1);
    wait_for_news(&desk, 2);
    usage_log_stop(log, G_USEC_PER_SEC);
    usage_log_free(log);

    g_assert_cmpuint(desk.outcomes[OUTCOME_STORED], ==, 50);
    testdb_assert_value(f->conn, "SELECT count(*) FROM usage_logs", "50");
    desk_clear(&desk);
}

/* Stopping waits for what can be written and gives the rest up, and says so. */
static void test_stop_under_a_lock(Fixture *f, gconstpointer data)
{
    UsageLog *log;
    Desk desk;

    (void)data;
    desk_init(&desk);
    testdb_run(f->conn, "BEGIN; LOCK TABLE usage_logs");
    log = start_log(f, 1, &desk);
    g_assert_true(usage_log_submit(log, make_order(7, &desk)));
    usage_log_stop(log, 50 * G_TIME_SPAN_MILLISECOND);
    testdb_run(f->conn, "COMMIT");

    g_assert_cmpuint(desk.answers, ==, 1);
    g_assert_cmpuint(desk.outcomes[OUTCOME_LOST], ==, 7);
    testdb_assert_value(f->conn, "SELECT count(*) FROM usage_logs", "0");
    usage_log_free(log);
    desk_clear(&desk);
}

int main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    testdb_start();
#define TEST(path, function) g_test_add("/usage/" path, Fixture, NULL, set_up, function, tear_down)
    TEST("store/every-field", test_every_field);
    TEST("store/action-types", test_action_types);
    TEST("store/wrong-tables", test_wrong_tables);
    TEST("store/repeated-ids", test_repeated_ids);
    TEST("store/order-of-ids", test_order_of_ids);
    TEST("store/settled-records", test_settled_records);
    TEST("store/copied-records", test_copied_records);
    TEST("store/poisoned-records", test_poisoned_records);
    TEST("store/few-poisoned", test_few_poisoned);
    TEST("store/all-poisoned", test_all_poisoned);
    TEST("store/half-poisoned", test_half_poisoned);
    TEST("store/times-without-partition", test_times_without_partition);
    TEST("store/acknowledged-means-durable", test_acknowledged_means_durable);
    TEST("log/many-orders", test_many_orders);
    TEST("log/full-queue", test_full_queue);
    TEST("log/broken-connection", test_broken_connection);
    TEST("log/stop-under-a-lock", test_stop_under_a_lock);
#undef TEST
    status = g_test_run();
    testdb_stop();
    return status;
}
