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

/* A column by its name; NULL: there is none, or the object has no columns. */
const Column *object_column(const Object *object, const char *name);
