/* What all objects have in common, and which file knows the rest. */
#include "schema/ddl.h"

#include <string.h>

#include "base/quote.h"
#include "schema/acl.h"
#include "schema/ddl_private.h"
#include "schema/identity.h"
#include "schema/name.h"

void ddl_add(GPtrArray *statements, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_ptr_array_add(statements, g_strdup_vprintf(format, arguments));
    va_end(arguments);
}

char *ddl_literal(const char *text)
{
    return g_strchug(sql_quote_literal(text));
}

char *ddl_block(const char *tag, const char *body)
{
    g_autoptr(GString) quote = g_string_new(NULL);

    g_string_printf(quote, "$%s$", tag);
    while (strstr(body, quote->str))
        g_string_insert_c(quote, 1, '_');
    return g_strdup_printf("DO %s\n%s\n%s", quote->str, body, quote->str);
}

/* One "name=value"; names with a namespace (toast.fillfactor) have two parts. */
static void append_option(GString *sql, const char *option, const char *between, gboolean has_parts)
{
    g_autofree char *name = g_strndup(option, strcspn(option, "="));
    const char *sign = strchr(option, '=');
    g_autofree char *value = ddl_literal(sign ? sign + 1 : "");
    char *dot = has_parts ? strchr(name, '.') : NULL;

    if (dot) {
        *dot = '\0';
        name_append(sql, name);
        g_string_append_c(sql, '.');
    }
    name_append(sql, dot ? dot + 1 : name);
    g_string_append_printf(sql, "%s%s", between, value);
}

void ddl_append_storage(GString *sql, char *const *options)
{
    if (!options)
        return;
    g_string_append(sql, " WITH (");
    for (char *const *option = options; *option; option++) {
        g_string_append(sql, option == options ? "" : ", ");
        append_option(sql, *option, "=", TRUE);
    }
    g_string_append_c(sql, ')');
}

void ddl_append_options(GString *sql, char *const *options)
{
    if (!options)
        return;
    g_string_append(sql, " OPTIONS (");
    for (char *const *option = options; *option; option++) {
        g_string_append(sql, option == options ? "" : ", ");
        append_option(sql, *option, " ", FALSE);
    }
    g_string_append_c(sql, ')');
}

void ddl_add_comment(GPtrArray *statements, const char *word, const Object *object, DdlFlags flags)
{
    gboolean is_wanted = object->comment && flags & DDL_COMMENTS;
    g_autofree char *text = is_wanted ? ddl_literal(object->comment) : NULL;

    if (text)
        ddl_add(statements, "COMMENT ON %s %s IS %s", word, object->reference, text);
}

static void add_schema(GPtrArray *statements, const Schema *schema)
{
    if (strcmp(schema->base.name, "public") != 0)
        ddl_add(statements, "CREATE SCHEMA %s", schema->base.reference);
}

static void add_extension(GPtrArray *statements, const Extension *extension)
{
    g_autofree char *name = name_quote(extension->base.name);
    g_autofree char *schema = name_quote(extension->base.schema);
    g_autofree char *version = ddl_literal(extension->version);

    ddl_add(statements, "CREATE EXTENSION %s WITH SCHEMA %s VERSION %s", name, schema, version);
}

/* The server ends the text of a function with a line end. */
static void add_function(GPtrArray *statements, const Function *function)
{
    g_autofree char *text = g_strdup(function->definition ? function->definition : "");

    ddl_add(statements, "%s", g_strchomp(text));
}

/* The statement that makes the object, and those that only its kind has. */
static void add_own(GPtrArray *statements, const Object *object, DdlFlags flags)
{
    switch (object->kind) {
#define CASE(KIND, call)                                                                           \
    case KIND_##KIND:                                                                              \
        call;                                                                                      \
        return;
        CASE(SCHEMA, add_schema(statements, (const Schema *)object))
        CASE(EXTENSION, add_extension(statements, (const Extension *)object))
        CASE(COLLATION, ddl_collation(statements, (const Collation *)object))
        CASE(ENUM, ddl_enum(statements, (const Enum *)object))
        CASE(DOMAIN, ddl_domain(statements, (const Domain *)object, flags))
        CASE(COMPOSITE, ddl_composite(statements, (const Composite *)object))
        CASE(RANGE, ddl_range(statements, (const Range *)object))
        CASE(FUNCTION, add_function(statements, (const Function *)object))
        CASE(AGGREGATE, ddl_aggregate(statements, (const Aggregate *)object))
        CASE(OPERATOR, ddl_operator(statements, (const Operator *)object))
        CASE(OPERATOR_FAMILY, ddl_operator_family(statements, (const OperatorFamily *)object))
        CASE(OPERATOR_CLASS, ddl_operator_class(statements, (const OperatorClass *)object))
        CASE(CAST, ddl_cast(statements, (const Cast *)object))
        CASE(SEARCH_PARSER, ddl_search_parser(statements, (const SearchParser *)object))
        CASE(SEARCH_TEMPLATE, ddl_search_template(statements, (const SearchTemplate *)object))
        CASE(SEARCH_DICTIONARY, ddl_search_dictionary(statements, (const SearchDictionary *)object))
        CASE(SEARCH_CONFIGURATION,
             ddl_search_configuration(statements, (const SearchConfiguration *)object))
        CASE(WRAPPER, ddl_wrapper(statements, (const Wrapper *)object))
        CASE(SERVER, ddl_server(statements, (const Server *)object))
        CASE(USER_MAPPING, ddl_user_mapping(statements, (const UserMapping *)object))
        CASE(SEQUENCE, ddl_sequence(statements, (const Sequence *)object))
        CASE(TABLE, ddl_table(statements, (const Table *)object, flags))
        CASE(CONSTRAINT, ddl_constraint(statements, (const Constraint *)object))
        CASE(INDEX, ddl_index(statements, (const Index *)object))
        CASE(VIEW, ddl_view(statements, (const View *)object, flags))
        CASE(RULE, ddl_rule(statements, (const Rule *)object))
        CASE(TRIGGER, ddl_trigger(statements, (const Trigger *)object))
        CASE(POLICY, ddl_policy(statements, (const Policy *)object))
        CASE(STATISTICS, ddl_statistics(statements, (const Statistics *)object))
        CASE(PUBLICATION, ddl_publication(statements, (const Publication *)object))
        CASE(EVENT_TRIGGER, ddl_event_trigger(statements, (const EventTrigger *)object))
#undef CASE
    case KIND_DEFAULT_PRIVILEGE:
        return;
    case KIND_COLUMN:
    case KIND_COUNT:
        g_assert_not_reached();
    }
}

const char *ddl_settable_owner(const Object *object)
{
    if (object->kind == KIND_EXTENSION || object->kind == KIND_DEFAULT_PRIVILEGE)
        return NULL;
    if (object->kind == KIND_SCHEMA && ((const Schema *)object)->is_initial)
        return NULL;
    if (object->kind == KIND_SEQUENCE && ((const Sequence *)object)->is_identity)
        return NULL;
    return object->owner;
}

static void add_owner(GPtrArray *statements, const Object *object)
{
    const char *owner = ddl_settable_owner(object);
    g_autofree char *role = owner ? name_quote(owner) : NULL;

    if (role)
        ddl_add(statements, "ALTER %s %s OWNER TO %s", object_word(object), object->reference,
                role);
}

/* What GRANT calls it; NULL: has no privileges of its own. */
static const char *grant_word(const Object *object)
{
    switch (object->kind) {
    case KIND_TABLE:
    case KIND_VIEW:
        return "TABLE";
    case KIND_ENUM:
    case KIND_DOMAIN:
    case KIND_COMPOSITE:
    case KIND_RANGE:
        return "TYPE";
    case KIND_SERVER:
        return "FOREIGN SERVER";
    case KIND_AGGREGATE:
        return "FUNCTION";
    case KIND_SCHEMA:
    case KIND_SEQUENCE:
    case KIND_FUNCTION:
    case KIND_WRAPPER:
        return object_word(object);
    default:
        return NULL;
    }
}

/* A zero-argument aggregate is called with a star everywhere but in GRANT. */
char *ddl_grant_target(const Object *object, char **prefix)
{
    const char *word = grant_word(object);
    const char *arguments =
        object->kind == KIND_AGGREGATE ? ((const Aggregate *)object)->arguments : NULL;
    g_autofree char *name = arguments ? name_qualify(object->schema, object->name) : NULL;
    g_autofree char *scope = NULL;

    *prefix = NULL;
    if (object->kind == KIND_DEFAULT_PRIVILEGE) {
        scope = default_privilege_scope((const DefaultPrivilege *)object);
        *prefix = g_strdup_printf("ALTER DEFAULT PRIVILEGES %s ", scope);
        return g_strdup(default_privilege_noun((const DefaultPrivilege *)object));
    }
    if (!word)
        return NULL;
    return name ? g_strdup_printf("%s %s(%s)", word, name, arguments)
                : g_strdup_printf("%s %s", word, object->reference);
}

static void add_grants(GPtrArray *statements, const Object *object, DdlFlags flags)
{
    g_autofree char *prefix = NULL;
    g_autofree char *on = ddl_grant_target(object, &prefix);
    const AclTarget target = {prefix ? prefix : "", on, NULL, object->owner};

    if (on && flags & DDL_PRIVILEGES)
        acl_append(statements, &target, object->acl, object->baseline);
}

static GPtrArray *statements_new(void)
{
    return g_ptr_array_new_with_free_func(g_free);
}

GPtrArray *ddl_create(const Object *object, DdlFlags flags)
{
    GPtrArray *statements = statements_new();

    add_own(statements, object, flags);
    if (flags & DDL_OWNERS)
        add_owner(statements, object);
    ddl_add_comment(statements, object_word(object), object, flags);
    add_grants(statements, object, flags);
    ddl_columns(statements, object, flags);
    return statements;
}

GPtrArray *ddl_defaults(const Object *object)
{
    GPtrArray *statements = statements_new();

    ddl_column_defaults(statements, object);
    return statements;
}

GPtrArray *ddl_ownership(const Object *object)
{
    const Sequence *sequence = (const Sequence *)object;
    GPtrArray *statements = statements_new();
    g_autofree char *column = NULL;

    if (object->kind != KIND_SEQUENCE || !sequence->owned_column || sequence->is_identity)
        return statements;
    column = name_quote(sequence->owned_column);
    ddl_add(statements, "ALTER SEQUENCE %s OWNED BY %s.%s", object->reference,
            object->parent->reference, column);
    return statements;
}

static void append_all(GString *text, GPtrArray *statements)
{
    for (guint i = 0; i < statements->len; i++)
        g_string_append_printf(text, "%s;\n", (const char *)statements->pdata[i]);
    g_ptr_array_unref(statements);
}

char *ddl_text(const Object *object, DdlFlags flags)
{
    GString *text = g_string_new(NULL);

    append_all(text, ddl_create(object, flags | DDL_DEFAULTS));
    append_all(text, ddl_ownership(object));
    return g_string_free(text, FALSE);
}
