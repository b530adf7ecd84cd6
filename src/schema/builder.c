/* From rows to objects, and from the server's numbers to pointers. */
#include "schema/builder.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/textarray.h"
#include "schema/catalog_private.h"
#include "schema/identity.h"
#include "schema/implied.h"

enum { CLASS_DEFAULT = 2604 }; /* pg_attrdef */
enum { ALIAS_CHAIN_MAX = 8 };  /* array of a row type of a table, made by an extension... */

/* Columns that are no field of a kind. */
typedef enum {
    PLACE_CLASS,
    PLACE_OID,
    PLACE_PARENT_CLASS,
    PLACE_PARENT,
    PLACE_SCHEMA,
    PLACE_NAME,
    PLACE_OWNER,
    PLACE_COMMENT,
    PLACE_ACL,
    PLACE_BASELINE,
    PLACE_COUNT,
} Place;

static const char *const place_names[PLACE_COUNT] = {
    "class", "oid",   "parent_class", "parent", "schema",
    "name",  "owner", "comment",      "acl",    "baseline",
};

typedef struct {
    Object *object;
    guint64 parent; /* key; 0: none */
} Pending;

typedef struct {
    CatalogKey object;
    CatalogKey other;
} Need;

struct CatalogBuilder {
    const Filter *filter;
    Catalog *catalog;
    ObjectKind kind;
    const Field *columns[64]; /* NULL: places[i] */
    Place places[64];
    guint count;
    GArray *pending;     /* of Pending */
    GHashTable *objects; /* key -> Object */
    GHashTable *aliases; /* key -> key */
    GArray *needs;       /* of Need */
};

static guint64 key_of(CatalogKey key)
{
    return (guint64)key.class_id << 32 | key.object_id;
}

CatalogBuilder *builder_new(const Filter *filter)
{
    CatalogBuilder *builder = g_new0(CatalogBuilder, 1);

    builder->filter = filter;
    builder->catalog = catalog_new();
    builder->pending = g_array_new(FALSE, FALSE, sizeof(Pending));
    builder->objects = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    builder->aliases = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    builder->needs = g_array_new(FALSE, FALSE, sizeof(Need));
    return builder;
}

void builder_free(CatalogBuilder *builder)
{
    if (!builder)
        return;
    catalog_free(builder->catalog);
    g_array_unref(builder->pending);
    g_hash_table_unref(builder->objects);
    g_hash_table_unref(builder->aliases);
    g_array_unref(builder->needs);
    g_free(builder);
}

/* --- Rows ------------------------------------------------------------------------------------- */

static const Field *find_field(const KindTraits *traits, const char *name)
{
    for (gsize i = 0; i < traits->count; i++)
        if (strcmp(traits->fields[i].name, name) == 0)
            return &traits->fields[i];
    return NULL;
}

static gboolean find_place(const char *name, Place *place)
{
    for (Place i = 0; i < PLACE_COUNT; i++)
        if (strcmp(place_names[i], name) == 0) {
            *place = i;
            return TRUE;
        }
    return FALSE;
}

static gboolean require_all_fields(const KindTraits *traits, const char *const *columns,
                                   guint count, GError **error)
{
    for (gsize i = 0; i < traits->count; i++) {
        guint at = 0;

        while (at < count && strcmp(columns[at], traits->fields[i].name) != 0)
            at++;
        if (at == count) {
            error_set(error, ERROR_INTERNAL, "the query for %s has no column %s", traits->slug,
                      traits->fields[i].name);
            return FALSE;
        }
    }
    return TRUE;
}

gboolean builder_begin(CatalogBuilder *builder, ObjectKind kind, const char *const *columns,
                       guint count, GError **error)
{
    const KindTraits *traits = kind_traits(kind);

    g_assert(count <= G_N_ELEMENTS(builder->columns));
    for (guint i = 0; i < count; i++) {
        builder->columns[i] = find_field(traits, columns[i]);
        if (!builder->columns[i] && !find_place(columns[i], &builder->places[i])) {
            error_set(error, ERROR_INTERNAL, "%s has no field for the column %s", traits->slug,
                      columns[i]);
            return FALSE;
        }
    }
    builder->kind = kind;
    builder->count = count;
    return require_all_fields(traits, columns, count, error);
}

/* Options that say nothing about the schema: a counter that some servers keep with each column, and
 * secrets. */
static gboolean is_unwanted_option(const char *option)
{
    static const char *const secrets[] = {"password",   "passwd",     "passphrase", "secret",
                                          "token",      "apikey",     "api_key",    "access_key",
                                          "credential", "private_key"};
    g_autofree char *name = g_ascii_strdown(option, (gssize)strcspn(option, "="));

    if (strcmp(name, "pg_attver") == 0)
        return TRUE;
    for (gsize i = 0; i < G_N_ELEMENTS(secrets); i++)
        if (strstr(name, secrets[i]))
            return TRUE;
    return FALSE;
}

static char *keep_text(CatalogBuilder *builder, const char *value)
{
    return value ? g_string_chunk_insert_const(builder->catalog->texts, value) : NULL;
}

static char **keep_texts(CatalogBuilder *builder, const char *value, gboolean are_options)
{
    g_auto(GStrv) parsed = value ? text_array_parse(value) : NULL;
    char **texts = NULL;
    gsize count = 0;

    if (!parsed)
        return NULL;
    texts = g_new0(char *, g_strv_length(parsed) + 1);
    for (char **item = parsed; *item; item++)
        if (!are_options || !is_unwanted_option(*item))
            texts[count++] = keep_text(builder, *item);
    return texts;
}

/* Nothing and an empty list say the same in a field. */
static char **keep_list(CatalogBuilder *builder, const Field *field, const char *value)
{
    char **texts = keep_texts(builder, value, g_str_has_suffix(field->name, "options"));

    if (texts && !texts[0])
        g_clear_pointer(&texts, g_free);
    return texts;
}

static void set_field(CatalogBuilder *builder, Object *object, const Field *field,
                      const char *value)
{
    switch (field->type) {
    case FIELD_TEXT:
        *FIELD_AT(object, field, char *) = keep_text(builder, value);
        break;
    case FIELD_TEXTS:
        *FIELD_AT(object, field, char **) = keep_list(builder, field, value);
        break;
    case FIELD_FLAG:
        *FIELD_AT(object, field, gboolean) = value && *value == 't';
        break;
    case FIELD_NUMBER:
        *FIELD_AT(object, field, gint64) = value ? g_ascii_strtoll(value, NULL, 10) : 0;
        break;
    case FIELD_LETTER:
        *FIELD_AT(object, field, char) = value ? *value : '\0';
        break;
    }
}

static guint32 number_of(const char *value)
{
    return value ? (guint32)g_ascii_strtoull(value, NULL, 10) : 0;
}

static void read_places(CatalogBuilder *builder, const char *const *values,
                        const char *places[PLACE_COUNT])
{
    for (guint i = 0; i < builder->count; i++)
        if (!builder->columns[i])
            places[builder->places[i]] = values[i];
}

static guint64 read_key(const char *class_id, const char *object_id)
{
    return key_of((CatalogKey){number_of(class_id), number_of(object_id)});
}

/* Objects of a schema that is not managed do not come; parts stand and fall with their parents. */
static gboolean is_wanted(const CatalogBuilder *builder, const char *const places[PLACE_COUNT])
{
    if (places[PLACE_PARENT] && !places[PLACE_SCHEMA])
        return TRUE;
    if (builder->kind == KIND_SCHEMA || builder->kind == KIND_DEFAULT_PRIVILEGE)
        return TRUE;
    return filter_takes(builder->filter, places[PLACE_SCHEMA], places[PLACE_NAME]);
}

void builder_row(CatalogBuilder *builder, const char *const *values)
{
    const char *places[PLACE_COUNT] = {NULL};
    Pending pending = {NULL, 0};
    Object *object;

    read_places(builder, values, places);
    if (!places[PLACE_NAME] || !is_wanted(builder, places))
        return;
    object = g_malloc0(kind_traits(builder->kind)->size);
    object->kind = builder->kind;
    for (guint i = 0; i < builder->count; i++)
        if (builder->columns[i])
            set_field(builder, object, builder->columns[i], values[i]);
    object->schema = keep_text(builder, places[PLACE_SCHEMA]);
    object->name = keep_text(builder, places[PLACE_NAME]);
    object->owner = keep_text(builder, places[PLACE_OWNER]);
    object->comment = keep_text(builder, places[PLACE_COMMENT]);
    object->acl = keep_texts(builder, places[PLACE_ACL], FALSE);
    object->baseline = keep_texts(builder, places[PLACE_BASELINE], FALSE);
    g_ptr_array_add(builder->catalog->all, object);
    pending.object = object;
    if (places[PLACE_PARENT])
        pending.parent = read_key(places[PLACE_PARENT_CLASS], places[PLACE_PARENT]);
    g_array_append_val(builder->pending, pending);
    if (places[PLACE_OID]) {
        guint64 key = read_key(places[PLACE_CLASS], places[PLACE_OID]);

        g_hash_table_insert(builder->objects, g_memdup2(&key, sizeof key), object);
    }
}

void builder_alias(CatalogBuilder *builder, CatalogKey alias, CatalogKey object)
{
    guint64 from = key_of(alias);
    guint64 to = key_of(object);

    g_hash_table_insert(builder->aliases, g_memdup2(&from, sizeof from), g_memdup2(&to, sizeof to));
}

void builder_need(CatalogBuilder *builder, CatalogKey object, CatalogKey other)
{
    const Need need = {object, other};

    g_array_append_val(builder->needs, need);
}

/* --- Who belongs to whom ---------------------------------------------------------------------- */

static Object *look_up(const CatalogBuilder *builder, guint64 key)
{
    for (int i = 0; i < ALIAS_CHAIN_MAX; i++) {
        Object *object = g_hash_table_lookup(builder->objects, &key);
        const guint64 *next = object ? NULL : g_hash_table_lookup(builder->aliases, &key);

        if (object || !next)
            return object;
        key = *next;
    }
    return NULL;
}

/* FALSE: what it is part of is not managed. */
static gboolean find_parent(const CatalogBuilder *builder, const Pending *pending)
{
    Object *object = pending->object;

    if (!pending->parent)
        return TRUE;
    object->parent = look_up(builder, pending->parent);
    if (object->parent && !object->schema)
        object->schema = object->parent->schema;
    return object->parent != NULL;
}

static int compare_parts(gconstpointer a, gconstpointer b)
{
    const Object *left = *(const Object *const *)a;
    const Object *right = *(const Object *const *)b;

    if (left->kind != right->kind)
        return (int)left->kind - (int)right->kind;
    if (left->kind == KIND_COLUMN)
        return ((const Column *)left)->position < ((const Column *)right)->position ? -1 : 1;
    return strcmp(left->name, right->name);
}

static void join_parent(Object *object)
{
    Object *parent = (Object *)object->parent;

    if (!parent->parts)
        parent->parts = g_ptr_array_new();
    g_ptr_array_add(parent->parts, object);
}

static int compare_objects(gconstpointer a, gconstpointer b)
{
    const Object *left = *(const Object *const *)a;
    const Object *right = *(const Object *const *)b;

    return left->kind == right->kind ? strcmp(left->identity, right->identity)
                                     : (int)left->kind - (int)right->kind;
}

static void place_object(CatalogBuilder *builder, Object *object)
{
    Catalog *catalog = builder->catalog;
    g_autofree char *reference = identity_reference(object);
    g_autofree char *identity = identity_of(object);

    object->reference = keep_text(builder, reference);
    object->identity = keep_text(builder, identity);
    if (object_is_inner(object) || (object->kind == KIND_SEQUENCE && object->parent))
        join_parent(object);
    if (object_is_inner(object))
        return;
    g_ptr_array_add(catalog->objects, object);
    g_hash_table_insert(catalog->by_identity, object->identity, object);
}

static gboolean forget_object(gpointer key, gpointer object, gpointer lost)
{
    return g_hash_table_contains(lost, object);
}

/* Parts of what is not managed go; all others learn their names. */
static void settle_objects(CatalogBuilder *builder)
{
    Catalog *catalog = builder->catalog;
    g_autoptr(GHashTable) lost = g_hash_table_new(NULL, NULL);

    for (guint i = 0; i < builder->pending->len; i++) {
        const Pending *pending = &g_array_index(builder->pending, Pending, i);

        if (!find_parent(builder, pending))
            g_hash_table_add(lost, pending->object);
    }
    g_hash_table_foreach_remove(builder->objects, forget_object, lost);
    for (guint i = 0; i < catalog->all->len; i++)
        if (!g_hash_table_contains(lost, catalog->all->pdata[i]))
            place_object(builder, catalog->all->pdata[i]);
    for (guint i = 0; i < catalog->objects->len; i++) {
        const Object *object = catalog->objects->pdata[i];

        if (object->parts)
            g_ptr_array_sort(object->parts, compare_parts);
    }
    g_ptr_array_sort(catalog->objects, compare_objects);
}

/* --- Who needs whom --------------------------------------------------------------------------- */

static void add_need(GPtrArray **needs, const Object *other)
{
    if (!*needs)
        *needs = g_ptr_array_new();
    g_ptr_array_add(*needs, (gpointer)other);
}

static const Object *outer(const Object *object)
{
    return object && object_is_inner(object) ? object->parent : object;
}

/* A sequence that belongs to a column is there before its table: the column's default needs it. */
static gboolean is_ownership(const Object *object, const Object *other)
{
    return object->kind == KIND_SEQUENCE && object->parent == other &&
           !((const Sequence *)object)->is_identity;
}

static const char *column_at(const Object *object, gint32 position)
{
    for (guint i = 0; position > 0 && object->parts && i < object->parts->len; i++) {
        const Object *part = object->parts->pdata[i];

        if (part->kind == KIND_COLUMN && ((const Column *)part)->position == position)
            return part->name;
    }
    return NULL;
}

static void add_use(Object *object, const Object *other, const Need *need)
{
    const Use use = {other, column_at(other, need->other.column),
                     column_at(object, need->object.column),
                     need->object.class_id == CLASS_DEFAULT};

    if (object == other && !use.own_column)
        return;
    if (!object->uses)
        object->uses = g_array_new(FALSE, FALSE, sizeof(Use));
    g_array_append_val(object->uses, use);
}

static void settle_need(const CatalogBuilder *builder, const Need *need)
{
    Object *object = (Object *)outer(look_up(builder, key_of(need->object)));
    const Object *other = outer(look_up(builder, key_of(need->other)));
    gboolean is_default = need->object.class_id == CLASS_DEFAULT;

    if (!object || !other || is_ownership(object, other))
        return;
    add_use(object, other, need);
    if (object != other)
        add_need(is_default ? &object->default_needs : &object->needs, other);
}

static void sort_once(GPtrArray *needs)
{
    guint kept = 0;

    if (!needs)
        return;
    g_ptr_array_sort(needs, compare_objects);
    for (guint i = 0; i < needs->len; i++)
        if (kept == 0 || needs->pdata[kept - 1] != needs->pdata[i])
            needs->pdata[kept++] = needs->pdata[i];
    g_ptr_array_set_size(needs, (int)kept);
}

static void settle_needs(CatalogBuilder *builder)
{
    const GPtrArray *objects = builder->catalog->objects;

    for (guint i = 0; i < builder->needs->len; i++)
        settle_need(builder, &g_array_index(builder->needs, Need, i));
    for (guint i = 0; i < objects->len; i++) {
        Object *object = objects->pdata[i];

        if (object->parent && !is_ownership(object, object->parent))
            add_need(&object->needs, object->parent);
    }
    implied_add(builder->catalog);
    for (guint i = 0; i < objects->len; i++) {
        sort_once(((Object *)objects->pdata[i])->needs);
        sort_once(((Object *)objects->pdata[i])->default_needs);
    }
}

Catalog *builder_finish(CatalogBuilder *builder)
{
    settle_objects(builder);
    settle_needs(builder);
    return g_steal_pointer(&builder->catalog);
}
