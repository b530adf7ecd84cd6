/* Schemas, extensions, text search, foreign data. */
#include <string.h>

#include "base/error.h"
#include "schema/ddl_private.h"
#include "schema/diff_private.h"
#include "schema/name.h"

static DiffOperation *operate(DiffPlan *plan, const Object *object, const char *verb)
{
    return diff_operation(plan, object, verb, "%s", object->reference);
}

/* Owner, comment and privileges are all that a schema has. */
AlterOutcome diff_schema(DiffPlan *plan, const Object *from, const Object *to, GError **error)
{
    return ALTER_IN_PLACE;
}

AlterOutcome diff_default_privilege(DiffPlan *plan, const Object *from, const Object *to,
                                    GError **error)
{
    return ALTER_IN_PLACE;
}

/* Scripts that lead back are hardly ever there. */
static gboolean check_version(const Extension *old, const Extension *new, GError **error)
{
    if (strverscmp(old->version, new->version) <= 0)
        return TRUE;
    error_set(error, ERROR_REFUSED, "extension %s cannot go back from version %s to %s",
              new->base.reference, old->version, new->version);
    return FALSE;
}

AlterOutcome diff_extension(DiffPlan *plan, const Object *from, const Object *to, GError **error)
{
    const char *version = ((const Extension *)to)->version;
    g_autofree char *schema = name_quote(to->schema);
    g_autofree char *literal = ddl_literal(version);

    if (!check_version((const Extension *)from, (const Extension *)to, error))
        return ALTER_REFUSED;
    if (strcmp(from->schema, to->schema) != 0)
        diff_statement(operate(plan, to, "alter_extension"), "ALTER EXTENSION %s SET SCHEMA %s",
                       to->reference, schema);
    if (strcmp(((const Extension *)from)->version, version) != 0)
        diff_statement(operate(plan, to, "alter_extension"), "ALTER EXTENSION %s UPDATE TO %s",
                       to->reference, literal);
    return ALTER_IN_PLACE;
}

/* --- Text search ------------------------------------------------------------------------------ */

AlterOutcome diff_search_parser(DiffPlan *plan, const Object *from, const Object *to,
                                GError **error)
{
    return diff_same_texts(((const SearchParser *)from)->parameters,
                           ((const SearchParser *)to)->parameters)
               ? ALTER_IN_PLACE
               : ALTER_REBUILD;
}

AlterOutcome diff_search_template(DiffPlan *plan, const Object *from, const Object *to,
                                  GError **error)
{
    return diff_same_texts(((const SearchTemplate *)from)->parameters,
                           ((const SearchTemplate *)to)->parameters)
               ? ALTER_IN_PLACE
               : ALTER_REBUILD;
}

/* "a = 'x, y', b = '1'" as a list of its options. */
static char **split_options(const char *options)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new();
    gboolean is_quoted = FALSE;
    const char *start = options;

    for (const char *end = options; end; end++) {
        if (*end == '\'' || *end == '"')
            is_quoted = !is_quoted;
        if (*end && (*end != ',' || is_quoted))
            continue;
        if (end > start)
            g_ptr_array_add(list, g_strstrip(g_strndup(start, (gsize)(end - start))));
        start = end + 1;
        if (!*end)
            break;
    }
    g_ptr_array_add(list, NULL);
    return (char **)g_ptr_array_steal(list, NULL);
}

/* An option's name, as it is written. */
static char *option_name(const char *option)
{
    const char *sign = strstr(option, " = ");

    return sign ? g_strndup(option, (gsize)(sign - option)) : g_strdup(option);
}

static gboolean has_option(char *const *options, const char *name)
{
    for (; *options; options++) {
        g_autofree char *other = option_name(*options);

        if (strcmp(other, name) == 0)
            return TRUE;
    }
    return FALSE;
}

/* A name alone takes the option away. What is set goes to the end of the list, so all that follows
 * the first difference is set again. */
static char *change_options(char *const *old, char *const *new)
{
    g_autoptr(GString) list = g_string_new(NULL);

    while (*old && *new &&strcmp(*old, *new) == 0) {
        old++;
        new ++;
    }
    for (; *old; old++) {
        g_autofree char *name = option_name(*old);

        if (!has_option(new, name))
            g_string_append_printf(list, "%s%s", list->len ? ", " : "", name);
    }
    for (; *new; new ++)
        g_string_append_printf(list, "%s%s", list->len ? ", " : "", *new);
    return g_string_free(g_steal_pointer(&list), FALSE);
}

AlterOutcome diff_search_dictionary(DiffPlan *plan, const Object *from, const Object *to,
                                    GError **error)
{
    g_auto(GStrv) old = split_options(((const SearchDictionary *)from)->options);
    g_auto(GStrv) new = split_options(((const SearchDictionary *)to)->options);
    g_autofree char *list = change_options(old, new);

    if (strcmp(((const SearchDictionary *)from)->template,
               ((const SearchDictionary *)to)->template) != 0)
        return ALTER_REBUILD;
    if (*list)
        diff_statement(operate(plan, to, "alter_text_search_dictionary"),
                       "ALTER TEXT SEARCH DICTIONARY %s (%s)", to->reference, list);
    return ALTER_IN_PLACE;
}

/* "asciiword" of "asciiword WITH english_stem"; types of tokens are plain names, or quoted. */
static char *token_of(const char *mapping)
{
    const char *end = strstr(mapping, " WITH ");

    return g_strndup(mapping, end ? (gsize)(end - mapping) : strlen(mapping));
}

static gboolean has_mapping(char *const *mappings, const char *token)
{
    for (; mappings && *mappings; mappings++) {
        g_autofree char *other = token_of(*mappings);

        if (strcmp(other, token) == 0)
            return TRUE;
    }
    return FALSE;
}

static void map_tokens(DiffOperation *operation, const Object *object, char *const *from,
                       char *const *to)
{
    for (char *const *mapping = from; mapping && *mapping; mapping++) {
        g_autofree char *token = token_of(*mapping);

        if (!has_mapping(to, token))
            diff_statement(operation, "ALTER TEXT SEARCH CONFIGURATION %s DROP MAPPING FOR %s",
                           object->reference, token);
    }
    for (char *const *mapping = to; mapping && *mapping; mapping++) {
        g_autofree char *token = token_of(*mapping);

        if (!diff_has_text(from, *mapping))
            diff_statement(operation, "ALTER TEXT SEARCH CONFIGURATION %s %s MAPPING FOR %s",
                           object->reference, has_mapping(from, token) ? "ALTER" : "ADD", *mapping);
    }
}

/* What a column of tsvector has from the old mappings stays. */
AlterOutcome diff_search_configuration(DiffPlan *plan, const Object *from, const Object *to,
                                       GError **error)
{
    const SearchConfiguration *old = (const SearchConfiguration *)from;
    const SearchConfiguration *new = (const SearchConfiguration *)to;
    DiffOperation *operation;

    if (strcmp(old->parser, new->parser) != 0)
        return ALTER_REBUILD;
    if (diff_same_texts(old->mappings, new->mappings))
        return ALTER_IN_PLACE;
    operation = operate(plan, to, "alter_text_search_configuration");
    map_tokens(operation, to, old->mappings, new->mappings);
    diff_set_hazard(operation, "indexes and stored vectors keep the words of the old mappings "
                               "until they are built again");
    return ALTER_IN_PLACE;
}

/* --- Foreign data ----------------------------------------------------------------------------- */

/* " HANDLER f" or " NO HANDLER"; nothing when it stays. */
static void append_routine(GString *sql, const char *word, const char *old, const char *new)
{
    if (g_strcmp0(old, new) == 0)
        return;
    if (new)
        g_string_append_printf(sql, " %s %s", word, new);
    else
        g_string_append_printf(sql, " NO %s", word);
}

/* "ALTER word reference" and what was gathered; nothing for nothing. */
static void alter_foreign(DiffPlan *plan, const Object *object, const char *verb,
                          const GString *changes)
{
    if (changes->len)
        diff_statement(operate(plan, object, verb), "ALTER %s %s%s", object_word(object),
                       object->reference, changes->str);
}

static void alter_options(DiffPlan *plan, const Object *object, const char *verb, char *const *old,
                          char *const *new)
{
    g_autofree char *alter = g_strdup_printf("ALTER %s %s", object_word(object), object->reference);

    if (!diff_same_texts(old, new))
        diff_server_options(operate(plan, object, verb), alter, old, new);
}

AlterOutcome diff_wrapper(DiffPlan *plan, const Object *from, const Object *to, GError **error)
{
    const Wrapper *old = (const Wrapper *)from;
    const Wrapper *new = (const Wrapper *)to;
    g_autoptr(GString) changes = g_string_new(NULL);

    append_routine(changes, "HANDLER", old->handler, new->handler);
    append_routine(changes, "VALIDATOR", old->validator, new->validator);
    alter_foreign(plan, to, "alter_foreign_data_wrapper", changes);
    alter_options(plan, to, "alter_foreign_data_wrapper", old->options, new->options);
    return ALTER_IN_PLACE;
}

AlterOutcome diff_server(DiffPlan *plan, const Object *from, const Object *to, GError **error)
{
    const Server *old = (const Server *)from;
    const Server *new = (const Server *)to;
    g_autofree char *version = new->version ? ddl_literal(new->version) : g_strdup("NULL");

    if (strcmp(old->wrapper, new->wrapper) != 0 || g_strcmp0(old->type, new->type) != 0)
        return ALTER_REBUILD;
    if (g_strcmp0(old->version, new->version) != 0)
        diff_statement(operate(plan, to, "alter_server"), "ALTER SERVER %s VERSION %s",
                       to->reference, version);
    alter_options(plan, to, "alter_server", old->options, new->options);
    return ALTER_IN_PLACE;
}

AlterOutcome diff_user_mapping(DiffPlan *plan, const Object *from, const Object *to, GError **error)
{
    alter_options(plan, to, "alter_user_mapping", ((const UserMapping *)from)->options,
                  ((const UserMapping *)to)->options);
    return ALTER_IN_PLACE;
}
