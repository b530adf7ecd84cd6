/* What the server makes of the statements that read the usage log: which partitions it touches, and
 * which indexes it finds, with parameters and a plan that fits all of them. */
#include <string.h>

#include "testdb.h"
#include "usage/select.h"

static char *database;

#define DAY (G_GINT64_CONSTANT(86400) * G_USEC_PER_SEC)
/* 2026-01-01, where the partitions begin; 40 of them. */
#define START (G_GINT64_CONSTANT(1767225600) * G_USEC_PER_SEC)

static void make_table(void)
{
    g_autofree char *path =
        g_build_filename(g_getenv("top_srcdir"), "migrations", "models", "usage_logs.sql", NULL);
    g_autofree char *model = NULL;
    g_autoptr(Conn) conn = testdb_connect(database);

    g_assert_true(g_file_get_contents(path, &model, NULL, NULL));
    testdb_run(conn, model);
    testdb_run(
        conn,
        "SET timezone = 'UTC'; ALTER TABLE usage_logs DETACH PARTITION usage_logs_first;"
        "DROP TABLE usage_logs_first;"
        "DO $$ BEGIN FOR n IN 0 .. 39 LOOP"
        "  EXECUTE format('CREATE TABLE part_%s PARTITION OF usage_logs (PRIMARY KEY (id))"
        "    FOR VALUES FROM (%L) TO (%L)', n, timestamptz '2026-01-01' + n * interval '1 day',"
        "    timestamptz '2026-01-02' + n * interval '1 day');"
        "END LOOP; END $$;"
        "INSERT INTO usage_logs (action_type, endpoint, ip_address, success, error_message, "
        "                        file_type, created_at)"
        "  SELECT (ARRAY['upload', 'download'])[1 + (n % 50 = 0)::int]::action_type,"
        "         '/api/' || n % 500, '10.0.0.0'::inet + n % 5000, n % 100 <> 0,"
        "         CASE WHEN n % 100 = 0 THEN 'x' END, 'pdf', "
        "         timestamptz '2026-02-09' + n * interval '4 seconds'"
        "    FROM generate_series(0, 20000) AS n;"
        "ANALYZE usage_logs");
}

static UsageSearch *make_search(Parameter parameter, const char *text)
{
    static const char *const action_types[] = {"upload", "download", NULL};
    static const char *const names[] = {
#define USAGE_PARAMETER(name, text, kind, where, takes) text,
#include "usage/parameters.def"
#undef USAGE_PARAMETER
    };
    const SearchRules rules = {action_types, 0};
    g_autoptr(GPtrArray) faults = search_faults_new();
    UsageSearch *search = usage_search_new(SEARCH_LIST);

    if (parameter < PARAMETER_COUNT)
        usage_search_take(search, names[parameter], text, &rules, faults);
    g_assert_cmpuint(faults->len, ==, 0);
    return search;
}

/* EXPLAIN takes parameters like the statement itself, and plans for any values when it is told so.
 */
static char *explain(const UsageSelect *select, gboolean is_generic)
{
    g_autoptr(Conn) conn = testdb_connect(database);
    g_autofree char *sql = g_strconcat("EXPLAIN (COSTS OFF) ", usage_select_sql(select), NULL);
    BinaryValues values = usage_select_values(select);
    g_autoptr(Result) result = NULL;
    g_autoptr(GError) error = NULL;
    GString *plan = g_string_new(NULL);

    testdb_run(conn, is_generic ? "SET plan_cache_mode = force_generic_plan" : "SELECT 1");
    conn_exec_binary(conn, NULL, sql, &values, &result, &error);
    g_assert_no_error(error);
    for (int row = 0; row < result_rows(result); row++)
        g_string_append_printf(plan, "%s\n", result_text(result, row, 0));
    return g_string_free(plan, FALSE);
}

static void assert_has(const char *plan, const char *what)
{
    if (!strstr(plan, what))
        g_error("no \"%s\" in the plan:\n%s", what, plan);
}

static void assert_lacks(const char *plan, const char *what)
{
    if (strstr(plan, what))
        g_error("\"%s\" in the plan:\n%s", what, plan);
}

/* Partitions that the plan reads; their indexes have more in their names. */
static guint count_partitions(const char *plan)
{
    guint count = 0;

    for (const char *hit = strstr(plan, " on part_"); hit; hit = strstr(hit + 1, " on part_"))
        count += hit[strlen(" on part_") + strspn(hit + strlen(" on part_"), "0123456789")] == ' ';
    return count;
}

static void test_newest(void)
{
    const UsageWindow window = {START + 39 * DAY, G_MAXINT64, 1};

    for (guint is_generic = 0; is_generic < 2; is_generic++) {
        g_autoptr(UsageSearch) search = make_search(PARAMETER_COUNT, NULL);
        g_autoptr(UsageSelect) select = usage_select_list("public.usage_logs", search, &window, 51);
        g_autofree char *plan = explain(select, is_generic);

        g_assert_cmpuint(count_partitions(plan), ==, 1);
        assert_has(plan, "Index Scan using part_39_created_at_id_idx");
        assert_lacks(plan, "Sort");
    }
}

static void test_page(void)
{
    const UsageWindow window = {START + 39 * DAY, START + 40 * DAY, 1};
    g_autoptr(UsageSearch) search = make_search(PARAMETER_COUNT, NULL);
    g_autoptr(UsageSelect) select = NULL;
    g_autofree char *plan = NULL;

    search->texts[PARAMETER_CURSOR] = g_strdup("");
    search->after.created_at = START + 39 * DAY + DAY / 2;
    select = usage_select_list("public.usage_logs", search, &window, 51);
    plan = explain(select, TRUE);

    g_assert_cmpuint(count_partitions(plan), ==, 1);
    assert_has(plan, "Index Cond: ((created_at >= ");
    assert_has(plan, "ROW(created_at, id) < ROW(");
    assert_lacks(plan, "Filter");
    assert_lacks(plan, "Sort");
}

/* Each of the filters that are worth an index has one, whatever its value is. */
static void test_filters(void)
{
    static const struct {
        Parameter parameter;
        const char *text;
        const char *index;
    } cases[] = {
        {PARAMETER_ACTION_TYPE, "download", "_action_type_created_at_idx"},
        {PARAMETER_ENDPOINT, "/api/77", "_endpoint_created_at_idx"},
        {PARAMETER_ENDPOINT_PREFIX, "/api/499", "_endpoint_created_at_idx"},
        {PARAMETER_IP, "10.0.7.9", "_ip_address_idx"},
        {PARAMETER_IP, "10.0.7.0/28", "_ip_address_idx"},
        {PARAMETER_SUCCESS, "false", "_created_at_idx"},
        {PARAMETER_FROM, "2026-02-09T20:00:00Z", "_created_at_id_idx"},
    };
    const UsageWindow window = {START + 39 * DAY, G_MAXINT64, 1};

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(UsageSearch) search = make_search(cases[i].parameter, cases[i].text);
        g_autoptr(UsageSelect) select =
            usage_select_list("public.usage_logs", search, &window, 1001);
        g_autofree char *plan = explain(select, FALSE);

        g_test_message("%s", cases[i].text);
        g_assert_cmpuint(count_partitions(plan), ==, 1);
        assert_has(plan, cases[i].index);
        assert_lacks(plan, "Seq Scan");
    }
}

static void test_one(void)
{
    const guint8 id[USAGE_ID_SIZE] = {1};
    const UsageWindow window = {START + 5 * DAY, START + 5 * DAY + 1000, 1};
    g_autoptr(UsageSelect) select = usage_select_one("public.usage_logs", id, &window);
    g_autofree char *plan = explain(select, FALSE);

    g_assert_cmpuint(count_partitions(plan), ==, 1);
    assert_has(plan, "part_5");
}

/* A span of the statistics is known when they are planned. */
static void test_stats(void)
{
    g_autoptr(UsageSearch) search = make_search(PARAMETER_FROM, "2026-02-09T00:00:00Z");
    g_autoptr(UsageSelect) select = NULL;
    g_autofree char *plan = NULL;

    search->kind = SEARCH_STATS;
    search->groups[search->group_count++] = GROUP_HOUR;
    search->groups[search->group_count++] = GROUP_ACTION_TYPE;
    select = usage_select_stats("public.usage_logs", search, 1000);
    plan = explain(select, FALSE);
    g_assert_cmpuint(count_partitions(plan), ==, 1);
}

int main(int argc, char *argv[])
{
    int status;

    g_test_init(&argc, &argv, NULL);
    testdb_start();
    database = testdb_create();
    make_table();
    g_test_add_func("/usage/select/newest", test_newest);
    g_test_add_func("/usage/select/page", test_page);
    g_test_add_func("/usage/select/filters", test_filters);
    g_test_add_func("/usage/select/one", test_one);
    g_test_add_func("/usage/select/stats", test_stats);
    status = g_test_run();
    testdb_drop(database);
    g_free(database);
    testdb_stop();
    return status;
}
