/* Making a Catalog from rows, as the queries catalog_*.sql give them. Rows may come in any order of
 * kinds; who belongs to whom is settled at the end. Pure. */
#pragma once

#include "schema/catalog.h"
#include "schema/filter.h"

typedef struct CatalogBuilder CatalogBuilder;

/* `filter` must outlive the builder. */
CatalogBuilder *builder_new(const Filter *filter);
void builder_free(CatalogBuilder *builder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CatalogBuilder, builder_free)

/* The rows that follow are of `kind` and have these columns. ERROR_INTERNAL when a field of the
 * kind is not among them, or a column is no field. */
gboolean builder_begin(CatalogBuilder *builder, ObjectKind kind, const char *const *columns,
                       guint count, GError **error);
/* One row: `count` texts as the server writes them, NULL for SQL NULL. Copied, or dropped when the
 * filter does not want the object. */
void builder_row(CatalogBuilder *builder, const char *const *values);

/* A row of the system catalogs: (class, oid), and a column's number. */
typedef struct {
    guint32 class_id;
    guint32 object_id;
    gint32 column; /* 0: all of it */
} CatalogKey;
/* `alias` stands for `object` in what follows. */
void builder_alias(CatalogBuilder *builder, CatalogKey alias, CatalogKey object);
/* `object` needs `other`; either may be unknown. The column of a default is the one that has it. */
void builder_need(CatalogBuilder *builder, CatalogKey object, CatalogKey other);

/* The catalog; the builder is empty then and only good for freeing. */
Catalog *builder_finish(CatalogBuilder *builder);
