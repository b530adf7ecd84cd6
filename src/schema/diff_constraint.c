/* Constraints of tables: what can be changed in place, and how they are made while others work. */
#include <string.h>

#include "schema/ddl_private.h"
#include "schema/diff_plan.h"
#include "schema/name.h"

/* The definition without what can be altered: whether it waits, and whether it is checked. */
static char *core_of(const Constraint *constraint)
{
    static const char *const ends[] = {" NOT VALID", " INITIALLY DEFERRED", " DEFERRABLE"};
    char *core = g_strdup(constraint->definition);

    for (gsize i = 0; i < G_N_ELEMENTS(ends); i++)
        if (g_str_has_suffix(core, ends[i]))
            core[strlen(core) - strlen(ends[i])] = '\0';
    return core;
}

static gboolean has_same_core(const Constraint *from, const Constraint *to)
{
    g_autofree char *old = core_of(from);
    g_autofree char *new = core_of(to);

    return from->type == to->type && strcmp(old, new) == 0;
}

static gboolean waits_alike(const Constraint *from, const Constraint *to)
{
    return from->is_deferrable == to->is_deferrable && from->is_deferred == to->is_deferred;
}

static DiffOperation *alter_constraint(DiffPlan *plan, const Constraint *constraint,
                                       const char *verb)
{
    return diff_operation_in(plan, &constraint->base,
                             plan_fate(plan, &constraint->base) == FATE_CREATED ||
                                     plan_fate(plan, &constraint->base) == FATE_REBUILT
                                 ? SLOT_CREATE
                                 : SLOT_ALTER,
                             verb, "%s", constraint->base.reference);
}

static void validate(DiffPlan *plan, const Constraint *constraint)
{
    g_autofree char *name = name_quote(constraint->base.name);
    DiffOperation *operation = alter_constraint(plan, constraint, "validate_constraint");

    operation->commits_before = TRUE;
    diff_statement(operation, "ALTER TABLE %s VALIDATE CONSTRAINT %s",
                   constraint->base.parent->reference, name);
}

static void change_waiting(DiffPlan *plan, const Constraint *to)
{
    g_autofree char *name = name_quote(to->base.name);

    diff_statement(alter_constraint(plan, to, "alter_constraint"),
                   "ALTER TABLE %s ALTER CONSTRAINT %s %s", to->base.parent->reference, name,
                   !to->is_deferrable ? "NOT DEFERRABLE"
                   : to->is_deferred  ? "DEFERRABLE INITIALLY DEFERRED"
                                      : "DEFERRABLE INITIALLY IMMEDIATE");
}

static void change_options(DiffPlan *plan, const Constraint *from, const Constraint *to)
{
    g_autofree char *index = name_qualify(to->base.schema, to->base.name);
    g_autofree char *alter = g_strdup_printf("ALTER INDEX %s", index);

    if (!diff_same_texts(from->options, to->options))
        diff_storage_options(alter_constraint(plan, to, "alter_index"), alter, from->options,
                             to->options);
}

/* A check that a child has from its parent becomes one of its own, too. */
static void declare(DiffPlan *plan, const Constraint *to)
{
    g_autoptr(GPtrArray) statements = g_ptr_array_new_with_free_func(g_free);
    DiffOperation *operation;

    ddl_constraint(statements, to);
    if (statements->len == 0)
        return;
    operation = alter_constraint(plan, to, "create_check_constraint");
    diff_statement(operation, "%s", (const char *)statements->pdata[0]);
}

AlterOutcome diff_constraint(DiffPlan *plan, const Object *from, const Object *to, GError **error)
{
    const Constraint *old = (const Constraint *)from;
    const Constraint *new = (const Constraint *)to;

    if (!has_same_core(old, new) || (old->is_validated && !new->is_validated))
        return ALTER_REBUILD;
    if (!waits_alike(old, new) && new->type != 'f')
        return ALTER_REBUILD;
    if (!waits_alike(old, new))
        change_waiting(plan, new);
    if (!old->is_validated && new->is_validated)
        validate(plan, new);
    if (new->type == 'c' && new->is_local && !old->is_local &&new->is_inherited)
        declare(plan, new);
    change_options(plan, old, new);
    return ALTER_IN_PLACE;
}

/* --- Making ----------------------------------------------------------------------------------- */

static void add_rest(DiffOperation *operation, const GPtrArray *statements)
{
    for (guint i = 1; i < statements->len; i++)
        diff_statement(operation, "%s", (const char *)statements->pdata[i]);
}

static gboolean create_unchecked(DiffPlan *plan, const Constraint *constraint)
{
    g_autoptr(GPtrArray) statements = ddl_create(&constraint->base, DDL_ALL);
    DiffOperation *operation;

    if (statements->len == 0 || !constraint->is_validated ||
        (constraint->type == 'c' && !constraint->is_local))
        return FALSE;
    operation = diff_make_operation(plan, &constraint->base, SLOT_CREATE);
    diff_statement(operation, "%s NOT VALID", (const char *)statements->pdata[0]);
    add_rest(operation, statements);
    validate(plan, constraint);
    return TRUE;
}

static const Index *index_of(const Catalog *catalog, const Constraint *constraint)
{
    g_autofree char *name = name_qualify(constraint->base.schema, constraint->base.name);
    g_autofree char *identity = g_strdup_printf("%s %s", kind_traits(KIND_INDEX)->slug, name);

    return (const Index *)catalog_find(catalog, identity);
}

/* The plain unique index is there already, and stays. */
static gboolean is_at_hand(DiffPlan *plan, const Constraint *constraint)
{
    const Index *index = index_of(diff_from(plan), constraint);

    return index && !index->is_of_constraint && !plan_is_dropped(plan, &index->base);
}

static gboolean create_by_index(DiffPlan *plan, const Constraint *constraint)
{
    const Index *index = index_of(diff_to(plan), constraint);
    g_autoptr(GPtrArray) statements = ddl_create(&constraint->base, DDL_ALL);
    g_autofree char *name = name_quote(constraint->base.name);
    g_autofree char *definition = index ? diff_index_definition(index, NULL) : NULL;
    DiffOperation *operation;

    if (!definition)
        return FALSE;
    if (!is_at_hand(plan, constraint))
        diff_statement(diff_operation_in(plan, &constraint->base, SLOT_CREATE, "create_index", "%s",
                                         index->base.reference),
                       "%s", definition);
    operation = diff_make_operation(plan, &constraint->base, SLOT_CREATE);
    diff_statement(operation, "ALTER TABLE %s ADD CONSTRAINT %s %s USING INDEX %s%s",
                   constraint->base.parent->reference, name,
                   constraint->type == 'p' ? "PRIMARY KEY" : "UNIQUE", name,
                   !constraint->is_deferrable ? ""
                   : constraint->is_deferred  ? " DEFERRABLE INITIALLY DEFERRED"
                                              : " DEFERRABLE");
    add_rest(operation, statements);
    return TRUE;
}

/* Its table becomes a partition, and must have it by then. */
static gboolean create_inherited(DiffPlan *plan, const Constraint *constraint)
{
    g_autofree char *name = name_quote(constraint->base.name);

    if (constraint->type != 'c' || constraint->is_local ||
        !diff_is_attached_late(plan, constraint->base.parent))
        return FALSE;
    diff_statement(diff_make_operation(plan, &constraint->base, SLOT_CREATE),
                   "ALTER TABLE %s ADD CONSTRAINT %s %s", constraint->base.parent->reference, name,
                   constraint->definition);
    return TRUE;
}

gboolean diff_constraint_create(DiffPlan *plan, const Object *object)
{
    const Constraint *constraint = (const Constraint *)object;
    const Table *table = (const Table *)object->parent;

    if (object->parent->kind != KIND_TABLE || diff_is_new(plan, object))
        return FALSE;
    if (create_inherited(plan, constraint))
        return TRUE;
    if (is_at_hand(plan, constraint))
        return create_by_index(plan, constraint);
    if (diff_options(plan)->is_offline_ok)
        return FALSE;
    if (constraint->type == 'c' || (constraint->type == 'f' && table->type == 'r'))
        return create_unchecked(plan, constraint);
    if ((constraint->type == 'p' || constraint->type == 'u') && table->type == 'r')
        return create_by_index(plan, constraint);
    return FALSE;
}
