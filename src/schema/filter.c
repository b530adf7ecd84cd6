/* Names against lists. */
#include "schema/filter.h"

static const char *const platform[] = {
#define PLATFORM(pattern) pattern,
#include "schema/platform_schemas.def"
#undef PLATFORM
    NULL,
};

static gboolean matches(const char *const *patterns, const char *name)
{
    for (; patterns && *patterns; patterns++)
        if (g_pattern_match_simple(*patterns, name))
            return TRUE;
    return FALSE;
}

static gboolean is_system(const char *schema)
{
    return g_str_has_prefix(schema, "pg_") || g_str_equal(schema, "information_schema");
}

gboolean filter_is_whole(const Filter *filter)
{
    return !filter->schemas || !filter->schemas[0];
}

gboolean filter_takes_schema(const Filter *filter, const char *schema)
{
    if (is_system(schema) || g_strcmp0(schema, filter->state_schema) == 0 ||
        matches(filter->exclude, schema))
        return FALSE;
    return filter_is_whole(filter) ? !matches(platform, schema)
                                   : g_strv_contains(filter->schemas, schema);
}

gboolean filter_takes(const Filter *filter, const char *schema, const char *name)
{
    g_autofree char *qualified = schema ? g_strconcat(schema, ".", name, NULL) : NULL;

    if (matches(filter->exclude, name))
        return FALSE;
    if (!schema)
        return !matches(platform, name);
    return !matches(filter->exclude, qualified) &&
           !(g_strcmp0(schema, filter->version_schema) == 0 &&
             g_strcmp0(name, filter->version_table) == 0);
}
