/* Numbers in the order of the network, times from the server's epoch on. */
#include "usage/wire.h"

#include <string.h>

#include "usage/server_time.h"

enum {
    NULL_LENGTH = -1,
    FAMILY_INET = 2, /* PGSQL_AF_INET and PGSQL_AF_INET6 of utils/inet.h */
    FAMILY_INET6 = 3,
};

void wire_put_int16(GByteArray *bytes, gint16 number)
{
    guint16 ordered = GUINT16_TO_BE((guint16)number);

    g_byte_array_append(bytes, (const guint8 *)&ordered, sizeof ordered);
}

void wire_put_int32(GByteArray *bytes, gint32 number)
{
    guint32 ordered = GUINT32_TO_BE((guint32)number);

    g_byte_array_append(bytes, (const guint8 *)&ordered, sizeof ordered);
}

static void put_bytes(GByteArray *bytes, const void *value, gsize length)
{
    wire_put_int32(bytes, (gint32)length);
    g_byte_array_append(bytes, value, (guint)length);
}

static void put_int64(GByteArray *bytes, guint64 number)
{
    guint64 ordered = GUINT64_TO_BE(number);

    put_bytes(bytes, &ordered, sizeof ordered);
}

static void put_number(GByteArray *bytes, double number)
{
    guint64 bits;

    memcpy(&bits, &number, sizeof bits);
    put_int64(bytes, bits);
}

static void put_boolean(GByteArray *bytes, gboolean boolean)
{
    put_bytes(bytes, &(guint8){boolean ? 1 : 0}, 1);
}

static void put_address(GByteArray *bytes, const UsageAddress *address)
{
    guint8 size = address->is_v6 ? 16 : 4;
    const guint8 head[] = {address->is_v6 ? FAMILY_INET6 : FAMILY_INET, address->prefix, 0, size};

    wire_put_int32(bytes, (gint32)sizeof head + size);
    g_byte_array_append(bytes, head, sizeof head);
    g_byte_array_append(bytes, address->bytes, size);
}

static void put_value(GByteArray *bytes, UsageKind kind, const UsageValue *value)
{
    switch (kind) {
    case USAGE_KIND_UUID:
        put_bytes(bytes, value->uuid, USAGE_ID_SIZE);
        return;
    case USAGE_KIND_TEXT:
        put_bytes(bytes, value->text.bytes, value->text.length);
        return;
    case USAGE_KIND_ADDRESS:
        put_address(bytes, &value->address);
        return;
    case USAGE_KIND_BOOLEAN:
        put_boolean(bytes, value->boolean);
        return;
    case USAGE_KIND_NUMBER:
        put_number(bytes, value->number);
        return;
    case USAGE_KIND_INTEGER:
        put_int64(bytes, (guint64)value->integer);
        return;
    case USAGE_KIND_TIME:
        put_int64(bytes, (guint64)time_to_server(value->integer));
        return;
    }
}

void wire_put_field(GByteArray *bytes, const UsageRecord *record, UsageField field)
{
    if (usage_record_has(record, field))
        put_value(bytes, usage_field(field)->kind, &record->values[field]);
    else
        wire_put_int32(bytes, NULL_LENGTH);
}
