/* Records turned by ninety degrees: one array for each field, in the server's binary format
 * (array_recv and the recv functions of the element types in PostgreSQL's sources), as the
 * parameters of one INSERT ... SELECT unnest(...). */
#pragma once

#include "usage/record.h"

typedef struct Columns Columns;

/* `types` are the OIDs of the elements, in the order of the fields. */
Columns *columns_new(const guint32 types[USAGE_FIELD_COUNT]);
void columns_free(Columns *columns);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Columns, columns_free)

/* Fills the arrays anew with `count` records, at least one. What the calls below return belongs to
 * the Columns until the next call. */
void columns_fill(Columns *columns, UsageRecord *const *records, guint count);
const char *const *columns_values(const Columns *columns);
const int *columns_lengths(const Columns *columns);
