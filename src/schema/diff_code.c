/* Functions and procedures, aggregates, operators with their families and classes, casts. */
#include <string.h>

#include "schema/ddl_private.h"
#include "schema/diff_private.h"

/* --- Functions -------------------------------------------------------------------------------- */

/* Behind the string or quoted name that begins at `text`. */
static const char *skip_quoted(const char *text)
{
    char quote = *text++;

    for (; *text; text++) {
        if (*text != quote)
            continue;
        if (text[1] != quote)
            return text + 1;
        text++;
    }
    return text;
}

/* How many of its arguments a call may leave out. CREATE OR REPLACE FUNCTION public.f(a integer
 * DEFAULT 2, ...): the list ends with the parenthesis that closes the first. */
static guint count_defaults(const char *definition)
{
    const char *word = " DEFAULT ";
    guint depth = 0;
    guint count = 0;

    for (const char *text = definition; *text; text++) {
        if (*text == '\'' || *text == '"') {
            text = skip_quoted(text) - 1;
            continue;
        }
        if (*text == '(')
            depth++;
        else if (*text == ')' && --depth == 0)
            break;
        else if (depth == 1 && strncmp(text, word, strlen(word)) == 0)
            count++;
    }
    return count;
}

/* CREATE OR REPLACE keeps names, modes and result as they are, and takes no default away. */
static gboolean is_replaceable(const Function *old, const Function *new)
{
    return old->type == new->type &&strcmp(old->signature, new->signature) == 0 &&
           g_strcmp0(old->result, new->result) == 0 &&
           count_defaults(old->definition) <= count_defaults(new->definition);
}

/* What was computed with a function is not computed again by itself. */
static gboolean is_computed_with(const DiffPlan *plan, const Object *function)
{
    const GPtrArray *objects = catalog_objects(diff_from(plan));

    for (guint i = 0; i < objects->len; i++) {
        const Object *object = objects->pdata[i];

        if (object->kind == KIND_INDEX && object->needs &&
            g_ptr_array_find(object->needs, function, NULL))
            return TRUE;
    }
    return FALSE;
}

AlterOutcome diff_function(DiffPlan *plan, const Object *from, const Object *to, GError **error)
{
    const Function *old = (const Function *)from;
    const Function *new = (const Function *)to;
    g_autofree char *text = NULL;
    DiffOperation *operation;

    if (g_strcmp0(old->definition, new->definition) == 0)
        return ALTER_IN_PLACE;
    if (!is_replaceable(old, new))
        return ALTER_REBUILD;
    text = g_strchomp(g_strdup(new->definition));
    operation = diff_operation(
        plan, to, new->type == 'p' ? "replace_procedure" : "replace_function", "%s", to->reference);
    diff_statement(operation, "%s", text);
    if (is_computed_with(plan, from))
        diff_set_hazard(operation, "indexes keep what the old function gave until REINDEX");
    return ALTER_IN_PLACE;
}

/* --- Aggregates ------------------------------------------------------------------------------- */

/* The parameter that begins with `name`; NULL: there is none. */
static const char *find_parameter(char *const *parameters, const char *name)
{
    for (; parameters && *parameters; parameters++)
        if (g_str_has_prefix(*parameters, name))
            return *parameters;
    return NULL;
}

static gboolean has_same(char *const *old, char *const *new, const char *name)
{
    return g_strcmp0(find_parameter(old, name), find_parameter(new, name)) == 0;
}

/* The state or the final function says what an aggregate returns: that cannot be replaced. */
AlterOutcome diff_aggregate(DiffPlan *plan, const Object *from, const Object *to, GError **error)
{
    const Aggregate *old = (const Aggregate *)from;
    const Aggregate *new = (const Aggregate *)to;
    g_autofree char *list = NULL;

    if (old->type != new->type || strcmp(old->signature, new->signature) != 0 ||
        !has_same(old->parameters, new->parameters, "STYPE = ") ||
        !has_same(old->parameters, new->parameters, "FINALFUNC = "))
        return ALTER_REBUILD;
    if (diff_same_texts(old->parameters, new->parameters))
        return ALTER_IN_PLACE;
    list = g_strjoinv(",\n    ", new->parameters);
    diff_statement(diff_operation(plan, to, "replace_aggregate", "%s", to->reference),
                   "CREATE OR REPLACE AGGREGATE %s (\n    %s\n)", to->reference, list);
    return ALTER_IN_PLACE;
}

/* --- Operators -------------------------------------------------------------------------------- */

static gboolean is_estimator(const char *parameter)
{
    return g_str_has_prefix(parameter, "RESTRICT = ") || g_str_has_prefix(parameter, "JOIN = ");
}

/* Whether `other` has all that `parameters` say, but for how many rows come. */
static gboolean has_all_but_estimators(char *const *other, char *const *parameters)
{
    for (; parameters && *parameters; parameters++)
        if (!is_estimator(*parameters) && !diff_has_text(other, *parameters))
            return FALSE;
    return TRUE;
}

static void append_estimator(GString *list, char *const *old, char *const *new, const char *name)
{
    g_autofree char *prefix = g_strconcat(name, " = ", NULL);
    const char *parameter = find_parameter(new, prefix);

    if (has_same(old, new, prefix))
        return;
    g_string_append(list, list->len ? ", " : "");
    if (parameter)
        g_string_append(list, parameter);
    else
        g_string_append_printf(list, "%sNONE", prefix);
}

AlterOutcome diff_operator(DiffPlan *plan, const Object *from, const Object *to, GError **error)
{
    char *const *old = ((const Operator *)from)->parameters;
    char *const *new = ((const Operator *)to)->parameters;
    g_autoptr(GString) list = g_string_new(NULL);

    if (!has_all_but_estimators(old, new) || !has_all_but_estimators(new, old))
        return ALTER_REBUILD;
    append_estimator(list, old, new, "RESTRICT");
    append_estimator(list, old, new, "JOIN");
    if (list->len)
        diff_statement(diff_operation(plan, to, "alter_operator", "%s", to->reference),
                       "ALTER OPERATOR %s SET (%s)", to->reference, list->str);
    return ALTER_IN_PLACE;
}

/* What DROP calls a member: "OPERATOR 1 (integer, bigint)" of "OPERATOR 1 <(integer,bigint) FOR
 * ORDER BY ..."; "FUNCTION 1 (integer, bigint)" of "FUNCTION 1 (integer, bigint) f(...)". An
 * operator's name has no parenthesis, but its schema may. */
static char *member_to_drop(const char *member)
{
    const char *number = strchr(member, ' ') + 1;
    const char *name = strchr(number, ' ') + 1;
    const char *types = name;
    const char *end;

    while (*types && *types != '(')
        types = *types == '"' ? skip_quoted(types) : types + 1;
    for (end = types; *end && *end != ')';)
        end = *end == '"' ? skip_quoted(end) : end + 1;
    return g_strdup_printf("%.*s %.*s)", (int)(name - member - 1), member, (int)(end - types),
                           types);
}

/* Those that only `members` has, as a list for ALTER OPERATOR FAMILY. */
static char *only_in(char *const *members, char *const *others, gboolean is_drop)
{
    g_autoptr(GString) list = g_string_new(NULL);

    for (; members && *members; members++) {
        g_autofree char *dropped = member_to_drop(*members);

        if (!diff_has_text(others, *members))
            g_string_append_printf(list, "%s\n    %s", list->len ? "," : "",
                                   is_drop ? dropped : *members);
    }
    return g_string_free(g_steal_pointer(&list), FALSE);
}

AlterOutcome diff_operator_family(DiffPlan *plan, const Object *from, const Object *to,
                                  GError **error)
{
    char *const *old = ((const OperatorFamily *)from)->members;
    char *const *new = ((const OperatorFamily *)to)->members;
    g_autofree char *gone = only_in(old, new, TRUE);
    g_autofree char *added = only_in(new, old, FALSE);
    DiffOperation *operation;

    if (diff_same_texts(old, new))
        return ALTER_IN_PLACE;
    operation = diff_operation(plan, to, "alter_operator_family", "%s", to->reference);
    if (*gone)
        diff_statement(operation, "ALTER OPERATOR FAMILY %s DROP%s", to->reference, gone);
    if (*added)
        diff_statement(operation, "ALTER OPERATOR FAMILY %s ADD%s", to->reference, added);
    return ALTER_IN_PLACE;
}

AlterOutcome diff_operator_class(DiffPlan *plan, const Object *from, const Object *to,
                                 GError **error)
{
    const OperatorClass *old = (const OperatorClass *)from;
    const OperatorClass *new = (const OperatorClass *)to;

    return strcmp(old->type, new->type) == 0 && strcmp(old->family, new->family) == 0 &&
                   old->is_default == new->is_default &&diff_same_texts(old->members, new->members)
               ? ALTER_IN_PLACE
               : ALTER_REBUILD;
}

AlterOutcome diff_cast(DiffPlan *plan, const Object *from, const Object *to, GError **error)
{
    const Cast *old = (const Cast *)from;
    const Cast *new = (const Cast *)to;

    return old->context == new->context &&
                   old->method == new->method &&g_strcmp0(old->function, new->function) == 0
               ? ALTER_IN_PLACE
               : ALTER_REBUILD;
}
