/* The inside of a Catalog, for who builds it. */
#pragma once

#include "schema/catalog.h"

struct Catalog {
    GStringChunk *texts; /* every text of every object, each once */
    GPtrArray *all;      /* of Object *, inner ones too: owned */
    GPtrArray *objects;  /* of Object *, borrowed from `all`, sorted */
    GHashTable *by_identity;
};

Catalog *catalog_new(void);
