/* What drops and makes objects, as operations. */
#include <string.h>

#include "schema/ddl.h"
#include "schema/diff_plan.h"
#include "schema/name.h"

static const char *constraint_verb(const Constraint *constraint)
{
    switch (constraint->type) {
    case 'p':
        return "create_primary_key";
    case 'u':
        return "create_unique_constraint";
    case 'x':
        return "create_exclude_constraint";
    case 'f':
        return "create_foreign_key";
    default:
        return "create_check_constraint";
    }
}

static char *create_verb(const Object *object)
{
    if (object->kind == KIND_CONSTRAINT)
        return g_strdup(constraint_verb((const Constraint *)object));
    if (object->kind == KIND_VIEW && ((const View *)object)->is_materialized)
        return g_strdup("create_materialized_view");
    if (object->kind == KIND_DEFAULT_PRIVILEGE)
        return g_strdup("alter_privileges");
    return g_strdup_printf("create_%s", kind_traits(object->kind)->slug);
}

static char *drop_verb(const Object *object)
{
    if (object->kind == KIND_VIEW && ((const View *)object)->is_materialized)
        return g_strdup("drop_materialized_view");
    return g_strdup_printf("drop_%s", kind_traits(object->kind)->slug);
}

DiffOperation *diff_make_operation(DiffPlan *plan, const Object *object, DiffSlot slot)
{
    g_autofree char *verb = slot == SLOT_BEFORE ? drop_verb(object) : create_verb(object);

    return diff_operation_in(plan, object, slot, verb, "%s", object->reference);
}

/* --- Dropping --------------------------------------------------------------------------------- */

static void mark_loss(DiffOperation *operation, const Object *object)
{
    if (object->kind == KIND_TABLE && ((const Table *)object)->type != 'f')
        diff_set_loss(operation, "the rows of %s", object->reference);
}

void diff_make_drop(DiffPlan *plan, DiffChange *change)
{
    const Object *object = change->from;
    g_autofree char *statement = NULL;
    DiffOperation *operation;

    if (object->kind == KIND_DEFAULT_PRIVILEGE) {
        diff_common_without(plan, object);
        return;
    }
    if (object->kind == KIND_INDEX && change->fate == FATE_DROPPED)
        diff_index_unmark(plan, object);
    if (diff_index_drop(plan, object) || diff_partition_drop(plan, change))
        return;
    if (object->kind == KIND_TRIGGER && ((const Trigger *)object)->is_cloned)
        diff_trigger_release(plan, object);
    statement = ddl_drop(object);
    if (!statement)
        return;
    operation = diff_make_operation(plan, object, SLOT_BEFORE);
    diff_statement(operation, "%s", statement);
    mark_loss(operation, object);
}

/* --- Making ----------------------------------------------------------------------------------- */

/* What only says why something is not made is left out. */
static void add_statements(DiffOperation *operation, const GPtrArray *statements)
{
    for (guint i = 0; i < statements->len; i++)
        if (!g_str_has_prefix(statements->pdata[i], "--"))
            diff_statement(operation, "%s", (const char *)statements->pdata[i]);
}

static gboolean has_statements(const GPtrArray *statements)
{
    for (guint i = 0; i < statements->len; i++)
        if (!g_str_has_prefix(statements->pdata[i], "--"))
            return TRUE;
    return FALSE;
}

static void make(DiffPlan *plan, const Object *object, GPtrArray *statements, DiffSlot slot)
{
    if (has_statements(statements))
        add_statements(diff_make_operation(plan, object, slot), statements);
}

/* ddl_create takes it for granted. */
static void make_public(DiffPlan *plan, const Object *schema)
{
    DiffOperation *operation = diff_make_operation(plan, schema, SLOT_CREATE);

    diff_statement(operation, "CREATE SCHEMA %s", schema->reference);
}

static void make_plain(DiffPlan *plan, const Object *object)
{
    g_autoptr(GPtrArray) statements = ddl_create(object, DDL_ALL);
    const View *view = (const View *)object;

    if (object->kind == KIND_SCHEMA && strcmp(object->name, "public") == 0)
        make_public(plan, object);
    if (object->kind == KIND_VIEW && view->is_materialized)
        g_ptr_array_add(statements,
                        g_strdup_printf("REFRESH MATERIALIZED VIEW %s", object->reference));
    diff_common_settle(plan, object, statements);
    make(plan, object, statements, SLOT_CREATE);
}

static gboolean is_kept_column(const DiffPlan *plan, const Sequence *sequence)
{
    const Object *table = plan_change(plan, sequence->base.parent)->from;

    return table && object_column(table, sequence->owned_column);
}

static void give_to_column(DiffPlan *plan, const Object *sequence)
{
    g_autoptr(GPtrArray) statements = ddl_ownership(sequence);
    DiffOperation *operation;

    if (statements->len == 0)
        return;
    operation =
        diff_operation_in(plan, sequence, SLOT_AFTER, "alter_sequence", "%s", sequence->reference);
    add_statements(operation, statements);
    if (is_kept_column(plan, (const Sequence *)sequence)) {
        g_autofree char *position = diff_sequence_position((const Sequence *)sequence);

        diff_statement(operation, "%s", position);
    }
    diff_precede(plan, sequence->parent, SLOT_CREATE, sequence, SLOT_AFTER);
}

void diff_make_create(DiffPlan *plan, DiffChange *change)
{
    const Object *object = change->to;

    if (object->kind == KIND_CONSTRAINT && diff_constraint_create(plan, object))
        return;
    if (object->kind == KIND_INDEX && diff_index_create(plan, object))
        return;
    if (object->kind == KIND_TABLE && diff_table_create(plan, object))
        return;
    make_plain(plan, object);
    if (object->kind == KIND_SEQUENCE)
        give_to_column(plan, object);
}

void diff_make_bare(DiffPlan *plan, DiffChange *change)
{
    g_autoptr(GPtrArray) bare = ddl_create(change->to, DDL_ALL & ~(DdlFlags)DDL_DEFAULTS);
    g_autoptr(GPtrArray) defaults = ddl_defaults(change->to);
    DiffOperation *create = change->slots[SLOT_CREATE]->pdata[0];
    DiffOperation *after;

    change->is_bare = TRUE;
    g_ptr_array_set_size(create->statements, 0);
    add_statements(create, bare);
    after =
        diff_operation_in(plan, change->to, SLOT_AFTER, "alter_table", "%s", change->to->reference);
    add_statements(after, defaults);
}

static void drop_default(DiffPlan *plan, const Object *table, const char *column, DiffChange *used)
{
    g_autofree char *name = name_quote(column);
    DiffOperation *operation = diff_operation_in(plan, used->from, SLOT_BEFORE, "alter_column",
                                                 "%s.%s", table->reference, name);
    GPtrArray *operations = used->slots[SLOT_BEFORE];

    diff_statement(operation, "ALTER TABLE ONLY %s ALTER COLUMN %s DROP DEFAULT", table->reference,
                   name);
    memmove(operations->pdata + 1, operations->pdata, (operations->len - 1) * sizeof(gpointer));
    operations->pdata[0] = operation;
}

void diff_make_undefaulted(DiffPlan *plan, const DiffChange *table, DiffChange *used)
{
    const GArray *uses = table->from->uses;

    for (guint i = 0; uses && i < uses->len; i++) {
        const Use *use = &g_array_index(uses, Use, i);

        if (use->other == used->from && use->is_default && use->own_column)
            drop_default(plan, table->from, use->own_column, used);
    }
}
