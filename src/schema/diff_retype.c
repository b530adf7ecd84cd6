/* The old type steps aside under another name, the new one takes its place, and columns are altered
 * from one to the other, without their defaults, which the plan takes away and gives back. What
 * contains the type has to be dropped and made again: columns of that wait as text meanwhile. */
#include "schema/diff_retype.h"

#include <string.h>

#include "base/error.h"
#include "schema/ddl_private.h"
#include "schema/diff_plan.h"
#include "schema/diff_use.h"
#include "schema/name.h"

typedef struct {
    DiffPlan *plan;
    const Object *from;
    const Object *to;
    TypeUse *use;
    DiffOperation *operation;
} Retype;

/* Those cannot stand aside: the functions that a range brings would clash; of a row type nothing
 * converts. */
static gboolean is_parked(const Retype *retype, const Object *type)
{
    return type != retype->from || type->kind == KIND_RANGE || type->kind == KIND_COMPOSITE;
}

/* --- Columns ---------------------------------------------------------------------------------- */

static const Object *counterpart(const Retype *retype, const Object *object)
{
    return catalog_find(diff_to(retype->plan), object->identity);
}

/* What the column is on the new side, when it keeps its type; else NULL: what becomes of it is its
 * table's business, which finds it as text. */
static const Column *kept(const Retype *retype, const Column *column)
{
    const Object *table = counterpart(retype, column->base.parent);
    const Column *new = table ? object_column(table, column->base.name) : NULL;

    return new &&strcmp(new->type, column->type) == 0 &&
                   new->generated ==
                       column->generated &&g_strcmp0(new->collation, column->collation) == 0
               ? new
               : NULL;
}

/* It is altered with its parent's. */
static gboolean follows_parent(const Column *column)
{
    return column->is_inherited;
}

static gboolean is_foreign(const Object *table)
{
    return ((const Table *)table)->type == 'f';
}

static void append_clause(GString *clauses, const Column *column, const char *type,
                          const char *collation, const char *cast)
{
    g_autofree char *name = name_quote(column->base.name);

    g_string_append_printf(clauses, "%s ALTER COLUMN %s TYPE %s", clauses->len ? "," : "", name,
                           type);
    if (collation)
        g_string_append_printf(clauses, " COLLATE %s", collation);
    if (cast && !is_foreign(column->base.parent))
        g_string_append_printf(clauses, " USING %s%s", name, cast);
}

/* All of a table in one statement: it is rewritten once, and conditions that compare two of its
 * columns are valid before and after. */
static void alter_columns(Retype *retype, const Object *table, const GString *clauses)
{
    if (clauses->len)
        diff_statement(retype->operation, "ALTER %s %s%s", object_word(table), table->reference,
                       clauses->str);
}

static gboolean is_affected(const Retype *retype, const Object *type)
{
    return type == retype->from || g_ptr_array_find(retype->use->types, type, NULL);
}

static const Object *affected_need(const Retype *retype, const Object *type)
{
    for (guint i = 0; type->needs && i < type->needs->len; i++)
        if (is_affected(retype, type->needs->pdata[i]))
            return type->needs->pdata[i];
    return NULL;
}

/* What a column waits as: a domain's values as what the domain is made of, so that they come back
 * as the server converts them; all others as text. */
static char *resting_type(const Retype *retype, const ColumnUse *use)
{
    const Object *type = use->type;
    gboolean is_array = g_str_has_suffix(use->column->type, "[]");
    const char *base = "text";

    while (type && type->kind == KIND_DOMAIN) {
        base = ((const Domain *)type)->type;
        type = affected_need(retype, type);
    }
    if (use->type->kind != KIND_DOMAIN || (type && type->kind != KIND_COLLATION) ||
        (is_array && g_str_has_suffix(base, "]")))
        return g_strdup("text");
    return g_strconcat(base, is_array ? "[]" : "", NULL);
}

static void park_columns(Retype *retype, const Object *table)
{
    g_autoptr(GString) clauses = g_string_new(NULL);

    for (guint i = 0; i < retype->use->columns->len; i++) {
        const ColumnUse *use = &g_array_index(retype->use->columns, ColumnUse, i);

        g_autofree char *type = resting_type(retype, use);
        g_autofree char *cast = g_strconcat("::", type, NULL);

        if (use->column->base.parent == table && !follows_parent(use->column) &&
            !use->column->generated && is_parked(retype, use->type))
            append_clause(clauses, use->column, type, NULL, cast);
    }
    alter_columns(retype, table, clauses);
}

/* An enum's labels are the same text in both; a domain's values are of its base type. */
static char *cast_of(const Retype *retype, const ColumnUse *use)
{
    return g_strdup_printf("%s::%s", use->type->kind == KIND_ENUM ? "::text" : "",
                           use->column->type);
}

static void move_columns(Retype *retype, const Object *table)
{
    g_autoptr(GString) clauses = g_string_new(NULL);

    for (guint i = 0; i < retype->use->columns->len; i++) {
        const ColumnUse *use = &g_array_index(retype->use->columns, ColumnUse, i);
        const Column *column = use->column;
        g_autofree char *cast = NULL;

        if (column->base.parent != table || follows_parent(column) || column->generated)
            continue;
        if (!kept(retype, column)) {
            if (!is_parked(retype, use->type))
                append_clause(clauses, column, "text", NULL, "::text");
            continue;
        }
        cast = use->type->kind == KIND_COLLATION ? NULL : cast_of(retype, use);
        append_clause(clauses, column, column->type, column->collation, cast);
    }
    alter_columns(retype, table, clauses);
}

/* --- Tables ----------------------------------------------------------------------------------- */

static void release_table(Retype *retype, const Object *table)
{
    if (g_ptr_array_find(retype->use->rows, table, NULL))
        diff_statement(retype->operation, "ALTER TABLE %s NOT OF", table->reference);
    park_columns(retype, table);
}

static void restore_table(Retype *retype, const Object *table)
{
    move_columns(retype, table);
    if (g_ptr_array_find(retype->use->rows, table, NULL))
        diff_statement(retype->operation, "ALTER TABLE %s OF %s", table->reference,
                       ((const Table *)table)->of_type);
}

/* Tables that are gone on the new side were dropped before. */
static void for_tables(Retype *retype, void (*act)(Retype *, const Object *))
{
    const GPtrArray *objects = catalog_objects(diff_from(retype->plan));

    for (guint i = 0; i < objects->len; i++) {
        const Object *object = objects->pdata[i];

        if (object->kind == KIND_TABLE && counterpart(retype, object))
            act(retype, object);
    }
}

/* --- The types -------------------------------------------------------------------------------- */

/* As `to`, but with the owner, comment and privileges that are there now: those are altered like
 * those of any other object. */
static void make(Retype *retype, const Object *from, const Object *to)
{
    g_autofree Object *made = g_memdup2(to, kind_traits(to->kind)->size);
    g_autoptr(GPtrArray) statements = NULL;

    made->owner = from->owner;
    made->comment = from->comment;
    made->acl = from->acl;
    made->baseline = from->baseline;
    statements = ddl_create(made, DDL_ALL);
    for (guint i = 0; i < statements->len; i++)
        diff_statement(retype->operation, "%s", (const char *)statements->pdata[i]);
}

static void drop(Retype *retype, const Object *type)
{
    diff_statement(retype->operation, "DROP %s %s", object_word(type), type->reference);
}

static void drop_containers(Retype *retype)
{
    const GPtrArray *types = retype->use->types;

    for (guint i = types->len; i > 0; i--)
        drop(retype, types->pdata[i - 1]);
}

static void make_containers(Retype *retype)
{
    const GPtrArray *types = retype->use->types;

    for (guint i = 0; i < types->len; i++) {
        const Object *new = counterpart(retype, types->pdata[i]);

        make(retype, types->pdata[i], new ? new : types->pdata[i]);
    }
}

static void replace(Retype *retype)
{
    const Object *from = retype->from;
    g_autofree char *name = diff_free_name(retype->plan, from, from->name, "old");
    g_autofree char *schema = name_quote(from->schema);
    gboolean is_dropped = is_parked(retype, from);

    for_tables(retype, release_table);
    drop_containers(retype);
    if (is_dropped)
        drop(retype, from);
    else
        diff_statement(retype->operation, "ALTER %s %s RENAME TO %s", object_word(from),
                       from->reference, name);
    make(retype, from, retype->to);
    make_containers(retype);
    for_tables(retype, restore_table);
    if (!is_dropped)
        diff_statement(retype->operation, "DROP %s %s.%s", object_word(from), schema, name);
}

/* --- What else is to be said ------------------------------------------------------------------ */

static void disturb(Retype *retype)
{
    const TypeUse *use = retype->use;

    diff_disturb(retype->plan, retype->from, NULL);
    for (guint i = 0; i < use->types->len; i++)
        diff_disturb(retype->plan, use->types->pdata[i], NULL);
    for (guint i = 0; i < use->columns->len; i++) {
        const ColumnUse *found = &g_array_index(use->columns, ColumnUse, i);
        const Object *table = found->column->base.parent;

        plan_disturb_column(retype->plan, table, found->column->base.name,
                            is_parked(retype, found->type));
    }
}

/* A table that goes does so before, and one that changes finds the new type. */
static void order_table(Retype *retype, const Object *table)
{
    if (counterpart(retype, table))
        diff_precede(retype->plan, retype->from, SLOT_ALTER, table, SLOT_ALTER);
    else
        diff_precede(retype->plan, table, SLOT_BEFORE, retype->from, SLOT_ALTER);
}

static void order_tables(Retype *retype)
{
    const Object *last = NULL;

    for (guint i = 0; i < retype->use->columns->len; i++) {
        const Object *table = g_array_index(retype->use->columns, ColumnUse, i).column->base.parent;

        if (table != last)
            order_table(retype, table);
        last = table;
    }
}

/* "ARRAY['x', 'y']" */
static char *array_of(char *const *labels)
{
    g_autoptr(GString) list = g_string_new("ARRAY[");

    for (char *const *label = labels; *label; label++) {
        g_autofree char *literal = ddl_literal(*label);

        g_string_append_printf(list, "%s%s", label == labels ? "" : ", ", literal);
    }
    return g_string_free(g_string_append_c(g_steal_pointer(&list), ']'), FALSE);
}

/* A row type's values are text that only the server can look into: it refuses them itself. */
static void append_guard(GString *guard, const Column *column, const char *labels)
{
    g_autofree char *name = name_quote(column->base.name);
    gboolean is_array = g_str_has_suffix(column->type, "]");

    g_string_append_printf(guard, "%sSELECT FROM %s WHERE %s", guard->len ? " UNION ALL " : "",
                           column->base.parent->reference, name);
    g_string_append_printf(guard, is_array ? "::text[] && %s" : "::text = ANY (%s)", labels);
}

/* Generated columns are away when it is asked; their values are made of those of others. */
static void guard_rows(Retype *retype, char *const *removed)
{
    g_autofree char *labels = array_of(removed);
    g_autoptr(GString) guard = g_string_new(NULL);
    g_autoptr(GString) places = g_string_new(NULL);

    for (guint i = 0; i < retype->use->columns->len; i++) {
        const ColumnUse *use = &g_array_index(retype->use->columns, ColumnUse, i);

        if (!kept(retype, use->column) || use->column->generated || follows_parent(use->column) ||
            is_foreign(use->column->base.parent) || use->type->kind == KIND_COMPOSITE ||
            use->type->kind == KIND_RANGE)
            continue;
        append_guard(guard, use->column, labels);
        g_string_append_printf(places, "%s%s", places->len ? ", " : "",
                               use->column->base.reference);
    }
    if (!guard->len)
        return;
    retype->operation->guard = g_strdup(guard->str);
    retype->operation->guard_message =
        g_strdup_printf("rows have a value that %s loses (one of %s) in %s", retype->to->reference,
                        labels + strlen("ARRAY"), places->str);
}

static void warn(Retype *retype)
{
    if (retype->use->columns->len)
        diff_set_hazard(retype->operation,
                        "rewrites every table that has a column of %s, and locks "
                        "them against reading and writing meanwhile",
                        retype->from->reference);
}

/* "LIST (mood)" */
static gboolean is_key(const Column *column)
{
    const char *key = ((const Table *)column->base.parent)->partition_key;
    g_autofree char *name = name_quote(column->base.name);
    g_autofree char *escaped = g_regex_escape_string(name, -1);
    g_autofree char *pattern = g_strdup_printf("[ (]%s[ ,):]", escaped);

    return key && g_regex_match_simple(pattern, key, 0, 0);
}

static gboolean check_columns(const Retype *retype, GError **error)
{
    for (guint i = 0; i < retype->use->columns->len; i++) {
        const Column *column = g_array_index(retype->use->columns, ColumnUse, i).column;

        if (!counterpart(retype, column->base.parent) || !is_key(column))
            continue;
        error_set(error, ERROR_REFUSED,
                  "%s changes in a way that needs a new type, but %s is part of the partition key "
                  "of its table",
                  retype->from->reference, column->base.reference);
        error_set_hint(error, "keep what %s has, and only add to it", retype->from->reference);
        return FALSE;
    }
    return TRUE;
}

void retype_around(DiffPlan *plan, const Object *from, const Object *to, GPtrArray *statements)
{
    g_autoptr(TypeUse) use = type_use_find(diff_from(plan), from);
    Retype self = {plan, from, to, use, NULL};

    disturb(&self);
    order_tables(&self);
    self.operation = diff_operation(plan, to, "alter_type", "%s", to->reference);
    for_tables(&self, park_columns);
    for (guint i = 0; i < statements->len; i++)
        diff_statement(self.operation, "%s", (const char *)statements->pdata[i]);
    for_tables(&self, move_columns);
    warn(&self);
}

AlterOutcome retype(DiffPlan *plan, const Object *from, const Object *to, char *const *removed,
                    GError **error)
{
    g_autoptr(TypeUse) use = type_use_find(diff_from(plan), from);
    Retype self = {plan, from, to, use, NULL};

    if (!check_columns(&self, error))
        return ALTER_REFUSED;
    disturb(&self);
    order_tables(&self);
    self.operation = diff_operation(plan, to, "alter_type", "%s", to->reference);
    replace(&self);
    if (removed && *removed)
        guard_rows(&self, removed);
    warn(&self);
    return ALTER_IN_PLACE;
}
