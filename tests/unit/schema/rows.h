/* Catalogs for the tests of this room, built from rows without a server. */
#pragma once

#include "schema/builder.h"

/* What most rows have; what is not set is NULL. */
typedef struct {
    ObjectKind kind;
    guint32 oid; /* in a class that is the kind */
    const char *schema;
    const char *name;
    const char *owner;
    const char *acl;
    ObjectKind parent_kind;
    guint32 parent;        /* 0: none */
    const char *fields[8]; /* name, value, ..., NULL: those of the kind; others are NULL */
} Row;

void add_row(CatalogBuilder *builder, const Row *row);
/* `object` needs `other`. */
void add_need(CatalogBuilder *builder, const Row *object, const Row *other);
/* The same for the defaults of a table. `id` tells it from other defaults. */
void add_default_need(CatalogBuilder *builder, guint32 id, const Row *table, const Row *other);
