/* Tables that stay: what is theirs beside columns, constraints and indexes. */
#include "schema/diff_plan.h"

#include <string.h>

#include "base/error.h"
#include "schema/ddl_private.h"
#include "schema/name.h"

/* A column of its own can join its parent's, but never be the parent's alone. */
static gboolean gives_column_away(const Object *from, const Table *to)
{
    for (guint i = 0; !to->partition_bound && to->base.parts && i < to->base.parts->len; i++) {
        const Column *column = to->base.parts->pdata[i];
        const Column *old =
            column->base.kind == KIND_COLUMN ? object_column(from, column->base.name) : NULL;

        if (old && old->is_local && !column->is_local)
            return TRUE;
    }
    return FALSE;
}

static gboolean has_word(const char *text, const char *word)
{
    gsize length = strlen(word);

    for (const char *found = strstr(text, word); found; found = strstr(found + 1, word)) {
        gboolean starts = found == text || (!g_ascii_isalnum(found[-1]) && found[-1] != '_');

        if (starts && !g_ascii_isalnum(found[length]) && found[length] != '_')
            return TRUE;
    }
    return FALSE;
}

/* The type of a column that the partition key has cannot be altered. */
static gboolean has_other_key_type(const Table *from, const Table *to)
{
    for (guint i = 0; to->partition_key && to->base.parts && i < to->base.parts->len; i++) {
        const Column *column = to->base.parts->pdata[i];
        const Column *old =
            column->base.kind == KIND_COLUMN ? object_column(&from->base, column->base.name) : NULL;

        if (old && has_word(to->partition_key, column->base.name) &&
            (strcmp(old->type, column->type) != 0 ||
             g_strcmp0(old->collation, column->collation) != 0))
            return TRUE;
    }
    return FALSE;
}

/* The server keeps rows in their partition that others refer to. */
static void free_rows(DiffPlan *plan, const Table *from, const Table *to)
{
    const DiffChange *parent = plan_parent_change(plan, &from->base);

    if (from->partition_bound && to->partition_bound && !diff_is_same_partition(from, to))
        plan_disturb_references(plan, parent->from);
}

AlterOutcome diff_table(DiffPlan *plan, const Object *from, const Object *to, GError **error)
{
    const Table *old = (const Table *)from;
    const Table *new = (const Table *)to;

    if (old->type == 'f' && new->type == 'f' && g_strcmp0(old->server, new->server) != 0)
        return ALTER_REBUILD;
    if (old->type != new->type || g_strcmp0(old->partition_key, new->partition_key) != 0 ||
        gives_column_away(from, new) || has_other_key_type(old, new))
        return diff_move(plan, from, to, error);
    if (old->is_unlogged != new->is_unlogged)
        plan_disturb_keys(plan, from);
    free_rows(plan, old, new);
    diff_columns_disturb(plan, old, new);
    return ALTER_IN_PLACE;
}

/* --- New partitions --------------------------------------------------------------------------- */

gboolean diff_is_attached_late(const DiffPlan *plan, const Object *object)
{
    const DiffChange *change = plan_change(plan, object);
    const Table *from = (const Table *)change->from;
    const Table *to = (const Table *)change->to;
    const DiffChange *parent = NULL;

    if (object->kind != KIND_TABLE || !to || !to->partition_bound)
        return FALSE;
    if (change->fate == FATE_CREATED || change->is_moved) {
        parent = plan_parent_change(plan, change->to);
        return parent && !parent->is_moved && parent->fate != FATE_CREATED;
    }
    return from && (!from->partition_bound || !diff_is_same_partition(from, to));
}

static gboolean is_below(const Object *object, const Object *table)
{
    if (object == table)
        return TRUE;
    for (guint i = 0; object->needs && i < object->needs->len; i++) {
        const Object *need = object->needs->pdata[i];

        if (plan_is_child(object, need) && is_below(need, table))
            return TRUE;
    }
    return FALSE;
}

/* Its parts and those of its own partitions are there by then. */
static void attach(DiffPlan *plan, const Table *table)
{
    const GPtrArray *objects = catalog_objects(diff_to(plan));

    diff_partition_attach(plan, table);
    for (guint i = 0; i < objects->len; i++) {
        const Object *part = objects->pdata[i];

        if ((part->kind == KIND_INDEX || part->kind == KIND_CONSTRAINT) &&
            part->parent->kind == KIND_TABLE && is_below(part->parent, &table->base))
            diff_precede(plan, part, SLOT_CREATE, &table->base, SLOT_AFTER);
    }
}

/* What a partition must have before it is one, though it is its parent's. */
static void add_checks(DiffPlan *plan, const Object *table, DiffOperation *operation)
{
    const GPtrArray *objects = catalog_objects(diff_to(plan));

    for (guint i = 0; i < objects->len; i++) {
        const Constraint *check = objects->pdata[i];
        g_autofree char *name = NULL;

        if (check->base.kind != KIND_CONSTRAINT || check->base.parent != table ||
            check->type != 'c' || check->is_local)
            continue;
        name = name_quote(check->base.name);
        diff_statement(operation, "ALTER TABLE %s ADD CONSTRAINT %s %s", table->reference, name,
                       check->definition);
    }
}

gboolean diff_table_create(DiffPlan *plan, const Object *object)
{
    const Table *table = (const Table *)object;
    g_autoptr(GPtrArray) statements = NULL;
    g_autofree char *attaching = NULL;
    DiffOperation *operation;

    if (!diff_is_attached_late(plan, object))
        return FALSE;
    statements = ddl_create(object, DDL_ALL);
    attaching = g_strdup_printf("ALTER TABLE ONLY %s ATTACH PARTITION ", table->parents[0]);
    operation = diff_make_operation(plan, object, SLOT_CREATE);
    for (guint i = 0; i < statements->len; i++)
        if (!g_str_has_prefix(statements->pdata[i], attaching))
            diff_statement(operation, "%s", (const char *)statements->pdata[i]);
    add_checks(plan, object, operation);
    attach(plan, table);
    return TRUE;
}

/* --- Parents ---------------------------------------------------------------------------------- */

static DiffOperation *alter_table(DiffPlan *plan, const Table *table, DiffSlot slot)
{
    return diff_operation_in(plan, &table->base, slot, "alter_table", "%s", table->base.reference);
}

static gboolean has_parent(const Table *table, const char *parent)
{
    return table->parents && g_strv_contains((const char *const *)table->parents, parent);
}

/* Whether those that stay come first, in their old order. */
static gboolean keeps_order(const Table *from, const Table *to)
{
    char *const *at = to->parents;

    for (char **parent = from->parents; parent && *parent; parent++)
        if (has_parent(to, *parent) && strcmp(*parent, *at++) != 0)
            return FALSE;
    return TRUE;
}

static void change_inheritance(DiffPlan *plan, const Table *from, const Table *to)
{
    const char *reference = to->base.reference;

    gboolean is_reordered = !keeps_order(from, to);

    for (char **parent = from->parents; parent && *parent; parent++)
        if (is_reordered || !has_parent(to, *parent))
            diff_statement(alter_table(plan, to, SLOT_BEFORE), "ALTER TABLE %s NO INHERIT %s",
                           reference, *parent);
    for (char **parent = to->parents; parent && *parent; parent++)
        if (is_reordered || !has_parent(from, *parent))
            diff_statement(alter_table(plan, to, SLOT_AFTER), "ALTER TABLE %s INHERIT %s",
                           reference, *parent);
}

static void change_parents(DiffPlan *plan, const Table *from, const Table *to)
{
    const char *reference = to->base.reference;

    if (!from->partition_bound && !to->partition_bound) {
        change_inheritance(plan, from, to);
        return;
    }
    if (from->partition_bound && to->partition_bound && diff_is_same_partition(from, to))
        return;
    if (from->partition_bound)
        diff_statement(alter_table(plan, to, SLOT_BEFORE), "ALTER TABLE %s DETACH PARTITION %s",
                       from->parents[0], reference);
    if (to->partition_bound)
        attach(plan, to);
}

/* --- States ----------------------------------------------------------------------------------- */

/* Sequences of columns went along. */
static void keep_sequences(DiffPlan *plan, const Table *from, const Table *to)
{
    const GPtrArray *parts = from->base.parts;

    for (guint i = 0; parts && i < parts->len; i++) {
        const Object *part = parts->pdata[i];
        const Object *kept =
            part->kind == KIND_SEQUENCE ? catalog_find(diff_to(plan), part->identity) : NULL;
        const Sequence *sequence = (const Sequence *)kept;

        if (!kept || sequence->is_identity || sequence->is_unlogged == to->is_unlogged)
            continue;
        diff_statement(alter_table(plan, to, SLOT_AFTER), "ALTER SEQUENCE %s SET %s",
                       kept->reference, sequence->is_unlogged ? "UNLOGGED" : "LOGGED");
    }
}

static void change_storage(DiffPlan *plan, const Table *from, const Table *to)
{
    g_autofree char *alter =
        g_strdup_printf("ALTER %s %s", object_word(&to->base), to->base.reference);

    if (from->is_unlogged != to->is_unlogged) {
        DiffOperation *operation = alter_table(plan, to, SLOT_ALTER);

        diff_statement(operation, "%s SET %s", alter, to->is_unlogged ? "UNLOGGED" : "LOGGED");
        diff_set_hazard(operation, "rewrites %s while nobody can read it", to->base.reference);
        keep_sequences(plan, from, to);
    }
    if (g_strcmp0(from->access_method, to->access_method) != 0 && to->access_method) {
        g_autofree char *method = name_quote(to->access_method);
        DiffOperation *operation = alter_table(plan, to, SLOT_ALTER);

        diff_statement(operation, "%s SET ACCESS METHOD %s", alter, method);
        diff_set_hazard(operation, "rewrites %s while nobody can read it", to->base.reference);
    }
    if (!diff_same_texts(from->options, to->options))
        diff_storage_options(alter_table(plan, to, SLOT_ALTER), alter, from->options, to->options);
    if (!diff_same_texts(from->server_options, to->server_options))
        diff_server_options(alter_table(plan, to, SLOT_ALTER), alter, from->server_options,
                            to->server_options);
}

static void change_type(DiffPlan *plan, const Table *from, const Table *to)
{
    const char *reference = to->base.reference;

    if (g_strcmp0(from->of_type, to->of_type) == 0)
        return;
    if (from->of_type)
        diff_statement(alter_table(plan, to, SLOT_BEFORE), "ALTER TABLE %s NOT OF", reference);
    if (to->of_type)
        diff_statement(alter_table(plan, to, SLOT_CREATE), "ALTER TABLE %s OF %s", reference,
                       to->of_type);
}

/* By an index: see there. */
static void change_replica_identity(DiffPlan *plan, const Table *from, const Table *to)
{
    char letter = to->replica_identity;

    if (from->replica_identity == letter || letter == 'i' || to->type == 'f')
        return;
    diff_statement(alter_table(plan, to, SLOT_ALTER), "ALTER TABLE ONLY %s REPLICA IDENTITY %s",
                   to->base.reference,
                   letter == 'f'   ? "FULL"
                   : letter == 'n' ? "NOTHING"
                                   : "DEFAULT");
}

static void change_row_security(DiffPlan *plan, const Table *from, const Table *to)
{
    const char *reference = to->base.reference;

    if (from->has_row_security != to->has_row_security)
        diff_statement(alter_table(plan, to, SLOT_ALTER), "ALTER TABLE %s %s ROW LEVEL SECURITY",
                       reference, to->has_row_security ? "ENABLE" : "DISABLE");
    if (from->forces_row_security != to->forces_row_security)
        diff_statement(alter_table(plan, to, SLOT_ALTER),
                       "ALTER TABLE ONLY %s %s ROW LEVEL SECURITY", reference,
                       to->forces_row_security ? "FORCE" : "NO FORCE");
}

void diff_table_operations(DiffPlan *plan, const DiffChange *change)
{
    const Table *from = (const Table *)change->from;
    const Table *to = (const Table *)change->to;

    change_type(plan, from, to);
    diff_columns_before(plan, change);
    change_parents(plan, from, to);
    diff_columns_operations(plan, change);
    change_storage(plan, from, to);
    change_replica_identity(plan, from, to);
    change_row_security(plan, from, to);
    diff_columns_after(plan, change);
}
