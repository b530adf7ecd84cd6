/* Queries of strangers, cursors, and the spans in which rows are looked for. */
#include <string.h>

#include "usage/search.h"
#include "usage/windows.h"

static const char *const action_types[] = {"upload", "download", NULL};

/* Takes "name=value" words, separated by "&"; nothing is decoded. */
static UsageSearch *read_query(SearchKind kind, const char *query, GPtrArray *faults)
{
    const SearchRules rules = {action_types, 1000};
    UsageSearch *search = usage_search_new(kind);
    g_auto(GStrv) words = g_strsplit(query, "&", -1);

    for (char **word = words; *word; word++) {
        g_auto(GStrv) parts = g_strsplit(*word, "=", 2);

        usage_search_take(search, parts[0], parts[1] ? parts[1] : "", &rules, faults);
    }
    usage_search_finish(search, faults);
    return search;
}

/* "name:N" for a fault of a name, "name:V" for one of a value, separated by blanks. */
static char *describe(const GPtrArray *faults)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < faults->len; i++) {
        const SearchFault *fault = g_ptr_array_index(faults, i);

        g_assert_cmpint(*fault->detail, !=, 0);
        g_string_append_printf(text, "%s%s:%c", i ? " " : "", fault->parameter,
                               fault->is_about_value ? 'V' : 'N');
    }
    return g_string_free(text, FALSE);
}

static void test_faults(void)
{
    static const struct {
        SearchKind kind;
        const char *query;
        const char *faults;
    } cases[] = {
        {SEARCH_LIST, "action_type=upload&limit=1000&success=true&has_error=false", ""},
        {SEARCH_LIST, "ip=10.0.0.0/8&file_type=pdf&endpoint=/a&endpoint_prefix=/", ""},
        {SEARCH_LIST, "from=2026-01-01T00:00:00Z&to=2026-01-01T00:00:00.000001Z", ""},
        {SEARCH_LIST, "from=2026-01-01T00:00:00 01:00", ""},
        {SEARCH_STATS, "group_by=hour,action_type,endpoint,success,file_type,day", ""},
        {SEARCH_LIST, "colour=red", "colour:N"},
        {SEARCH_LIST, "group_by=hour", "group_by:N"},
        {SEARCH_STATS, "limit=1", "limit:N"},
        {SEARCH_STATS, "cursor=x", "cursor:N"},
        {SEARCH_LIST, "limit=1&limit=1", "limit:N"},
        {SEARCH_LIST, "limit=x&limit=1", "limit:V limit:N"},
        {SEARCH_LIST, "a\nb=1", "a\\nb:N"},
        {SEARCH_LIST, "limit=0", "limit:V"},
        {SEARCH_LIST, "limit=1001", "limit:V"},
        {SEARCH_LIST, "limit=01x", "limit:V"},
        {SEARCH_LIST, "limit=18446744073709551617", "limit:V"},
        {SEARCH_LIST, "action_type=Upload", "action_type:V"},
        {SEARCH_LIST, "success=TRUE", "success:V"},
        {SEARCH_LIST, "success=", "success:V"},
        {SEARCH_LIST, "endpoint=", "endpoint:V"},
        {SEARCH_LIST, "ip=1.2.3.4/33", "ip:V"},
        {SEARCH_LIST, "ip=fe80::1%eth0", "ip:V"},
        {SEARCH_LIST, "from=now", "from:V"},
        {SEARCH_LIST, "from=2026-01-01T00:00:00Z&to=2026-01-01T00:00:00Z", "to:V"},
        {SEARCH_LIST, "cursor=", "cursor:V"},
        {SEARCH_LIST, "cursor=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "cursor:V"},
        {SEARCH_STATS, "group_by=hour,hour", "group_by:V"},
        {SEARCH_STATS, "group_by=hour,", "group_by:V"},
        {SEARCH_STATS, "group_by=hour,day,action_type,endpoint,success,file_type,x", "group_by:V"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GPtrArray) faults = search_faults_new();
        g_autoptr(UsageSearch) search = read_query(cases[i].kind, cases[i].query, faults);
        g_autofree char *described = describe(faults);

        g_test_message("%s", cases[i].query);
        g_assert_cmpstr(described, ==, cases[i].faults);
    }
}

static void test_values(void)
{
    g_autoptr(GPtrArray) faults = search_faults_new();
    g_autoptr(UsageSearch) search = read_query(
        SEARCH_LIST, "success=true&from=2025-11-22T15:02:11.123456+01:00&ip=2001:db8::/32&limit=7",
        faults);

    g_assert_true(search->success);
    g_assert_cmpint(search->from, ==, G_GINT64_CONSTANT(1763820131123456));
    g_assert_true(search->network.is_v6);
    g_assert_cmpuint(search->network.prefix, ==, 32);
    g_assert_cmpuint(search->limit, ==, 7);
    g_assert_false(usage_search_has(search, PARAMETER_TO));
}

static void test_cursor(void)
{
    const UsagePosition place = {G_GINT64_CONSTANT(-1763820131123456), {1, 2, 3, [15] = 0xff}};
    g_autoptr(GPtrArray) faults = search_faults_new();
    g_autoptr(UsageSearch) search =
        read_query(SEARCH_LIST, "endpoint=/a b&success=true&limit=3", faults);
    g_autofree char *cursor = usage_search_cursor(search, &place);
    g_autofree char *next = usage_search_next(search, "/x", cursor);
    g_autofree char *expected =
        g_strdup_printf("/x?endpoint=%%2Fa%%20b&success=true&limit=3&cursor=%s", cursor);
    g_autofree char *query =
        g_strdup_printf("limit=9&cursor=%s&success=true&endpoint=/a b", cursor);
    g_autoptr(UsageSearch) again = read_query(SEARCH_LIST, query, faults);

    g_assert_cmpstr(next, ==, expected);
    g_assert_cmpuint(faults->len, ==, 0);
    g_assert_cmpint(again->after.created_at, ==, place.created_at);
    g_assert_cmpmem(again->after.id, USAGE_ID_SIZE, place.id, USAGE_ID_SIZE);
}

/* Each of its characters counts, and so do the filters. */
static void test_spoilt_cursor(void)
{
    const UsagePosition place = {12345, {7}};
    g_autoptr(GPtrArray) none = search_faults_new();
    g_autoptr(UsageSearch) search = read_query(SEARCH_LIST, "success=true", none);
    g_autofree char *cursor = usage_search_cursor(search, &place);

    for (gsize i = 0; cursor[i]; i++) {
        g_autoptr(GPtrArray) faults = search_faults_new();
        g_autofree char *spoilt = g_strdup(cursor);
        g_autofree char *query = NULL;
        g_autoptr(UsageSearch) again = NULL;

        spoilt[i] = spoilt[i] == 'A' ? 'B' : 'A';
        query = g_strconcat("success=true&cursor=", spoilt, NULL);
        again = read_query(SEARCH_LIST, query, faults);
        g_assert_cmpuint(faults->len, ==, 1);
    }
    for (gsize i = 0; i < 3; i++) {
        static const char *const others[] = {"", "success=false&", "success=true&has_error=true&"};
        g_autoptr(GPtrArray) faults = search_faults_new();
        g_autofree char *query = g_strconcat(others[i], "cursor=", cursor, NULL);
        g_autoptr(UsageSearch) again = read_query(SEARCH_LIST, query, faults);

        g_assert_cmpuint(faults->len, ==, 1);
    }
}

/* Walking from a time down, all of time before it is seen once. */
static void walk(const UsageWindows *windows, gint64 time, gboolean is_open)
{
    UsageWindow window = usage_windows_first(windows, time, is_open);
    gint64 edge = window.lower;
    guint steps = 0;

    g_assert_cmpint(window.upper, >, time);
    g_assert_true(!is_open || window.upper == G_MAXINT64);
    while (usage_windows_next(windows, &window)) {
        g_assert_cmpint(window.upper, ==, edge);
        g_assert_cmpint(window.lower, <, window.upper);
        edge = window.lower;
        g_assert_cmpuint(++steps, <, 12);
    }
    g_assert_cmpint(edge, ==, G_MININT64);
}

static void test_windows(void)
{
    gint64 starts[400];

    for (guint count = 0; count <= G_N_ELEMENTS(starts); count = count * 2 + 1) {
        UsageWindows *windows;

        for (guint i = 0; i < count; i++)
            starts[i] = (gint64)(i * 37 % count) * 100; /* in any order */
        windows = usage_windows_new(starts, count);
        g_assert_cmpint(usage_windows_are_whole(windows), ==, count == 0);
        for (gint64 time = -250; time < (gint64)count * 100 + 250; time += 50) {
            walk(windows, time, TRUE);
            walk(windows, time, FALSE);
        }
        usage_windows_unref(windows);
    }
}

static void test_first_window(void)
{
    const gint64 starts[] = {100, 300, 200};
    UsageWindows *windows = usage_windows_new(starts, G_N_ELEMENTS(starts));
    UsageWindow window = usage_windows_first(windows, 299, FALSE);

    g_assert_cmpint(window.lower, ==, 200);
    g_assert_cmpint(window.upper, ==, 300);
    window = usage_windows_first(windows, 200, TRUE);
    g_assert_cmpint(window.lower, ==, 200);
    g_assert_cmpint(window.upper, ==, G_MAXINT64);
    window = usage_windows_first(windows, 99, FALSE);
    g_assert_cmpint(window.lower, ==, G_MININT64);
    g_assert_cmpint(window.upper, ==, 100);
    usage_windows_unref(windows);
}

int main(int argc, char *argv[])
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/usage/search/faults", test_faults);
    g_test_add_func("/usage/search/values", test_values);
    g_test_add_func("/usage/search/cursor", test_cursor);
    g_test_add_func("/usage/search/spoilt-cursor", test_spoilt_cursor);
    g_test_add_func("/usage/windows/walk", test_windows);
    g_test_add_func("/usage/windows/first", test_first_window);
    return g_test_run();
}
