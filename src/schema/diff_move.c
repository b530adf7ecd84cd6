/* Tables that no ALTER TABLE turns into what they shall be: they become partitioned, or plain, or
 * get another partition key. A new table takes the name, the rows move, and the old one goes. */
#include <string.h>

#include "base/error.h"
#include "schema/ddl_private.h"
#include "schema/diff_plan.h"
#include "schema/name.h"

static const char suffix[] = "old";

static AlterOutcome refuse(GError **error, const Object *table, const char *reason)
{
    error_set(error, ERROR_REFUSED, "%s cannot become what it shall be with its rows in it: %s",
              table->reference, reason);
    return ALTER_REFUSED;
}

/* --- Whether it can be done ------------------------------------------------------------------- */

/* Calls `visit` for each table of the catalog that is directly below the table. */
typedef gboolean (*TableVisit)(DiffPlan *plan, const Object *below, GError **error);

static gboolean visit_below(DiffPlan *plan, const Catalog *catalog, const Object *table,
                            TableVisit visit, GError **error)
{
    const GPtrArray *objects = catalog_objects(catalog);

    for (guint i = 0; i < objects->len; i++) {
        const Object *object = objects->pdata[i];

        if (!plan_is_child(object, table))
            continue;
        if (!visit(plan, object, error) || !visit_below(plan, catalog, object, visit, error))
            return FALSE;
    }
    return TRUE;
}

/* What is below the table now goes with it. */
static gboolean take_partition(DiffPlan *plan, const Object *partition, GError **error)
{
    DiffChange *change = plan_change(plan, partition);

    if (!((const Table *)partition)->partition_bound) {
        refuse(error, partition, "it inherits from a table that must be made anew");
        return FALSE;
    }
    if (change->to && !((const Table *)change->to)->partition_bound) {
        refuse(error, partition, "it stays, but not as a partition of a table that is made anew");
        return FALSE;
    }
    change->is_moved = TRUE;
    if (change->to)
        change->fate = FATE_REBUILT;
    diff_disturb(plan, partition, NULL);
    return TRUE;
}

static gboolean is_column_type(const Catalog *catalog, const Object *table)
{
    const GPtrArray *objects = catalog_objects(catalog);

    for (guint i = 0; i < objects->len; i++) {
        const Object *object = objects->pdata[i];

        for (guint j = 0; object->kind == KIND_TABLE && object->uses && j < object->uses->len;
             j++) {
            const Use *use = &g_array_index(object->uses, Use, j);

            if (use->other == table && use->own_column && !use->is_default && object != table)
                return TRUE;
        }
    }
    return FALSE;
}

AlterOutcome diff_move(DiffPlan *plan, const Object *from, const Object *to, GError **error)
{
    DiffChange *change = plan_change(plan, from);
    const Table *old = (const Table *)from;
    const Table *new = (const Table *)to;

    if (change->is_moved)
        return ALTER_IN_PLACE;
    if (old->type == 'f' || new->type == 'f')
        return refuse(error, to, "the rows of a foreign table are not here");
    if (old->partition_bound || new->partition_bound)
        return refuse(error, to, "it is a partition; detach it first");
    if (is_column_type(diff_from(plan), from))
        return refuse(error, to, "a column of another table has its row type");
    change->is_moved = TRUE;
    if (!visit_below(plan, diff_from(plan), from, take_partition, error))
        return ALTER_REFUSED;
    diff_disturb(plan, from, NULL);
    return ALTER_IN_PLACE;
}

/* --- Doing it --------------------------------------------------------------------------------- */

/* "public.t_old" */
static char *old_reference(DiffPlan *plan, const Object *object)
{
    g_autofree char *schema = name_quote(object->schema);
    g_autofree char *name = diff_free_name(plan, object, object->name, suffix);

    return g_strdup_printf("%s.%s", schema, name);
}

static void rename_to_old(DiffPlan *plan, DiffOperation *operation, const Object *object)
{
    g_autofree char *name = diff_free_name(plan, object, object->name, suffix);

    diff_statement(operation, "ALTER %s %s RENAME TO %s", object_word(object), object->reference,
                   name);
}

static void rename_sequences(DiffPlan *plan, DiffOperation *operation, const Object *table)
{
    for (guint i = 0; table->parts && i < table->parts->len; i++) {
        const Sequence *part = table->parts->pdata[i];

        if (part->base.kind == KIND_SEQUENCE && part->is_identity)
            rename_to_old(plan, operation, &part->base);
    }
}

void diff_move_aside(DiffPlan *plan, const DiffChange *change)
{
    DiffOperation *operation = diff_operation_in(plan, change->from, SLOT_BEFORE, "rename_table",
                                                 "%s", change->from->reference);

    rename_to_old(plan, operation, change->from);
}

/* The columns that both have and that are not generated, as the new table has them and as the old
 * one gives them. */
static void list_columns(const DiffChange *change, GString *names, GString *values)
{
    for (guint i = 0; change->to->parts && i < change->to->parts->len; i++) {
        const Column *column = change->to->parts->pdata[i];
        const Column *old = column->base.kind == KIND_COLUMN
                                ? object_column(change->from, column->base.name)
                                : NULL;
        g_autofree char *name = name_quote(column->base.name);

        if (!old || column->generated)
            continue;
        g_string_append_printf(names, "%s%s", names->len ? ", " : "", name);
        g_string_append_printf(values, "%s%s", values->len ? ", " : "", name);
        if (strcmp(old->type, column->type) != 0)
            g_string_append_printf(values, "::%s", column->type);
    }
}

static void copy_rows(DiffPlan *plan, const DiffChange *change, DiffOperation *operation,
                      const char *old)
{
    g_autoptr(GString) names = g_string_new(NULL);
    g_autoptr(GString) values = g_string_new(NULL);

    list_columns(change, names, values);
    if (names->len)
        diff_statement(operation, "INSERT INTO %s (%s) OVERRIDING SYSTEM VALUE SELECT %s FROM %s",
                       change->to->reference, names->str, values->str, old);
}

/* A sequence goes on where it, or the one that it replaces, has stood. */
static void keep_position(DiffPlan *plan, const DiffChange *change, DiffOperation *operation,
                          const Sequence *sequence)
{
    const Object *old = catalog_find(diff_from(plan), sequence->base.identity);
    g_autofree char *former = NULL;
    g_autofree char *literal = ddl_literal(sequence->base.reference);
    g_autofree char *position = NULL;

    if (old && !sequence->is_identity && !((const Sequence *)old)->is_identity) {
        g_autoptr(GPtrArray) ownership = ddl_ownership(&sequence->base);

        diff_statement(operation, "%s", (const char *)ownership->pdata[0]);
        return;
    }
    if (old && sequence->is_identity && ((const Sequence *)old)->is_identity) {
        former = old_reference(plan, old);
        diff_statement(operation, "SELECT pg_catalog.setval(%s, last_value, is_called) FROM %s",
                       literal, former);
        return;
    }
    position = diff_sequence_position(sequence);
    if (object_column(change->from, sequence->owned_column))
        diff_statement(operation, "%s", position);
}

static void keep_positions(DiffPlan *plan, const DiffChange *change, DiffOperation *operation)
{
    for (guint i = 0; change->to->parts && i < change->to->parts->len; i++) {
        const Sequence *part = change->to->parts->pdata[i];

        if (part->base.kind == KIND_SEQUENCE)
            keep_position(plan, change, operation, part);
    }
}

static gboolean precede_fill(DiffPlan *plan, const Object *below, GError **error)
{
    const Object *table = below;

    while (((const Table *)table)->partition_bound)
        for (guint i = 0; i < table->needs->len; i++)
            if (plan_is_child(table, table->needs->pdata[i])) {
                table = table->needs->pdata[i];
                break;
            }
    diff_precede(plan, below, SLOT_CREATE, table, SLOT_AFTER);
    return TRUE;
}

static void fill(DiffPlan *plan, const DiffChange *change)
{
    g_autofree char *old = old_reference(plan, change->from);
    DiffOperation *operation =
        diff_operation_in(plan, change->to, SLOT_AFTER, "move_rows", "%s", change->to->reference);

    copy_rows(plan, change, operation, old);
    keep_positions(plan, change, operation);
    diff_statement(operation, "DROP TABLE %s", old);
    diff_set_hazard(operation, "copies all rows of %s while nobody can use it",
                    change->to->reference);
    visit_below(plan, diff_to(plan), change->to, precede_fill, NULL);
}

void diff_move_operations(DiffPlan *plan, const DiffChange *change)
{
    g_autoptr(GPtrArray) statements = ddl_create(change->to, DDL_ALL);
    DiffOperation *operation = diff_operation_in(plan, change->from, SLOT_ALTER, "rename_table",
                                                 "%s", change->from->reference);

    rename_to_old(plan, operation, change->from);
    rename_sequences(plan, operation, change->from);
    operation = diff_make_operation(plan, change->to, SLOT_CREATE);
    for (guint i = 0; i < statements->len; i++)
        diff_statement(operation, "%s", (const char *)statements->pdata[i]);
    fill(plan, change);
}
