/* What a finished catalog answers. */
#include <string.h>

#include "schema/catalog_private.h"

/* Texts are the catalog's; vectors are the object's, with texts of the catalog in them. */
static void object_free(gpointer data)
{
    Object *object = data;
    const KindTraits *traits = kind_traits(object->kind);

    for (gsize i = 0; i < traits->count; i++)
        if (traits->fields[i].type == FIELD_TEXTS)
            g_free(*FIELD_AT(object, &traits->fields[i], char **));
    g_free(object->acl);
    g_free(object->baseline);
    g_clear_pointer(&object->parts, g_ptr_array_unref);
    g_clear_pointer(&object->needs, g_ptr_array_unref);
    g_clear_pointer(&object->default_needs, g_ptr_array_unref);
    g_clear_pointer(&object->uses, g_array_unref);
    g_free(object);
}

Catalog *catalog_new(void)
{
    Catalog *catalog = g_new0(Catalog, 1);

    catalog->texts = g_string_chunk_new(64 * 1024);
    catalog->all = g_ptr_array_new_with_free_func(object_free);
    catalog->objects = g_ptr_array_new();
    catalog->by_identity = g_hash_table_new(g_str_hash, g_str_equal);
    return catalog;
}

void catalog_free(Catalog *catalog)
{
    if (!catalog)
        return;
    g_hash_table_unref(catalog->by_identity);
    g_ptr_array_unref(catalog->objects);
    g_ptr_array_unref(catalog->all);
    g_string_chunk_free(catalog->texts);
    g_free(catalog);
}

const GPtrArray *catalog_objects(const Catalog *catalog)
{
    return catalog->objects;
}

const Object *catalog_find(const Catalog *catalog, const char *identity)
{
    return g_hash_table_lookup(catalog->by_identity, identity);
}

const Column *object_column(const Object *object, const char *name)
{
    for (guint i = 0; object->parts && i < object->parts->len; i++) {
        const Object *part = object->parts->pdata[i];

        if (part->kind == KIND_COLUMN && strcmp(part->name, name) == 0)
            return (const Column *)part;
    }
    return NULL;
}
