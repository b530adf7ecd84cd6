/* The table of fields, and records made from values. */
#include "usage/record.h"

#include <arpa/inet.h>
#include <string.h>

static const UsageFieldInfo fields[USAGE_FIELD_COUNT] = {
#define USAGE_FIELD(name, text, kind, type, maximum)                                               \
    [USAGE_##name] = {text, USAGE_KIND_##kind, type, maximum},
#include "usage/fields.def"
#undef USAGE_FIELD
};

const UsageFieldInfo *usage_field(UsageField field)
{
    return &fields[field];
}

UsageField usage_field_find(const char *name, gsize length)
{
    UsageField field = 0;

    while (field < USAGE_FIELD_COUNT &&
           (strncmp(fields[field].name, name, length) != 0 || fields[field].name[length] != '\0'))
        field++;
    return field;
}

/* Splits off "/prefix"; FALSE when it is not a number that the address can have. */
static gboolean read_prefix(const char *slash, guint64 maximum, guint8 *prefix)
{
    guint64 number = maximum;

    if (slash && (slash[1] == '+' || slash[1] == ' ' ||
                  !g_ascii_string_to_unsigned(slash + 1, 10, 0, maximum, &number, NULL)))
        return FALSE;
    *prefix = (guint8)number;
    return TRUE;
}

gboolean usage_address_parse(const char *text, UsageAddress *address)
{
    const char *slash = strchr(text, '/');
    char host[INET6_ADDRSTRLEN + 1];
    gsize length = slash ? (gsize)(slash - text) : strlen(text);
    UsageAddress read = {{0}, 0, FALSE};

    if (length >= sizeof host)
        return FALSE;
    memcpy(host, text, length);
    host[length] = '\0';
    read.is_v6 = strchr(host, ':') != NULL;
    if (inet_pton(read.is_v6 ? AF_INET6 : AF_INET, host, read.bytes) != 1 ||
        !read_prefix(slash, read.is_v6 ? 128 : 32, &read.prefix))
        return FALSE;
    *address = read;
    return TRUE;
}

char *usage_address_format(const UsageAddress *address)
{
    char host[INET6_ADDRSTRLEN] = "";

    inet_ntop(address->is_v6 ? AF_INET6 : AF_INET, address->bytes, host, sizeof host);
    if (address->prefix == (address->is_v6 ? 128 : 32))
        return g_strdup(host);
    return g_strdup_printf("%s/%u", host, address->prefix);
}

gboolean usage_address_is_in(const UsageAddress *address, const UsageAddress *network)
{
    guint whole = network->prefix / 8;
    guint rest = network->prefix % 8;

    if (address->is_v6 != network->is_v6 || address->prefix < network->prefix ||
        memcmp(address->bytes, network->bytes, whole) != 0)
        return FALSE;
    return rest == 0 || (address->bytes[whole] ^ network->bytes[whole]) >> (8 - rest) == 0;
}

static gboolean is_text(UsageField field, const UsageRecord *record)
{
    return fields[field].kind == USAGE_KIND_TEXT && usage_record_has(record, field);
}

UsageRecord *usage_record_copy(const UsageRecord *values)
{
    gsize size = sizeof(UsageRecord);
    UsageRecord *record;
    char *end;

    for (UsageField field = 0; field < USAGE_FIELD_COUNT; field++)
        size += is_text(field, values) ? values->values[field].text.length : 0;
    record = g_malloc(size);
    *record = *values;
    record->size = size;
    end = (char *)(record + 1);
    for (UsageField field = 0; field < USAGE_FIELD_COUNT; field++) {
        gsize length = values->values[field].text.length;

        if (!is_text(field, values))
            continue;
        memcpy(end, values->values[field].text.bytes, length);
        record->values[field].text.bytes = end;
        end += length;
    }
    return record;
}
