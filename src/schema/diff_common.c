/* Owner, comment and privileges, which all kinds have alike. */
#include <string.h>

#include "schema/acl.h"
#include "schema/ddl_private.h"
#include "schema/diff_plan.h"
#include "schema/name.h"

static const char *comment_verb(const Object *object, const char *comment)
{
    if (object->kind == KIND_TABLE)
        return comment ? "create_table_comment" : "drop_table_comment";
    if (object->kind == KIND_COLUMN)
        return "alter_column";
    return comment ? "create_comment" : "drop_comment";
}

static const char *comment_word(const Object *object)
{
    return object->kind == KIND_COLUMN ? "COLUMN" : object_word(object);
}

/* `from` may be NULL: a column that is new. */
static void compare_comment(DiffPlan *plan, const Object *from, const Object *to)
{
    g_autofree char *text = to->comment ? ddl_literal(to->comment) : g_strdup("NULL");
    DiffOperation *operation;

    if (g_strcmp0(from ? from->comment : NULL, to->comment) == 0)
        return;
    operation = diff_operation(plan, to, comment_verb(to, to->comment), "%s", to->reference);
    diff_statement(operation, "COMMENT ON %s %s IS %s", comment_word(to), to->reference, text);
}

/* That of a sequence which belongs to a table goes with the table's. */
static gboolean follows_table(const Object *from, const Object *to)
{
    return to->kind == KIND_SEQUENCE && from->parent && to->parent &&
           strcmp(from->parent->identity, to->parent->identity) == 0 &&
           g_strcmp0(to->owner, to->parent->owner) == 0;
}

static void compare_owner(DiffPlan *plan, const Object *from, const Object *to)
{
    const char *owner = ddl_settable_owner(to);
    g_autofree char *role = owner ? name_quote(owner) : NULL;
    DiffOperation *operation;

    if (!role || g_strcmp0(from->owner, owner) == 0 || follows_table(from, to))
        return;
    operation = diff_operation(plan, to, "alter_owner", "%s", to->reference);
    diff_statement(operation, "ALTER %s %s OWNER TO %s", object_word(to), to->reference, role);
}

static void move_statements(DiffOperation *operation, GPtrArray *statements)
{
    for (guint i = 0; i < statements->len; i++)
        diff_statement(operation, "%s", (const char *)statements->pdata[i]);
}

/* A column's is its table's. */
static const char *owner_of(const Object *object)
{
    return object->kind == KIND_COLUMN ? object->parent->owner : object->owner;
}

static void compare_grants(DiffPlan *plan, const Object *from, const Object *to,
                           const AclTarget *target)
{
    const AclChange change = {from ? from->acl : NULL, from ? from->baseline : NULL,
                              from ? owner_of(from) : NULL, to->acl, to->baseline};
    g_autoptr(GPtrArray) statements = g_ptr_array_new_with_free_func(g_free);

    acl_append_change(statements, target, &change);
    if (statements->len)
        move_statements(diff_operation(plan, to, "alter_privileges", "%s", to->reference),
                        statements);
}

static void compare_privileges(DiffPlan *plan, const Object *from, const Object *to)
{
    g_autofree char *prefix = NULL;
    g_autofree char *on = ddl_grant_target(to, &prefix);
    const AclTarget target = {prefix ? prefix : "", on, NULL, to->owner};

    if (on)
        compare_grants(plan, from, to, &target);
}

static void compare_column(DiffPlan *plan, const Object *from, const Column *to)
{
    const Object *relation = to->base.parent;
    const Column *old = object_column(from, to->base.name);
    g_autofree char *on = g_strconcat("TABLE ", relation->reference, NULL);
    const AclTarget target = {"", on, to->base.name, relation->owner};

    compare_comment(plan, old ? &old->base : NULL, &to->base);
    compare_grants(plan, old ? &old->base : NULL, &to->base, &target);
}

static const Object *find_part(const Object *object, const Object *like)
{
    for (guint i = 0; object->parts && i < object->parts->len; i++) {
        const Object *part = object->parts->pdata[i];

        if (part->kind == like->kind && strcmp(part->name, like->name) == 0)
            return part;
    }
    return NULL;
}

static void compare_parts(DiffPlan *plan, const Object *from, const Object *to)
{
    for (guint i = 0; to->parts && i < to->parts->len; i++) {
        const Object *part = to->parts->pdata[i];

        if (part->kind == KIND_COLUMN)
            compare_column(plan, from, (const Column *)part);
        else if (part->kind == KIND_CONSTRAINT)
            compare_comment(plan, find_part(from, part), part);
    }
}

void diff_common(DiffPlan *plan, const Object *from, const Object *to)
{
    compare_owner(plan, from, to);
    compare_comment(plan, from, to);
    compare_privileges(plan, from, to);
    compare_parts(plan, from, to);
}

void diff_common_without(DiffPlan *plan, const Object *object)
{
    g_autofree char *prefix = NULL;
    g_autofree char *on = ddl_grant_target(object, &prefix);
    const AclTarget target = {prefix ? prefix : "", on, NULL, object->owner};
    const AclChange change = {object->acl, object->baseline, NULL, NULL, object->baseline};
    g_autoptr(GPtrArray) statements = g_ptr_array_new_with_free_func(g_free);

    acl_append_change(statements, &target, &change);
    if (statements->len)
        move_statements(diff_operation_in(plan, object, SLOT_BEFORE, "alter_privileges", "%s",
                                          object->reference),
                        statements);
}

static gboolean applies(const DefaultPrivilege *privilege, const Object *object)
{
    if (privilege->in_schema && g_strcmp0(privilege->in_schema, object->schema) != 0)
        return FALSE;
    switch (object->kind) {
    case KIND_TABLE:
    case KIND_VIEW:
        return privilege->type == 'r';
    case KIND_SEQUENCE:
        return privilege->type == 'S';
    case KIND_FUNCTION:
    case KIND_AGGREGATE:
        return privilege->type == 'f';
    case KIND_ENUM:
    case KIND_DOMAIN:
    case KIND_COMPOSITE:
    case KIND_RANGE:
        return privilege->type == 'T';
    case KIND_SCHEMA:
        return privilege->type == 'n';
    default:
        return FALSE;
    }
}

/* Those of a schema only add; others stand for what everybody has by default. */
static void settle(const DefaultPrivilege *privilege, const Object *object, const AclTarget *target,
                   GPtrArray *statements)
{
    char *const *wanted = object->acl ? object->acl : object->baseline;
    g_autoptr(GPtrArray) given = g_ptr_array_new();

    for (char *const *item = privilege->base.acl; item && *item; item++)
        g_ptr_array_add(given, *item);
    for (char *const *item = wanted; privilege->in_schema && item && *item; item++)
        g_ptr_array_add(given, *item);
    g_ptr_array_add(given, NULL);
    acl_append_change(statements, target,
                      &(AclChange){(char *const *)given->pdata, object->baseline,
                                   privilege->base.owner, wanted, object->baseline});
}

void diff_common_settle(const DiffPlan *plan, const Object *object, GPtrArray *statements)
{
    const GPtrArray *objects = catalog_objects(plan->from);
    g_autofree char *prefix = NULL;
    g_autofree char *on = ddl_grant_target(object, &prefix);
    const AclTarget target = {prefix ? prefix : "", on, NULL, object->owner};

    for (guint i = 0; on && i < objects->len; i++) {
        const DefaultPrivilege *privilege = objects->pdata[i];

        if (privilege->base.kind == KIND_DEFAULT_PRIVILEGE && applies(privilege, object))
            settle(privilege, object, &target, statements);
    }
}
