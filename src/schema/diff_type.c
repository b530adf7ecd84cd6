/* Enums, domains, composite types, ranges and collations. */
#include <string.h>

#include "schema/ddl_private.h"
#include "schema/diff_private.h"
#include "schema/diff_retype.h"
#include "schema/diff_use.h"
#include "schema/name.h"

static DiffOperation *operate(DiffPlan *plan, const Object *object, const char *verb)
{
    return diff_operation(plan, object, verb, "%s", object->reference);
}

/* --- Enums ------------------------------------------------------------------------------------ */

static void add_value(DiffPlan *plan, const Enum *new, char *const *label, const char *first)
{
    g_autofree char *literal = ddl_literal(*label);
    g_autoptr(GString) place = g_string_new(NULL);

    if (label > new->labels) {
        g_autofree char *before = ddl_literal(label[-1]);

        g_string_printf(place, " AFTER %s", before);
    } else if (first) {
        g_autofree char *after = ddl_literal(first);

        g_string_printf(place, " BEFORE %s", after);
    }
    diff_statement(
        diff_operation(plan, &new->base, "add_enum_value", "%s.%s", new->base.reference, literal),
        "ALTER TYPE %s ADD VALUE %s%s", new->base.reference, literal, place->str);
}

static char **removed_labels(const Enum *old, const Enum *new)
{
    g_autoptr(GPtrArray) removed = g_ptr_array_new();

    for (char *const *label = old->labels; label && *label; label++)
        if (!diff_has_text(new->labels, *label))
            g_ptr_array_add(removed, g_strdup(*label));
    g_ptr_array_add(removed, NULL);
    return (char **)g_ptr_array_steal(removed, NULL);
}

AlterOutcome diff_enum(DiffPlan *plan, const Object *from, const Object *to, GError **error)
{
    const Enum *old = (const Enum *)from;
    const Enum *new = (const Enum *)to;
    g_auto(GStrv) removed = removed_labels(old, new);

    if (retype_is_needed(plan, from, to))
        return retype(plan, from, to, removed, error);
    for (char *const *label = new->labels; label &&*label; label++)
        if (!diff_has_text(old->labels, *label))
            add_value(plan, new, label, old->labels ? old->labels[0] : NULL);
    return ALTER_IN_PLACE;
}

/* --- Composite types -------------------------------------------------------------------------- */

typedef struct {
    const Object *from;
    const Object *to;
    const char *cascade; /* " CASCADE" where tables are of the type: they follow */
    gboolean is_used;
} Row;

static void alter_attribute(GPtrArray *statements, const Row *row, const Column *new)
{
    const Column *old = object_column(row->from, new->base.name);
    g_autofree char *name = name_quote(new->base.name);

    if (!old ||
        (strcmp(old->type, new->type) == 0 && g_strcmp0(old->collation, new->collation) == 0))
        return;
    ddl_add(statements, "ALTER TYPE %s ALTER ATTRIBUTE %s TYPE %s%s%s%s", row->to->reference, name,
            new->type, new->collation ? " COLLATE " : "", new->collation ? new->collation : "",
            row->cascade);
}

/* What is in use can be given another type only while no column has it. */
static void alter_attributes(DiffPlan *plan, const Row *row)
{
    g_autoptr(GPtrArray) statements = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; row->to->parts && i < row->to->parts->len; i++)
        alter_attribute(statements, row, row->to->parts->pdata[i]);
    if (statements->len)
        retype_around(plan, row->from, row->to, statements);
}

static void drop_attributes(DiffPlan *plan, const Row *row)
{
    for (guint i = 0; row->from->parts && i < row->from->parts->len; i++) {
        const Column *old = row->from->parts->pdata[i];
        g_autofree char *name = name_quote(old->base.name);
        DiffOperation *operation;

        if (object_column(row->to, old->base.name))
            continue;
        diff_disturb(plan, row->from, old->base.name);
        operation = diff_operation(plan, row->to, "drop_attribute", "%s", old->base.reference);
        diff_statement(operation, "ALTER TYPE %s DROP ATTRIBUTE %s%s", row->to->reference, name,
                       row->cascade);
        if (row->is_used)
            diff_set_loss(operation, "the values of %s", old->base.reference);
    }
}

static void add_attributes(DiffPlan *plan, const Row *row)
{
    for (guint i = 0; row->to->parts && i < row->to->parts->len; i++) {
        const Column *new = row->to->parts->pdata[i];
        g_autofree char *name = name_quote(new->base.name);

        if (object_column(row->from, new->base.name))
            continue;
        diff_statement(diff_operation(plan, row->to, "add_attribute", "%s", new->base.reference),
                       "ALTER TYPE %s ADD ATTRIBUTE %s %s%s%s%s", row->to->reference, name,
                       new->type, new->collation ? " COLLATE " : "",
                       new->collation ? new->collation : "", row->cascade);
    }
}

AlterOutcome diff_composite(DiffPlan *plan, const Object *from, const Object *to, GError **error)
{
    g_autoptr(TypeUse) use = type_use_find(diff_from(plan), from);
    const Row row = {from, to, use->rows->len ? " CASCADE" : "",
                     use->rows->len > 0 || use->columns->len > 0};

    if (retype_is_done(plan, from))
        return ALTER_IN_PLACE;
    if (retype_is_needed(plan, from, to))
        return retype(plan, from, to, NULL, error);
    alter_attributes(plan, &row);
    drop_attributes(plan, &row);
    add_attributes(plan, &row);
    return ALTER_IN_PLACE;
}

/* --- Ranges and collations -------------------------------------------------------------------- */

AlterOutcome diff_range(DiffPlan *plan, const Object *from, const Object *to, GError **error)
{
    const Range *old = (const Range *)from;
    const Range *new = (const Range *)to;

    if (retype_is_done(plan, from))
        return ALTER_IN_PLACE;
    if (retype_is_needed(plan, from, to))
        return retype(plan, from, to, NULL, error);
    if (old->multirange && new->multirange && strcmp(old->multirange, new->multirange) != 0)
        diff_statement(operate(plan, to, "alter_type"), "ALTER TYPE %s RENAME TO %s",
                       old->multirange, strrchr(new->multirange, '.') + 1);
    return ALTER_IN_PLACE;
}

AlterOutcome diff_collation(DiffPlan *plan, const Object *from, const Object *to, GError **error)
{
    return retype_is_needed(plan, from, to) ? retype(plan, from, to, NULL, error) : ALTER_IN_PLACE;
}
