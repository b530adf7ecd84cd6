/* Arrays in PostgreSQL's binary format. Buffers are kept from batch to batch. */
#include "usage/columns.h"

#include <string.h>

/* Microseconds from 1970 to 2000, where the server's clock begins. */
#define SERVER_EPOCH (G_GINT64_CONSTANT(946684800) * G_USEC_PER_SEC)

enum {
    DIMENSIONS = 1,
    LOWER_BOUND = 1,
    NULL_LENGTH = -1,
    FAMILY_INET = 2, /* PGSQL_AF_INET and PGSQL_AF_INET6 of utils/inet.h */
    FAMILY_INET6 = 3,
};

struct Columns {
    guint32 types[USAGE_FIELD_COUNT];
    GByteArray *arrays[USAGE_FIELD_COUNT];
    const char *values[USAGE_FIELD_COUNT];
    int lengths[USAGE_FIELD_COUNT];
};

Columns *columns_new(const guint32 types[USAGE_FIELD_COUNT])
{
    Columns *columns = g_new0(Columns, 1);

    memcpy(columns->types, types, sizeof columns->types);
    for (UsageField field = 0; field < USAGE_FIELD_COUNT; field++)
        columns->arrays[field] = g_byte_array_new();
    return columns;
}

void columns_free(Columns *columns)
{
    if (!columns)
        return;
    for (UsageField field = 0; field < USAGE_FIELD_COUNT; field++)
        g_byte_array_unref(columns->arrays[field]);
    g_free(columns);
}

static void put_int32(GByteArray *array, gint32 number)
{
    guint32 bytes = GUINT32_TO_BE((guint32)number);

    g_byte_array_append(array, (const guint8 *)&bytes, sizeof bytes);
}

static void put_bytes(GByteArray *array, const void *bytes, gsize length)
{
    put_int32(array, (gint32)length);
    g_byte_array_append(array, bytes, (guint)length);
}

static void put_int64(GByteArray *array, guint64 number)
{
    guint64 bytes = GUINT64_TO_BE(number);

    put_bytes(array, &bytes, sizeof bytes);
}

static void put_number(GByteArray *array, double number)
{
    guint64 bits;

    memcpy(&bits, &number, sizeof bits);
    put_int64(array, bits);
}

static void put_address(GByteArray *array, const UsageAddress *address)
{
    guint8 size = address->is_v6 ? 16 : 4;
    const guint8 head[] = {address->is_v6 ? FAMILY_INET6 : FAMILY_INET, address->prefix, 0, size};

    put_int32(array, (gint32)sizeof head + size);
    g_byte_array_append(array, head, sizeof head);
    g_byte_array_append(array, address->bytes, size);
}

static void put_value(GByteArray *array, UsageKind kind, const UsageValue *value)
{
    guint8 boolean;

    switch (kind) {
    case USAGE_KIND_UUID:
        put_bytes(array, value->uuid, USAGE_ID_SIZE);
        return;
    case USAGE_KIND_TEXT:
        put_bytes(array, value->text.bytes, value->text.length);
        return;
    case USAGE_KIND_ADDRESS:
        put_address(array, &value->address);
        return;
    case USAGE_KIND_BOOLEAN:
        boolean = value->boolean ? 1 : 0;
        put_bytes(array, &boolean, sizeof boolean);
        return;
    case USAGE_KIND_NUMBER:
        put_number(array, value->number);
        return;
    case USAGE_KIND_INTEGER:
        put_int64(array, (guint64)value->integer);
        return;
    case USAGE_KIND_TIME:
        put_int64(array, (guint64)(value->integer - SERVER_EPOCH));
        return;
    }
}

static gboolean has_null(UsageField field, UsageRecord *const *records, guint count)
{
    for (guint i = 0; i < count; i++)
        if (!usage_record_has(records[i], field))
            return TRUE;
    return FALSE;
}

static void fill_array(GByteArray *array, guint32 type, UsageField field,
                       UsageRecord *const *records, guint count)
{
    UsageKind kind = usage_field(field)->kind;

    g_byte_array_set_size(array, 0);
    put_int32(array, DIMENSIONS);
    put_int32(array, has_null(field, records, count));
    put_int32(array, (gint32)type);
    put_int32(array, (gint32)count);
    put_int32(array, LOWER_BOUND);
    for (guint i = 0; i < count; i++) {
        if (usage_record_has(records[i], field))
            put_value(array, kind, &records[i]->values[field]);
        else
            put_int32(array, NULL_LENGTH);
    }
}

void columns_fill(Columns *columns, UsageRecord *const *records, guint count)
{
    for (UsageField field = 0; field < USAGE_FIELD_COUNT; field++) {
        GByteArray *array = columns->arrays[field];

        fill_array(array, columns->types[field], field, records, count);
        columns->values[field] = (const char *)array->data;
        columns->lengths[field] = (int)array->len;
    }
}

const char *const *columns_values(const Columns *columns)
{
    return columns->values;
}

const int *columns_lengths(const Columns *columns)
{
    return columns->lengths;
}
