/* Usage logs out of JSON: what is taken, and how each fault is told. */
#include <string.h>

#include "usage/uuid.h"
#include "view/usage_read.h"

#define NOW G_GINT64_CONSTANT(1763820131123456) /* 2025-11-22T14:02:11.123456Z */

static const char *const action_types[] = {"upload", "download", NULL};

static UsageRules rules = {.now = NOW,
                           .oldest = NOW - 24 * G_TIME_SPAN_HOUR,
                           .newest = NOW + 5 * G_TIME_SPAN_MINUTE,
                           .action_types = action_types};

#define MINIMUM "\"action_type\":\"upload\",\"endpoint\":\"/e\""

static UsageRecord *read_text(const char *text, GPtrArray *faults)
{
    g_test_message("%s", text);
    return usage_read_record(text, strlen(text), &rules, "", faults);
}

static UsageRecord *read_well(const char *text)
{
    g_autoptr(GPtrArray) faults = usage_faults_new();
    UsageRecord *record = read_text(text, faults);

    g_assert_cmpuint(faults->len, ==, 0);
    g_assert_nonnull(record);
    return record;
}

static void assert_text(const UsageRecord *record, UsageField field, const char *expected)
{
    g_assert_true(usage_record_has(record, field));
    g_assert_cmpmem(record->values[field].text.bytes, record->values[field].text.length, expected,
                    strlen(expected));
}

static void test_whole_record(void)
{
    g_autofree UsageRecord *record =
        read_well("{\"id\":\"9e107d9d-372b-4b82-8bd8-3542a419d6a1\",\"action_type\":\"download\","
                  "\"endpoint\":\"/caf\\u00e9\",\"ip_address\":\"2001:db8::1\",\"success\":false,"
                  "\"error_message\":\"\\ud83d\\ude00\",\"processing_time_ms\":42.5,"
                  "\"file_name\":\"\",\"file_size\":9223372036854775807,\"file_type\":null,"
                  "\"created_at\":\"2025-11-22T15:02:11.000001+01:00\"}");
    char id[UUID_TEXT_SIZE];

    uuid_format(record->values[USAGE_ID].uuid, id);
    g_assert_cmpstr(id, ==, "9e107d9d-372b-4b82-8bd8-3542a419d6a1");
    g_assert_true(record->has_own_id);
    assert_text(record, USAGE_ACTION_TYPE, "download");
    assert_text(record, USAGE_ENDPOINT, "/caf\u00e9");
    assert_text(record, USAGE_ERROR_MESSAGE, "\U0001f600");
    assert_text(record, USAGE_FILE_NAME, "");
    g_assert_true(record->values[USAGE_IP_ADDRESS].address.is_v6);
    g_assert_false(record->values[USAGE_SUCCESS].boolean);
    g_assert_cmpfloat(record->values[USAGE_PROCESSING_TIME_MS].number, ==, 42.5);
    g_assert_cmpint(record->values[USAGE_FILE_SIZE].integer, ==, G_MAXINT64);
    g_assert_false(usage_record_has(record, USAGE_FILE_TYPE));
    g_assert_cmpint(record->values[USAGE_CREATED_AT].integer, ==, NOW - 123455);
}

static void test_defaults(void)
{
    UsageAddress peer = {{0}, 0, FALSE};
    g_autofree UsageRecord *record = read_well("{" MINIMUM "}");
    g_autofree UsageRecord *addressed = NULL;

    g_assert_false(record->has_own_id);
    g_assert_true(uuid_is_version_7(record->values[USAGE_ID].uuid));
    g_assert_cmpint(uuid_time(record->values[USAGE_ID].uuid), ==, NOW / 1000 * 1000);
    g_assert_cmpint(record->values[USAGE_CREATED_AT].integer, ==, NOW);
    g_assert_true(record->values[USAGE_SUCCESS].boolean);
    g_assert_false(usage_record_has(record, USAGE_IP_ADDRESS));

    g_assert_true(usage_address_parse("192.0.2.9", &peer));
    rules.address = &peer;
    addressed = read_well("{" MINIMUM "}");
    rules.address = NULL;
    g_assert_true(usage_record_has(addressed, USAGE_IP_ADDRESS));
    g_assert_cmpmem(addressed->values[USAGE_IP_ADDRESS].address.bytes, 4, "\xc0\0\2\x09", 4);
}

/* The id tells the time as well. */
static void test_time_of_the_id(void)
{
    guint8 id[USAGE_ID_SIZE];
    char text[UUID_TEXT_SIZE];
    g_autofree char *json = NULL;
    g_autofree UsageRecord *record = NULL;

    uuid_make(NOW - G_TIME_SPAN_HOUR, id);
    uuid_format(id, text);
    json = g_strdup_printf("{" MINIMUM ",\"id\":\"%s\"}", text);
    record = read_well(json);

    g_assert_cmpint(record->values[USAGE_CREATED_AT].integer, ==,
                    (NOW - G_TIME_SPAN_HOUR) / 1000 * 1000);
}

static void test_faults(void)
{
    static const struct {
        const char *text;
        const char *pointer;
        const char *detail; /* a part of it */
    } cases[] = {
        {"", "", "not valid JSON"},
        {"{", "", "(line 1, column 1)"},
        {"[]", "", "must be an object"},
        {"7", "", "must be an object"},
        {"{} x", "", "not valid JSON"},
        {"{\"endpoint\":\"/e\"}", "/action_type", "must be there"},
        {"{\"action_type\":\"upload\"}", "/endpoint", "must be there"},
        {"{\"action_type\":\"upload\",\"endpoint\":\"\"}", "/endpoint", "not empty"},
        {"{\"action_type\":\"upside\",\"endpoint\":\"/e\"}", "/action_type", "upload, download"},
        {"{\"action_type\":7,\"endpoint\":\"/e\"}", "/action_type", "a string"},
        {"{" MINIMUM ",\"endpoint\":\"/f\"}", "", "duplicate"},
        {"{" MINIMUM ",\"colour\":1}", "/colour", "no field of a usage log"},
        {"{" MINIMUM ",\"a/b~c\":1}", "/a~1b~0c", "no field of a usage log"},
        {"{" MINIMUM ",\"file_name\":\"a\\u0000b\"}", "/file_name", "U+0000"},
        {"{" MINIMUM ",\"id\":\"a\\u0000b\"}", "/id", "U+0000"},
        {"{" MINIMUM ",\"file_name\":\"\\ud800\"}", "", "not valid JSON"},
        {"{" MINIMUM ",\"file_name\":\"\xff\"}", "", "not valid JSON"},
        {"{" MINIMUM ",\"file_size\":9223372036854775808}", "/file_size", "whole number"},
        {"{" MINIMUM ",\"file_size\":-9223372036854775809}", "/file_size", "whole number"},
        {"{" MINIMUM ",\"file_size\":1e3}", "/file_size", "whole number"},
        {"{" MINIMUM ",\"file_size\":01}", "", "not valid JSON"},
        {"{" MINIMUM ",\"file_size\":1.}", "", "not valid JSON"},
        {"{" MINIMUM ",\"file_size\":1e}", "", "not valid JSON"},
        {"{" MINIMUM ",\"file_size\":-}", "", "not valid JSON"},
        {"{" MINIMUM ",\"file_size\":-1}", "/file_size", "whole number"},
        {"{" MINIMUM ",\"file_size\":1.0}", "/file_size", "whole number"},
        {"{" MINIMUM ",\"file_size\":\"1\"}", "/file_size", "whole number"},
        {"{" MINIMUM ",\"processing_time_ms\":-0.5}", "/processing_time_ms", "not negative"},
        {"{" MINIMUM ",\"processing_time_ms\":1e999}", "/processing_time_ms", "beyond 64 bits"},
        {"{" MINIMUM ",\"processing_time_ms\":NaN}", "", "not valid JSON"},
        {"{" MINIMUM ",\"success\":1}", "/success", "true or false"},
        {"{" MINIMUM ",\"success\":\"true\"}", "/success", "true or false"},
        {"{" MINIMUM ",\"ip_address\":\"999.1.1.1\"}", "/ip_address", "IPv4 or IPv6"},
        {"{" MINIMUM ",\"ip_address\":\"fe80::1%eth0\"}", "/ip_address", "without a zone"},
        {"{" MINIMUM ",\"ip_address\":\"192.0.2.1:80\"}", "/ip_address", "or a port"},
        {"{" MINIMUM ",\"id\":\"7\"}", "/id", "8-4-4-4-12"},
        {"{" MINIMUM ",\"created_at\":\"yesterday\"}", "/created_at", "with its zone"},
        {"{" MINIMUM ",\"created_at\":\"2025-11-22T14:02:11\"}", "/created_at", "with its zone"},
        {"{" MINIMUM ",\"created_at\":1763820131}", "/created_at", "must be a time"},
        {"{" MINIMUM ",\"created_at\":\"2025-11-20T00:00:00Z\"}", "/created_at", "in the past"},
        {"{" MINIMUM ",\"created_at\":\"9999-12-31T23:59:59Z\"}", "/created_at", "in the future"},
        {"{" MINIMUM ",\"id\":\"01000000-0000-7000-8000-000000000000\"}", "/id", "in the past"},
        {"{" MINIMUM ",\"id\":\"019aac00-0000-7000-8000-000000000000\","
         "\"created_at\":\"2025-11-22T14:00:00Z\"}",
         "/created_at", "leave one of them out"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GPtrArray) faults = usage_faults_new();
        const UsageFault *fault;

        g_assert_null(read_text(cases[i].text, faults));
        g_assert_cmpuint(faults->len, >=, 1);
        fault = faults->pdata[0];
        g_test_message("-> %s: %s", fault->pointer, fault->detail);
        g_assert_cmpstr(fault->pointer, ==, cases[i].pointer);
        g_assert_nonnull(strstr(fault->detail, cases[i].detail));
    }
}

/* A client that sends nonsense gets no answer that is longer than what it sent by much. */
static void test_faults_are_bounded(void)
{
    g_autoptr(GString) text = g_string_new("{" MINIMUM);
    g_autoptr(GPtrArray) faults = usage_faults_new();

    for (int i = 0; i < 1000; i++)
        g_string_append_printf(text, ",\"x%d\":1", i);
    g_string_append_c(text, '}');

    g_assert_null(read_text(text->str, faults));
    g_assert_cmpuint(faults->len, ==, USAGE_FAULTS_MAX);
}

static void test_long_names(void)
{
    g_autofree char *name = g_strnfill(100, 'e');
    g_autofree char *text = g_strdup_printf("{" MINIMUM ",\"%.63s\u00e9%s\":1}", name, name);
    g_autofree char *pointer = g_strdup_printf("/%.63s...", name);
    g_autoptr(GPtrArray) faults = usage_faults_new();

    g_assert_null(read_text(text, faults));
    g_assert_cmpstr(((UsageFault *)faults->pdata[0])->pointer, ==, pointer);
}

/* The first hundred are explained, so that an answer is not much longer than the question. */
static void test_many_refusals(void)
{
    g_autoptr(GString) text = g_string_new("[{}");
    g_autoptr(GPtrArray) faults = usage_faults_new();
    g_autoptr(GArray) items = NULL;

    for (int i = 0; i < USAGE_EXPLAINED_MAX; i++)
        g_string_append(text, ",{\"x\":1,\"y\":1}");
    g_string_append(text, ",{" MINIMUM "}]");
    items = usage_read_array(text->str, text->len, &rules, 1000, faults);
    g_assert_cmpuint(items->len, ==, USAGE_EXPLAINED_MAX + 2);
    g_assert_cmpuint(g_array_index(items, UsageItem, USAGE_EXPLAINED_MAX - 1).faults->len, ==, 4);
    g_assert_cmpuint(g_array_index(items, UsageItem, USAGE_EXPLAINED_MAX).faults->len, ==, 1);
    g_assert_nonnull(g_array_index(items, UsageItem, USAGE_EXPLAINED_MAX + 1).record);
}

static void test_long_texts(void)
{
    g_autofree char *longest = g_strnfill(2048, 'e');
    g_autofree char *taken =
        g_strdup_printf("{\"action_type\":\"upload\",\"endpoint\":\"%s\"}", longest);
    g_autofree char *refused =
        g_strdup_printf("{\"action_type\":\"upload\",\"endpoint\":\"%sx\"}", longest);
    g_autofree UsageRecord *record = read_well(taken);
    g_autoptr(GPtrArray) faults = usage_faults_new();

    g_assert_cmpuint(record->values[USAGE_ENDPOINT].text.length, ==, 2048);
    g_assert_null(read_text(refused, faults));
    g_assert_nonnull(strstr(((UsageFault *)faults->pdata[0])->detail, "at most 2048"));
}

static void test_arrays(void)
{
    static const char text[] = "[{" MINIMUM "},{\"endpoint\":\"/e\"},7,{" MINIMUM "}]";
    g_autoptr(GPtrArray) faults = usage_faults_new();
    g_autoptr(GArray) items = usage_read_array(text, strlen(text), &rules, 4, faults);

    g_assert_nonnull(items);
    g_assert_cmpuint(items->len, ==, 4);
    g_assert_nonnull(g_array_index(items, UsageItem, 0).record);
    g_assert_null(g_array_index(items, UsageItem, 1).record);
    g_assert_cmpstr(((UsageFault *)g_array_index(items, UsageItem, 1).faults->pdata[0])->pointer,
                    ==, "/1/action_type");
    g_assert_cmpstr(((UsageFault *)g_array_index(items, UsageItem, 2).faults->pdata[0])->pointer,
                    ==, "/2");
    g_assert_nonnull(g_array_index(items, UsageItem, 3).record);
}

/* What a library calls invalid JSON is one element's fault as long as the elements can be told
 * apart. */
static void test_poisoned_elements(void)
{
    static const char *const elements[] = {
        "{" MINIMUM ",\"processing_time_ms\":NaN}",
        "{" MINIMUM ",\"file_size\":99999999999999999999}",
        "{" MINIMUM ",\"file_name\":\"\\ud800\"}",
        "{" MINIMUM ",\"file_name\":\"a\\\"],[{\",\"file_size\":-1}",
        "{" MINIMUM ",\"file_name\":\"\xff\"}",
        "{" MINIMUM ",\"file_name\":[{\"a\":[]},2]}",
        "{" MINIMUM ",}",
        "\"],\"",
        "nonsense",
    };

    for (gsize i = 0; i < G_N_ELEMENTS(elements); i++) {
        g_autofree char *text =
            g_strdup_printf("[ {" MINIMUM "} , %s , {" MINIMUM "} ]", elements[i]);
        g_autoptr(GPtrArray) faults = usage_faults_new();
        g_autoptr(GArray) items = usage_read_array(text, strlen(text), &rules, 3, faults);
        const UsageFault *fault;

        g_test_message("%s", text);
        g_assert_nonnull(items);
        g_assert_cmpuint(items->len, ==, 3);
        g_assert_nonnull(g_array_index(items, UsageItem, 0).record);
        g_assert_null(g_array_index(items, UsageItem, 1).record);
        g_assert_nonnull(g_array_index(items, UsageItem, 2).record);
        fault = g_array_index(items, UsageItem, 1).faults->pdata[0];
        g_test_message("-> %s: %s", fault->pointer, fault->detail);
        g_assert_true(g_str_has_prefix(fault->pointer, "/1"));
    }
}

static void test_no_arrays(void)
{
    static const char *const texts[] = {"[]",          "{}",       "[1,2,3]", "[",    "null",
                                        "[,]",         "[{},]",    "[{}",     "[{}}", "[{]}",
                                        "[{},{}]]",    "[1}",      "[{}] x",  "[\"",  "[\"\\",
                                        "[{\"a\":\"]", "[[[[[[[[", "[{}] []", "[1 2"};

    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GPtrArray) faults = usage_faults_new();

        g_test_message("%s", texts[i]);
        g_assert_null(usage_read_array(texts[i], strlen(texts[i]), &rules, 2, faults));
        g_assert_cmpuint(faults->len, ==, 1);
        g_assert_cmpstr(((UsageFault *)faults->pdata[0])->pointer, ==, "");
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/view/usage-read/whole-record", test_whole_record);
    g_test_add_func("/view/usage-read/defaults", test_defaults);
    g_test_add_func("/view/usage-read/time-of-the-id", test_time_of_the_id);
    g_test_add_func("/view/usage-read/faults", test_faults);
    g_test_add_func("/view/usage-read/faults-are-bounded", test_faults_are_bounded);
    g_test_add_func("/view/usage-read/long-names", test_long_names);
    g_test_add_func("/view/usage-read/many-refusals", test_many_refusals);
    g_test_add_func("/view/usage-read/poisoned-elements", test_poisoned_elements);
    g_test_add_func("/view/usage-read/long-texts", test_long_texts);
    g_test_add_func("/view/usage-read/arrays", test_arrays);
    g_test_add_func("/view/usage-read/no-arrays", test_no_arrays);
    return g_test_run();
}
