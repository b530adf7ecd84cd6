/* Any scalar of the configuration file as the text that it was. */
#include "conf/scalar.h"

#include <string.h>

#include "base/error.h"
#include "base/slurp.h"
#include "conf/file.h"

/* As people would write it; no digits that are not needed. */
static char *format_float(double number)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];

    g_ascii_formatd(text, sizeof text, "%.15g", number);
    if (g_ascii_strtod(text, NULL) != number)
        g_ascii_dtostr(text, sizeof text, number);
    return g_strdup(text);
}

/* NULL: no scalar. */
static char *scalar_text(const config_setting_t *setting)
{
    switch (config_setting_type(setting)) {
    case CONFIG_TYPE_BOOL:
        return g_strdup(config_setting_get_bool(setting) ? "true" : "false");
    case CONFIG_TYPE_INT:
    case CONFIG_TYPE_INT64:
        return g_strdup_printf("%lld", config_setting_get_int64(setting));
    case CONFIG_TYPE_FLOAT:
        return format_float(config_setting_get_float(setting));
    case CONFIG_TYPE_STRING:
        return g_strdup(config_setting_get_string(setting));
    default:
        return NULL;
    }
}

/* libconfig cuts what does not fit 32 bits, unless there is an L behind it. */
static gboolean is_cut(const char *at, char **end, int value)
{
    guint64 number = g_ascii_strtoull(at, end, g_ascii_tolower(at[1]) == 'x' ? 16 : 10);

    return **end != 'L' && number > G_MAXINT32 &&
           ((guint32)number == (guint32)value || 0 - (guint32)number == (guint32)value);
}

/* Whether libconfig made `value` of a longer number on that line of the file. */
static gboolean was_cut(const char *path, unsigned line, int value)
{
    g_autofree char *text = NULL;
    const char *at;
    char *end;

    if (slurp(path, CONF_FILE_MAX, &text, NULL) != SLURP_DONE)
        return FALSE;
    for (at = text; at && line > 1; line--) {
        at = strchr(at, '\n');
        at += at != NULL;
    }
    for (; at && *at && *at != '\n'; at = end) {
        end = (char *)at + 1;
        if (g_ascii_isdigit(*at) && is_cut(at, &end, value))
            return TRUE;
    }
    return FALSE;
}

char *scalar_read(const config_setting_t *setting, const char *path, GError **error)
{
    g_autofree char *text = scalar_text(setting);

    if (!text) {
        error_set(error, ERROR_CONFIG, "must be text, a number, true or false");
        error_set_hint(error, "for example: %s = \"text\";", config_setting_name(setting));
        return NULL;
    }
    if (config_setting_type(setting) == CONFIG_TYPE_INT &&
        was_cut(path, config_setting_source_line(setting), config_setting_get_int(setting))) {
        error_set(error, ERROR_CONFIG, "the number needs more than 32 bits");
        error_set_hint(error, "write it in double quotes");
        return NULL;
    }
    return g_steal_pointer(&text);
}
