/* One usage log on its way to the database: values that have been checked, in one piece of memory.
 */
#pragma once

#include <glib.h>

enum { USAGE_ID_SIZE = 16, USAGE_ADDRESS_SIZE = 16 };

typedef enum {
#define USAGE_FIELD(name, text, kind, type, maximum) USAGE_##name,
#include "usage/fields.def"
#undef USAGE_FIELD
    USAGE_FIELD_COUNT
} UsageField;

typedef enum {
    USAGE_KIND_UUID,
    USAGE_KIND_TEXT,
    USAGE_KIND_ADDRESS,
    USAGE_KIND_BOOLEAN,
    USAGE_KIND_NUMBER,
    USAGE_KIND_INTEGER,
    USAGE_KIND_TIME,
} UsageKind;

typedef struct {
    const char *name;
    UsageKind kind;
    const char *type; /* SQL; "" for the enum */
    gsize maximum;    /* bytes of a text */
} UsageFieldInfo;
/* The row of fields.def; static. */
const UsageFieldInfo *usage_field(UsageField field);
/* USAGE_FIELD_COUNT when there is none of that name. */
UsageField usage_field_find(const char *name, gsize length);

/* An IP address or network as the server keeps it. */
typedef struct {
    guint8 bytes[USAGE_ADDRESS_SIZE]; /* in the order of the network; the first 4 of IPv4 */
    guint8 prefix;                    /* bits of the mask */
    gboolean is_v6;
} UsageAddress;
/* Reads "203.0.113.7", "2001:db8::1" and both with "/prefix". FALSE for anything else: zones
 * ("fe80::1%eth0"), names, octal digits. */
gboolean usage_address_parse(const char *text, UsageAddress *address);
/* The same text; "/prefix" only for a network. g_free. */
char *usage_address_format(const UsageAddress *address);
/* Whether all of `address` lies in `network`. An IPv4 address lies in no IPv6 network. */
gboolean usage_address_is_in(const UsageAddress *address, const UsageAddress *network);

/* Which member counts is told by the field's kind. */
typedef union {
    guint8 uuid[USAGE_ID_SIZE];
    struct {
        const char *bytes; /* not NUL-terminated */
        gsize length;
    } text;
    UsageAddress address;
    gboolean boolean;
    double number;
    gint64 integer; /* of a TIME: microseconds since 1970 */
} UsageValue;

typedef struct {
    UsageValue values[USAGE_FIELD_COUNT];
    guint set;           /* bit 1 << field: the value is not NULL */
    gboolean has_own_id; /* the client's */
    gsize size;          /* bytes of memory */
} UsageRecord;

static inline gboolean usage_record_has(const UsageRecord *record, UsageField field)
{
    return record->set >> field & 1U;
}

/* A copy, texts included, in one allocation; g_free. ID, ACTION_TYPE, ENDPOINT, SUCCESS and
 * CREATED_AT must be set in `values`. */
UsageRecord *usage_record_copy(const UsageRecord *values);
