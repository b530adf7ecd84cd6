/* See "Binary Format" of COPY in PostgreSQL's manual. */
#include "usage/rows.h"

#include "usage/wire.h"

static const guint8 signature[] = {'P', 'G', 'C', 'O', 'P', 'Y', '\n', 0xff, '\r', '\n', '\0'};

enum { FLAGS = 0, EXTENSION_LENGTH = 0, TRAILER = -1 };

static void put_row(GByteArray *bytes, const UsageRecord *record)
{
    wire_put_int16(bytes, USAGE_FIELD_COUNT);
    for (UsageField field = 0; field < USAGE_FIELD_COUNT; field++)
        wire_put_field(bytes, record, field);
}

void rows_fill(GByteArray *bytes, UsageRecord *const *records, guint count)
{
    g_byte_array_set_size(bytes, 0);
    g_byte_array_append(bytes, signature, sizeof signature);
    wire_put_int32(bytes, FLAGS);
    wire_put_int32(bytes, EXTENSION_LENGTH);
    for (guint i = 0; i < count; i++)
        put_row(bytes, records[i]);
    wire_put_int16(bytes, TRAILER);
}
