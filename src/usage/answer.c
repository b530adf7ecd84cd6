/* The send functions of PostgreSQL's types, read. */
#include "usage/answer.h"

#include <math.h>
#include <string.h>

#include "usage/server_time.h"

/* uuid_send, textsend, boolsend, float8send, int8send, timestamptz_send; inet_send has a head of
 * four bytes: family, bits, whether it is a cidr, size. */
enum { INET_HEAD = 4, FAMILY_INET = 2, FAMILY_INET6 = 3, SIZE_INET = 4, SIZE_INET6 = 16 };

static gint64 read_int64(const guint8 *bytes)
{
    guint64 number;

    memcpy(&number, bytes, sizeof number);
    return (gint64)GUINT64_FROM_BE(number);
}

static double read_double(const guint8 *bytes)
{
    gint64 bits = read_int64(bytes);
    double number;

    memcpy(&number, &bits, sizeof number);
    return number;
}

static gboolean read_address(const guint8 *bytes, gsize length, UsageAddress *address)
{
    gboolean is_v6 = length == INET_HEAD + SIZE_INET6;

    if ((!is_v6 && length != INET_HEAD + SIZE_INET) ||
        bytes[0] != (is_v6 ? FAMILY_INET6 : FAMILY_INET))
        return FALSE;
    *address = (UsageAddress){.prefix = bytes[1], .is_v6 = is_v6};
    memcpy(address->bytes, bytes + INET_HEAD, length - INET_HEAD);
    return TRUE;
}

static gboolean read_value(UsageKind kind, const guint8 *bytes, gsize length, UsageValue *value)
{
    switch (kind) {
    case USAGE_KIND_UUID:
        memcpy(value->uuid, bytes, MIN(length, USAGE_ID_SIZE));
        return length == USAGE_ID_SIZE;
    case USAGE_KIND_TEXT:
        value->text.bytes = (const char *)bytes;
        value->text.length = length;
        return TRUE;
    case USAGE_KIND_ADDRESS:
        return read_address(bytes, length, &value->address);
    case USAGE_KIND_BOOLEAN:
        value->boolean = length > 0 && bytes[0] != 0;
        return length == 1;
    case USAGE_KIND_NUMBER:
        value->number = length == sizeof(double) ? read_double(bytes) : 0;
        return length == sizeof(double);
    case USAGE_KIND_INTEGER:
        value->integer = length == sizeof(gint64) ? read_int64(bytes) : 0;
        return length == sizeof(gint64);
    case USAGE_KIND_TIME:
        value->integer = length == sizeof(gint64) ? time_from_server(read_int64(bytes)) : 0;
        return length == sizeof(gint64);
    }
    return FALSE;
}

/* NULL is a value that is not in `set`. */
static gboolean read_column(const Result *rows, int row, int column, UsageKind kind,
                            UsageValue *value, guint *set)
{
    gsize length;
    const guint8 *bytes = result_bytes(rows, row, column, &length);

    if (!bytes)
        return TRUE;
    *set |= 1U << column;
    return read_value(kind, bytes, length, value);
}

gboolean usage_row_read(const Result *rows, int row, UsageRecord *record)
{
    record->set = 0;
    if (result_columns(rows) != USAGE_FIELD_COUNT)
        return FALSE;
    for (UsageField field = 0; field < USAGE_FIELD_COUNT; field++) {
        if (!read_column(rows, row, (int)field, usage_field(field)->kind, &record->values[field],
                         &record->set))
            return FALSE;
    }
    return TRUE;
}

gboolean usage_stat_read(const Result *rows, int row, const UsageSearch *search, UsageStat *stat)
{
    guint column = search->group_count;
    UsageValue values[6] = {{.number = 0}};
    static const UsageKind kinds[] = {USAGE_KIND_INTEGER, USAGE_KIND_INTEGER, USAGE_KIND_NUMBER,
                                      USAGE_KIND_NUMBER,  USAGE_KIND_NUMBER,  USAGE_KIND_INTEGER};

    stat->set = 0;
    if (result_columns(rows) != (int)(column + G_N_ELEMENTS(kinds)))
        return FALSE;
    for (guint i = 0; i < column; i++) {
        if (!read_column(rows, row, (int)i, group_info(search->groups[i])->kind, &stat->groups[i],
                         &stat->set))
            return FALSE;
    }
    for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (!read_column(rows, row, (int)(column + i), kinds[i], &values[i], &stat->set))
            return FALSE;
    }
    stat->count = values[0].integer;
    stat->failures = values[1].integer;
    for (guint i = 0; i < G_N_ELEMENTS(stat->percentiles); i++)
        stat->percentiles[i] = stat->set >> (column + 2 + i) & 1U ? values[2 + i].number : NAN;
    stat->group_count = values[5].integer;
    return TRUE;
}
