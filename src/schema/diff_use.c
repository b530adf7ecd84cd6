/* What the server has recorded about types, by column. */
#include "schema/diff_use.h"

#include <string.h>

#include "schema/order.h"

static gboolean is_among(const TypeUse *use, const Object *type, const Object *other)
{
    return other == type || g_ptr_array_find(use->types, other, NULL);
}

static gboolean is_container(const Object *object)
{
    return object->kind == KIND_DOMAIN || object->kind == KIND_COMPOSITE ||
           object->kind == KIND_RANGE;
}

static gboolean contains_any(const TypeUse *use, const Object *type, const Object *object)
{
    for (guint i = 0; object->needs && i < object->needs->len; i++)
        if (is_among(use, type, object->needs->pdata[i]))
            return TRUE;
    return FALSE;
}

/* One round; whether it found any. */
static gboolean find_containers(TypeUse *use, const GPtrArray *objects, const Object *type)
{
    guint before = use->types->len;

    for (guint i = 0; i < objects->len; i++) {
        const Object *object = objects->pdata[i];

        if (is_container(object) && !is_among(use, type, object) && contains_any(use, type, object))
            g_ptr_array_add(use->types, (gpointer)object);
    }
    return use->types->len > before;
}

static int compare_objects(gconstpointer a, gconstpointer b)
{
    const Object *left = *(const Object *const *)a;
    const Object *right = *(const Object *const *)b;

    return left->kind == right->kind ? strcmp(left->identity, right->identity)
                                     : (int)left->kind - (int)right->kind;
}

static void sort_containers(TypeUse *use)
{
    g_autoptr(GArray) steps = NULL;

    g_ptr_array_sort(use->types, compare_objects);
    steps = order_objects(use->types);
    g_ptr_array_set_size(use->types, 0);
    for (guint i = 0; i < steps->len; i++)
        g_ptr_array_add(use->types, (gpointer)g_array_index(steps, OrderStep, i).object);
}

static ColumnUse *find_use(const TypeUse *use, const Column *column)
{
    for (guint i = 0; i < use->columns->len; i++) {
        ColumnUse *found = &g_array_index(use->columns, ColumnUse, i);

        if (found->column == column)
            return found;
    }
    return NULL;
}

/* A column of a domain with a collation uses both: the type is what matters. */
static void add_column(TypeUse *use, const Column *column, const Object *type)
{
    const ColumnUse added = {column, type};
    ColumnUse *found = find_use(use, column);

    if (!found)
        g_array_append_val(use->columns, added);
    else if (found->type->kind == KIND_COLLATION)
        found->type = type;
}

static void find_columns(TypeUse *use, const Object *type, const Object *table)
{
    for (guint i = 0; table->uses && i < table->uses->len; i++) {
        const Use *entry = &g_array_index(table->uses, Use, i);
        const Column *column = entry->own_column ? object_column(table, entry->own_column) : NULL;

        if (column && !entry->is_default && is_among(use, type, entry->other))
            add_column(use, column, entry->other);
    }
}

static void find_row(TypeUse *use, const Object *type, const Object *table)
{
    for (guint i = 0; table->uses && i < table->uses->len; i++) {
        const Use *entry = &g_array_index(table->uses, Use, i);

        if (!entry->own_column && ((const Table *)table)->of_type &&
            is_among(use, type, entry->other)) {
            g_ptr_array_add(use->rows, (gpointer)table);
            return;
        }
    }
}

static void find_in_table(TypeUse *use, const Object *type, const Object *table)
{
    find_columns(use, type, table);
    find_row(use, type, table);
}

TypeUse *type_use_find(const Catalog *catalog, const Object *type)
{
    const GPtrArray *objects = catalog_objects(catalog);
    TypeUse *use = g_new0(TypeUse, 1);

    use->types = g_ptr_array_new();
    use->rows = g_ptr_array_new();
    use->columns = g_array_new(FALSE, FALSE, sizeof(ColumnUse));
    while (find_containers(use, objects, type))
        ;
    sort_containers(use);
    for (guint i = 0; i < objects->len; i++)
        if (((const Object *)objects->pdata[i])->kind == KIND_TABLE)
            find_in_table(use, type, objects->pdata[i]);
    return use;
}

void type_use_free(TypeUse *use)
{
    if (!use)
        return;
    g_ptr_array_unref(use->types);
    g_array_unref(use->columns);
    g_ptr_array_unref(use->rows);
    g_free(use);
}
