/* Values of usage logs as JSON and CSV, held against GLib and against the reader of numbers. */
#include <math.h>
#include <string.h>

#include "view/usage_stats.h"
#include "view/usage_text.h"

static char *number_text(double number)
{
    GString *text = g_string_new(NULL);

    usage_put_number(text, number);
    return g_string_free(text, FALSE);
}

static void test_numbers(void)
{
    static const struct {
        double number;
        const char *text;
    } cases[] = {
        {0, "0"},
        {42.5, "42.5"},
        {0.001, "0.001"},
        {0.0005, "0.0005"},
        {1e12, "1000000000000"},
        {123456.789, "123456.789"},
        {0.1, "0.1"},
        {0.30000000000000004, "0.30000000000000004"},
        {-1.5, "-1.5"},
        {NAN, "null"},
        {INFINITY, "null"},
        {1.7976931348623157e308, "1.7976931348623157e+308"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = number_text(cases[i].number);

        g_assert_cmpstr(text, ==, cases[i].text);
    }
}

static void test_any_numbers(void)
{
    for (int i = 0; i < 20000; i++) {
        double number = g_test_rand_double_range(0, 1e7);
        g_autofree char *text = NULL;

        if (i % 2)
            number = floor(number * 1000) / 1000;
        if (i % 7 == 0)
            number = ldexp(number, g_test_rand_int_range(-900, 900));
        text = number_text(number);
        g_assert_cmpfloat(g_ascii_strtod(text, NULL), ==, number);
        g_assert_true(i % 2 == 0 || i % 7 == 0 || strlen(text) <= 12);
    }
}

static void assert_time(gint64 wall, const char *expected)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *quoted = g_strdup_printf("\"%s\"", expected);

    usage_put_time(text, wall);
    g_assert_cmpstr(text->str, ==, quoted);
}

static void test_times(void)
{
    const gint64 first = G_GINT64_CONSTANT(-62135596800);  /* 0001-01-01 */
    const gint64 padded = G_GINT64_CONSTANT(-30610224000); /* GLib pads no years before 1000 */
    const gint64 last = G_GINT64_CONSTANT(253402300799);   /* 9999-12-31 */

    for (int i = 0; i < 20000; i++) {
        gint64 seconds = (gint64)g_test_rand_double_range((double)padded, (double)last);
        gint64 micros = g_test_rand_int_range(0, G_USEC_PER_SEC);
        g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(seconds);
        g_autofree char *whole = g_date_time_format(time, "%Y-%m-%dT%H:%M:%S");
        g_autofree char *expected = g_strdup_printf("%s.%06dZ", whole, (int)micros);

        assert_time(seconds * G_USEC_PER_SEC + micros, expected);
    }
    assert_time(first * G_USEC_PER_SEC, "0001-01-01T00:00:00.000000Z");
    assert_time(first * G_USEC_PER_SEC - 1, "0000-12-31T23:59:59.999999Z");
    assert_time(-1, "1969-12-31T23:59:59.999999Z");
    assert_time(last * G_USEC_PER_SEC + G_USEC_PER_SEC, "10000-01-01T00:00:00.000000Z");
    assert_time(G_MAXINT64, "infinity");
    assert_time(G_MININT64, "-infinity");
}

static UsageRecord make_record(void)
{
    UsageRecord record = {.set = 0};

    usage_address_parse("192.0.2.255", &record.values[USAGE_IP_ADDRESS].address);
    record.values[USAGE_ENDPOINT].text.bytes = "/a,\"\r\n\xff";
    record.values[USAGE_ENDPOINT].text.length = strlen("/a,\"\r\n\xff");
    record.values[USAGE_FILE_NAME].text.bytes = "";
    record.values[USAGE_FILE_TYPE].text.bytes = "\xc3\xbc";
    record.values[USAGE_FILE_TYPE].text.length = 2;
    record.values[USAGE_FILE_SIZE].integer = G_MININT64;
    record.values[USAGE_PROCESSING_TIME_MS].number = NAN;
    record.set = 1U << USAGE_IP_ADDRESS | 1U << USAGE_ENDPOINT | 1U << USAGE_FILE_NAME |
                 1U << USAGE_FILE_TYPE | 1U << USAGE_FILE_SIZE | 1U << USAGE_PROCESSING_TIME_MS |
                 1U << USAGE_SUCCESS;
    return record;
}

static void test_record(void)
{
    UsageRecord record = make_record();
    g_autoptr(GString) text = g_string_new("x");

    usage_put_record(text, &record);
    g_assert_cmpstr(text->str, ==,
                    "x{\"id\":null,\"action_type\":null,"
                    "\"endpoint\":\"/a,\\\"\\u000d\\u000a\xef\xbf\xbd\","
                    "\"ip_address\":\"192.0.2.255\",\"success\":false,\"error_message\":null,"
                    "\"processing_time_ms\":null,\"file_name\":\"\","
                    "\"file_size\":-9223372036854775808,\"file_type\":\"\xc3\xbc\","
                    "\"created_at\":null}");
}

static void test_csv(void)
{
    UsageRecord record = make_record();
    g_autoptr(GString) text = g_string_new(NULL);

    usage_put_csv_record(text, &record);
    g_assert_cmpstr(text->str, ==,
                    ",,\"/a,\"\"\r\n\xef\xbf\xbd\",192.0.2.255,false,,,\"\","
                    "-9223372036854775808,\xc3\xbc,\r\n");
}

static void test_stats(void)
{
    UsageSearch search = {.kind = SEARCH_STATS, .groups = {GROUP_SUCCESS, GROUP_HOUR}};
    UsageStat stat = {.set = 2, .count = 4, .failures = 1, .percentiles = {1, 2.5, NAN}};
    UsageStats *stats = usage_stats_new();
    g_autofree char *document = NULL;

    search.group_count = 2;
    stat.group_count = 3;
    usage_stats_add(stats, &search, &stat);
    document = usage_stats_finish(stats, &search);
    g_assert_cmpstr(document, ==,
                    "{\"group_by\":[\"success\",\"hour\"],\"from\":null,\"to\":null,"
                    "\"group_count\":3,\"is_complete\":false,\"groups\":["
                    "{\"success\":null,\"hour\":\"1970-01-01T00:00:00.000000Z\",\"count\":4,"
                    "\"failures\":1,\"error_rate\":0.25,"
                    "\"processing_time_ms\":{\"p50\":1,\"p95\":2.5,\"p99\":null}}]}\n");
}

int main(int argc, char *argv[])
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/view/usage-text/numbers", test_numbers);
    g_test_add_func("/view/usage-text/any-numbers", test_any_numbers);
    g_test_add_func("/view/usage-text/times", test_times);
    g_test_add_func("/view/usage-text/record", test_record);
    g_test_add_func("/view/usage-text/csv", test_csv);
    g_test_add_func("/view/usage-text/stats", test_stats);
    return g_test_run();
}
