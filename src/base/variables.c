/* A tree of named values. Which source wins is the caller's business. */
#include "base/variables.h"

#include <string.h>

#include "base/error.h"
#include "base/nearest.h"
#include "base/quote.h"
#include "base/secret.h"

enum { VARIABLES_MAX = 256 };

typedef struct {
    char *value;
    char *origin;
    gboolean is_secret;
} Variable;

struct Variables {
    GTree *by_name; /* char * in lower case -> Variable * */
};

static void variable_free(gpointer data)
{
    Variable *variable = data;

    if (variable->is_secret)
        explicit_bzero(variable->value, strlen(variable->value));
    g_free(variable->value);
    g_free(variable->origin);
    g_free(variable);
}

static gint compare_names(gconstpointer left, gconstpointer right, gpointer data)
{
    return strcmp(left, right);
}

Variables *variables_new(void)
{
    Variables *variables = g_new(Variables, 1);

    variables->by_name = g_tree_new_full(compare_names, NULL, g_free, variable_free);
    return variables;
}

void variables_free(Variables *variables)
{
    if (!variables)
        return;
    g_tree_unref(variables->by_name);
    g_free(variables);
}

gsize variable_name_length(const char *text)
{
    gsize length = 0;

    while (g_ascii_isalpha(text[length]) || text[length] == '_' ||
           (length > 0 && g_ascii_isdigit(text[length]))) {
        if (++length > VARIABLE_NAME_MAX)
            return 0;
    }
    return length;
}

static gboolean names_secret(const char *name)
{
    static const char *const words[] = {"password",   "passwd", "passphrase", "pwd",
                                        "secret",     "token",  "credential", "api_key",
                                        "access_key", "apikey", "private_key"};

    for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
        if (strstr(name, words[i]))
            return TRUE;
    }
    return FALSE;
}

/* The server quotes a statement in the form in which it was sent. */
static void remember_secret(const char *value)
{
    g_autofree char *literal = sql_quote_literal(value);
    g_autofree char *identifier = sql_quote_identifier(value);

    secret_remember(value);
    if (strpbrk(value, "'\\"))
        secret_remember(strchr(literal, '\''));
    if (strchr(value, '"'))
        secret_remember(identifier);
}

static gboolean check_name(const char *name, GError **error)
{
    if (*name && variable_name_length(name) == strlen(name))
        return TRUE;
    error_set(error, ERROR_CONFIG, "\"%s\" cannot be the name of a variable", name);
    error_set_hint(error,
                   "a name is at most %d letters, digits and underscores, and begins with no digit",
                   VARIABLE_NAME_MAX);
    return FALSE;
}

static gboolean check_value(const char *name, const char *value, GError **error)
{
    if (strlen(value) > VARIABLE_VALUE_MAX) {
        error_set(error, ERROR_CONFIG, "the value of %s is longer than %d KiB", name,
                  VARIABLE_VALUE_MAX / 1024);
        error_set_hint(error, "a variable is for what differs between environments; longer text "
                              "belongs into the revision file");
        return FALSE;
    }
    if (!g_utf8_validate(value, -1, NULL)) {
        error_set(error, ERROR_CONFIG, "the value of %s is not UTF-8", name);
        error_set_hint(error, "convert it, for example with iconv");
        return FALSE;
    }
    return TRUE;
}

static gboolean check_room(const Variables *variables, const char *name, GError **error)
{
    if (g_tree_nnodes(variables->by_name) < VARIABLES_MAX ||
        g_tree_lookup(variables->by_name, name))
        return TRUE;
    error_set(error, ERROR_CONFIG, "more than %d variables", VARIABLES_MAX);
    error_set_hint(error, "leave out those that no revision file refers to");
    return FALSE;
}

gboolean variables_set(Variables *variables, const char *name, const char *value,
                       const char *origin, GError **error)
{
    g_autofree char *folded = g_ascii_strdown(name, -1);
    Variable *variable;

    if (!check_name(name, error) || !check_value(folded, value, error) ||
        !check_room(variables, folded, error))
        return FALSE;
    variable = g_new(Variable, 1);
    *variable = (Variable){g_strdup(value), g_strdup(origin), names_secret(folded)};
    if (variable->is_secret)
        remember_secret(value);
    g_tree_replace(variables->by_name, g_steal_pointer(&folded), variable);
    return TRUE;
}

static const Variable *find(const Variables *variables, const char *name, gsize length)
{
    g_autofree char *folded = g_ascii_strdown(name, (gssize)length);

    return variables ? g_tree_lookup(variables->by_name, folded) : NULL;
}

const char *variables_get(const Variables *variables, const char *name, gsize length)
{
    const Variable *variable = find(variables, name, length);

    return variable ? variable->value : NULL;
}

const char *variables_origin(const Variables *variables, const char *name)
{
    const Variable *variable = find(variables, name, strlen(name));

    return variable ? variable->origin : NULL;
}

static gboolean collect_name(gpointer name, gpointer data, gpointer names)
{
    g_ptr_array_add(names, name);
    return FALSE;
}

gboolean variables_merge(Variables *variables, const Variables *others, GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();

    g_tree_foreach(others->by_name, collect_name, names);
    for (guint i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        const Variable *variable = g_tree_lookup(others->by_name, name);

        if (!variables_set(variables, name, variable->value, variable->origin, error))
            return FALSE;
    }
    return TRUE;
}

const char *variables_nearest(const Variables *variables, const char *name)
{
    g_autofree char *folded = g_ascii_strdown(name, -1);
    g_autoptr(GPtrArray) names = g_ptr_array_new();

    if (variables)
        g_tree_foreach(variables->by_name, collect_name, names);
    g_ptr_array_add(names, NULL);
    return nearest_slip(folded, (const char *const *)names->pdata);
}

/* C escapes, but what is no ASCII stays readable. */
static char *escape(const char *value)
{
    char kept[256 - 0x80 + 2] = "\"";

    for (guint i = 0x80; i <= 0xFF; i++)
        kept[i - 0x80 + 1] = (char)i;
    return g_strescape(value, kept);
}

static gboolean show(gpointer name, gpointer data, gpointer text)
{
    const Variable *variable = data;
    g_autofree char *redacted = secret_redact(variable->value);
    g_autofree char *shown = variable->is_secret ? g_strdup("***") : escape(redacted);

    g_string_append_printf(text, "variables.%s = %s  # %s\n", (const char *)name, shown,
                           variable->origin);
    return FALSE;
}

void variables_show(const Variables *variables, GString *text)
{
    g_tree_foreach(variables->by_name, show, text);
}
