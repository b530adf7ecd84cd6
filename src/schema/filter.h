/* Which schemas and objects are managed. Schemas of the server itself (pg_*, information_schema)
 * never are. Pure; values only. */
#pragma once

#include <glib.h>

typedef struct {
    const char *const *schemas; /* only these, and nothing that is in no schema; NULL or empty: all
                                   but those of platform_schemas.def */
    const char *const *exclude; /* patterns with * and ?: "NAME" of an object or schema, or
                                   "SCHEMA.NAME"; NULL: none */
    const char *state_schema;   /* pgsluice's own, never managed; NULL: none */
    const char *version_schema; /* and its table; NULL: none */
    const char *version_table;
} Filter;

/* Whether what is in no schema (extensions, casts, publications...) is managed. */
gboolean filter_is_whole(const Filter *filter);
gboolean filter_takes_schema(const Filter *filter, const char *schema);
/* An object of a schema that is taken, or of none (NULL). */
gboolean filter_takes(const Filter *filter, const char *schema, const char *name);
