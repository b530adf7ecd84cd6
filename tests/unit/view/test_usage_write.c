/* Usage logs as JSON: what is written reads as the same record again. */
#include <string.h>

#include "usage/uuid.h"
#include "view/usage_lines.h"
#include "view/usage_write.h"

static const char *const action_types[] = {"upload", NULL};
static const gint64 now = G_GINT64_CONSTANT(1795392000123456);

static UsageRecord *read_back(const char *text)
{
    const UsageRules rules = {.now = now, .oldest = 0, .newest = now, .action_types = action_types};
    g_autoptr(GPtrArray) faults = usage_faults_new();
    UsageRecord *record = usage_read_record(text, strlen(text), &rules, "", faults);

    g_assert_cmpuint(faults->len, ==, 0);
    g_assert_nonnull(record);
    return record;
}

static void test_there_and_back(void)
{
    static const char *const texts[] = {
        "{\"action_type\": \"upload\", \"endpoint\": \"/\"}",
        "{\"action_type\": \"upload\", \"endpoint\": \"/\\u00fc\\\"\\\\\\u001f\\u2028\", "
        "\"ip_address\": \"2001:db8::/32\", \"success\": false, \"error_message\": \"\", "
        "\"processing_time_ms\": 0.1, \"file_size\": 9223372036854775807}",
        "{\"action_type\": \"upload\", \"endpoint\": \"/\", \"ip_address\": \"192.0.2.1\", "
        "\"processing_time_ms\": 1.7976931348623157e308, \"file_name\": \"a\\tb\"}",
        "{\"action_type\": \"upload\", \"endpoint\": \"/\", \"processing_time_ms\": "
        "0.30000000000000004}",
    };

    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autofree UsageRecord *first = read_back(texts[i]);
        g_autofree char *written = usage_document(first);
        g_autofree UsageRecord *second = read_back(written);
        g_autofree char *again = usage_document(second);

        g_assert_cmpstr(written, ==, again);
        g_assert_cmpuint(first->set, ==, second->set);
        g_assert_true(first->values[USAGE_PROCESSING_TIME_MS].number ==
                      second->values[USAGE_PROCESSING_TIME_MS].number);
        g_assert_cmpint(second->values[USAGE_CREATED_AT].integer, ==, now);
    }
}

static void test_tally(void)
{
    guint8 id[USAGE_ID_SIZE] = {0x12};
    g_autoptr(GPtrArray) faults = usage_faults_new();
    UsageTally *whole = usage_tally_new("line", FALSE);
    UsageTally *brief = usage_tally_new("index", TRUE);
    const UsageVerdict verdicts[] = {{.status = 201, .id = id},
                                     {.status = 200, .id = id},
                                     {.status = 422, .faults = faults},
                                     {.status = 503, .id = id, .detail = "gone \xff"}};
    g_autofree char *all = NULL;
    g_autofree char *some = NULL;

    usage_faults_add(faults, "/a~1b", "is \"bad\"");
    for (guint i = 0; i < G_N_ELEMENTS(verdicts); i++) {
        usage_tally_add(whole, i, &verdicts[i]);
        usage_tally_add(brief, i, &verdicts[i]);
    }
    g_assert_cmpuint(usage_tally_stored(whole), ==, 1);
    g_assert_cmpuint(usage_tally_lost(whole), ==, 1);
    all = usage_tally_finish(whole);
    some = usage_tally_finish(brief);

    g_assert_cmpstr(
        all, ==,
        "{\"stored\":1,\"repeated\":1,\"refused\":1,\"lost\":1,\"results\":["
        "{\"line\":0,\"status\":201,\"id\":\"12000000-0000-0000-0000-000000000000\"},\n"
        "{\"line\":1,\"status\":200,\"id\":\"12000000-0000-0000-0000-000000000000\"},\n"
        "{\"line\":2,\"status\":422,\"errors\":[{\"pointer\":\"/a~1b\",\"detail\":\"is "
        "\\\"bad\\\"\"}]},\n"
        "{\"line\":3,\"status\":503,\"id\":\"12000000-0000-0000-0000-000000000000\",\"errors\":["
        "{\"pointer\":\"\",\"detail\":\"gone \xef\xbf\xbd\"}]}]}\n");
    g_assert_true(g_str_has_prefix(some, "{\"stored\":1,\"repeated\":1,\"refused\":1,\"lost\":1,"
                                         "\"results\":[{\"index\":2,"));
}

static GArray *read_in_pieces(const char *text, gsize length, gsize piece)
{
    const UsageRules rules = {.now = now, .oldest = 0, .newest = now, .action_types = action_types};
    g_autoptr(UsageLines) lines = usage_lines_new();
    GArray *items = usage_items_new();

    for (gsize at = 0; at < length; at += piece)
        usage_lines_take(lines, text + at, MIN(piece, length - at), &rules, items);
    usage_lines_end(lines, &rules, items);
    return items;
}

static void test_lines(void)
{
    static const char text[] = "{\"action_type\":\"upload\",\"endpoint\":\"/\"}\r\n \n\n{}\n"
                               "{\"action_type\":\"upload\",\"endpoint\":\"/\"}";

    for (gsize piece = 1; piece <= strlen(text); piece++) {
        g_autoptr(GArray) items = read_in_pieces(text, strlen(text), piece);

        g_assert_cmpuint(items->len, ==, 3);
        g_assert_nonnull(g_array_index(items, UsageItem, 0).record);
        g_assert_cmpuint(g_array_index(items, UsageItem, 1).number, ==, 4);
        g_assert_cmpuint(g_array_index(items, UsageItem, 1).faults->len, ==, 2);
        g_assert_nonnull(g_array_index(items, UsageItem, 2).record);
        g_assert_cmpuint(g_array_index(items, UsageItem, 2).number, ==, 5);
    }
}

/* It is refused in the memory of a line that is not, and the next one is read. */
static void test_long_lines(void)
{
    static const char good[] = "\n{\"action_type\":\"upload\",\"endpoint\":\"/\"}\n";
    g_autofree char *longest = g_strnfill(USAGE_LINE_MAX, 'x');
    g_autofree char *text = g_strconcat(longest, "x", good, longest, good, longest, "x", NULL);

    for (gsize piece = 1000; piece < 1000000; piece *= 10) {
        g_autoptr(GArray) items = read_in_pieces(text, strlen(text), piece);
        const UsageFault *fault;

        g_assert_cmpuint(items->len, ==, 5);
        for (guint i = 0; i < items->len; i++)
            g_assert_cmpint(g_array_index(items, UsageItem, i).record != NULL, ==, i % 2 == 1);
        fault = g_array_index(items, UsageItem, 0).faults->pdata[0];
        g_assert_cmpstr(fault->detail, ==, "is longer than 131072 bytes");
        fault = g_array_index(items, UsageItem, 2).faults->pdata[0];
        g_assert_true(g_str_has_prefix(fault->detail, "is not valid JSON"));
    }
}

static void test_brief_tally_ends(void)
{
    UsageTally *tally = usage_tally_new("line", TRUE);
    g_autofree char *list = NULL;

    for (guint i = 0; i < USAGE_LISTED_MAX + 3; i++)
        usage_tally_add(tally, i, &(UsageVerdict){.status = 422, .detail = "no"});
    list = usage_tally_finish(tally);
    g_assert_true(g_str_has_prefix(list, "{\"stored\":0,\"repeated\":0,\"refused\":1003,"));
    g_assert_true(g_str_has_suffix(list, "],\"unlisted\":3}\n"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/view/usage-write/there-and-back", test_there_and_back);
    g_test_add_func("/view/usage-write/tally", test_tally);
    g_test_add_func("/view/usage-write/brief-tally-ends", test_brief_tally_ends);
    g_test_add_func("/view/usage-lines/pieces", test_lines);
    g_test_add_func("/view/usage-lines/long", test_long_lines);
    return g_test_run();
}
