/* Durations and sizes: what people write, what is refused, and how times are told. */
#include "base/units.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"

static void test_durations_read_as_written(void)
{
    static const struct {
        const char *text;
        gint64 microseconds;
    } rows[] = {
        {"0", 0},
        {"7us", 7},
        {"500ms", 500000},
        {"60s", 60000000},
        {"15min", 900000000},
        {"1h 30min", 5400000000},
        {"1h30min", 5400000000},
        {"5 min", 300000000},
        {" 2s ", 2000000},
        {"168h", 604800000000},
        {"7d", 604800000000},
        {"0s", 0},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        gint64 microseconds = -1;

        g_test_message("%s", rows[i].text);
        g_assert_true(duration_parse(rows[i].text, &microseconds, &error));
        g_assert_no_error(error);
        g_assert_cmpint(microseconds, ==, rows[i].microseconds);
    }
}

static void test_wrong_durations_are_refused(void)
{
    static const char *const rows[] = {
        "",
        " ",
        "5",
        "5 m",
        "5m",
        "s",
        "-1s",
        "1.5s",
        "5S",
        "5sec",
        "1h 30",
        "1h,30min",
        "9223372036854775808us",
        "106751992d",
        "99999999999999999999s",
        "infinity",
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        gint64 microseconds = 42;

        g_test_message("%s", rows[i]);
        g_assert_false(duration_parse(rows[i], &microseconds, &error));
        g_assert_true(error_is(error, ERROR_CONFIG));
        g_assert_nonnull(error_hint(error));
        g_assert_cmpint(microseconds, ==, 42);
    }
}

static void test_a_bare_number_is_told_its_units(void)
{
    g_autoptr(GError) error = NULL;
    gint64 microseconds;

    g_assert_false(duration_parse("30", &microseconds, &error));
    g_assert_cmpstr(error->message, ==, "\"30\" is a number without a unit");
    g_assert_nonnull(strstr(error_hint(error), "\"30s\""));
}

static void test_durations_are_formatted_exactly(void)
{
    static const struct {
        gint64 microseconds;
        const char *text;
    } rows[] = {
        {0, "0"},
        {1, "1us"},
        {1500000, "1500ms"},
        {120000000, "2min"},
        {90000000, "90s"},
        {5400000000, "90min"},
        {86400000000, "1d"},
        {1000001, "1000001us"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = duration_format(rows[i].microseconds);
        gint64 again;

        g_assert_cmpstr(text, ==, rows[i].text);
        g_assert_true(duration_parse(text, &again, NULL));
        g_assert_cmpint(again, ==, rows[i].microseconds);
    }
}

static void test_durations_are_described_for_people(void)
{
    static const struct {
        gint64 microseconds;
        const char *text;
    } rows[] = {
        {0, "0.0 ms"},
        {400, "0.4 ms"},
        {999949, "999.9 ms"},
        {999951, "1.0 s"},
        {12300000, "12.3 s"},
        {59940000, "59.9 s"},
        {59960000, "1 min 00 s"},
        {185000000, "3 min 05 s"},
        {3599600000, "1 h 00 min"},
        {7500000000, "2 h 05 min"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = duration_describe(rows[i].microseconds);

        g_assert_cmpstr(text, ==, rows[i].text);
    }
}

static void test_sizes_read_as_written(void)
{
    static const struct {
        const char *text;
        guint64 bytes;
    } rows[] = {
        {"0", 0},         {"512", 512},       {"512B", 512},
        {"64KiB", 65536}, {"1 MiB", 1048576}, {"1GiB", 1073741824},
        {"5kB", 5000},    {"5MB", 5000000},   {"18446744073709551615", G_MAXUINT64},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        guint64 bytes = 1;

        g_test_message("%s", rows[i].text);
        g_assert_true(size_parse(rows[i].text, &bytes, NULL));
        g_assert_cmpuint(bytes, ==, rows[i].bytes);
    }
}

static void test_wrong_sizes_are_refused(void)
{
    static const char *const rows[] = {
        "",
        "KiB",
        "-1",
        "1.5MiB",
        "1K",
        "1kib",
        "1 MiB 2",
        "18446744073709551616",
        "18446744073709551615KiB",
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        guint64 bytes = 42;

        g_test_message("%s", rows[i]);
        g_assert_false(size_parse(rows[i], &bytes, &error));
        g_assert_true(error_is(error, ERROR_CONFIG));
        g_assert_cmpuint(bytes, ==, 42);
    }
}

static void test_rfc3339(void)
{
    static const char *const wrong[] = {"",
                                        "tomorrow",
                                        "2027-01-31",
                                        "2027-01-31T18:00:00",
                                        "2027-01-31T18:00Z",
                                        "2027-01-31 18:00:00Z",
                                        "2027-02-30T18:00:00Z",
                                        "2027-01-31T25:00:00Z",
                                        "2027-01-31T18:00:00Z ",
                                        "2027-01-31T18:00:00+0000",
                                        "2027-01-31T18:00:00+1:000",
                                        "2027-W05-1T18:00:00Z"};
    gint64 wall = 7;

    for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr(GError) error = NULL;

        g_test_message("%s", wrong[i]);
        g_assert_false(clock_parse_rfc3339(wrong[i], &wall, &error));
        g_assert_true(error_is(error, ERROR_CONFIG));
        g_assert_cmpint(wall, ==, 7);
    }
    g_assert_true(clock_parse_rfc3339("1970-01-02T01:00:00.5+01:00", &wall, NULL));
    g_assert_cmpint(wall, ==, (gint64)86400 * G_USEC_PER_SEC + 500000);
    g_assert_true(clock_parse_rfc3339("1970-01-02t00:00:00z", &wall, NULL));
    g_assert_cmpint(wall, ==, (gint64)86400 * G_USEC_PER_SEC);
}

static void test_times_of_every_year_can_be_told_and_read_again(void)
{
    static const struct {
        gint64 wall;
        const char *text;
    } rows[] = {
        {0, "1970-01-01T00:00:00.000000Z"},
        {-1, "1969-12-31T23:59:59.999999Z"},
        {G_GINT64_CONSTANT(-62135596800) * G_USEC_PER_SEC, "0001-01-01T00:00:00.000000Z"},
        {G_GINT64_CONSTANT(-30641760000) * G_USEC_PER_SEC + 7, "0999-01-01T00:00:00.000007Z"},
        {G_GINT64_CONSTANT(253402300799) * G_USEC_PER_SEC + 5, "9999-12-31T23:59:59.000005Z"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = clock_format_rfc3339(rows[i].wall);
        gint64 wall = 7;

        g_assert_cmpstr(text, ==, rows[i].text);
        g_assert_true(clock_parse_rfc3339(text, &wall, NULL));
        g_assert_cmpint(wall, ==, rows[i].wall);
    }
}

static void test_times_that_no_calendar_has_are_told_as_the_nearest(void)
{
    g_autofree char *first = clock_format_utc(G_MININT64);
    g_autofree char *last = clock_format_utc(G_MAXINT64);
    g_autofree char *early = clock_format_utc(G_GINT64_CONSTANT(-30641760000) * G_USEC_PER_SEC);

    g_assert_cmpstr(first, ==, "0001-01-01 00:00:00+00:00");
    g_assert_cmpstr(last, ==, "9999-12-31 23:59:59+00:00");
    g_assert_cmpstr(early, ==, "0999-01-01 00:00:00+00:00");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/units/duration/read", test_durations_read_as_written);
    g_test_add_func("/units/duration/refused", test_wrong_durations_are_refused);
    g_test_add_func("/units/duration/bare-number", test_a_bare_number_is_told_its_units);
    g_test_add_func("/units/duration/format", test_durations_are_formatted_exactly);
    g_test_add_func("/units/duration/describe", test_durations_are_described_for_people);
    g_test_add_func("/units/size/read", test_sizes_read_as_written);
    g_test_add_func("/units/size/refused", test_wrong_sizes_are_refused);
    g_test_add_func("/clock/rfc3339", test_rfc3339);
    g_test_add_func("/clock/every-year", test_times_of_every_year_can_be_told_and_read_again);
    g_test_add_func("/clock/beyond", test_times_that_no_calendar_has_are_told_as_the_nearest);
    return g_test_run();
}
