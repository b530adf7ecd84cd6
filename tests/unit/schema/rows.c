/* Rows with every column that the kind must have. */
#include "rows.h"

#include <string.h>

static guint32 class_of(ObjectKind kind)
{
    return 100 + (guint32)kind;
}

static const char *value_of(const Row *row, const char *name)
{
    for (guint i = 0; i < G_N_ELEMENTS(row->fields) && row->fields[i]; i += 2)
        if (strcmp(row->fields[i], name) == 0)
            return row->fields[i + 1];
    return NULL;
}

void add_row(CatalogBuilder *builder, const Row *row)
{
    const KindTraits *traits = kind_traits(row->kind);
    g_autofree char *class_id = g_strdup_printf("%u", class_of(row->kind));
    g_autofree char *oid = g_strdup_printf("%u", row->oid);
    g_autofree char *parent_class = g_strdup_printf("%u", class_of(row->parent_kind));
    g_autofree char *parent = row->parent ? g_strdup_printf("%u", row->parent) : NULL;
    const char *names[64] = {"class",  "oid",  "parent_class", "parent",
                             "schema", "name", "owner",        "acl"};
    const char *values[64] = {class_id,    oid,       parent_class, parent,
                              row->schema, row->name, row->owner,   row->acl};
    guint count = 8;
    GError *error = NULL;

    for (gsize i = 0; i < traits->count; i++) {
        names[count] = traits->fields[i].name;
        values[count++] = value_of(row, traits->fields[i].name);
    }
    builder_begin(builder, row->kind, names, count, &error);
    g_assert_no_error(error);
    builder_row(builder, values);
}

static CatalogKey key_of(const Row *row)
{
    return (CatalogKey){class_of(row->kind), row->oid, 0};
}

void add_need(CatalogBuilder *builder, const Row *object, const Row *other)
{
    builder_need(builder, key_of(object), key_of(other));
}

void add_default_need(CatalogBuilder *builder, guint32 id, const Row *table, const Row *other)
{
    const CatalogKey key = {2604, id, 0};

    builder_alias(builder, key, key_of(table));
    builder_need(builder, key, key_of(other));
}
