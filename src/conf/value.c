/* Text to value for each type of key, and the ranges. Nothing here knows files or variables. */
#include "conf/value.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/filename.h"
#include "base/nearest.h"
#include "base/units.h"
#include "conf/grants.h"
#include "conf/keys.h"

enum { TEXT_MAX = 8192, LIST_MAX = 32 };

void conf_value_clear(ConfValue *value)
{
    g_free(value->origin_text);
    g_free(value->text);
    secret_free(value->secret);
    g_strfreev(value->list);
    g_free(value->path);
    g_clear_pointer(&value->grants, g_array_unref);
    *value = (ConfValue){0};
}

void conf_values_init(ConfValues *values)
{
    *values = (ConfValues){.variables = variables_new()};
}

void conf_values_clear(ConfValues *values)
{
    for (guint key = 0; key < CONF_KEY_COUNT; key++)
        conf_value_clear(&values->keys[key]);
    g_clear_pointer(&values->variables, variables_free);
}

static char *describe_place(const ConfPlace *place)
{
    if (place->section)
        return g_strdup_printf("%s:%u (section %s)", place->path, place->line, place->section);
    return place->line > 0 ? g_strdup_printf("%s:%u", place->path, place->line)
                           : g_strdup(place->name);
}

void conf_place_blame(const ConfPlace *place, const char *key, GError **error)
{
    ErrorSite site = {.path = place->path, .line = place->line};

    if (place->section)
        g_prefix_error(error, "sections.%s.%s: ", place->section, key);
    else if (place->origin == CONF_FROM_FILE)
        g_prefix_error(error, "%s: ", key);
    else if (place->origin == CONF_FROM_OPTION)
        g_prefix_error(error, "%s %s: ", place->name, key);
    else
        g_prefix_error(error, "%s: ", place->name);
    if (place->path)
        error_set_site(error, &site);
}

/* --- Types ------------------------------------------------------------------------------------ */

static gboolean parse_boolean(const char *text, gint64 *number, GError **error)
{
    static const char *const words[][2] = {
        {"false", "true"}, {"no", "yes"}, {"off", "on"}, {"0", "1"}};

    for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
        for (gint64 truth = 0; truth <= 1; truth++) {
            if (g_ascii_strcasecmp(text, words[i][truth]) == 0) {
                *number = truth;
                return TRUE;
            }
        }
    }
    error_set(error, ERROR_CONFIG, "\"%s\" is neither true nor false", text);
    error_set_hint(error, "write true or false (yes, no, on, off, 1 and 0 are understood)");
    return FALSE;
}

static gboolean parse_integer(const char *text, gint64 *number, GError **error)
{
    if (g_ascii_string_to_signed(text, 10, G_MININT64, G_MAXINT64, number, NULL))
        return TRUE;
    error_set(error, ERROR_CONFIG, "\"%s\" is not a whole number", text);
    error_set_hint(error, "write it in digits only");
    return FALSE;
}

static gboolean parse_size(const char *text, gint64 *number, GError **error)
{
    guint64 bytes;

    if (!size_parse(text, &bytes, error))
        return FALSE;
    *number = (gint64)MIN(bytes, G_MAXINT64);
    return TRUE;
}

static gboolean parse_number(ConfType type, const char *text, gint64 *number, GError **error)
{
    switch (type) {
    case CONF_TYPE_BOOLEAN:
        return parse_boolean(text, number, error);
    case CONF_TYPE_INTEGER:
        return parse_integer(text, number, error);
    case CONF_TYPE_DURATION:
        return duration_parse(text, number, error);
    default:
        return parse_size(text, number, error);
    }
}

/* The limit as a number; `without` when the table has none. */
static gint64 limit(ConfType type, const char *text, gint64 without)
{
    gint64 number = without;

    if (text && !parse_number(type, text, &number, NULL))
        g_error("conf_keys.def: %s is no limit", text);
    return number;
}

static gboolean set_number(ConfValue *value, const ConfRow *row, GError **error)
{
    if (!parse_number(row->type, value->text, &value->number, error))
        return FALSE;
    if (value->number >= limit(row->type, row->minimum, G_MININT64) &&
        value->number <= limit(row->type, row->maximum, G_MAXINT64))
        return TRUE;
    error_set(error, ERROR_CONFIG, "%s is out of range", value->text);
    error_set_hint(error, "the range is %s to %s", row->minimum, row->maximum);
    return FALSE;
}

static gboolean set_string(ConfValue *value, const ConfRow *row, GError **error)
{
    gint64 longest = limit(CONF_TYPE_INTEGER, row->maximum, TEXT_MAX);

    if ((gint64)strlen(value->text) <= longest)
        return TRUE;
    error_set(error, ERROR_CONFIG, "\"%s\" is too long", value->text);
    error_set_hint(error, "the longest name is %" G_GINT64_FORMAT " bytes", longest);
    return FALSE;
}

static gboolean set_choice(ConfValue *value, const ConfRow *row, GError **error)
{
    g_auto(GStrv) words = g_strsplit(row->minimum, "|", -1);
    g_autofree char *all = g_strjoinv(", ", words);
    const char *suggestion;

    if (g_strv_contains((const char *const *)words, value->text))
        return TRUE;
    suggestion = nearest_slip(value->text, (const char *const *)words);
    error_set(error, ERROR_CONFIG, "\"%s\" is not one of %s", value->text, all);
    if (suggestion)
        error_set_hint(error, "did you mean \"%s\"?", suggestion);
    else
        error_set_hint(error, "write one of %s", all);
    return FALSE;
}

/* "unix:PATH" is a path, too. */
static void resolve_address(char **element, const char *folder)
{
    static const char scheme[] = "unix:";
    g_autofree char *path = NULL;

    if (!g_str_has_prefix(*element, scheme) || (*element)[strlen(scheme)] == '\0' ||
        (*element)[strlen(scheme)] == '/')
        return;
    path = g_canonicalize_filename(*element + strlen(scheme), folder);
    g_free(*element);
    *element = g_strconcat(scheme, path, NULL);
}

static void resolve_path(char **element, const char *folder)
{
    char *path = g_canonicalize_filename(*element, folder);

    g_free(*element);
    *element = path;
}

static gboolean split_list(ConfValue *value, const char *separator, GError **error)
{
    value->list = g_strsplit(value->text, separator, LIST_MAX + 1);
    if (g_strv_length(value->list) > LIST_MAX) {
        error_set(error, ERROR_CONFIG, "more than %d elements", LIST_MAX);
        error_set_hint(error, "%d is the most that a list can have", LIST_MAX);
        return FALSE;
    }
    for (gsize i = 0; value->list[i]; i++) {
        if (*g_strstrip(value->list[i]) != '\0')
            continue;
        error_set(error, ERROR_CONFIG, "an element of the list is empty");
        error_set_hint(error, "remove the %s that is too many",
                       *separator == ',' ? "comma" : "empty line");
        return FALSE;
    }
    return TRUE;
}

static gboolean set_list(ConfValue *value, void (*resolve)(char **element, const char *folder),
                         const char *folder, GError **error)
{
    if (!split_list(value, ",", error))
        return FALSE;
    for (gsize i = 0; value->list[i]; i++)
        resolve(&value->list[i], folder);
    g_free(value->text);
    value->text = g_strjoinv(",", value->list);
    return TRUE;
}

/* One a line, because a command may well have commas. */
static gboolean set_commands(ConfValue *value, GError **error)
{
    if (!split_list(value, "\n", error))
        return FALSE;
    for (gsize i = 0; value->list[i]; i++) {
        g_autoptr(GError) problem = NULL;

        if (g_shell_parse_argv(value->list[i], NULL, NULL, &problem))
            continue;
        error_set(error, ERROR_CONFIG, "\"%s\" is no command: %s", value->list[i],
                  problem->message);
        error_set_hint(error, "it is split into words as a shell does, and run without one: close "
                              "each quote");
        return FALSE;
    }
    g_free(value->text);
    value->text = g_strjoinv("; ", value->list);
    return TRUE;
}

/* One a line, too, and nothing is done to them: they are what a program is given. */
static gboolean set_words(ConfValue *value, GError **error)
{
    if (!split_list(value, "\n", error))
        return FALSE;
    g_free(value->text);
    value->text = g_strjoinv(" ", value->list);
    return TRUE;
}

static gboolean set_timezone(const ConfValue *value, GError **error)
{
    g_autoptr(GTimeZone) zone = clock_zone(value->text, error);

    return zone != NULL;
}

static gboolean set_grants(ConfValue *value, GrantKind kind, GError **error)
{
    value->grants = grants_parse(kind, value->text, error);
    return value->grants != NULL;
}

/* --- All of them ------------------------------------------------------------------------------ */

static gboolean is_one_line(const char *text)
{
    for (; *text; text++) {
        if (g_ascii_iscntrl(*text) && *text != '\t')
            return FALSE;
    }
    return TRUE;
}

/* Between the elements of these there may be line ends. */
static gboolean may_have_lines(ConfType type)
{
    return conf_type_has_grants(type) || type == CONF_TYPE_COMMANDS || type == CONF_TYPE_WORDS;
}

static gboolean check_text(const char *text, const ConfRow *row, GError **error)
{
    if (*text == '\0' && row->default_value) {
        error_set(error, ERROR_CONFIG, "the value is empty");
        error_set_hint(error, "the default is %s", row->default_value);
    } else if (strlen(text) > TEXT_MAX) {
        error_set(error, ERROR_CONFIG, "the value is longer than %d bytes", TEXT_MAX);
    } else if (!g_utf8_validate(text, -1, NULL)) {
        error_set(error, ERROR_CONFIG, "the value is not UTF-8");
    } else if (!may_have_lines(row->type) && !is_one_line(text)) {
        error_set(error, ERROR_CONFIG, "the value has a line end or control character in it");
    } else {
        return TRUE;
    }
    return FALSE;
}

static gboolean parse_text(ConfValue *value, const ConfRow *row, const char *folder, GError **error)
{
    switch (row->type) {
    case CONF_TYPE_STRING:
        return set_string(value, row, error);
    case CONF_TYPE_SECRET:
        value->secret = secret_new(value->text);
        g_clear_pointer(&value->text, g_free);
        return TRUE;
    case CONF_TYPE_LIST:
        return set_list(value, resolve_address, folder, error);
    case CONF_TYPE_PATHS:
        return set_list(value, resolve_path, folder, error);
    case CONF_TYPE_COMMANDS:
        return set_commands(value, error);
    case CONF_TYPE_WORDS:
        return set_words(value, error);
    case CONF_TYPE_FILENAME:
        return filename_check(value->text, error);
    case CONF_TYPE_TIMEZONE:
        return set_timezone(value, error);
    case CONF_TYPE_PATH:
        value->path = g_canonicalize_filename(value->text, folder);
        return TRUE;
    case CONF_TYPE_CHOICE:
        return set_choice(value, row, error);
    case CONF_TYPE_TOKENS:
        return set_grants(value, GRANTS_OF_TOKENS, error);
    case CONF_TYPE_PEERS:
        return set_grants(value, GRANTS_OF_PEERS, error);
    case CONF_TYPE_CERTIFICATES:
        return set_grants(value, GRANTS_OF_CERTIFICATES, error);
    default:
        return set_number(value, row, error);
    }
}

gboolean conf_value_set(ConfValue *value, ConfKey key, const char *text, const ConfPlace *place,
                        GError **error)
{
    const ConfRow *row = conf_row(key);
    ConfValue fresh = {.origin = place->origin};

    fresh.text = g_strstrip(g_strdup(text));
    if (!check_text(fresh.text, row, error) ||
        (*fresh.text && !parse_text(&fresh, row, place->folder, error))) {
        conf_value_clear(&fresh);
        conf_place_blame(place, conf_key_name(key), error);
        return FALSE;
    }
    if (fresh.text && !*fresh.text)
        g_clear_pointer(&fresh.text, g_free);
    fresh.origin_text = describe_place(place);
    conf_value_clear(value);
    *value = fresh;
    return TRUE;
}

void conf_value_set_grants(ConfValue *value, GArray *grants, const ConfPlace *place)
{
    conf_value_clear(value);
    value->origin = place->origin;
    value->origin_text = describe_place(place);
    value->grants = grants;
}

gboolean conf_variable_set(ConfValues *values, const char *name, const char *text,
                           const ConfPlace *place, GError **error)
{
    g_autofree char *key = g_strconcat(CONF_VARIABLES ".", name, NULL);
    g_autofree char *origin = describe_place(place);

    if (variables_set(values->variables, name, text, origin, error))
        return TRUE;
    conf_place_blame(place, key, error);
    return FALSE;
}
