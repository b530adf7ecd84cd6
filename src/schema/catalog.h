/* A database's schema as a value: all managed objects, found by identity, never changed once built.
 * It knows no connection: engine/introspect reads one, a test may build its own. Pure; any thread
 * may read it. */
#pragma once

#include "schema/object.h"

typedef struct Catalog Catalog;

void catalog_free(Catalog *catalog);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Catalog, catalog_free)

/* Every object that has a text of its own (columns and a domain's constraints are parts of theirs),
 * sorted by kind, then identity: an array of const Object *. Belongs to the catalog. */
const GPtrArray *catalog_objects(const Catalog *catalog);

/* By its identity, 'table public.orders'; NULL: there is none. */
const Object *catalog_find(const Catalog *catalog, const char *identity);

/* Forgets objects, which were found to be none of anybody's business: catalog_find and
 * catalog_objects do not have them any more. Only before the catalog is shared. */
typedef gboolean (*CatalogIsOut)(const Object *object, gconstpointer data);
void catalog_leave_out(Catalog *catalog, CatalogIsOut is_out, gconstpointer data);
/* What `role` owns has no owner from now on: it belongs to whoever makes it, on any server. Only
 * before the catalog is shared. */
void catalog_forget_owner(Catalog *catalog, const char *role);
/* What has no owner in `catalog`, where `role` has made it, and one in `model` gets that one, with
 * what it granted, and `role` what it has been granted there: models need not say what belongs to
 * whom. Only before the catalog is shared. */
void catalog_take_owners(Catalog *catalog, const Catalog *model, const char *role);
/* Whether the columns of tables and row types come in their order or by name from now on. By name a
 * schema is compared with one that got there on another way, because ALTER cannot change their
 * order. Only while the catalog is not shared. */
typedef enum { COLUMNS_BY_POSITION, COLUMNS_BY_NAME } ColumnOrder;
void catalog_sort_columns(Catalog *catalog, ColumnOrder order);

/* A column by its name; NULL: there is none, or the object has no columns. */
const Column *object_column(const Object *object, const char *name);
