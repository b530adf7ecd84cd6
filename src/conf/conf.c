/* The configuration as a whole: the order of the sources, the typed readers, --show. */
#include "conf/conf.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "conf/dotenv.h"
#include "conf/environment.h"
#include "conf/file.h"
#include "conf/grants.h"
#include "conf/keys.h"
#include "conf/sections.h"
#include "conf/value.h"

#define SYSTEM_FILE PGSLUICE_SYSCONFDIR "/pgsluice.conf"
#define LOCAL_FILE "pgsluice.conf"
#define LOCAL_SCRIPTS "./migrations"

struct Conf {
    char *folder;  /* the working folder when it was loaded */
    char *file;    /* absolute, or NULL */
    char *section; /* -n, or NULL */
    char **sections;
    ConfValues values;
};

/* --- Loading ---------------------------------------------------------------------------------- */

static void set_default(Conf *conf, ConfKey key, const char *text, const char *origin)
{
    ConfPlace place = {CONF_FROM_DEFAULT, origin, NULL, 0, conf->folder};
    g_autoptr(GError) error = NULL;

    if (!conf_value_set(&conf->values.keys[key], key, text ? text : "", &place, &error))
        g_error("conf_keys.def: %s: %s", conf_key_name(key), error->message);
}

static gboolean exists(const char *path)
{
    return access(path, F_OK) == 0;
}

/* A developer without a configuration file means the script directory that `pgsluice init` made, or
 * the one in which the command is typed. */
static void set_defaults(Conf *conf)
{
    for (guint key = 0; key < CONF_KEY_COUNT; key++)
        set_default(conf, (ConfKey)key, conf_row((ConfKey)key)->default_value, "default");
    if (!conf->file && exists(LOCAL_SCRIPTS "/versions"))
        set_default(conf, CONF_MIGRATIONS_DIRECTORY, LOCAL_SCRIPTS, "default (" LOCAL_SCRIPTS ")");
    else if (!conf->file && exists("./versions"))
        set_default(conf, CONF_MIGRATIONS_DIRECTORY, ".", "default (.)");
}

/* The file to read, or NULL when there is none; *from says who named it, NULL when nobody did. */
static const char *find_file(const ConfSources *sources, const GArray *dotenv, const char **from)
{
    const char *named = g_getenv("PGSLUICE_CONFIG");

    *from = "-c";
    if (sources->path)
        return sources->path;
    *from = "PGSLUICE_CONFIG";
    if (!named || !*named)
        named = dotenv_get(dotenv, "PGSLUICE_CONFIG");
    if (named)
        return named;
    *from = NULL;
    if (exists(LOCAL_FILE))
        return LOCAL_FILE;
    return exists(SYSTEM_FILE) ? SYSTEM_FILE : NULL;
}

static gboolean load_file(Conf *conf, const char *path, const char *from, ConfSections *sections,
                          GError **error)
{
    if (from && access(path, F_OK) != 0 && errno == ENOENT) {
        error_set(error, ERROR_CONFIG, "there is no configuration file %s (named by %s)", path,
                  from);
        error_set_hint(error,
                       "correct the path, or leave %s out: ./" LOCAL_FILE " and " SYSTEM_FILE
                       " are found by themselves",
                       from);
        return FALSE;
    }
    return conf_file_read(path, &conf->values, sections, error);
}

static gboolean apply_option(Conf *conf, const char *option, GError **error)
{
    const char *equals = strchr(option, '=');
    ConfPlace place = {CONF_FROM_OPTION, "--set", NULL, 0, conf->folder};
    g_autofree char *name = g_strndup(option, equals ? (gsize)(equals - option) : strlen(option));
    ConfKey key;

    g_strstrip(name);
    if (!conf_variable_in_key(name) && !conf_key_find(name, &key)) {
        conf_key_set_unknown(error, name);
        g_prefix_error(error, "--set: ");
        return FALSE;
    }
    if (!equals) {
        error_set(error, ERROR_USAGE, "--set %s: the value is missing", name);
        error_set_hint(error, "write --set %s=VALUE", name);
        return FALSE;
    }
    if (conf_variable_in_key(name))
        return conf_variable_set(&conf->values, conf_variable_in_key(name), equals + 1, &place,
                                 error);
    return conf_value_set(&conf->values.keys[key], key, equals + 1, &place, error);
}

static gboolean apply_options(Conf *conf, const char *const *options, GError **error)
{
    for (; options && *options; options++) {
        if (!apply_option(conf, *options, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean apply_variables(Conf *conf, const char *const *variables, GError **error)
{
    ConfPlace place = {CONF_FROM_OPTION, "-x", NULL, 0, conf->folder};

    for (; variables && *variables; variables++) {
        gsize length = strcspn(*variables, "=");
        const char *value = *variables + length;
        g_autofree char *name = g_strndup(*variables, length);

        if (!conf_variable_set(&conf->values, name, *value ? value + 1 : "", &place, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean apply_tag(Conf *conf, const char *tag, GError **error)
{
    ConfPlace place = {CONF_FROM_OPTION, "--tag", NULL, 0, conf->folder};

    if (!tag)
        return TRUE;
    if (g_strcmp0(variables_origin(conf->values.variables, "tag"), "-x") == 0) {
        error_set(error, ERROR_USAGE, "--tag and -x tag=... set the same variable");
        error_set_hint(error, "leave -x tag=... out: --tag also goes into the ledger");
        return FALSE;
    }
    return conf_variable_set(&conf->values, "tag", tag, &place, error);
}

static gboolean apply_surroundings(const GArray *dotenv, const char *folder, const char *section,
                                   ConfValues *values, GError **error)
{
    return environment_apply_credentials(folder, section, values, error) &&
           environment_apply_dotenv(dotenv, folder, section, values, error) &&
           environment_apply(folder, section, values, error);
}

/* `path` is the configuration file's for people, or NULL. */
static gboolean apply_section(Conf *conf, const char *path, const GArray *dotenv,
                              ConfSections *sections, GError **error)
{
    if (!sections->wanted)
        return TRUE;
    return sections_require(sections, path, error) &&
           apply_surroundings(dotenv, conf->folder, sections->wanted, &sections->values, error) &&
           sections_apply(sections, &conf->values, error);
}

static gboolean apply_command_line(Conf *conf, const ConfSources *sources, GError **error)
{
    return apply_options(conf, sources->options, error) &&
           apply_variables(conf, sources->variables, error) && apply_tag(conf, sources->tag, error);
}

Conf *conf_load(const ConfSources *sources, GError **error)
{
    g_autoptr(Conf) conf = g_new0(Conf, 1);
    g_autoptr(GArray) dotenv =
        sources->reads_dotenv ? dotenv_read(".env", error) : dotenv_parse("", ".env", error);
    g_autoptr(ConfSections) sections = sections_new(sources->section);
    const char *from;
    const char *path;

    if (!dotenv)
        return NULL;
    conf->folder = g_get_current_dir();
    conf->section = g_strdup(sources->section);
    conf_values_init(&conf->values);
    path = find_file(sources, dotenv, &from);
    conf->file = path ? g_canonicalize_filename(path, conf->folder) : NULL;
    set_defaults(conf);
    if ((path && !load_file(conf, path, from, sections, error)) ||
        !apply_surroundings(dotenv, conf->folder, NULL, &conf->values, error) ||
        !apply_section(conf, path, dotenv, sections, error) ||
        !apply_command_line(conf, sources, error) || !environment_add_tokens(&conf->values, error))
        return NULL;
    g_ptr_array_add(sections->names, NULL);
    conf->sections = (char **)g_ptr_array_steal(sections->names, NULL);
    return g_steal_pointer(&conf);
}

void conf_free(Conf *conf)
{
    if (!conf)
        return;
    conf_values_clear(&conf->values);
    g_free(conf->folder);
    g_free(conf->file);
    g_free(conf->section);
    g_strfreev(conf->sections);
    g_free(conf);
}

/* --- Reading ---------------------------------------------------------------------------------- */

static const ConfValue *value_of(const Conf *conf, ConfKey key, ConfType type)
{
    g_assert(conf_row(key)->type == type);
    return &conf->values.keys[key];
}

const char *conf_string(const Conf *conf, ConfKey key)
{
    ConfType type = conf_row(key)->type;

    g_assert(type == CONF_TYPE_STRING || type == CONF_TYPE_CHOICE || type == CONF_TYPE_FILENAME ||
             type == CONF_TYPE_TIMEZONE);
    return conf->values.keys[key].text;
}

const Secret *conf_secret(const Conf *conf, ConfKey key)
{
    return value_of(conf, key, CONF_TYPE_SECRET)->secret;
}

gboolean conf_boolean(const Conf *conf, ConfKey key)
{
    return value_of(conf, key, CONF_TYPE_BOOLEAN)->number != 0;
}

gint64 conf_integer(const Conf *conf, ConfKey key)
{
    return value_of(conf, key, CONF_TYPE_INTEGER)->number;
}

gint64 conf_duration(const Conf *conf, ConfKey key)
{
    return value_of(conf, key, CONF_TYPE_DURATION)->number;
}

guint64 conf_size(const Conf *conf, ConfKey key)
{
    return (guint64)value_of(conf, key, CONF_TYPE_SIZE)->number;
}

static const char *const *list_of(const Conf *conf, ConfKey key, ConfType type)
{
    static const char *const none[] = {NULL};
    const ConfValue *value = value_of(conf, key, type);

    return value->list ? (const char *const *)value->list : none;
}

const char *const *conf_list(const Conf *conf, ConfKey key)
{
    return list_of(conf, key, CONF_TYPE_LIST);
}

const char *const *conf_paths(const Conf *conf, ConfKey key)
{
    return list_of(conf, key, CONF_TYPE_PATHS);
}

const char *const *conf_commands(const Conf *conf, ConfKey key)
{
    return list_of(conf, key, CONF_TYPE_COMMANDS);
}

const char *const *conf_words(const Conf *conf, ConfKey key)
{
    return list_of(conf, key, CONF_TYPE_WORDS);
}

const char *conf_path(const Conf *conf, ConfKey key)
{
    return value_of(conf, key, CONF_TYPE_PATH)->path;
}

const ConfGrant *conf_grants(const Conf *conf, ConfKey key, gsize *count)
{
    const GArray *grants = conf->values.keys[key].grants;

    g_assert(conf_type_has_grants(conf_row(key)->type));
    *count = grants ? grants->len : 0;
    return grants && grants->len > 0 ? (const ConfGrant *)(gconstpointer)grants->data : NULL;
}

const Variables *conf_variables(const Conf *conf)
{
    return conf->values.variables;
}

ConfOrigin conf_origin(const Conf *conf, ConfKey key)
{
    return conf->values.keys[key].origin;
}

const char *conf_origin_text(const Conf *conf, ConfKey key)
{
    return conf->values.keys[key].origin_text;
}

const char *conf_file(const Conf *conf)
{
    return conf->file;
}

const char *conf_section(const Conf *conf)
{
    return conf->section;
}

const char *const *conf_sections(const Conf *conf)
{
    return (const char *const *)conf->sections;
}

/* --- Showing ---------------------------------------------------------------------------------- */

static char *show_value(const ConfValue *value, ConfDescribeUrl describe)
{
    if (value->secret)
        return describe(secret_reveal(value->secret));
    if (value->grants)
        return grants_describe(value->grants);
    if (value->path)
        return g_strdup(value->path);
    return secret_redact(value->text ? value->text : "(unset)");
}

char *conf_show(const Conf *conf, ConfDescribeUrl describe)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint key = 0; key < CONF_KEY_COUNT; key++) {
        g_autofree char *shown = show_value(&conf->values.keys[key], describe);

        g_string_append_printf(text, "%s = %s  # %s\n", conf_key_name((ConfKey)key), shown,
                               conf->values.keys[key].origin_text);
    }
    variables_show(conf->values.variables, text);
    return g_string_free(g_steal_pointer(&text), FALSE);
}
