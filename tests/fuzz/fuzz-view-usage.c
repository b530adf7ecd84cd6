/* Usage logs on any bytes, as one object, as a list and as lines: a record that keeps its promises,
 * or at least one fault with a pointer; and lines are the same wherever the pieces end. */
#include <jansson.h>
#include <math.h>
#include <string.h>

#include "usage/uuid.h"
#include "view/usage_lines.h"
#include "view/usage_write.h"

enum { ROWS_MAX = 100, PIECE = 7 };

static const gint64 now = G_GINT64_CONSTANT(1795392000123456);

static const char *const action_types[] = {"upload", "download", NULL};

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static void check_text(const UsageRecord *record, UsageField field)
{
    const char *bytes = record->values[field].text.bytes;
    gsize length = record->values[field].text.length;

    g_assert_cmpuint(length, <=, usage_field(field)->maximum);
    g_assert_null(memchr(bytes, 0, length));
    g_assert_true(g_utf8_validate(bytes, (gssize)length, NULL));
}

static void check_identity(const UsageRecord *record)
{
    const guint8 *id = record->values[USAGE_ID].uuid;
    gint64 created_at = record->values[USAGE_CREATED_AT].integer;

    g_assert_true(usage_record_has(record, USAGE_ID) && usage_record_has(record, USAGE_CREATED_AT));
    g_assert_true(created_at >= 0 && created_at <= now);
    g_assert_true(!uuid_is_version_7(id) || uuid_time(id) == created_at / 1000 * 1000);
    g_assert_true(record->has_own_id || uuid_is_version_7(id));
}

static void check_record(const UsageRecord *record)
{
    g_autofree char *document = usage_document(record);

    g_assert_true(g_utf8_validate(document, -1, NULL));
    check_identity(record);
    g_assert_true(usage_record_has(record, USAGE_ACTION_TYPE));
    g_assert_cmpuint(record->values[USAGE_ENDPOINT].text.length, >, 0);
    for (UsageField field = 0; field < USAGE_FIELD_COUNT; field++)
        if (usage_field(field)->kind == USAGE_KIND_TEXT && usage_record_has(record, field))
            check_text(record, field);
    if (usage_record_has(record, USAGE_FILE_SIZE))
        g_assert_cmpint(record->values[USAGE_FILE_SIZE].integer, >=, 0);
    if (usage_record_has(record, USAGE_PROCESSING_TIME_MS))
        g_assert_true(isfinite(record->values[USAGE_PROCESSING_TIME_MS].number));
}

/* The same JSON in other words, of which a library reads those with a slash. */
static void check_against_library(const char *text, gsize size, const UsageRules *rules,
                                  const UsageRecord *record)
{
    json_t *json = json_loadb(text, size, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
    g_autoptr(GPtrArray) faults = usage_faults_new();
    g_autofree UsageRecord *again = NULL;
    g_autofree char *document = NULL;
    g_autofree char *expected = usage_document(record);
    char *other;

    g_assert_nonnull(json);
    other = json_dumps(json, JSON_ESCAPE_SLASH | JSON_REAL_PRECISION(17));
    again = usage_read_record(other, strlen(other), rules, "", faults);
    g_assert_nonnull(again);
    memcpy(again->values[USAGE_ID].uuid, record->values[USAGE_ID].uuid, USAGE_ID_SIZE);
    document = usage_document(again);
    g_assert_cmpstr(document, ==, expected);
    free(other);
    json_decref(json);
}

static void check_faults(const GPtrArray *faults)
{
    g_autofree char *document = usage_faults_document(faults);

    g_assert_cmpuint(faults->len, >=, 1);
    g_assert_cmpuint(faults->len, <=, USAGE_FAULTS_MAX);
    g_assert_true(g_utf8_validate(document, -1, NULL));
    for (guint i = 0; i < faults->len; i++) {
        const UsageFault *fault = g_ptr_array_index(faults, i);

        g_assert_true(*fault->pointer == '\0' || *fault->pointer == '/');
        g_assert_true(*fault->detail != '\0');
    }
}

static void check_items(const GArray *items)
{
    for (guint i = 0; items && i < items->len; i++) {
        const UsageItem *item = &g_array_index(items, UsageItem, i);

        if (item->record)
            check_record(item->record);
        else
            check_faults(item->faults);
    }
}

static GArray *read_lines(const char *text, gsize size, gsize piece, const UsageRules *rules)
{
    g_autoptr(UsageLines) lines = usage_lines_new();
    GArray *items = usage_items_new();

    for (gsize at = 0; at < size; at += piece)
        usage_lines_take(lines, text + at, MIN(piece, size - at), rules, items);
    usage_lines_end(lines, rules, items);
    return items;
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    const UsageRules rules = {.now = now, .newest = now, .action_types = action_types};
    const char *text = size > 0 ? (const char *)data : "";
    g_autoptr(GPtrArray) faults = usage_faults_new();
    g_autoptr(GPtrArray) list_faults = usage_faults_new();
    g_autofree UsageRecord *record = usage_read_record(text, size, &rules, "", faults);
    g_autoptr(GArray) list = usage_read_array(text, size, &rules, ROWS_MAX, list_faults);
    g_autoptr(GArray) whole = read_lines(text, size, MAX(size, 1), &rules);
    g_autoptr(GArray) pieces = read_lines(text, size, PIECE, &rules);

    if (record) {
        check_record(record);
        check_against_library(text, size, &rules, record);
    } else {
        check_faults(faults);
    }
    g_assert_true((list == NULL) == (list_faults->len > 0));
    check_items(list);
    check_items(whole);
    g_assert_cmpuint(whole->len, ==, pieces->len);
    for (guint i = 0; i < whole->len; i++)
        g_assert_cmpint(g_array_index(whole, UsageItem, i).record != NULL, ==,
                        g_array_index(pieces, UsageItem, i).record != NULL);
    return 0;
}
