/* What may have been renamed: something is gone, and something of the same shape is new. */
#include "schema/diff_rename.h"

#include <string.h>

#include "schema/ddl_private.h"
#include "schema/diff_plan.h"
#include "schema/name.h"

/* Of the columns of the larger table so many must be alike, in percent. */
enum { TABLE_LIKENESS_MIN = 60 };

void diff_rename_free(DiffRename *rename)
{
    if (!rename)
        return;
    g_free(rename->from);
    g_free(rename->to);
    g_free(rename->statement);
    g_free(rename);
}

static void rename_free(gpointer rename)
{
    diff_rename_free(rename);
}

/* --- Statements ------------------------------------------------------------------------------- */

static DiffRename *rename_new(ObjectKind kind, char *from, const char *to, char *statement)
{
    DiffRename *rename = g_new0(DiffRename, 1);

    rename->kind = kind;
    rename->from = from;
    rename->to = name_quote(to);
    rename->statement = statement;
    return rename;
}

/* "public.t.c" for parts, too. */
static char *path_of(const Object *object)
{
    g_autofree char *name = name_quote(object->name);

    if (object->parent && object->kind != KIND_SEQUENCE && object->kind != KIND_INDEX)
        return g_strdup_printf("%s.%s", object->parent->reference, name);
    return name_qualify(object->schema, object->name);
}

gboolean rename_is_possible(const Object *object)
{
    switch (object->kind) {
    case KIND_EXTENSION:
    case KIND_CAST:
    case KIND_USER_MAPPING:
    case KIND_DEFAULT_PRIVILEGE:
    case KIND_OPERATOR:
        return FALSE;
    case KIND_INDEX:
        return !((const Index *)object)->is_of_constraint;
    case KIND_TRIGGER:
        return !((const Trigger *)object)->is_cloned;
    case KIND_CONSTRAINT:
        return ((const Constraint *)object)->is_local || ((const Constraint *)object)->type != 'c';
    default:
        return TRUE;
    }
}

DiffRename *rename_of_object(const Object *object, const char *to)
{
    g_autofree char *old = name_quote(object->name);
    g_autofree char *new = name_quote(to);
    char *statement;

    if (object->kind == KIND_CONSTRAINT || object->kind == KIND_COLUMN)
        statement = g_strdup_printf("ALTER %s %s RENAME %s %s TO %s", object_word(object->parent),
                                    object->parent->reference,
                                    object->kind == KIND_CONSTRAINT          ? "CONSTRAINT"
                                    : object->parent->kind == KIND_COMPOSITE ? "ATTRIBUTE"
                                                                             : "COLUMN",
                                    old, new);
    else
        statement = g_strdup_printf("ALTER %s %s RENAME TO %s", object_word(object),
                                    object->reference, new);
    return rename_new(object->kind, path_of(object), to, statement);
}

DiffRename *rename_of_label(const Enum *type, const char *from, const char *to)
{
    g_autofree char *old = ddl_literal(from);
    g_autofree char *new = ddl_literal(to);
    g_autofree char *name = name_quote(from);

    return rename_new(
        KIND_ENUM, g_strdup_printf("%s.%s", type->base.reference, name), to,
        g_strdup_printf("ALTER TYPE %s RENAME VALUE %s TO %s", type->base.reference, old, new));
}

/* --- Columns and labels ----------------------------------------------------------------------- */

static gboolean is_alike(const Column *from, const Column *to)
{
    return strcmp(from->type, to->type) == 0 && from->generated == to->generated &&
           g_strcmp0(from->collation, to->collation) == 0;
}

static const Column *new_column_like(const Object *from, const Object *to, const Column *gone,
                                     GHashTable *taken)
{
    for (guint i = 0; i < to->parts->len; i++) {
        const Column *column = to->parts->pdata[i];

        if (column->base.kind == KIND_COLUMN && !object_column(from, column->base.name) &&
            is_alike(gone, column) && !g_hash_table_contains(taken, column))
            return column;
    }
    return NULL;
}

static void add_columns(GPtrArray *renames, const Object *from, const Object *to)
{
    g_autoptr(GHashTable) taken = g_hash_table_new(NULL, NULL);

    for (guint i = 0; from->parts && to->parts && i < from->parts->len; i++) {
        const Column *gone = from->parts->pdata[i];
        const Column *new = NULL;

        if (gone->base.kind != KIND_COLUMN || object_column(to, gone->base.name) ||
            (gone->is_inherited && !gone->is_local))
            continue;
        new = new_column_like(from, to, gone, taken);
        if (!new)
            continue;
        g_hash_table_add(taken, (gpointer) new);
        g_ptr_array_add(renames, rename_of_object(&gone->base, new->base.name));
    }
}

static gboolean has_label(const Enum *type, const char *label)
{
    return type->labels && g_strv_contains((const char *const *)type->labels, label);
}

/* In the same place. */
static void add_labels(GPtrArray *renames, const Enum *from, const Enum *to)
{
    for (guint i = 0; from->labels && to->labels && from->labels[i] && to->labels[i]; i++)
        if (!has_label(to, from->labels[i]) && !has_label(from, to->labels[i]))
            g_ptr_array_add(renames, rename_of_label(from, from->labels[i], to->labels[i]));
}

/* --- Objects ---------------------------------------------------------------------------------- */

static guint count_columns(const Object *table)
{
    guint count = 0;

    for (guint i = 0; table->parts && i < table->parts->len; i++)
        count += ((const Object *)table->parts->pdata[i])->kind == KIND_COLUMN;
    return count;
}

static gboolean is_table_alike(const Object *from, const Object *to)
{
    guint common = 0;

    for (guint i = 0; from->parts && i < from->parts->len; i++) {
        const Column *column = from->parts->pdata[i];
        const Column *other =
            column->base.kind == KIND_COLUMN ? object_column(to, column->base.name) : NULL;

        common += other && is_alike(column, other);
    }
    return ((const Table *)from)->type == ((const Table *)to)->type &&
           common * 100 >= TABLE_LIKENESS_MIN * MAX(count_columns(from), count_columns(to)) &&
           common > 0;
}

static gboolean is_in_word(char letter)
{
    return g_ascii_isalnum(letter) || letter == '_' || letter == '$' || (letter & 0x80) != 0;
}

/* The text without that word. */
static char *without(const char *text, const char *word)
{
    g_autoptr(GString) rest = g_string_new(NULL);
    gsize length = strlen(word);
    const char *start = text;

    for (const char *found = strstr(text, word); found; found = strstr(text, word)) {
        gboolean is_whole =
            (found == start || !is_in_word(found[-1])) && !is_in_word(found[length]);

        g_string_append_len(rest, text, found - text);
        g_string_append_len(rest, is_whole ? "\x01" : found, is_whole ? 1 : (gssize)length);
        text = found + length;
    }
    g_string_append(rest, text);
    return g_string_free(g_steal_pointer(&rest), FALSE);
}

/* Its text without its name. */
static char *shape_of(const Object *object)
{
    g_autofree char *text = ddl_text(object, DDL_DEFAULTS);
    g_autofree char *name = name_quote(object->name);
    g_autofree char *qualified = name_qualify(object->schema, object->name);
    g_autofree char *unqualified = without(text, qualified);

    return without(unqualified, name);
}

static gboolean is_object_alike(const Object *from, const Object *to)
{
    g_autofree char *old = NULL;
    g_autofree char *new = NULL;

    if (from->kind != to->kind || g_strcmp0(from->schema, to->schema) != 0)
        return FALSE;
    if (from->parent &&
        g_strcmp0(from->parent->identity, to->parent ? to->parent->identity : "") != 0)
        return FALSE;
    if (from->kind == KIND_TABLE)
        return is_table_alike(from, to);
    old = shape_of(from);
    new = shape_of(to);
    return *old && strcmp(old, new) == 0;
}

/* What is part of something that is dropped or new itself has no name of its own to give. */
static gboolean stands_alone(const DiffPlan *plan, const Object *object)
{
    return rename_is_possible(object) && object->kind != KIND_SCHEMA &&
           !(object->kind == KIND_SEQUENCE && object->parent) &&
           !(object->parent && diff_is_gone(plan, object->parent));
}

static const Object *find_alike(const DiffPlan *plan, const Object *gone, GHashTable *taken)
{
    for (guint i = 0; i < plan->changes->len; i++) {
        const DiffChange *change = plan->changes->pdata[i];

        if (!change->from && change->to->kind == gone->kind &&
            !g_hash_table_contains(taken, change->to) && stands_alone(plan, change->to) &&
            is_object_alike(gone, change->to))
            return change->to;
    }
    return NULL;
}

static void add_objects(GPtrArray *renames, const DiffPlan *plan)
{
    g_autoptr(GHashTable) taken = g_hash_table_new(NULL, NULL);

    for (guint i = 0; i < plan->changes->len; i++) {
        const DiffChange *change = plan->changes->pdata[i];
        const Object *new = NULL;

        if (change->to || !stands_alone(plan, change->from))
            continue;
        new = find_alike(plan, change->from, taken);
        if (!new)
            continue;
        g_hash_table_add(taken, (gpointer) new);
        g_ptr_array_add(renames, rename_of_object(change->from, new->name));
    }
}

static gboolean has_columns_of_its_own(const Object *object)
{
    return object->kind == KIND_TABLE || object->kind == KIND_COMPOSITE;
}

GPtrArray *diff_candidates(const DiffPlan *plan)
{
    GPtrArray *renames = g_ptr_array_new_with_free_func(rename_free);

    add_objects(renames, plan);
    for (guint i = 0; i < plan->changes->len; i++) {
        const DiffChange *change = plan->changes->pdata[i];

        if (!change->from || !change->to || change->fate == FATE_SAME)
            continue;
        if (has_columns_of_its_own(change->from))
            add_columns(renames, change->from, change->to);
        if (change->from->kind == KIND_ENUM)
            add_labels(renames, (const Enum *)change->from, (const Enum *)change->to);
    }
    return renames;
}
