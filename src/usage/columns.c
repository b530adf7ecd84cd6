/* Arrays in PostgreSQL's binary format. Buffers are kept from batch to batch. */
#include "usage/columns.h"

#include <string.h>

#include "usage/wire.h"

enum { DIMENSIONS = 1, LOWER_BOUND = 1 };

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
    g_byte_array_set_size(array, 0);
    wire_put_int32(array, DIMENSIONS);
    wire_put_int32(array, has_null(field, records, count));
    wire_put_int32(array, (gint32)type);
    wire_put_int32(array, (gint32)count);
    wire_put_int32(array, LOWER_BOUND);
    for (guint i = 0; i < count; i++)
        wire_put_field(array, records[i], field);
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
