/* Partitions of a table that stays: what is attached may have rows that belong elsewhere now, the
 * default partition may have rows that belong to it, and what goes may have rows that others take.
 * Only the server can tell, when it is done. */
#include <string.h>

#include "schema/ddl_private.h"
#include "schema/diff_plan.h"
#include "schema/name.h"

const DiffChange *plan_parent_change(const DiffPlan *plan, const Object *table)
{
    for (guint i = 0; table->needs && i < table->needs->len; i++)
        if (plan_is_child(table, table->needs->pdata[i]))
            return plan_change(plan, table->needs->pdata[i]);
    return NULL;
}

gboolean diff_is_same_partition(const Table *from, const Table *to)
{
    return g_strcmp0(from->partition_bound, to->partition_bound) == 0 &&
           g_strcmp0(from->parents[0], to->parents[0]) == 0;
}

static gboolean has_rows(const Table *table)
{
    return table->type == 'r' || table->type == 'p';
}

static gboolean stays(const DiffChange *change)
{
    return change && change->from && change->to && !change->is_moved &&
           (change->fate == FATE_SAME || change->fate == FATE_ALTERED);
}

/* "public.t_rows" */
static char *beside(const DiffPlan *plan, const Object *table, const char *suffix)
{
    g_autofree char *schema = name_quote(table->schema);
    g_autofree char *name = diff_free_name(plan, table, table->name, suffix);

    return g_strdup_printf("%s.%s", schema, name);
}

/* "a, b"; g_free. Generated columns get their values anew. */
static char *list_columns(const Object *table, gboolean with_generated)
{
    GString *list = g_string_new(NULL);

    for (guint i = 0; table->parts && i < table->parts->len; i++) {
        const Column *column = table->parts->pdata[i];
        g_autofree char *name = NULL;

        if (column->base.kind != KIND_COLUMN || (column->generated && !with_generated))
            continue;
        name = name_quote(column->base.name);
        g_string_append_printf(list, "%s%s", list->len ? ", " : "", name);
    }
    return g_string_free(list, FALSE);
}

static void add_block(DiffOperation *operation, const char *body)
{
    g_autofree char *block = ddl_block("rows", body);

    diff_statement(operation, "%s", block);
}

/* --- What is attached ------------------------------------------------------------------------- */

static gboolean is_default(const Table *table)
{
    return g_strcmp0(table->partition_bound, "DEFAULT") == 0;
}

/* The default partition that was there before and has rows of its own; NULL: there is none. */
static const Table *find_default(const DiffPlan *plan, const Object *parent, const Table *other)
{
    const GPtrArray *objects = catalog_objects(diff_to(plan));

    for (guint i = 0; i < objects->len; i++) {
        const Table *table = objects->pdata[i];

        if (plan_is_child(&table->base, parent) && table != other && has_rows(table) &&
            is_default(table)) {
            const DiffChange *change = plan_change(plan, &table->base);

            return stays(change) && diff_is_same_partition((const Table *)change->from, table)
                       ? table
                       : NULL;
        }
    }
    return NULL;
}

/* "FOR VALUES IN (1)" and "FOR VALUES IN (1, 2)": all rows fit. */
static gboolean is_longer_list(const Table *from, const Table *to)
{
    gsize length = strlen(from->partition_bound) - 1;

    return g_str_has_prefix(from->partition_bound, "FOR VALUES IN (") &&
           strncmp(from->partition_bound, to->partition_bound, length) == 0 &&
           to->partition_bound[length] == ',';
}

static gboolean may_have_others(const DiffChange *change)
{
    const Table *from = (const Table *)change->from;
    const Table *to = (const Table *)change->to;

    return stays(change) && has_rows(to) && from->partition_bound &&
           strcmp(from->parents[0], to->parents[0]) == 0 && !is_longer_list(from, to);
}

static void append_aside(GString *body, const char *rows, const char *columns, const Table *table)
{
    const char *reference = table->base.reference;

    g_string_append_printf(body,
                           "    INSERT INTO %s (%s) SELECT %s FROM %s;\n"
                           "    TRUNCATE %s;\n",
                           rows, columns, columns, reference, reference);
}

/* What is in the way waits beside the table, and nothing does where all rows fit. Rows that others
 * refer to cannot: then the server says so. */
static char *attach_block(const Object *parent, const char *attach, const char *rows,
                          const Table *old, const Table *spare)
{
    g_autofree char *columns = list_columns(parent, TRUE);
    GString *body = g_string_new(NULL);

    g_string_append_printf(body,
                           "BEGIN\n"
                           "    %s;\n"
                           "EXCEPTION WHEN check_violation THEN\n"
                           "    CREATE TABLE IF NOT EXISTS %s (LIKE %s);\n",
                           attach, rows, parent->reference);
    if (old)
        append_aside(body, rows, columns, old);
    if (spare) {
        g_string_append_printf(body, "    ALTER TABLE %s DETACH PARTITION %s;\n", parent->reference,
                               spare->base.reference);
        append_aside(body, rows, columns, spare);
    }
    g_string_append_printf(body, "    %s;\n", attach);
    if (spare)
        g_string_append_printf(body, "    ALTER TABLE %s ATTACH PARTITION %s DEFAULT;\n",
                               parent->reference, spare->base.reference);
    g_string_append(body, "END");
    return g_string_free(body, FALSE);
}

static gboolean brings_back(const DiffChange *parent, const char *rows)
{
    const GPtrArray *operations = parent->slots[SLOT_AFTER];

    for (guint i = 0; operations && i < operations->len; i++) {
        const DiffOperation *operation = operations->pdata[i];

        if (strcmp(operation->verb, "move_rows") == 0 &&
            strstr(operation->statements->pdata[0], rows))
            return TRUE;
    }
    return FALSE;
}

/* Where rows find their place: the topmost table above that stays, when all its partitions are
 * there. */
static const DiffChange *find_top(const DiffPlan *plan, const DiffChange *parent)
{
    const DiffChange *above = plan_parent_change(plan, parent->to);

    return stays(above) ? find_top(plan, above) : parent;
}

static void follow_partitions(DiffPlan *plan, const Object *table, const Object *top)
{
    const GPtrArray *objects = catalog_objects(diff_to(plan));

    for (guint i = 0; i < objects->len; i++) {
        if (!plan_is_child(objects->pdata[i], table))
            continue;
        diff_precede(plan, objects->pdata[i], SLOT_AFTER, top, SLOT_AFTER);
        follow_partitions(plan, objects->pdata[i], top);
    }
}

static DiffOperation *move_rows(DiffPlan *plan, const DiffChange *top)
{
    follow_partitions(plan, top->to, top->to);
    return diff_operation_in(plan, top->to, SLOT_AFTER, "move_rows", "%s", top->to->reference);
}

static void bring_back(DiffPlan *plan, const DiffChange *parent, const char *rows)
{
    const DiffChange *top = find_top(plan, parent);
    g_autofree char *columns = list_columns(top->to, FALSE);
    g_autofree char *literal = ddl_literal(rows);
    g_autofree char *body =
        g_strdup_printf("BEGIN\n"
                        "    IF pg_catalog.to_regclass(%s) IS NOT NULL THEN\n"
                        "        INSERT INTO %s (%s) OVERRIDING SYSTEM VALUE SELECT %s FROM %s;\n"
                        "        DROP TABLE %s;\n"
                        "    END IF;\n"
                        "END",
                        literal, top->to->reference, columns, columns, rows, rows);

    if (!brings_back(top, literal))
        add_block(move_rows(plan, top), body);
}

void diff_partition_attach(DiffPlan *plan, const Table *table)
{
    const DiffChange *change = plan_change(plan, &table->base);
    const DiffChange *parent = plan_parent_change(plan, &table->base);
    const Table *old = may_have_others(change) ? table : NULL;
    const Table *spare = parent && has_rows(table) ? find_default(plan, parent->to, table) : NULL;
    g_autofree char *attach =
        g_strdup_printf("ALTER TABLE %s ATTACH PARTITION %s %s", table->parents[0],
                        table->base.reference, table->partition_bound);
    DiffOperation *operation = diff_operation_in(plan, &table->base, SLOT_AFTER, "attach_partition",
                                                 "%s", table->base.reference);
    g_autofree char *rows = NULL;
    g_autofree char *body = NULL;

    if (!stays(parent) || (!old && !spare)) {
        diff_statement(operation, "%s", attach);
        return;
    }
    rows = beside(plan, parent->to, "rows");
    body = attach_block(parent->to, attach, rows, old, spare);
    add_block(operation, body);
    diff_set_hazard(operation,
                    "moves the rows of %s that belong to another partition now, while nobody can "
                    "use it",
                    parent->to->reference);
    bring_back(plan, parent, rows);
}

/* --- What goes -------------------------------------------------------------------------------- */

/* Whether other partitions may take its rows: those that change, and the default one. */
static gboolean has_heirs(const DiffPlan *plan, const Object *parent)
{
    const GPtrArray *objects = catalog_objects(diff_to(plan));

    for (guint i = 0; i < objects->len; i++) {
        const Table *table = objects->pdata[i];
        const DiffChange *change;

        if (!plan_is_child(&table->base, parent))
            continue;
        change = plan_change(plan, &table->base);
        if (is_default(table) || !stays(change) ||
            !((const Table *)change->from)->partition_bound ||
            !diff_is_same_partition((const Table *)change->from, table))
            return TRUE;
    }
    return FALSE;
}

static gboolean has_default(const DiffPlan *plan, const Object *parent)
{
    const GPtrArray *objects = catalog_objects(diff_to(plan));

    for (guint i = 0; i < objects->len; i++)
        if (plan_is_child(objects->pdata[i], parent) && is_default(objects->pdata[i]))
            return TRUE;
    return FALSE;
}

static gboolean has_same_columns(const Object *from, const Object *to)
{
    g_autofree char *old = list_columns(from, FALSE);
    g_autofree char *new = list_columns(to, FALSE);

    return strcmp(old, new) == 0;
}

/* It is there for longer than others expect: nothing that it needs may go or change meanwhile. */
static gboolean can_wait(const DiffPlan *plan, const Object *table)
{
    for (guint i = 0; table->needs && i < table->needs->len; i++) {
        const Object *need = table->needs->pdata[i];

        if (!plan_is_child(table, need) && plan_fate(plan, need) != FATE_SAME)
            return FALSE;
    }
    return TRUE;
}

static void inherit(DiffPlan *plan, const DiffChange *parent, const char *gone)
{
    const DiffChange *top = find_top(plan, parent);
    g_autofree char *columns = list_columns(top->to, FALSE);
    g_autofree char *table = ddl_literal(top->to->reference);
    g_autofree char *insert =
        g_strdup_printf("INSERT INTO %s (%s) OVERRIDING SYSTEM VALUE SELECT %s FROM %s WHERE ",
                        top->to->reference, columns, columns, gone);
    g_autofree char *literal = ddl_literal(insert);
    g_autofree char *body = g_strdup_printf(
        "BEGIN\n"
        "    EXECUTE %s || (\n"
        "        SELECT coalesce(string_agg(coalesce("
        "pg_catalog.pg_get_partition_constraintdef(relid), 'true'), ' OR '), 'false')\n"
        "        FROM pg_catalog.pg_partition_tree(%s) WHERE isleaf);\n"
        "    DROP TABLE %s;\n"
        "END",
        literal, table, gone);
    DiffOperation *operation = move_rows(plan, top);

    add_block(operation, body);
    diff_set_hazard(operation, "reads all rows of the partitions of %s that go",
                    parent->to->reference);
}

gboolean diff_partition_drop(DiffPlan *plan, const DiffChange *change)
{
    const Table *table = (const Table *)change->from;
    const DiffChange *parent;
    g_autofree char *gone = NULL;
    g_autofree char *name = NULL;
    DiffOperation *operation;

    if (table->base.kind != KIND_TABLE || change->to || !table->partition_bound ||
        table->type != 'r')
        return FALSE;
    parent = plan_parent_change(plan, &table->base);
    if (!stays(parent) || !has_heirs(plan, parent->to) ||
        !has_same_columns(parent->from, parent->to) || !can_wait(plan, &table->base))
        return FALSE;
    gone = beside(plan, &table->base, "gone");
    name = diff_free_name(plan, &table->base, table->base.name, "gone");
    operation = diff_make_operation(plan, &table->base, SLOT_BEFORE);
    diff_statement(operation, "ALTER TABLE %s DETACH PARTITION %s", parent->to->reference,
                   table->base.reference);
    diff_statement(operation, "ALTER TABLE %s RENAME TO %s", table->base.reference, name);
    if (!has_default(plan, parent->to))
        diff_set_loss(operation, "the rows of %s that no other partition of %s takes",
                      table->base.reference, parent->to->reference);
    inherit(plan, parent, gone);
    return TRUE;
}
