/* Variables and credentials: which names are keys, and what wins over what. */
#include "conf/environment.h"

#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "conf/dotenv.h"
#include "conf/keys.h"
#include "conf/slurp.h"

enum { CREDENTIAL_MAX = 64 * 1024 };

/* Names that stand for a key although they do not spell it; the full name wins over them. */
static const struct {
    const char *variable;
    ConfKey key;
} aliases[] = {
    {"SYNC_DATABASE_URL", CONF_MIGRATION_URL},
    {"DATABASE_URL", CONF_RUNTIME_URL},
    {"PGSLUICE_CONTROLLED", CONF_ENVIRONMENT_CONTROLLED},
};

static gboolean find_alias(const char *variable, ConfKey *key)
{
    for (gsize i = 0; i < G_N_ELEMENTS(aliases); i++) {
        if (strcmp(aliases[i].variable, variable) == 0) {
            *key = aliases[i].key;
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean refuse_unknown(const ConfPlace *place, GError **error)
{
    ErrorSite site = {.path = place->path, .line = place->line};

    conf_variable_set_unknown(error, place->name);
    if (place->path)
        error_set_site(error, &site);
    return FALSE;
}

/* One variable in one of two rounds: the aliases first, so that full names replace them. */
static gboolean apply_variable(const ConfPlace *place, const char *text, gboolean is_alias_round,
                               ConfValues *values, GError **error)
{
    ConfKey key;

    if (*text == '\0')
        return TRUE;
    if (is_alias_round)
        return !find_alias(place->name, &key) ||
               conf_value_set(&values->keys[key], key, text, place, error);
    if (conf_variable_in_environment(place->name))
        return conf_variable_set(values, conf_variable_in_environment(place->name), text, place,
                                 error);
    if (conf_key_find_variable(place->name, &key))
        return conf_value_set(&values->keys[key], key, text, place, error);
    return !conf_variable_names_section(place->name) || refuse_unknown(place, error);
}

gboolean environment_apply_dotenv(const GArray *rows, const char *folder, ConfValues *values,
                                  GError **error)
{
    for (int round = 0; round < 2; round++) {
        for (guint i = 0; i < rows->len; i++) {
            const DotenvEntry *entry = &g_array_index(rows, DotenvEntry, i);
            ConfPlace place = {CONF_FROM_ENVIRONMENT, entry->name, ".env", entry->line, folder};

            if (!apply_variable(&place, entry->value, round == 0, values, error))
                return FALSE;
        }
    }
    return TRUE;
}

gboolean environment_apply(const char *folder, ConfValues *values, GError **error)
{
    for (int round = 0; round < 2; round++) {
        for (char **variable = environ; variable && *variable; variable++) {
            const char *equals = strchr(*variable, '=');
            g_autofree char *name = NULL;
            ConfPlace place;

            if (!equals)
                continue;
            name = g_strndup(*variable, (gsize)(equals - *variable));
            place = (ConfPlace){CONF_FROM_ENVIRONMENT, name, NULL, 0, folder};
            if (!apply_variable(&place, equals + 1, round == 0, values, error))
                return FALSE;
        }
    }
    return TRUE;
}

/* The credential of that name; *text stays NULL when there is none, or nothing in it. */
static gboolean read_credential(const char *directory, const char *name, char **text,
                                GError **error)
{
    g_autofree char *path = g_build_filename(directory, name, NULL);

    switch (slurp(path, CREDENTIAL_MAX, text, error)) {
    case SLURP_DONE:
        if (g_str_has_suffix(*text, "\n"))
            (*text)[strlen(*text) - 1] = '\0';
        if (**text == '\0')
            g_clear_pointer(text, g_free);
        return TRUE;
    case SLURP_MISSING:
        return TRUE;
    default:
        return FALSE;
    }
}

/* One that is named after a key or a variable. */
static gboolean apply_credential(const char *directory, const char *name, const char *folder,
                                 ConfValues *values, GError **error)
{
    g_autofree char *origin = g_strconcat("credential ", name, NULL);
    ConfPlace place = {CONF_FROM_CREDENTIAL, origin, NULL, 0, folder};
    const char *variable = conf_variable_in_key(name);
    g_autofree char *text = NULL;
    ConfKey key;

    if (!read_credential(directory, name, &text, error))
        return FALSE;
    if (!text)
        return TRUE;
    if (variable)
        return conf_variable_set(values, variable, text, &place, error);
    return !conf_key_find(name, &key) ||
           conf_value_set(&values->keys[key], key, text, &place, error);
}

/* Only the folder knows their names. */
static gboolean apply_credential_variables(const char *directory, const char *folder,
                                           ConfValues *values, GError **error)
{
    g_autoptr(GDir) entries = g_dir_open(directory, 0, NULL);
    const char *name;

    while (entries && (name = g_dir_read_name(entries)) != NULL) {
        if (conf_variable_in_key(name) && !apply_credential(directory, name, folder, values, error))
            return FALSE;
    }
    return TRUE;
}

gboolean environment_apply_credentials(const char *folder, ConfValues *values, GError **error)
{
    const char *directory = g_getenv("CREDENTIALS_DIRECTORY");

    if (!directory || !*directory)
        return TRUE;
    for (guint key = 0; key < CONF_KEY_COUNT; key++) {
        if (!apply_credential(directory, conf_key_name((ConfKey)key), folder, values, error))
            return FALSE;
    }
    return apply_credential_variables(directory, folder, values, error);
}
