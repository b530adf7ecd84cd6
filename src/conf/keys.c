/* The table of keys, made from conf_keys.def. No values here: see value.c. */
#include "conf/keys.h"

#include <string.h>

#include "base/error.h"
#include "base/nearest.h"

#define VARIABLE_PREFIX "PGSLUICE_"
#define VARIABLES_PREFIX VARIABLE_PREFIX "VARIABLES_"

static const ConfRow rows[CONF_KEY_COUNT] = {
#define CONF_KEY(name, section, key, type, default_value, minimum, maximum, flags, text)           \
    [CONF_##name] = {section "." key, section, key, CONF_TYPE_##type, default_value, minimum,      \
                     maximum,         flags,   text},
#include "conf/conf_keys.def"
#undef CONF_KEY
};

static const char *const names[CONF_KEY_COUNT + 1] = {
#define CONF_KEY(name, section, key, type, default_value, minimum, maximum, flags, text)           \
    [CONF_##name] = section "." key,
#include "conf/conf_keys.def"
#undef CONF_KEY
};

gboolean conf_type_has_grants(ConfType type)
{
    return type == CONF_TYPE_TOKENS || type == CONF_TYPE_PEERS || type == CONF_TYPE_CERTIFICATES;
}

const ConfRow *conf_row(ConfKey key)
{
    g_assert(key < CONF_KEY_COUNT);
    return &rows[key];
}

const char *conf_key_name(ConfKey key)
{
    return conf_row(key)->name;
}

const char *conf_key_text(ConfKey key)
{
    return conf_row(key)->text;
}

gboolean conf_key_is_reloadable(ConfKey key)
{
    return !(conf_row(key)->flags & CONF_RESTART);
}

gboolean conf_key_find(const char *name, ConfKey *key)
{
    for (guint i = 0; i < CONF_KEY_COUNT; i++) {
        if (strcmp(rows[i].name, name) == 0) {
            *key = (ConfKey)i;
            return TRUE;
        }
    }
    return FALSE;
}

/* The length of the part of `variable` that spells `name` as a variable does, or 0. */
static gsize match_as_variable(const char *variable, const char *name)
{
    gsize i;

    for (i = 0; name[i]; i++) {
        if (variable[i] != (name[i] == '.' ? '_' : g_ascii_toupper(name[i])))
            return 0;
    }
    return i;
}

gboolean conf_key_find_variable(const char *variable, ConfKey *key)
{
    if (!g_str_has_prefix(variable, VARIABLE_PREFIX))
        return FALSE;
    variable += strlen(VARIABLE_PREFIX);
    for (guint i = 0; i < CONF_KEY_COUNT; i++) {
        gsize length = match_as_variable(variable, rows[i].name);

        if (length > 0 && variable[length] == '\0') {
            *key = (ConfKey)i;
            return TRUE;
        }
    }
    return FALSE;
}

const char *conf_variable_in_key(const char *name)
{
    return g_str_has_prefix(name, CONF_VARIABLES ".") ? name + strlen(CONF_VARIABLES ".") : NULL;
}

const char *conf_variable_in_environment(const char *variable)
{
    return g_str_has_prefix(variable, VARIABLES_PREFIX) ? variable + strlen(VARIABLES_PREFIX)
                                                        : NULL;
}

gboolean conf_section_exists(const char *name)
{
    gsize length = strlen(name);

    if (strcmp(name, CONF_VARIABLES) == 0)
        return TRUE;
    for (guint i = 0; i < CONF_KEY_COUNT; i++) {
        if (strncmp(rows[i].section, name, length) == 0 &&
            (rows[i].section[length] == '\0' || rows[i].section[length] == '.'))
            return TRUE;
    }
    return FALSE;
}

gboolean conf_variable_names_section(const char *variable)
{
    if (!g_str_has_prefix(variable, VARIABLE_PREFIX))
        return FALSE;
    variable += strlen(VARIABLE_PREFIX);
    for (guint i = 0; i < CONF_KEY_COUNT; i++) {
        gsize length = match_as_variable(variable, rows[i].section);

        if (length > 0 && variable[length] == '_' && variable[length + 1])
            return TRUE;
    }
    return FALSE;
}

/* Each section once, in the order of the table; the strings are static. */
static GPtrArray *sections(void)
{
    GPtrArray *list = g_ptr_array_new();

    for (guint i = 0; i < CONF_KEY_COUNT; i++) {
        if (!g_ptr_array_find_with_equal_func(list, rows[i].section, g_str_equal, NULL))
            g_ptr_array_add(list, (gpointer)rows[i].section);
    }
    g_ptr_array_add(list, (gpointer)CONF_VARIABLES);
    g_ptr_array_add(list, NULL);
    return list;
}

static void hint_sections(GError **error)
{
    g_autoptr(GPtrArray) list = sections();
    g_autofree char *joined = g_strjoinv(", ", (char **)list->pdata);

    error_set_hint(error, "the sections are %s", joined);
}

/* The keys of the section that `name` begins with; all sections when there is no such one. */
static void hint_section_keys(GError **error, const char *name)
{
    const char *dot = strrchr(name, '.');
    g_autofree char *section = g_strndup(name, dot ? (gsize)(dot - name) : 0);
    g_autoptr(GString) list = g_string_new(NULL);

    for (guint i = 0; i < CONF_KEY_COUNT; i++) {
        if (strcmp(rows[i].section, section) == 0)
            g_string_append_printf(list, "%s%s", list->len ? ", " : "", rows[i].key);
    }
    if (list->len)
        error_set_hint(error, "the keys of section %s are %s", section, list->str);
    else
        hint_sections(error);
}

/* The key that `name` was probably meant for: the same word in another section, else the nearest.
 */
static const char *suggest_key(const char *name)
{
    const char *dot = strrchr(name, '.');
    const char *last = dot ? dot + 1 : name;

    for (guint i = 0; i < CONF_KEY_COUNT; i++) {
        if (strcmp(rows[i].key, last) == 0)
            return rows[i].name;
    }
    return nearest_slip(name, names);
}

void conf_key_set_unknown(GError **error, const char *name)
{
    const char *suggestion = suggest_key(name);

    error_set(error, ERROR_CONFIG, "unknown configuration key %s", name);
    if (suggestion)
        error_set_hint(error, "did you mean %s?", suggestion);
    else
        hint_section_keys(error, name);
}

void conf_section_set_unknown(GError **error, const char *name)
{
    g_autoptr(GPtrArray) list = sections();
    const char *suggestion = nearest_slip(name, (const char *const *)list->pdata);

    error_set(error, ERROR_CONFIG, "unknown configuration section %s", name);
    if (suggestion)
        error_set_hint(error, "did you mean %s?", suggestion);
    else
        hint_sections(error);
}

static char *variable_of(const char *name)
{
    g_autofree char *upper = g_ascii_strup(name, -1);

    return g_strconcat(VARIABLE_PREFIX, g_strdelimit(upper, ".", '_'), NULL);
}

void conf_variable_set_unknown(GError **error, const char *variable)
{
    char *variables[CONF_KEY_COUNT + 1] = {NULL};
    const char *suggestion;

    for (guint i = 0; i < CONF_KEY_COUNT; i++)
        variables[i] = variable_of(rows[i].name);
    error_set(error, ERROR_CONFIG, "the variable %s stands for no configuration key", variable);
    suggestion = nearest_slip(variable, (const char *const *)variables);
    if (suggestion)
        error_set_hint(error, "did you mean %s? Otherwise unset it", suggestion);
    else
        error_set_hint(error, "unset it, or see pgsluice.conf(5) for the names");
    for (guint i = 0; i < CONF_KEY_COUNT; i++)
        g_free(variables[i]);
}
