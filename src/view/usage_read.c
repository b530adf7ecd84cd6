/* From jansson's values to those of a record. */
#include "view/usage_read.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

#include "usage/uuid.h"
#include "view/usage_scan.h"

enum {
    SHORT_MAX = 63,      /* bytes: no UUID, address or time is longer */
    NAME_SHOWN_MAX = 64, /* bytes of an unknown member's name that are told */
};

static const size_t parse_flags = JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL | JSON_DECODE_ANY;

/* One record that is being read. */
typedef struct {
    const UsageRules *rules;
    const char *prefix;
    GPtrArray *faults;
    guint before;          /* faults that were there already */
    guint seen;            /* bit 1 << field: the member is there, good or bad */
    guint named;           /* the same, also when it is null */
    gboolean names_fields; /* a complaint does */
    UsageRecord record;
} Reading;

static void fault_free(gpointer data)
{
    UsageFault *fault = data;

    g_free(fault->pointer);
    g_free(fault->detail);
    g_free(fault);
}

GPtrArray *usage_faults_new(void)
{
    return g_ptr_array_new_with_free_func(fault_free);
}

/* The start of a long name. */
static GString *shorten(const char *name)
{
    gsize length = strlen(name);
    GString *start;

    if (length <= NAME_SHOWN_MAX)
        return g_string_new(name);
    for (length = NAME_SHOWN_MAX; (name[length] & 0xc0) == 0x80;)
        length--;
    start = g_string_new_len(name, (gssize)length);
    return g_string_append(start, "...");
}

/* "~" and "/" are written "~0" and "~1" in a pointer. */
static char *escape_name(const char *name)
{
    GString *escaped = shorten(name);

    g_string_replace(escaped, "~", "~0", 0);
    g_string_replace(escaped, "/", "~1", 0);
    return g_string_free(escaped, FALSE);
}

static void add_fault(GPtrArray *faults, char *pointer, char *detail)
{
    UsageFault *fault = g_new(UsageFault, 1);

    *fault = (UsageFault){pointer, detail};
    g_ptr_array_add(faults, fault);
}

void usage_faults_add(GPtrArray *faults, const char *pointer, const char *detail)
{
    add_fault(faults, g_strdup(pointer), g_strdup(detail));
}

static gboolean complain(Reading *reading, const char *name, char *detail)
{
    g_autofree char *escaped = escape_name(name);

    if (reading->faults->len - reading->before < USAGE_FAULTS_MAX)
        add_fault(reading->faults, g_strconcat(reading->prefix, "/", escaped, NULL), detail);
    else
        g_free(detail);
    return FALSE;
}

static gboolean complain_of_kind(Reading *reading, UsageField field, const char *wanted)
{
    return complain(reading, usage_field(field)->name, g_strconcat("must be ", wanted, NULL));
}

/* --- Values ----------------------------------------------------------------------------------- */

static UsageValue *value_of(Reading *reading, UsageField field)
{
    return &reading->record.values[field];
}

/* FALSE after a complaint: it is no string, or has a NUL in it. */
static gboolean is_clean_string(Reading *reading, UsageField field, const Token *token,
                                const char *wanted)
{
    if (token->kind != TOKEN_STRING)
        return complain_of_kind(reading, field, wanted);
    if (!memchr(token->text, '\0', token->length))
        return TRUE;
    return complain(reading, usage_field(field)->name,
                    g_strdup("must not contain U+0000, which PostgreSQL cannot store"));
}

static gboolean read_text(Reading *reading, UsageField field, const Token *token)
{
    const UsageFieldInfo *info = usage_field(field);
    UsageValue *value = value_of(reading, field);

    if (!is_clean_string(reading, field, token, "a string"))
        return FALSE;
    value->text.bytes = token->text;
    value->text.length = token->length;
    if (value->text.length > info->maximum)
        return complain(reading, info->name,
                        g_strdup_printf("has %" G_GSIZE_FORMAT " bytes; at most %" G_GSIZE_FORMAT
                                        " are taken",
                                        value->text.length, info->maximum));
    return TRUE;
}

/* With a NUL at its end; what does not fit is none of the values that are looked for. */
static const char *copy_short(const Token *token, char copy[SHORT_MAX + 1])
{
    gsize length = MIN(token->length, SHORT_MAX);

    memcpy(copy, token->text, length);
    copy[length] = '\0';
    return copy;
}

static gboolean read_uuid(Reading *reading, UsageField field, const Token *token)
{
    char copy[SHORT_MAX + 1];

    if (!is_clean_string(reading, field, token, "a UUID"))
        return FALSE;
    return uuid_parse(copy_short(token, copy), value_of(reading, field)->uuid) ||
           complain_of_kind(reading, field, "a UUID in the form 8-4-4-4-12 hexadecimal digits");
}

static gboolean read_address(Reading *reading, UsageField field, const Token *token)
{
    char copy[SHORT_MAX + 1];

    if (!is_clean_string(reading, field, token, "an IP address"))
        return FALSE;
    return usage_address_parse(copy_short(token, copy), &value_of(reading, field)->address) ||
           complain_of_kind(reading, field, "an IPv4 or IPv6 address, without a zone or a port");
}

static gboolean read_boolean(Reading *reading, UsageField field, const Token *token)
{
    value_of(reading, field)->boolean = token->boolean;
    return token->kind == TOKEN_BOOLEAN || complain_of_kind(reading, field, "true or false");
}

static gboolean read_number(Reading *reading, UsageField field, const Token *token)
{
    double number = token->kind == TOKEN_INTEGER ? (double)token->integer : token->real;

    value_of(reading, field)->number = number;
    return ((token->kind == TOKEN_INTEGER || token->kind == TOKEN_REAL) && number >= 0 &&
            isfinite(number)) ||
           complain_of_kind(reading, field, "a number that is not negative, nor beyond 64 bits");
}

static gboolean read_integer(Reading *reading, UsageField field, const Token *token)
{
    value_of(reading, field)->integer = token->integer;
    return (token->kind == TOKEN_INTEGER && token->integer >= 0) ||
           complain_of_kind(reading, field, "a whole number from 0 to 9223372036854775807");
}

static gboolean read_time(Reading *reading, UsageField field, const Token *token)
{
    char copy[SHORT_MAX + 1];
    g_autoptr(GDateTime) time = NULL;

    if (!is_clean_string(reading, field, token, "a time"))
        return FALSE;
    time = g_date_time_new_from_iso8601(copy_short(token, copy), NULL);
    if (!time)
        return complain_of_kind(reading, field,
                                "a time with its zone, like 2026-11-22T14:02:11.123Z");
    value_of(reading, field)->integer =
        g_date_time_to_unix(time) * G_USEC_PER_SEC + g_date_time_get_microsecond(time);
    return TRUE;
}

static gboolean read_value(Reading *reading, UsageField field, const Token *token)
{
    switch (usage_field(field)->kind) {
    case USAGE_KIND_UUID:
        return read_uuid(reading, field, token);
    case USAGE_KIND_TEXT:
        return read_text(reading, field, token);
    case USAGE_KIND_ADDRESS:
        return read_address(reading, field, token);
    case USAGE_KIND_BOOLEAN:
        return read_boolean(reading, field, token);
    case USAGE_KIND_NUMBER:
        return read_number(reading, field, token);
    case USAGE_KIND_INTEGER:
        return read_integer(reading, field, token);
    case USAGE_KIND_TIME:
        return read_time(reading, field, token);
    }
    return FALSE;
}

/* --- The whole record ------------------------------------------------------------------------- */

/* The first time with those that there are. */
static void complain_of_name(Reading *reading, const char *name)
{
    g_autoptr(GString) known = g_string_new("is no field of a usage log");

    if (reading->names_fields) {
        complain(reading, name, g_string_free(g_steal_pointer(&known), FALSE));
        return;
    }
    reading->names_fields = TRUE;
    g_string_append(known, "; they are ");
    for (UsageField field = 0; field < USAGE_FIELD_COUNT; field++)
        g_string_append_printf(known, "%s%s", field ? ", " : "", usage_field(field)->name);
    complain(reading, name, g_string_free(g_steal_pointer(&known), FALSE));
}

/* null says the same as leaving a member out. */
static void take_member(Reading *reading, UsageField field, const Token *token)
{
    reading->named |= 1U << field;
    if (token->kind == TOKEN_NULL)
        return;
    reading->seen |= 1U << field;
    if (read_value(reading, field, token))
        reading->record.set |= 1U << field;
}

static Token token_of(const json_t *json)
{
    switch (json_typeof(json)) {
    case JSON_STRING:
        return (Token){.kind = TOKEN_STRING,
                       .text = json_string_value(json),
                       .length = json_string_length(json)};
    case JSON_INTEGER:
        return (Token){.kind = TOKEN_INTEGER, .integer = json_integer_value(json)};
    case JSON_REAL:
        return (Token){.kind = TOKEN_REAL, .real = json_real_value(json)};
    case JSON_TRUE:
    case JSON_FALSE:
        return (Token){.kind = TOKEN_BOOLEAN, .boolean = json_is_true(json)};
    case JSON_NULL:
        return (Token){.kind = TOKEN_NULL};
    case JSON_OBJECT:
    case JSON_ARRAY:
        break;
    }
    return (Token){.kind = TOKEN_OTHER};
}

static void read_members(Reading *reading, json_t *json)
{
    const char *name;
    json_t *member;

    json_object_foreach(json, name, member)
    {
        UsageField field = usage_field_find(name, strlen(name));
        Token token = token_of(member);

        if (field == USAGE_FIELD_COUNT)
            complain_of_name(reading, name);
        else
            take_member(reading, field, &token);
    }
}

/* FALSE: the object is not plain JSON with our members, each once; what was read is of no use. */
static gboolean scan_members(Reading *reading, Scan *scan)
{
    if (!scan_mark(scan, '{'))
        return FALSE;
    if (scan_mark(scan, '}'))
        return TRUE;
    do {
        Token name;
        Token value;
        UsageField field;

        if (!scan_string(scan, &name) || !scan_mark(scan, ':') || !scan_value(scan, &value))
            return FALSE;
        field = usage_field_find(name.text, name.length);
        if (field == USAGE_FIELD_COUNT || reading->named >> field & 1U)
            return FALSE;
        take_member(reading, field, &value);
    } while (scan_mark(scan, ','));
    return scan_mark(scan, '}');
}

static gboolean has(const Reading *reading, UsageField field)
{
    return usage_record_has(&reading->record, field);
}

/* Neither good nor bad. */
static gboolean lacks(const Reading *reading, UsageField field)
{
    return !(reading->seen >> field & 1U);
}

static gboolean has_faults(const Reading *reading)
{
    return reading->faults->len > reading->before;
}

static gboolean is_among(const char *const *known, const char *text, gsize length)
{
    for (; *known; known++)
        if (strlen(*known) == length && memcmp(*known, text, length) == 0)
            return TRUE;
    return FALSE;
}

static void require_action_type(Reading *reading)
{
    const char *const *known = reading->rules->action_types;
    const UsageValue *value = value_of(reading, USAGE_ACTION_TYPE);
    g_autofree char *names = NULL;

    if (lacks(reading, USAGE_ACTION_TYPE))
        complain_of_kind(reading, USAGE_ACTION_TYPE, "there");
    if (!has(reading, USAGE_ACTION_TYPE) || is_among(known, value->text.bytes, value->text.length))
        return;
    names = g_strjoinv(", ", (char **)known);
    complain(reading, "action_type", g_strconcat("must be one of ", names, NULL));
}

static void require_endpoint(Reading *reading)
{
    if (lacks(reading, USAGE_ENDPOINT) ||
        (has(reading, USAGE_ENDPOINT) && value_of(reading, USAGE_ENDPOINT)->text.length == 0))
        complain_of_kind(reading, USAGE_ENDPOINT, "there, and not empty");
}

static void check_time(Reading *reading, const char *name, gint64 time)
{
    const UsageRules *rules = reading->rules;

    if (time < rules->oldest)
        complain(reading, name, g_strdup("lies further in the past than is taken"));
    else if (time > rules->newest)
        complain(reading, name, g_strdup("lies further in the future than is taken"));
}

/* A version 7 id says when: created_at must not say something else, since the table is cut by time
 * and an id must always lead to the same part. */
static void settle_identity(Reading *reading)
{
    guint8 *id = value_of(reading, USAGE_ID)->uuid;
    gint64 *created_at = &value_of(reading, USAGE_CREATED_AT)->integer;
    gboolean tells_time = has(reading, USAGE_ID) && uuid_is_version_7(id);

    if (!has(reading, USAGE_CREATED_AT))
        *created_at = tells_time ? uuid_time(id) : reading->rules->now;
    else if (tells_time && *created_at / 1000 != uuid_time(id) / 1000)
        complain(reading, "created_at",
                 g_strdup("is not the time of the version 7 UUID in id; leave one of them out"));
    check_time(reading, has(reading, USAGE_CREATED_AT) ? "created_at" : "id", *created_at);
    reading->record.has_own_id = has(reading, USAGE_ID);
    if (!has_faults(reading) && !reading->record.has_own_id)
        uuid_make(*created_at, id);
    reading->record.set |= 1U << USAGE_ID | 1U << USAGE_CREATED_AT;
}

static void fill_in(Reading *reading)
{
    if (!has(reading, USAGE_SUCCESS))
        value_of(reading, USAGE_SUCCESS)->boolean = TRUE;
    reading->record.set |= 1U << USAGE_SUCCESS;
    if (has(reading, USAGE_IP_ADDRESS) || !reading->rules->address)
        return;
    value_of(reading, USAGE_IP_ADDRESS)->address = *reading->rules->address;
    reading->record.set |= 1U << USAGE_IP_ADDRESS;
}

/* What holds between the members. NULL with at least one fault. */
static UsageRecord *finish(Reading *reading)
{
    require_action_type(reading);
    require_endpoint(reading);
    settle_identity(reading);
    fill_in(reading);
    return has_faults(reading) ? NULL : usage_record_copy(&reading->record);
}

static UsageRecord *read_object(json_t *json, const UsageRules *rules, const char *prefix,
                                GPtrArray *faults)
{
    Reading reading = {.rules = rules, .prefix = prefix, .faults = faults, .before = faults->len};

    if (!json_is_object(json)) {
        add_fault(faults, g_strdup(prefix), g_strdup("must be an object"));
        return NULL;
    }
    read_members(&reading, json);
    return finish(&reading);
}

/* FALSE: it must be read the thorough way; no fault is added then. `is_whole`: nothing may follow.
 */
static gboolean scan_object(Scan *scan, gboolean is_whole, const UsageRules *rules,
                            const char *prefix, GPtrArray *faults, UsageRecord **record)
{
    Reading reading = {.rules = rules, .prefix = prefix, .faults = faults, .before = faults->len};

    if (!scan_members(&reading, scan) || (is_whole && !scan_end(scan))) {
        g_ptr_array_set_size(faults, (int)reading.before);
        return FALSE;
    }
    *record = finish(&reading);
    return TRUE;
}

static json_t *parse(const char *text, gsize length, const char *prefix, GPtrArray *faults)
{
    json_error_t error;
    json_t *json = json_loadb(text, length, parse_flags, &error);

    if (!json)
        add_fault(faults, g_strdup(prefix),
                  g_strdup_printf("is not valid JSON: %s (line %d, column %d)", error.text,
                                  error.line, error.column));
    return json;
}

static UsageRecord *read_thoroughly(const char *text, gsize length, const UsageRules *rules,
                                    const char *prefix, GPtrArray *faults)
{
    json_t *json = parse(text, length, prefix, faults);
    UsageRecord *record = json ? read_object(json, rules, prefix, faults) : NULL;

    json_decref(json);
    return record;
}

UsageRecord *usage_read_record(const char *text, gsize length, const UsageRules *rules,
                               const char *prefix, GPtrArray *faults)
{
    Scan scan = {text, text + length};
    UsageRecord *record;

    if (scan_object(&scan, TRUE, rules, prefix, faults, &record))
        return record;
    return read_thoroughly(text, length, rules, prefix, faults);
}

static void item_clear(gpointer data)
{
    UsageItem *item = data;

    g_free(item->record);
    g_clear_pointer(&item->faults, g_ptr_array_unref);
}

GArray *usage_items_new(void)
{
    GArray *items = g_array_new(FALSE, FALSE, sizeof(UsageItem));

    g_array_set_clear_func(items, item_clear);
    return items;
}

void usage_items_add(GArray *items, guint number, UsageRecord *record, GPtrArray *faults,
                     guint *refused)
{
    UsageItem item = {record, NULL, number};

    if (record) {
        g_ptr_array_unref(faults);
    } else {
        if (++*refused > USAGE_EXPLAINED_MAX)
            g_ptr_array_set_size(faults, 1);
        item.faults = faults;
    }
    g_array_append_val(items, item);
}

/* What the scan does not take is cut out: whatever it is, its neighbours are none of it. NULL and
 * no fault where the list itself is broken. */
static UsageRecord *read_element(Scan *scan, const UsageRules *rules, const char *prefix,
                                 GPtrArray *faults)
{
    Scan element = *scan;
    UsageRecord *record = NULL;

    if (scan_object(scan, FALSE, rules, prefix, faults, &record))
        return record;
    *scan = element;
    if (scan_skip(scan))
        record = read_thoroughly(element.at, (gsize)(scan->at - element.at), rules, prefix, faults);
    return record;
}

/* FALSE: this is no list, or too long a one. */
static gboolean read_elements(GArray *items, Scan *scan, const UsageRules *rules, guint maximum)
{
    guint refused = 0;

    if (!scan_mark(scan, '['))
        return FALSE;
    do {
        g_autoptr(GPtrArray) faults = usage_faults_new();
        g_autofree char *prefix = g_strdup_printf("/%u", items->len);
        UsageRecord *record;

        if (items->len == maximum)
            return FALSE;
        record = read_element(scan, rules, prefix, faults);
        if (!record && faults->len == 0)
            return FALSE;
        usage_items_add(items, items->len, record, g_steal_pointer(&faults), &refused);
    } while (scan_mark(scan, ','));
    return scan_mark(scan, ']') && scan_end(scan);
}

static void complain_of_list(const char *text, gsize length, guint maximum, GPtrArray *faults)
{
    json_t *json = parse(text, length, "", faults);

    if (json)
        add_fault(faults, g_strdup(""),
                  g_strdup_printf("must be an array of 1 to %u usage logs", maximum));
    json_decref(json);
}

GArray *usage_read_array(const char *text, gsize length, const UsageRules *rules, guint maximum,
                         GPtrArray *faults)
{
    g_autoptr(GArray) items = usage_items_new();
    Scan scan = {text, text + length};

    if (read_elements(items, &scan, rules, maximum))
        return g_steal_pointer(&items);
    complain_of_list(text, length, maximum, faults);
    return NULL;
}
