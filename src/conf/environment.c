/* Variables and credentials: which names are keys, and what wins over what. */
#include "conf/environment.h"

#include <string.h>

#include "base/error.h"
#include "base/slurp.h"
#include "conf/dotenv.h"
#include "conf/grants.h"
#include "conf/keys.h"
#include "conf/sections.h"

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

/* Credentials that are used as files: the key gets the path. */
static const struct {
    const char *name;
    ConfKey key;
} file_credentials[] = {
    {"pgsluice.tls_certificate", CONF_HTTP_TLS_CERTIFICATE},
    {"pgsluice.tls_key", CONF_HTTP_TLS_KEY},
    {"pgsluice.client_ca", CONF_ADMIN_CLIENT_CA},
};

#define TOKENS_CREDENTIAL "pgsluice.tokens"

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

/* `name` is what the variable would be called outside of sections. */
static gboolean apply_named(const ConfPlace *place, const char *name, const char *text,
                            ConfValues *values, GError **error)
{
    const char *variable = conf_variable_in_environment(name);
    ConfKey key;

    if (variable)
        return conf_variable_set(values, variable, text, place, error);
    if (conf_key_find_variable(name, &key))
        return conf_value_set(&values->keys[key], key, text, place, error);
    return refuse_unknown(place, error);
}

/* One variable in one of two rounds: the aliases first, so that full names replace them. */
static gboolean apply_plain(const ConfPlace *place, const char *text, gboolean is_alias_round,
                            ConfValues *values, GError **error)
{
    ConfKey key;

    if (is_alias_round)
        return !find_alias(place->name, &key) ||
               conf_value_set(&values->keys[key], key, text, place, error);
    if (!conf_variable_in_environment(place->name) && !conf_variable_names_section(place->name))
        return TRUE;
    return apply_named(place, place->name, text, values, error);
}

/* The same for a named section, which has no aliases. */
static gboolean apply_of_section(const ConfPlace *place, const char *text, const char *section,
                                 ConfValues *values, GError **error)
{
    g_autofree char *prefix = conf_section_variable_prefix(section);
    g_autofree char *name = NULL;

    if (!g_str_has_prefix(place->name, prefix))
        return TRUE;
    name = g_strconcat("PGSLUICE_", place->name + strlen(prefix), NULL);
    return apply_named(place, name, text, values, error);
}

static gboolean apply_variable(const ConfPlace *place, const char *text, const char *section,
                               gboolean is_alias_round, ConfValues *values, GError **error)
{
    if (*text == '\0')
        return TRUE;
    if (!section)
        return apply_plain(place, text, is_alias_round, values, error);
    return is_alias_round || apply_of_section(place, text, section, values, error);
}

static ConfOrigin origin_of(const char *section, ConfOrigin plain)
{
    return section ? CONF_FROM_SECTION : plain;
}

gboolean environment_apply_dotenv(const GArray *rows, const char *folder, const char *section,
                                  ConfValues *values, GError **error)
{
    ConfOrigin origin = origin_of(section, CONF_FROM_ENVIRONMENT);

    for (int round = 0; round < 2; round++) {
        for (guint i = 0; i < rows->len; i++) {
            const DotenvEntry *entry = &g_array_index(rows, DotenvEntry, i);
            ConfPlace place = {origin, entry->name, ".env", entry->line, folder, NULL};

            if (!apply_variable(&place, entry->value, section, round == 0, values, error))
                return FALSE;
        }
    }
    return TRUE;
}

gboolean environment_apply(const char *folder, const char *section, ConfValues *values,
                           GError **error)
{
    ConfOrigin origin = origin_of(section, CONF_FROM_ENVIRONMENT);

    for (int round = 0; round < 2; round++) {
        for (char **variable = environ; variable && *variable; variable++) {
            const char *equals = strchr(*variable, '=');
            g_autofree char *name = NULL;
            ConfPlace place;

            if (!equals)
                continue;
            name = g_strndup(*variable, (gsize)(equals - *variable));
            place = (ConfPlace){origin, name, NULL, 0, folder, NULL};
            if (!apply_variable(&place, equals + 1, section, round == 0, values, error))
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

/* Where credentials are, and what is common to the places of their values. */
typedef struct {
    const char *directory;
    const char *prefix; /* of their names: "", or "sections.billing." */
    ConfOrigin origin;
    const char *folder;
} Credentials;

/* One that is named after the prefix and a key or a variable. */
static gboolean apply_credential(const Credentials *credentials, const char *name,
                                 ConfValues *values, GError **error)
{
    g_autofree char *file = g_strconcat(credentials->prefix, name, NULL);
    g_autofree char *label = g_strconcat("credential ", file, NULL);
    ConfPlace place = {credentials->origin, label, NULL, 0, credentials->folder, NULL};
    const char *variable = conf_variable_in_key(name);
    g_autofree char *text = NULL;
    ConfKey key;

    if (!read_credential(credentials->directory, file, &text, error))
        return FALSE;
    if (!text)
        return TRUE;
    if (variable)
        return conf_variable_set(values, variable, text, &place, error);
    return !conf_key_find(name, &key) ||
           conf_value_set(&values->keys[key], key, text, &place, error);
}

/* Only the folder knows their names. */
static gboolean apply_credential_variables(const Credentials *credentials, ConfValues *values,
                                           GError **error)
{
    g_autoptr(GDir) entries = g_dir_open(credentials->directory, 0, NULL);
    gsize length = strlen(credentials->prefix);
    const char *name;

    while (entries && (name = g_dir_read_name(entries)) != NULL) {
        if (g_str_has_prefix(name, credentials->prefix) && conf_variable_in_key(name + length) &&
            !apply_credential(credentials, name + length, values, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean apply_credential_files(const Credentials *credentials, ConfValues *values,
                                       GError **error)
{
    for (gsize i = 0; i < G_N_ELEMENTS(file_credentials); i++) {
        ConfKey key = file_credentials[i].key;
        g_autofree char *path =
            g_build_filename(credentials->directory, file_credentials[i].name, NULL);
        g_autofree char *label = g_strconcat("credential ", file_credentials[i].name, NULL);
        ConfPlace place = {credentials->origin, label, NULL, 0, credentials->folder, NULL};
        g_autofree char *text = NULL;

        if (!read_credential(credentials->directory, file_credentials[i].name, &text, error))
            return FALSE;
        if (text && !conf_value_set(&values->keys[key], key, path, &place, error))
            return FALSE;
    }
    return TRUE;
}

gboolean environment_add_tokens(ConfValues *values, GError **error)
{
    const char *directory = g_getenv("CREDENTIALS_DIRECTORY");
    ConfValue *value = &values->keys[CONF_ADMIN_TOKENS];
    g_autofree char *path = NULL;
    g_autofree char *text = NULL;
    g_autofree char *label = NULL;
    ConfPlace place = {.origin = CONF_FROM_CREDENTIAL};
    GArray *tokens;

    if (!directory || !*directory)
        return TRUE;
    path = g_build_filename(directory, TOKENS_CREDENTIAL, NULL);
    switch (slurp(path, CREDENTIAL_MAX, &text, error)) {
    case SLURP_DONE:
        break;
    case SLURP_MISSING:
        return TRUE;
    default:
        return FALSE;
    }
    tokens = grants_read_lines(value->grants, text, path, error);
    if (!tokens)
        return FALSE;
    label = value->grants ? g_strconcat(value->origin_text, ", credential " TOKENS_CREDENTIAL, NULL)
                          : g_strdup("credential " TOKENS_CREDENTIAL);
    place.name = label;
    conf_value_set_grants(value, tokens, &place);
    return TRUE;
}

gboolean environment_apply_credentials(const char *folder, const char *section, ConfValues *values,
                                       GError **error)
{
    g_autofree char *prefix =
        section ? g_strdup_printf(CONF_SECTIONS ".%s.", section) : g_strdup("");
    Credentials credentials = {g_getenv("CREDENTIALS_DIRECTORY"), prefix,
                               origin_of(section, CONF_FROM_CREDENTIAL), folder};

    if (!credentials.directory || !*credentials.directory)
        return TRUE;
    if (!section && !apply_credential_files(&credentials, values, error))
        return FALSE;
    for (guint key = 0; key < CONF_KEY_COUNT; key++) {
        if (!apply_credential(&credentials, conf_key_name((ConfKey)key), values, error))
            return FALSE;
    }
    return apply_credential_variables(&credentials, values, error);
}
