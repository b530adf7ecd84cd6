/* Foreign keys to partitioned tables, and inherited checks. */
#include "schema/implied.h"

#include "schema/catalog_private.h"
#include "schema/name.h"

static void add_need(Object *object, const Object *other)
{
    if (!object->needs)
        object->needs = g_ptr_array_new();
    g_ptr_array_add(object->needs, (gpointer)other);
}

/* Of an index: the one that it is attached to; the server records that. */
static const Object *index_above(const Object *index)
{
    const GPtrArray *needs = index->needs;

    if (!((const Index *)index)->attached_to)
        return NULL;
    for (guint i = 0; needs && i < needs->len; i++) {
        const Object *need = needs->pdata[i];

        if (need->kind == KIND_INDEX && ((const Index *)need)->is_partitioned)
            return need;
    }
    return NULL;
}

/* Index -> GPtrArray of the indexes attached to it */
static GHashTable *attached_indexes(const Catalog *catalog)
{
    GHashTable *attached =
        g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_ptr_array_unref);

    for (guint i = 0; i < catalog->objects->len; i++) {
        const Object *index = catalog->objects->pdata[i];
        const Object *above = index->kind == KIND_INDEX ? index_above(index) : NULL;
        GPtrArray *list = above ? g_hash_table_lookup(attached, above) : NULL;

        if (above && !list) {
            list = g_ptr_array_new();
            g_hash_table_insert(attached, (gpointer)above, list);
        }
        if (list)
            g_ptr_array_add(list, (gpointer)index);
    }
    return attached;
}

/* What is added is looked at in its turn, for partitions that have partitions. */
static void need_attached(Object *foreign_key, GHashTable *attached)
{
    for (guint i = 0; foreign_key->needs && i < foreign_key->needs->len; i++) {
        const GPtrArray *list = g_hash_table_lookup(attached, foreign_key->needs->pdata[i]);

        for (guint j = 0; list && j < list->len; j++)
            add_need(foreign_key, list->pdata[j]);
    }
}

static const Object *find_check(const Catalog *catalog, const Object *table, const char *name)
{
    g_autofree char *quoted = name_quote(name);
    g_autofree char *identity = g_strdup_printf("%s %s ON %s", kind_traits(KIND_CONSTRAINT)->slug,
                                                quoted, table->reference);

    return catalog_find(catalog, identity);
}

static void need_inherited(const Catalog *catalog, Object *check)
{
    const GPtrArray *tables = check->parent->needs;

    for (guint i = 0; tables && i < tables->len; i++) {
        const Object *table = tables->pdata[i];
        const Object *above =
            table->kind == KIND_TABLE ? find_check(catalog, table, check->name) : NULL;

        if (above)
            add_need(check, above);
    }
}

/* Only where something is done with it: else it needs no order. */
static gboolean is_inherited_check(const Object *object)
{
    const Constraint *constraint = (const Constraint *)object;

    return object->kind == KIND_CONSTRAINT && constraint->type == 'c' && !constraint->is_local &&
           object->comment;
}

void implied_add(Catalog *catalog)
{
    g_autoptr(GHashTable) attached = attached_indexes(catalog);

    for (guint i = 0; i < catalog->objects->len; i++) {
        Object *object = catalog->objects->pdata[i];

        if (object->kind == KIND_CONSTRAINT && ((const Constraint *)object)->type == 'f')
            need_attached(object, attached);
        else if (is_inherited_check(object))
            need_inherited(catalog, object);
    }
}
