/* Types, collations, and what gives types their behaviour: aggregates, operators, casts. */
#include "schema/ddl_private.h"
#include "schema/name.h"

static char *join_parameters(char *const *parameters)
{
    g_autofree char *list = parameters ? g_strjoinv(",\n    ", (char **)parameters) : g_strdup("");

    return g_strdup_printf("(\n    %s\n)", list);
}

void ddl_enum(GPtrArray *statements, const Enum *type)
{
    g_autoptr(GString) labels = g_string_new(NULL);

    for (char **label = type->labels; label && *label; label++) {
        g_autofree char *literal = ddl_literal(*label);

        g_string_append_printf(labels, "%s\n    %s", label == type->labels ? "" : ",", literal);
    }
    ddl_add(statements, "CREATE TYPE %s AS ENUM (%s\n)", type->base.reference, labels->str);
}

static void append_domain_checks(GString *sql, const Domain *domain)
{
    const GPtrArray *parts = domain->base.parts;

    for (guint i = 0; parts && i < parts->len; i++) {
        const Constraint *constraint = parts->pdata[i];

        if (!constraint->is_validated)
            continue;
        g_string_append(sql, "\n    CONSTRAINT ");
        name_append(sql, constraint->base.name);
        g_string_append_printf(sql, " %s", constraint->definition);
    }
}

static void add_domain_parts(GPtrArray *statements, const Domain *domain, DdlFlags flags)
{
    const GPtrArray *parts = domain->base.parts;

    for (guint i = 0; parts && i < parts->len; i++) {
        const Constraint *constraint = parts->pdata[i];
        g_autofree char *name = name_quote(constraint->base.name);

        if (!constraint->is_validated)
            ddl_add(statements, "ALTER DOMAIN %s ADD CONSTRAINT %s %s", domain->base.reference,
                    name, constraint->definition);
        ddl_add_comment(statements, "CONSTRAINT", &constraint->base, flags);
    }
}

void ddl_domain(GPtrArray *statements, const Domain *domain, DdlFlags flags)
{
    g_autoptr(GString) sql = g_string_new("CREATE DOMAIN ");

    g_string_append_printf(sql, "%s AS %s", domain->base.reference, domain->type);
    if (domain->collation)
        g_string_append_printf(sql, " COLLATE %s", domain->collation);
    if (domain->default_value)
        g_string_append_printf(sql, " DEFAULT %s", domain->default_value);
    if (domain->is_not_null)
        g_string_append(sql, " NOT NULL");
    append_domain_checks(sql, domain);
    ddl_add(statements, "%s", sql->str);
    add_domain_parts(statements, domain, flags);
}

static void append_parameter(GString *sql, const char *name, const char *value)
{
    if (value)
        g_string_append_printf(sql, ",\n    %s = %s", name, value);
}

void ddl_range(GPtrArray *statements, const Range *range)
{
    g_autoptr(GString) sql = g_string_new("CREATE TYPE ");

    g_string_append_printf(sql, "%s AS RANGE (\n    SUBTYPE = %s", range->base.reference,
                           range->subtype);
    append_parameter(sql, "MULTIRANGE_TYPE_NAME", range->multirange);
    append_parameter(sql, "SUBTYPE_OPCLASS", range->operator_class);
    append_parameter(sql, "COLLATION", range->collation);
    append_parameter(sql, "CANONICAL", range->canonical);
    append_parameter(sql, "SUBTYPE_DIFF", range->subtype_diff);
    ddl_add(statements, "%s\n)", sql->str);
}

static void append_literal(GString *sql, const char *name, const char *value)
{
    g_autofree char *literal = value ? ddl_literal(value) : NULL;

    if (literal)
        g_string_append_printf(sql, ", %s = %s", name, literal);
}

void ddl_collation(GPtrArray *statements, const Collation *collation)
{
    g_autoptr(GString) sql = g_string_new("CREATE COLLATION ");

    g_string_append_printf(sql, "%s (provider = %s", collation->base.reference,
                           collation->provider == 'i'   ? "icu"
                           : collation->provider == 'b' ? "builtin"
                                                        : "libc");
    if (!collation->is_deterministic)
        g_string_append(sql, ", deterministic = false");
    append_literal(sql, "locale", collation->locale);
    append_literal(sql, "lc_collate", collation->lc_collate);
    append_literal(sql, "lc_ctype", collation->lc_ctype);
    append_literal(sql, "rules", collation->rules);
    ddl_add(statements, "%s)", sql->str);
}

void ddl_aggregate(GPtrArray *statements, const Aggregate *aggregate)
{
    g_autofree char *parameters = join_parameters(aggregate->parameters);

    ddl_add(statements, "CREATE AGGREGATE %s %s", aggregate->base.reference, parameters);
}

void ddl_operator(GPtrArray *statements, const Operator *operator)
{
    g_autofree char *schema = name_quote(operator->base.schema);
    g_autofree char *parameters = join_parameters(operator->parameters);

    ddl_add(statements, "CREATE OPERATOR %s.%s %s", schema, operator->base.name, parameters);
}

void ddl_operator_family(GPtrArray *statements, const OperatorFamily *family)
{
    g_autofree char *members = family->members ? g_strjoinv(",\n    ", family->members) : NULL;

    ddl_add(statements, "CREATE OPERATOR FAMILY %s", family->base.reference);
    if (members)
        ddl_add(statements, "ALTER OPERATOR FAMILY %s ADD\n    %s", family->base.reference,
                members);
}

void ddl_operator_class(GPtrArray *statements, const OperatorClass *operator_class)
{
    g_autofree char *name = name_qualify(operator_class->base.schema, operator_class->base.name);
    g_autofree char *method = name_quote(operator_class->method);
    g_autofree char *members = operator_class->members
                                   ? g_strjoinv(",\n    ", operator_class->members)
                                   : g_strdup_printf("STORAGE %s", operator_class->type);

    ddl_add(statements, "CREATE OPERATOR CLASS %s%s FOR TYPE %s USING %s FAMILY %s AS\n    %s",
            name, operator_class->is_default ? " DEFAULT" : "", operator_class->type, method,
            operator_class->family, members);
}

void ddl_cast(GPtrArray *statements, const Cast *cast)
{
    g_autofree char *how = cast->method == 'f' ? g_strdup_printf("WITH FUNCTION %s", cast->function)
                           : cast->method == 'i' ? g_strdup("WITH INOUT")
                                                 : g_strdup("WITHOUT FUNCTION");

    ddl_add(statements, "CREATE CAST %s %s%s", cast->base.reference, how,
            cast->context == 'i'   ? " AS IMPLICIT"
            : cast->context == 'a' ? " AS ASSIGNMENT"
                                   : "");
}
