/* Tables that stay: what is theirs beside columns, constraints and indexes. */
#include "schema/diff_plan.h"

#include <string.h>

#include "base/error.h"
#include "schema/ddl_private.h"
#include "schema/name.h"

static gboolean refuse(GError **error, const Object *table, const char *reason)
{
    error_set(error, ERROR_REFUSED, "%s cannot become what it shall be: %s", table->reference,
              reason);
    return FALSE;
}

AlterOutcome diff_table(DiffPlan *plan, const Object *from, const Object *to, GError **error)
{
    const Table *old = (const Table *)from;
    const Table *new = (const Table *)to;

    if (old->type == 'f' && new->type == 'f' && g_strcmp0(old->server, new->server) != 0)
        return ALTER_REBUILD;
    if (old->type != new->type || g_strcmp0(old->partition_key, new->partition_key) != 0) {
        refuse(error, to, "its rows would have to move into a table of another kind");
        return ALTER_REFUSED;
    }
    diff_columns_disturb(plan, old, new);
    return ALTER_IN_PLACE;
}

gboolean diff_table_create(DiffPlan *plan, const Object *table)
{
    return FALSE;
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

static void change_inheritance(DiffPlan *plan, const Table *from, const Table *to)
{
    const char *reference = to->base.reference;

    for (char **parent = from->parents; parent && *parent; parent++)
        if (!has_parent(to, *parent))
            diff_statement(alter_table(plan, to, SLOT_BEFORE), "ALTER TABLE %s NO INHERIT %s",
                           reference, *parent);
    for (char **parent = to->parents; parent && *parent; parent++)
        if (!has_parent(from, *parent))
            diff_statement(alter_table(plan, to, SLOT_AFTER), "ALTER TABLE %s INHERIT %s",
                           reference, *parent);
}

static gboolean is_same_partition(const Table *from, const Table *to)
{
    return g_strcmp0(from->partition_bound, to->partition_bound) == 0 &&
           g_strcmp0(from->parents[0], to->parents[0]) == 0;
}

static void change_parents(DiffPlan *plan, const Table *from, const Table *to)
{
    const char *reference = to->base.reference;

    if (!from->partition_bound && !to->partition_bound) {
        change_inheritance(plan, from, to);
        return;
    }
    if (from->partition_bound && to->partition_bound && is_same_partition(from, to))
        return;
    if (from->partition_bound)
        diff_statement(alter_table(plan, to, SLOT_BEFORE), "ALTER TABLE %s DETACH PARTITION %s",
                       from->parents[0], reference);
    if (to->partition_bound)
        diff_statement(alter_table(plan, to, SLOT_AFTER), "ALTER TABLE %s ATTACH PARTITION %s %s",
                       to->parents[0], reference, to->partition_bound);
}

/* --- States ----------------------------------------------------------------------------------- */

static void change_storage(DiffPlan *plan, const Table *from, const Table *to)
{
    g_autofree char *alter =
        g_strdup_printf("ALTER %s %s", object_word(&to->base), to->base.reference);

    if (from->is_unlogged != to->is_unlogged) {
        DiffOperation *operation = alter_table(plan, to, SLOT_ALTER);

        diff_statement(operation, "%s SET %s", alter, to->is_unlogged ? "UNLOGGED" : "LOGGED");
        diff_set_hazard(operation, "rewrites %s while nobody can read it", to->base.reference);
    }
    if (g_strcmp0(from->access_method, to->access_method) != 0 && to->access_method) {
        g_autofree char *method = name_quote(to->access_method);
        DiffOperation *operation = alter_table(plan, to, SLOT_ALTER);

        diff_statement(operation, "%s SET ACCESS METHOD %s", alter, method);
        diff_set_hazard(operation, "rewrites %s while nobody can read it", to->base.reference);
    }
    if (!diff_same_options(from->options, to->options))
        diff_storage_options(alter_table(plan, to, SLOT_ALTER), alter, from->options, to->options);
    if (!diff_same_options(from->server_options, to->server_options))
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
