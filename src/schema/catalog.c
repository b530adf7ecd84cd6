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

void catalog_leave_out(Catalog *catalog, CatalogIsOut is_out, gconstpointer data)
{
    GPtrArray *kept = g_ptr_array_sized_new(catalog->objects->len);

    for (guint i = 0; i < catalog->objects->len; i++) {
        const Object *object = catalog->objects->pdata[i];

        if (is_out(object, data))
            g_hash_table_remove(catalog->by_identity, object->identity);
        else
            g_ptr_array_add(kept, catalog->objects->pdata[i]);
    }
    g_ptr_array_unref(catalog->objects);
    catalog->objects = kept;
}

/* Sequences come first; they keep their order. */
static int compare_columns(gconstpointer a, gconstpointer b, gpointer order)
{
    const Object *left = *(const Object *const *)a;
    const Object *right = *(const Object *const *)b;
    gint64 distance;

    if (left->kind != right->kind)
        return left->kind < right->kind ? -1 : 1;
    if (left->kind != KIND_COLUMN)
        return strcmp(left->identity, right->identity);
    if (*(const ColumnOrder *)order == COLUMNS_BY_NAME)
        return strcmp(left->name, right->name);
    distance = ((const Column *)left)->position - ((const Column *)right)->position;
    return distance < 0 ? -1 : distance > 0;
}

void catalog_sort_columns(Catalog *catalog, ColumnOrder order)
{
    for (guint i = 0; i < catalog->objects->len; i++) {
        Object *object = catalog->objects->pdata[i];

        if ((object->kind == KIND_TABLE || object->kind == KIND_COMPOSITE) && object->parts)
            g_ptr_array_sort_with_data(object->parts, compare_columns, &order);
    }
}

/* --- Owners ----------------------------------------------------------------------------------- */

/* A role as aclitem writes it. */
static char *acl_role(const char *role)
{
    g_auto(GStrv) pieces = NULL;
    g_autofree char *doubled = NULL;

    for (const char *at = role; *at; at++) {
        if (g_ascii_isalnum(*at) || *at == '_')
            continue;
        pieces = g_strsplit(role, "\"", -1);
        doubled = g_strjoinv("\"\"", pieces);
        return g_strdup_printf("\"%s\"", doubled);
    }
    return g_strdup(role);
}

/* "role=letters/role" with one role for another; the text stays with the catalog. */
static char *acl_item_with(Catalog *catalog, const char *item, const char *old, const char *new)
{
    gsize length = strlen(old);
    gboolean is_grantee = strncmp(item, old, length) == 0 && item[length] == '=';
    const char *letters = is_grantee ? item + length : item;
    g_autofree char *grantor = g_strconcat("/", old, NULL);
    gboolean is_grantor = g_str_has_suffix(letters, grantor);
    gsize kept = strlen(letters) - (is_grantor ? length : 0);
    g_autofree char *text = g_strdup_printf("%s%.*s%s", is_grantee ? new : "", (int)kept, letters,
                                            is_grantor ? new : "");

    return g_string_chunk_insert_const(catalog->texts, text);
}

static void rename_role(Catalog *catalog, char **acl, const char *old, const char *new)
{
    for (char **item = acl; item && *item; item++)
        *item = acl_item_with(catalog, *item, old, new);
}

static void take_owner(Catalog *catalog, Object *object, const char *role, const char *owner)
{
    g_autofree char *old = acl_role(role);
    g_autofree char *new = acl_role(owner);

    rename_role(catalog, object->acl, old, new);
    rename_role(catalog, object->baseline, old, new);
    for (guint i = 0; object->parts && i < object->parts->len; i++) {
        Object *part = object->parts->pdata[i];

        if (part->kind == KIND_COLUMN)
            rename_role(catalog, part->acl, old, new);
    }
    object->owner = g_string_chunk_insert_const(catalog->texts, owner);
}

static gboolean is_grant_to(const char *item, const char *role)
{
    gsize length = strlen(role);

    return strncmp(item, role, length) == 0 && item[length] == '=';
}

static const char *find_grant(char *const *acl, const char *role)
{
    for (; acl && *acl; acl++)
        if (is_grant_to(*acl, role))
            return *acl;
    return NULL;
}

/* What an owner has been granted shows only when it is the owner no more. */
static void take_grant(Catalog *catalog, Object *object, const Object *model, const char *role)
{
    g_autofree char *name = acl_role(role);
    const char *grant = find_grant(model->acl, name);
    char **old = object->acl ? object->acl : object->baseline;
    guint count = old ? g_strv_length(old) : 0;
    char **acl;

    if (!grant || find_grant(old, name))
        return;
    acl = g_new0(char *, count + 2);
    for (guint i = 0; i < count; i++)
        acl[i] = old[i];
    acl[count] = g_string_chunk_insert_const(catalog->texts, grant);
    g_free(object->acl);
    object->acl = acl;
}

void catalog_take_owners(Catalog *catalog, const Catalog *model, const char *role)
{
    for (guint i = 0; i < catalog->objects->len; i++) {
        Object *object = catalog->objects->pdata[i];
        const Object *other = catalog_find(model, object->identity);

        if (!other || !other->owner || object->owner)
            continue;
        take_owner(catalog, object, role, other->owner);
        take_grant(catalog, object, other, role);
    }
}

/* Default privileges are somebody's in any case. */
void catalog_forget_owner(Catalog *catalog, const char *role)
{
    for (guint i = 0; i < catalog->objects->len; i++) {
        Object *object = catalog->objects->pdata[i];

        if (object->kind != KIND_DEFAULT_PRIVILEGE && g_strcmp0(object->owner, role) == 0)
            object->owner = NULL;
    }
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
