/* JSON and CSV, without a library in between: a page of fifty rows is written in the time that the
 * library takes for five. */
#include "view/usage_text.h"

#include <math.h>
#include <string.h>

#include "usage/uuid.h"

enum { SECONDS_A_DAY = 86400, DAYS_OF_400_YEARS = 146097, DAYS_TO_1970 = 719468 };

/* Thousandths that a double holds exactly. */
#define THOUSANDTHS_MAX 1e15

/* --- Bytes ------------------------------------------------------------------------------------ */

/* As g_string_append_len, without a call where there is room. */
static inline void put_bytes(GString *text, const char *bytes, gsize length)
{
    if (text->len + length >= text->allocated_len) {
        g_string_append_len(text, bytes, (gssize)length);
        return;
    }
    memcpy(text->str + text->len, bytes, length);
    text->len += length;
    text->str[text->len] = '\0';
}

static inline void put_byte(GString *text, char byte)
{
    put_bytes(text, &byte, 1);
}

#define PUT_LITERAL(text, literal) put_bytes((text), (literal), sizeof(literal) - 1)

/* --- JSON ------------------------------------------------------------------------------------- */

static void put_escape(GString *text, guchar byte)
{
    if (byte == '"' || byte == '\\') {
        put_byte(text, '\\');
        put_byte(text, (char)byte);
    } else {
        g_string_append_printf(text, "\\u%04x", byte);
    }
}

static inline gboolean needs_escape(guchar byte)
{
    return byte < 0x20 || byte == '"' || byte == '\\';
}

void usage_put_string(GString *text, const char *bytes, gsize length)
{
    gsize start = 0;

    put_byte(text, '"');
    for (gsize i = 0; i < length; i++) {
        if (!needs_escape((guchar)bytes[i]))
            continue;
        put_bytes(text, bytes + start, i - start);
        put_escape(text, (guchar)bytes[i]);
        start = i + 1;
    }
    put_bytes(text, bytes + start, length - start);
    put_byte(text, '"');
}

static gboolean is_ascii(const char *bytes, gsize length)
{
    guchar all = 0;

    for (gsize i = 0; i < length; i++)
        all |= (guchar)bytes[i];
    return all < 0x80;
}

static gboolean is_valid(const char *bytes, gsize length)
{
    return is_ascii(bytes, length) || g_utf8_validate_len(bytes, length, NULL);
}

void usage_put_foreign(GString *text, const char *bytes, gsize length)
{
    g_autofree char *valid = NULL;

    if (is_valid(bytes, length)) {
        usage_put_string(text, bytes, length);
        return;
    }
    valid = g_utf8_make_valid(bytes, (gssize)length);
    usage_put_string(text, valid, strlen(valid));
}

void usage_put_id(GString *text, const guint8 id[USAGE_ID_SIZE])
{
    char form[UUID_TEXT_SIZE];

    uuid_format(id, form);
    usage_put_string(text, form, UUID_TEXT_SIZE - 1);
}

static void put_integer(GString *text, gint64 number)
{
    char digits[24];
    char *start = digits + sizeof digits;
    guint64 rest = number < 0 ? 0 - (guint64)number : (guint64)number;

    do {
        *--start = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (number < 0)
        *--start = '-';
    put_bytes(text, start, (gsize)(digits + sizeof digits - start));
}

/* At least `width` digits. */
static void put_padded(GString *text, guint64 number, int width)
{
    char digits[24];
    char *start = digits + sizeof digits;

    for (; width > 0 || number > 0; width--) {
        *--start = (char)('0' + number % 10);
        number /= 10;
    }
    put_bytes(text, start, (gsize)(digits + sizeof digits - start));
}

/* Times are rarely more exact than this, and so need no library. */
static gboolean put_thousandths(GString *text, double number)
{
    gint64 thousandths;
    gsize length;

    if (!(number >= 0 && number < THOUSANDTHS_MAX / 1000) || signbit(number))
        return FALSE;
    thousandths = (gint64)(number * 1000 + 0.5);
    if ((double)thousandths / 1000 != number)
        return FALSE;
    put_integer(text, thousandths / 1000);
    if (thousandths % 1000 == 0)
        return TRUE;
    put_byte(text, '.');
    put_padded(text, (guint64)thousandths % 1000, 3);
    for (length = text->len; text->str[length - 1] == '0'; length--)
        continue;
    g_string_truncate(text, length);
    return TRUE;
}

static void put_double(GString *text, double number)
{
    char form[G_ASCII_DTOSTR_BUF_SIZE];

    if (put_thousandths(text, number))
        return;
    g_ascii_formatd(form, sizeof form, "%.15g", number);
    if (g_ascii_strtod(form, NULL) != number)
        g_ascii_formatd(form, sizeof form, "%.17g", number);
    g_string_append(text, form);
}

void usage_put_number(GString *text, double number)
{
    if (isfinite(number))
        put_double(text, number);
    else
        g_string_append(text, "null");
}

/* The civil date of a day counted from 1970, in the proleptic Gregorian calendar: years that begin
 * in March have their odd day at the end. */
static void put_date(GString *text, gint64 days)
{
    gint64 shifted = days + DAYS_TO_1970;
    gint64 era = (shifted >= 0 ? shifted : shifted - DAYS_OF_400_YEARS + 1) / DAYS_OF_400_YEARS;
    gint64 day_of_era = shifted - era * DAYS_OF_400_YEARS;
    gint64 year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    gint64 day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    gint64 month = (5 * day_of_year + 2) / 153; /* from March */
    gint64 day = day_of_year - (153 * month + 2) / 5 + 1;
    gint64 year = year_of_era + era * 400 + (month >= 10);

    if (year < 0)
        put_byte(text, '-');
    put_padded(text, (guint64)ABS(year), 4);
    put_byte(text, '-');
    put_padded(text, (guint64)(month < 10 ? month + 3 : month - 9), 2);
    put_byte(text, '-');
    put_padded(text, (guint64)day, 2);
}

static void put_time(GString *text, gint64 wall)
{
    gint64 seconds = wall / G_USEC_PER_SEC - (wall % G_USEC_PER_SEC < 0);
    gint64 days = seconds / SECONDS_A_DAY - (seconds % SECONDS_A_DAY < 0);
    guint64 second = (guint64)(seconds - days * SECONDS_A_DAY);

    if (wall == G_MAXINT64 || wall == G_MININT64) {
        g_string_append(text, wall > 0 ? "infinity" : "-infinity");
        return;
    }
    put_date(text, days);
    put_byte(text, 'T');
    put_padded(text, second / 3600, 2);
    put_byte(text, ':');
    put_padded(text, second / 60 % 60, 2);
    put_byte(text, ':');
    put_padded(text, second % 60, 2);
    put_byte(text, '.');
    put_padded(text, (guint64)(wall - seconds * G_USEC_PER_SEC), 6);
    put_byte(text, 'Z');
}

void usage_put_time(GString *text, gint64 wall)
{
    put_byte(text, '"');
    put_time(text, wall);
    put_byte(text, '"');
}

/* A host of IPv4, which nearly all are, is written here. */
static void put_address(GString *text, const UsageAddress *address)
{
    g_autofree char *form = NULL;

    if (address->is_v6 || address->prefix != 32) {
        form = usage_address_format(address);
        put_bytes(text, form, strlen(form));
        return;
    }
    for (guint i = 0; i < 4; i++) {
        if (i)
            put_byte(text, '.');
        put_integer(text, address->bytes[i]);
    }
}

void usage_put_value(GString *text, UsageKind kind, const UsageValue *value)
{
    switch (kind) {
    case USAGE_KIND_UUID:
        usage_put_id(text, value->uuid);
        return;
    case USAGE_KIND_TEXT:
        usage_put_foreign(text, value->text.bytes, value->text.length);
        return;
    case USAGE_KIND_ADDRESS:
        put_byte(text, '"');
        put_address(text, &value->address);
        put_byte(text, '"');
        return;
    case USAGE_KIND_BOOLEAN:
        g_string_append(text, value->boolean ? "true" : "false");
        return;
    case USAGE_KIND_NUMBER:
        usage_put_number(text, value->number);
        return;
    case USAGE_KIND_INTEGER:
        put_integer(text, value->integer);
        return;
    case USAGE_KIND_TIME:
        usage_put_time(text, value->integer);
        return;
    }
}

/* Each with what stands before its value; the first comma is a brace. */
static const struct {
    const char *label;
    gsize length;
    UsageKind kind;
} fields[USAGE_FIELD_COUNT] = {
#define USAGE_FIELD(name, text, kind, type, maximum)                                               \
    [USAGE_##name] = {",\"" text "\":", sizeof(",\"" text "\":") - 1, USAGE_KIND_##kind},
#include "usage/fields.def"
#undef USAGE_FIELD
};

void usage_put_record(GString *text, const UsageRecord *record)
{
    gsize start = text->len;

    for (UsageField field = 0; field < USAGE_FIELD_COUNT; field++) {
        put_bytes(text, fields[field].label, fields[field].length);
        if (usage_record_has(record, field))
            usage_put_value(text, fields[field].kind, &record->values[field]);
        else
            PUT_LITERAL(text, "null");
    }
    text->str[start] = '{';
    put_byte(text, '}');
}

/* --- CSV -------------------------------------------------------------------------------------- */

static void put_quoted(GString *text, const char *bytes, gsize length)
{
    put_byte(text, '"');
    for (gsize i = 0; i < length; i++) {
        if (bytes[i] == '"')
            put_byte(text, '"');
        put_byte(text, bytes[i]);
    }
    put_byte(text, '"');
}

static gboolean needs_quotes(const char *bytes, gsize length)
{
    for (gsize i = 0; i < length; i++) {
        if (bytes[i] == ',' || bytes[i] == '"' || bytes[i] == '\n' || bytes[i] == '\r')
            return TRUE;
    }
    return length == 0;
}

static void put_csv_text(GString *text, const char *bytes, gsize length)
{
    g_autofree char *valid = NULL;

    if (!is_valid(bytes, length)) {
        bytes = valid = g_utf8_make_valid(bytes, (gssize)length);
        length = strlen(valid);
    }
    if (needs_quotes(bytes, length))
        put_quoted(text, bytes, length);
    else
        g_string_append_len(text, bytes, (gssize)length);
}

/* What JSON has in quotes is bare here. */
static void put_csv_value(GString *text, UsageKind kind, const UsageValue *value)
{
    char id[UUID_TEXT_SIZE];

    switch (kind) {
    case USAGE_KIND_UUID:
        uuid_format(value->uuid, id);
        g_string_append(text, id);
        return;
    case USAGE_KIND_TEXT:
        put_csv_text(text, value->text.bytes, value->text.length);
        return;
    case USAGE_KIND_ADDRESS:
        put_address(text, &value->address);
        return;
    case USAGE_KIND_TIME:
        put_time(text, value->integer);
        return;
    case USAGE_KIND_NUMBER:
        if (isfinite(value->number))
            put_double(text, value->number);
        return;
    case USAGE_KIND_BOOLEAN:
    case USAGE_KIND_INTEGER:
        usage_put_value(text, kind, value);
        return;
    }
}

void usage_put_csv_head(GString *text)
{
    for (UsageField field = 0; field < USAGE_FIELD_COUNT; field++) {
        g_string_append(text, field ? "," : "");
        g_string_append(text, usage_field(field)->name);
    }
    g_string_append(text, "\r\n");
}

void usage_put_csv_record(GString *text, const UsageRecord *record)
{
    for (UsageField field = 0; field < USAGE_FIELD_COUNT; field++) {
        if (field)
            put_byte(text, ',');
        if (usage_record_has(record, field))
            put_csv_value(text, usage_field(field)->kind, &record->values[field]);
    }
    g_string_append(text, "\r\n");
}
