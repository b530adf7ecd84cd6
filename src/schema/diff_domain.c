/* Domains, as far as ALTER can. */
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

static const Constraint *find_check(const Object *domain, const char *name)
{
    for (guint i = 0; domain->parts && i < domain->parts->len; i++) {
        const Constraint *check = domain->parts->pdata[i];

        if (strcmp(check->base.name, name) == 0)
            return check;
    }
    return NULL;
}

/* "CHECK (VALUE > 0)": a check that is not valid says so at the end. */
static gsize condition_length(const char *definition)
{
    gsize length = strlen(definition);

    return g_str_has_suffix(definition, " NOT VALID") ? length - strlen(" NOT VALID") : length;
}

static gboolean has_same_condition(const Constraint *old, const Constraint *new)
{
    gsize length = condition_length(old->definition);

    return length == condition_length(new->definition) &&
           strncmp(old->definition, new->definition, length) == 0;
}

/* A check that was valid cannot be made less. */
static gboolean is_kept(const Constraint *old, const Constraint *new)
{
    return new &&has_same_condition(old, new) && (new->is_validated || !old->is_validated);
}

gboolean domain_is_stricter(const Object *from, const Object *to)
{
    for (guint i = 0; to->parts && i < to->parts->len; i++) {
        const Constraint *new = to->parts->pdata[i];
        const Constraint *old = find_check(from, new->base.name);

        if (new->is_validated && (!old || !old->is_validated || !has_same_condition(old, new)))
            return TRUE;
    }
    return ((const Domain *)to)->is_not_null && !((const Domain *)from)->is_not_null;
}

static void validate(DiffPlan *plan, const Object *domain, const char *name)
{
    DiffOperation *operation =
        diff_operation(plan, domain, "validate_constraint", "%s.%s", domain->reference, name);

    diff_statement(operation, "ALTER DOMAIN %s VALIDATE CONSTRAINT %s", domain->reference, name);
}

static void drop_check(DiffPlan *plan, const Object *domain, const Constraint *old)
{
    g_autofree char *name = name_quote(old->base.name);

    diff_statement(
        diff_operation(plan, domain, "drop_constraint", "%s.%s", domain->reference, name),
        "ALTER DOMAIN %s DROP CONSTRAINT %s", domain->reference, name);
}

static void add_check(DiffPlan *plan, const Object *domain, const Constraint *new)
{
    g_autofree char *name = name_quote(new->base.name);

    diff_statement(
        diff_operation(plan, domain, "create_check_constraint", "%s.%s", domain->reference, name),
        "ALTER DOMAIN %s ADD CONSTRAINT %s %.*s NOT VALID", domain->reference, name,
        (int)condition_length(new->definition), new->definition);
    if (new->is_validated)
        validate(plan, domain, name);
}

static void alter_checks(DiffPlan *plan, const Object *from, const Object *to)
{
    for (guint i = 0; from->parts && i < from->parts->len; i++) {
        const Constraint *old = from->parts->pdata[i];

        if (!is_kept(old, find_check(to, old->base.name)))
            drop_check(plan, to, old);
    }
    for (guint i = 0; to->parts && i < to->parts->len; i++) {
        const Constraint *new = to->parts->pdata[i];
        const Constraint *old = find_check(from, new->base.name);
        g_autofree char *name = name_quote(new->base.name);

        if (!old || !is_kept(old, new))
            add_check(plan, to, new);
        else if (new->is_validated && !old->is_validated)
            validate(plan, to, name);
    }
}

static void alter_default(DiffPlan *plan, const Domain *old, const Domain *new)
{
    const char *reference = new->base.reference;

    if (g_strcmp0(old->default_value, new->default_value) == 0)
        return;
    if (new->default_value)
        diff_statement(operate(plan, &new->base, "alter_domain"), "ALTER DOMAIN %s SET DEFAULT %s",
                       reference, new->default_value);
    else
        diff_statement(operate(plan, &new->base, "alter_domain"), "ALTER DOMAIN %s DROP DEFAULT",
                       reference);
}

/* "SELECT FROM t WHERE c IS NULL", of all columns that have it; NULL: of none. */
static char *find_nulls(const DiffPlan *plan, const Object *domain)
{
    g_autoptr(TypeUse) use = type_use_find(diff_from(plan), domain);
    g_autoptr(GString) query = g_string_new(NULL);

    for (guint i = 0; i < use->columns->len; i++) {
        const ColumnUse *found = &g_array_index(use->columns, ColumnUse, i);
        const Object *table = found->column->base.parent;
        const Object *kept = catalog_find(diff_to(plan), table->identity);
        g_autofree char *name = name_quote(found->column->base.name);

        if (found->type == domain && !g_str_has_suffix(found->column->type, "]") && kept &&
            object_column(kept, found->column->base.name))
            g_string_append_printf(query, "%sSELECT FROM %s WHERE %s IS NULL",
                                   query->len ? " UNION ALL " : "", table->reference, name);
    }
    return query->len ? g_strdup(query->str) : NULL;
}

static void alter_nulls(DiffPlan *plan, const Object *from, const Object *to)
{
    gboolean is_not_null = ((const Domain *)to)->is_not_null;
    DiffOperation *operation;

    if (((const Domain *)from)->is_not_null == is_not_null)
        return;
    operation = operate(plan, to, "alter_domain");
    diff_statement(operation, "ALTER DOMAIN %s %s NOT NULL", to->reference,
                   is_not_null ? "SET" : "DROP");
    if (!is_not_null)
        return;
    operation->guard = find_nulls(plan, from);
    if (operation->guard)
        operation->guard_message =
            g_strdup_printf("rows have no value in a column of the domain %s", to->reference);
    diff_set_hazard(operation, "reads all rows of the tables that use the domain");
}

AlterOutcome diff_domain(DiffPlan *plan, const Object *from, const Object *to, GError **error)
{
    if (retype_is_done(plan, from))
        return ALTER_IN_PLACE;
    if (retype_is_needed(plan, from, to))
        return retype(plan, from, to, NULL, error);
    alter_default(plan, (const Domain *)from, (const Domain *)to);
    alter_checks(plan, from, to);
    alter_nulls(plan, from, to);
    return ALTER_IN_PLACE;
}
