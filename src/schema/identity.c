/* Names of objects, by kind. */
#include "schema/identity.h"

#include "schema/name.h"

static char *with_arguments(const Object *object, const char *arguments)
{
    g_autofree char *name = name_qualify(object->schema, object->name);

    return g_strdup_printf("%s(%s)", name, arguments);
}

/* Its name is no identifier. */
static char *of_operator(const Operator *operator)
{
    g_autofree char *schema = name_quote(operator->base.schema);

    return g_strdup_printf("%s.%s (%s, %s)", schema, operator->base.name,
                           operator->left_type ? operator->left_type : "NONE",
                           operator->right_type ? operator->right_type : "NONE");
}

static char *with_method(const Object *object, const char *method)
{
    g_autofree char *name = name_qualify(object->schema, object->name);
    g_autofree char *quoted = name_quote(method);

    return g_strdup_printf("%s USING %s", name, quoted);
}

static char *on_parent(const Object *object)
{
    g_autofree char *name = name_quote(object->name);
    g_autofree char *parent = name_qualify(object->schema, object->parent->name);

    return g_strdup_printf("%s ON %s%s", name, object->parent->kind == KIND_DOMAIN ? "DOMAIN " : "",
                           parent);
}

static char *of_column(const Object *column)
{
    g_autofree char *parent = name_qualify(column->schema, column->parent->name);
    g_autofree char *name = name_quote(column->name);

    return g_strdup_printf("%s.%s", parent, name);
}

static char *of_user_mapping(const UserMapping *mapping)
{
    g_autofree char *role = *mapping->base.name ? name_quote(mapping->base.name) : NULL;
    g_autofree char *server = name_quote(mapping->server);

    return g_strdup_printf("FOR %s SERVER %s", role ? role : "PUBLIC", server);
}

const char *default_privilege_noun(const DefaultPrivilege *privilege)
{
    switch (privilege->type) {
    case 'r':
        return "TABLES";
    case 'S':
        return "SEQUENCES";
    case 'f':
        return "FUNCTIONS";
    case 'T':
        return "TYPES";
    case 'n':
        return "SCHEMAS";
    default:
        return "LARGE OBJECTS";
    }
}

char *default_privilege_scope(const DefaultPrivilege *privilege)
{
    g_autofree char *role = name_quote(privilege->base.owner);
    g_autofree char *schema = privilege->in_schema ? name_quote(privilege->in_schema) : NULL;

    return g_strdup_printf("FOR ROLE %s%s%s", role, schema ? " IN SCHEMA " : "",
                           schema ? schema : "");
}

static char *of_default_privilege(const DefaultPrivilege *privilege)
{
    g_autofree char *scope = default_privilege_scope(privilege);

    return g_strdup_printf("%s ON %s", scope, default_privilege_noun(privilege));
}

char *identity_reference(const Object *object)
{
    switch (object->kind) {
    case KIND_FUNCTION:
        return with_arguments(object, ((const Function *)object)->signature);
    case KIND_AGGREGATE:
        return with_arguments(object, ((const Aggregate *)object)->signature);
    case KIND_OPERATOR:
        return of_operator((const Operator *)object);
    case KIND_OPERATOR_FAMILY:
        return with_method(object, ((const OperatorFamily *)object)->method);
    case KIND_OPERATOR_CLASS:
        return with_method(object, ((const OperatorClass *)object)->method);
    case KIND_CAST:
        return g_strdup_printf("(%s)", object->name);
    case KIND_EXTENSION:
        return name_quote(object->name);
    case KIND_USER_MAPPING:
        return of_user_mapping((const UserMapping *)object);
    case KIND_DEFAULT_PRIVILEGE:
        return of_default_privilege((const DefaultPrivilege *)object);
    case KIND_COLUMN:
        return of_column(object);
    case KIND_CONSTRAINT:
    case KIND_RULE:
    case KIND_TRIGGER:
    case KIND_POLICY:
        return on_parent(object);
    default:
        return name_qualify(object->schema, object->name);
    }
}

char *identity_of(const Object *object)
{
    const char *slug = kind_traits(object->kind)->slug;
    g_autofree char *name = NULL;

    if (object->kind == KIND_FUNCTION)
        name = with_arguments(object, ((const Function *)object)->arguments);
    else if (object->kind == KIND_AGGREGATE)
        name = with_arguments(object, ((const Aggregate *)object)->arguments);
    else
        name = identity_reference(object);
    return g_strdup_printf("%s %s", slug, name);
}
