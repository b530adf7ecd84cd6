/* Where a type or a collation is used: in the columns of tables, and in other types. Pure. */
#pragma once

#include "schema/catalog.h"

typedef struct {
    const Column *column; /* of a table */
    const Object *type;   /* which of them it has, perhaps as an array */
} ColumnUse;

typedef struct {
    GPtrArray *types; /* const Object *: domains, composites and ranges that contain it, each behind
                         what it contains */
    GArray *columns;  /* ColumnUse, a table's together: of it, or of one of `types` */
    GPtrArray *rows; /* const Object *: tables whose rows are of one of them: CREATE TABLE ... OF */
} TypeUse;

/* What both hold belongs to the catalog that is given. */
TypeUse *type_use_find(const Catalog *catalog, const Object *type);
void type_use_free(TypeUse *use);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TypeUse, type_use_free)
