/* Text search, foreign data, publications, event triggers. */
#include "schema/ddl_private.h"
#include "schema/name.h"

static void add_with_parameters(GPtrArray *statements, const Object *object,
                                char *const *parameters)
{
    g_autofree char *list = g_strjoinv(", ", (char **)parameters);

    ddl_add(statements, "CREATE %s %s (%s)", object_word(object), object->reference, list);
}

void ddl_search_parser(GPtrArray *statements, const SearchParser *parser)
{
    add_with_parameters(statements, &parser->base, parser->parameters);
}

void ddl_search_template(GPtrArray *statements, const SearchTemplate *template)
{
    add_with_parameters(statements, &template->base, template->parameters);
}

void ddl_search_dictionary(GPtrArray *statements, const SearchDictionary *dictionary)
{
    ddl_add(statements, "CREATE TEXT SEARCH DICTIONARY %s (TEMPLATE = %s%s%s)",
            dictionary->base.reference, dictionary->template, dictionary->options ? ", " : "",
            dictionary->options ? dictionary->options : "");
}

void ddl_search_configuration(GPtrArray *statements, const SearchConfiguration *configuration)
{
    const char *reference = configuration->base.reference;

    ddl_add(statements, "CREATE TEXT SEARCH CONFIGURATION %s (PARSER = %s)", reference,
            configuration->parser);
    for (char **mapping = configuration->mappings; mapping && *mapping; mapping++)
        ddl_add(statements, "ALTER TEXT SEARCH CONFIGURATION %s ADD MAPPING FOR %s", reference,
                *mapping);
}

void ddl_wrapper(GPtrArray *statements, const Wrapper *wrapper)
{
    g_autoptr(GString) sql = g_string_new("CREATE FOREIGN DATA WRAPPER ");

    g_string_append(sql, wrapper->base.reference);
    if (wrapper->handler)
        g_string_append_printf(sql, " HANDLER %s", wrapper->handler);
    if (wrapper->validator)
        g_string_append_printf(sql, " VALIDATOR %s", wrapper->validator);
    ddl_append_options(sql, wrapper->options);
    ddl_add(statements, "%s", sql->str);
}

static void append_literal(GString *sql, const char *word, const char *value)
{
    g_autofree char *literal = value ? ddl_literal(value) : NULL;

    if (literal)
        g_string_append_printf(sql, " %s %s", word, literal);
}

void ddl_server(GPtrArray *statements, const Server *server)
{
    g_autoptr(GString) sql = g_string_new("CREATE SERVER ");

    g_string_append(sql, server->base.reference);
    append_literal(sql, "TYPE", server->type);
    append_literal(sql, "VERSION", server->version);
    g_string_append(sql, " FOREIGN DATA WRAPPER ");
    name_append(sql, server->wrapper);
    ddl_append_options(sql, server->options);
    ddl_add(statements, "%s", sql->str);
}

void ddl_user_mapping(GPtrArray *statements, const UserMapping *mapping)
{
    g_autoptr(GString) sql = g_string_new("CREATE USER MAPPING ");

    g_string_append(sql, mapping->base.reference);
    ddl_append_options(sql, mapping->options);
    ddl_add(statements, "%s", sql->str);
}

static void append_published(GString *sql, const Publication *publication)
{
    const char *between = " FOR ";

    if (publication->has_all_tables)
        g_string_append(sql, " FOR ALL TABLES");
    for (char **table = publication->tables; table && *table; table++) {
        g_string_append_printf(sql, "%sTABLE ONLY %s", between, *table);
        between = ", ";
    }
    for (char **schema = publication->schemas; schema && *schema; schema++) {
        g_string_append_printf(sql, "%sTABLES IN SCHEMA %s", between, *schema);
        between = ", ";
    }
}

void ddl_publication(GPtrArray *statements, const Publication *publication)
{
    g_autofree char *actions =
        publication->actions ? g_strjoinv(", ", publication->actions) : g_strdup("");
    g_autoptr(GString) sql = g_string_new("CREATE PUBLICATION ");

    g_string_append(sql, publication->base.reference);
    append_published(sql, publication);
    g_string_append_printf(sql, " WITH (publish = '%s'", actions);
    if (publication->is_via_root)
        g_string_append(sql, ", publish_via_partition_root = true");
    if (publication->generated == 's')
        g_string_append(sql, ", publish_generated_columns = stored");
    ddl_add(statements, "%s)", sql->str);
}

static void append_tags(GString *sql, char *const *tags)
{
    for (char *const *tag = tags; tag && *tag; tag++) {
        g_autofree char *literal = ddl_literal(*tag);

        g_string_append_printf(sql, "%s%s", tag == tags ? " WHEN TAG IN (" : ", ", literal);
    }
    if (tags)
        g_string_append_c(sql, ')');
}

void ddl_event_trigger(GPtrArray *statements, const EventTrigger *trigger)
{
    g_autoptr(GString) sql = g_string_new("CREATE EVENT TRIGGER ");

    g_string_append_printf(sql, "%s ON %s", trigger->base.reference, trigger->event);
    append_tags(sql, trigger->tags);
    ddl_add(statements, "%s EXECUTE FUNCTION %s()", sql->str, trigger->function);
    if (trigger->enabled != 'O')
        ddl_add(statements, "ALTER EVENT TRIGGER %s %s", trigger->base.reference,
                ddl_enabling(trigger->enabled));
}
