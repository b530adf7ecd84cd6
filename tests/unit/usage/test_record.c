/* Values in and out of records, addresses and UUIDs. */
#include <string.h>

#include "usage/uuid.h"

static void test_addresses(void)
{
    static const struct {
        const char *text;
        int prefix; /* -1: refused */
        gboolean is_v6;
    } cases[] = {
        {"203.0.113.7", 32, FALSE},
        {"203.0.113.0/24", 24, FALSE},
        {"0.0.0.0/0", 0, FALSE},
        {"2001:db8::1", 128, TRUE},
        {"2001:db8::/32", 32, TRUE},
        {"::ffff:203.0.113.7", 128, TRUE},
        {"::", 128, TRUE},
        {"", -1, FALSE},
        {"203.0.113", -1, FALSE},
        {"203.0.113.07.1", -1, FALSE},
        {"203.0.113.256", -1, FALSE},
        {"203.0.113.7/33", -1, FALSE},
        {"203.0.113.7/", -1, FALSE},
        {"203.0.113.7/+1", -1, FALSE},
        {"203.0.113.7/ 1", -1, FALSE},
        {"203.0.113.7/-1", -1, FALSE},
        {"::1/129", -1, FALSE},
        {"fe80::1%eth0", -1, FALSE},
        {"localhost", -1, FALSE},
        {" 203.0.113.7", -1, FALSE},
        {"203.0.113.7 ", -1, FALSE},
        {"1:2:3:4:5:6:7:8:9:1:2:3:4:5:6:7:8:9:1:2:3:4:5:6:7", -1, FALSE},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        UsageAddress address = {{0}, 77, FALSE};
        gboolean is_read = usage_address_parse(cases[i].text, &address);

        g_test_message("\"%s\"", cases[i].text);
        g_assert_cmpint(is_read, ==, cases[i].prefix >= 0);
        g_assert_cmpint(address.prefix, ==, is_read ? cases[i].prefix : 77);
        g_assert_cmpint(address.is_v6, ==, cases[i].is_v6);
    }
}

static void test_uuid_text(void)
{
    static const char *const refused[] = {
        "",
        "0191d1a0-0000-7000-8000-00000000000",
        "0191d1a0-0000-7000-8000-0000000000000",
        "0191d1a000007000800000000000000000",
        "{0191d1a0-0000-7000-8000-000000000000}",
        "0191d1a0-0000-7000-8000_000000000000",
        "0191d1a00-000-7000-8000-000000000000",
        "0191d1a0-0000-7000-8000-00000000000g",
        "0191d1a0-0000-7000-8000-000000000000 ",
    };
    guint8 id[USAGE_ID_SIZE];
    char text[UUID_TEXT_SIZE];

    g_assert_true(uuid_parse("0191D1A0-0123-7abc-8def-0123456789AB", id));
    uuid_format(id, text);
    g_assert_cmpstr(text, ==, "0191d1a0-0123-7abc-8def-0123456789ab");
    for (gsize i = 0; i < G_N_ELEMENTS(refused); i++) {
        g_test_message("\"%s\"", refused[i]);
        g_assert_false(uuid_parse(refused[i], id));
    }
    uuid_format(id, text);
    g_assert_cmpstr(text, ==, "0191d1a0-0123-7abc-8def-0123456789ab");
}

/* The example of RFC 9562, appendix A.6: 2022-02-22 14:22:22 -05:00. */
static void test_uuid_version_7(void)
{
    const gint64 wall = G_GINT64_CONSTANT(1645557742000) * 1000;
    guint8 example[USAGE_ID_SIZE];
    guint8 made[USAGE_ID_SIZE];
    guint8 other[USAGE_ID_SIZE];
    guint8 random[USAGE_ID_SIZE];

    g_assert_true(uuid_parse("017F22E2-79B0-7CC3-98C4-DC0C0C07398F", example));
    g_assert_true(uuid_parse("9e107d9d-372b-4b82-8bd8-3542a419d6a1", random));
    g_assert_true(uuid_is_version_7(example));
    g_assert_false(uuid_is_version_7(random));
    g_assert_cmpint(uuid_time(example), ==, wall);

    uuid_make(wall + 999, made);
    uuid_make(wall + 999, other);
    g_assert_true(uuid_is_version_7(made));
    g_assert_cmpint(uuid_time(made), ==, wall);
    g_assert_cmpint(memcmp(made, example, 6), ==, 0);
    g_assert_cmpint(memcmp(made, other, USAGE_ID_SIZE), !=, 0);
}

static void test_copy(void)
{
    char endpoint[] = "/api/v1/files";
    UsageRecord values = {.set = 1U << USAGE_ENDPOINT | 1U << USAGE_FILE_SIZE};
    g_autofree UsageRecord *copy = NULL;

    values.values[USAGE_ENDPOINT].text.bytes = endpoint;
    values.values[USAGE_ENDPOINT].text.length = strlen(endpoint);
    values.values[USAGE_FILE_SIZE].integer = 7;
    copy = usage_record_copy(&values);
    memset(endpoint, 'x', strlen(endpoint));

    g_assert_true(usage_record_has(copy, USAGE_ENDPOINT));
    g_assert_false(usage_record_has(copy, USAGE_FILE_NAME));
    g_assert_cmpmem(copy->values[USAGE_ENDPOINT].text.bytes,
                    copy->values[USAGE_ENDPOINT].text.length, "/api/v1/files", 13);
    g_assert_cmpint(copy->values[USAGE_FILE_SIZE].integer, ==, 7);
    g_assert_cmpuint(copy->size, ==, sizeof *copy + 13);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/usage/record/addresses", test_addresses);
    g_test_add_func("/usage/record/copy", test_copy);
    g_test_add_func("/usage/uuid/text", test_uuid_text);
    g_test_add_func("/usage/uuid/version-7", test_uuid_version_7);
    return g_test_run();
}
