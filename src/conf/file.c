/* Walks what libconfig read. grants.c and scalar.c use libconfig, too. */
#include "conf/file.h"

#include <libconfig.h>
#include <string.h>

#include "base/error.h"
#include "base/slurp.h"
#include "conf/grants.h"
#include "conf/keys.h"
#include "conf/scalar.h"

typedef struct {
    const char *path;
    ConfValues *values;
    ConfSections *sections;
    const char *section; /* the named section that is being read, or NULL */
} FileReader;

/* What a type wants in the file, for messages; examples are for keys without a default. */
static const struct {
    const char *wants;
    const char *example;
    gboolean is_quoted;
} kinds[] = {
    [CONF_TYPE_STRING] = {"text in double quotes", "name", TRUE},
    [CONF_TYPE_SECRET] = {"a connection URL in double quotes", "postgresql://user@host/database",
                          TRUE},
    [CONF_TYPE_BOOLEAN] = {"true or false, without quotes", "true", FALSE},
    [CONF_TYPE_INTEGER] = {"a whole number, without quotes", "1", FALSE},
    [CONF_TYPE_DURATION] = {"a duration in double quotes", "15min", TRUE},
    [CONF_TYPE_SIZE] = {"a size in double quotes", "64KiB", TRUE},
    [CONF_TYPE_LIST] = {"a list of texts", NULL, FALSE},
    [CONF_TYPE_PATH] = {"a path in double quotes", "/path/to/folder", TRUE},
    [CONF_TYPE_PATHS] = {"a list of paths without commas in them", "[ \"versions\", \"../more\" ]",
                         FALSE},
    [CONF_TYPE_COMMANDS] = {"a list of commands, each on one line", "[ \"sqlfluff fix --force\" ]",
                            FALSE},
    [CONF_TYPE_WORDS] = {"a list of words, each on one line", "[ \"python\", \"-m\", \"app.ddl\" ]",
                         FALSE},
    [CONF_TYPE_CHOICE] = {"a word in double quotes", NULL, TRUE},
    [CONF_TYPE_TOKENS] = {"a list of groups", NULL, FALSE},
    [CONF_TYPE_PEERS] = {"a list of groups", NULL, FALSE},
    [CONF_TYPE_CERTIFICATES] = {"a list of groups", NULL, FALSE},
    [CONF_TYPE_FILENAME] = {"text in double quotes", NULL, TRUE},
    [CONF_TYPE_TIMEZONE] = {"text in double quotes", NULL, TRUE},
};

/* libconfig names an included file as the @include does (NULL: the file itself), later versions
 * with the folder before it; people see it as they would type it. */
static char *source_path(const FileReader *reader, const char *included)
{
    g_autofree char *folder = g_path_get_dirname(reader->path);
    g_autofree char *inside = g_strconcat(folder, "/", NULL);

    if (!included)
        return g_strdup(reader->path);
    if (g_path_is_absolute(included) || g_str_has_prefix(included, inside) ||
        strcmp(folder, ".") == 0)
        return g_strdup(included);
    return g_build_filename(folder, included, NULL);
}

static void set_site(const FileReader *reader, const config_setting_t *setting, GError **error)
{
    g_autofree char *path = source_path(reader, config_setting_source_file(setting));
    ErrorSite site = {.path = path, .line = config_setting_source_line(setting)};

    error_set_site(error, &site);
}

static ConfPlace place_of(const FileReader *reader, const config_setting_t *setting,
                          const char *path)
{
    return (ConfPlace){.origin = reader->section ? CONF_FROM_SECTION : CONF_FROM_FILE,
                       .path = path,
                       .line = config_setting_source_line(setting),
                       .section = reader->section};
}

static void set_wrong_type(ConfKey key, GError **error)
{
    const ConfRow *row = conf_row(key);
    const char *quote = kinds[row->type].is_quoted ? "\"" : "";
    const char *bare = row->default_value ? row->default_value : kinds[row->type].example;
    g_autofree char *escaped = g_strescape(bare ? bare : "", NULL);
    const char *example = kinds[row->type].is_quoted || !bare ? escaped : bare;

    error_set(error, ERROR_CONFIG, "must be %s", kinds[row->type].wants);
    if (row->type == CONF_TYPE_LIST)
        error_set_hint(error, "for example: %s = [ \"127.0.0.1:8080\", \"[::1]:8080\" ];",
                       row->key);
    else
        error_set_hint(error, "for example: %s = %s%s%s;", row->key, quote, example, quote);
}

/* The elements with `separator` between them, or NULL when one is no string or has that in it. */
static char *join_list(const config_setting_t *setting, char separator)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (int i = 0; i < config_setting_length(setting); i++) {
        const char *element = config_setting_get_string_elem(setting, i);

        if (!element || strchr(element, separator))
            return NULL;
        if (i > 0)
            g_string_append_c(text, separator);
        g_string_append(text, element);
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

/* The setting as the text that conf_value_set reads; NULL when its type is not the key's. */
static char *setting_text(const config_setting_t *setting, ConfType type)
{
    gboolean is_number =
        type == CONF_TYPE_INTEGER || type == CONF_TYPE_DURATION || type == CONF_TYPE_SIZE;

    switch (config_setting_type(setting)) {
    case CONFIG_TYPE_BOOL:
        return type == CONF_TYPE_BOOLEAN
                   ? g_strdup(config_setting_get_bool(setting) ? "true" : "false")
                   : NULL;
    case CONFIG_TYPE_INT:
    case CONFIG_TYPE_INT64:
        return is_number ? g_strdup_printf("%lld", config_setting_get_int64(setting)) : NULL;
    case CONFIG_TYPE_STRING:
        return type == CONF_TYPE_BOOLEAN || type == CONF_TYPE_INTEGER || conf_type_has_grants(type)
                   ? NULL
                   : g_strdup(config_setting_get_string(setting));
    case CONFIG_TYPE_ARRAY:
    case CONFIG_TYPE_LIST:
        if (type == CONF_TYPE_COMMANDS || type == CONF_TYPE_WORDS)
            return join_list(setting, '\n');
        return type == CONF_TYPE_LIST || type == CONF_TYPE_PATHS ? join_list(setting, ',') : NULL;
    default:
        return NULL;
    }
}

static GrantKind grant_kind(ConfType type)
{
    if (type == CONF_TYPE_TOKENS)
        return GRANTS_OF_TOKENS;
    return type == CONF_TYPE_PEERS ? GRANTS_OF_PEERS : GRANTS_OF_CERTIFICATES;
}

static gboolean read_grants(FileReader *reader, const config_setting_t *setting, ConfKey key,
                            ConfPlace *place, GError **error)
{
    unsigned first_line = place->line;
    GArray *grants = grants_read(grant_kind(conf_row(key)->type), setting, &place->line, error);

    if (!grants) {
        conf_place_blame(place, conf_key_name(key), error);
        return FALSE;
    }
    place->line = first_line;
    conf_value_set_grants(&reader->values->keys[key], grants, place);
    return TRUE;
}

static gboolean read_text_key(FileReader *reader, const config_setting_t *setting, ConfKey key,
                              const ConfPlace *place, GError **error)
{
    g_autofree char *text = setting_text(setting, conf_row(key)->type);

    if (text)
        return conf_value_set(&reader->values->keys[key], key, text, place, error);
    set_wrong_type(key, error);
    conf_place_blame(place, conf_key_name(key), error);
    return FALSE;
}

static gboolean read_key(FileReader *reader, const config_setting_t *setting, ConfKey key,
                         GError **error)
{
    g_autofree char *path = source_path(reader, config_setting_source_file(setting));
    g_autofree char *folder = NULL;
    ConfPlace place = place_of(reader, setting, path);
    ConfType type = conf_row(key)->type;

    if (conf_type_has_grants(type))
        return read_grants(reader, setting, key, &place, error);
    if (type == CONF_TYPE_PATH || type == CONF_TYPE_PATHS ||
        type == CONF_TYPE_LIST) { /* the others have no use for the folder, and it costs a getcwd */
        g_autofree char *near = g_path_get_dirname(path);

        folder = g_canonicalize_filename(near, NULL);
        place.folder = folder;
    }
    return read_text_key(reader, setting, key, &place, error);
}

static gboolean refuse_unknown(const FileReader *reader, const config_setting_t *setting,
                               const char *name, GError **error)
{
    if (config_setting_is_group(setting))
        conf_section_set_unknown(error, name);
    else
        conf_key_set_unknown(error, name);
    if (reader->section)
        g_prefix_error(error, "sections.%s: ", reader->section);
    set_site(reader, setting, error);
    return FALSE;
}

static gboolean refuse_flat_section(const FileReader *reader, const config_setting_t *setting,
                                    const char *name, GError **error)
{
    error_set(error, ERROR_CONFIG, "%s is a section, not a key", name);
    error_set_hint(error, "write %s: { ... };", config_setting_name(setting));
    set_site(reader, setting, error);
    return FALSE;
}

static gboolean read_variable(FileReader *reader, const config_setting_t *setting, GError **error)
{
    const char *name = config_setting_name(setting);
    g_autofree char *key = g_strconcat(CONF_VARIABLES ".", name, NULL);
    g_autofree char *path = source_path(reader, config_setting_source_file(setting));
    ConfPlace place = place_of(reader, setting, path);
    g_autofree char *text = scalar_read(setting, path, error);

    if (text && !variables_origin(reader->values->variables, name))
        return conf_variable_set(reader->values, name, text, &place, error);
    if (text) {
        error_set(error, ERROR_CONFIG, "is there twice");
        error_set_hint(error, "upper and lower case do not matter in the name of a variable");
    }
    conf_place_blame(&place, key, error);
    return FALSE;
}

static gboolean read_variables(FileReader *reader, const config_setting_t *group, GError **error)
{
    for (int i = 0; i < config_setting_length(group); i++) {
        if (!read_variable(reader, config_setting_get_elem(group, (unsigned)i), error))
            return FALSE;
    }
    return TRUE;
}

static gboolean read_sections(FileReader *reader, const config_setting_t *group, GError **error);

/* `prefix` is "" or "section."; the recursion is as deep as the names of the sections have dots. */
static gboolean read_section(FileReader *reader, const config_setting_t *group, const char *prefix,
                             GError **error)
{
    for (int i = 0; i < config_setting_length(group); i++) {
        const config_setting_t *setting = config_setting_get_elem(group, (unsigned)i);
        g_autofree char *name = g_strconcat(prefix, config_setting_name(setting), NULL);
        g_autofree char *inner = NULL;
        ConfKey key;

        if (conf_key_find(name, &key)) {
            if (!read_key(reader, setting, key, error))
                return FALSE;
            continue;
        }
        if (strcmp(name, CONF_SECTIONS) == 0 && !reader->section) {
            if (!read_sections(reader, setting, error))
                return FALSE;
            continue;
        }
        if (!conf_section_exists(name))
            return refuse_unknown(reader, setting, name, error);
        if (!config_setting_is_group(setting))
            return refuse_flat_section(reader, setting, name, error);
        if (strcmp(name, CONF_VARIABLES) == 0) {
            if (!read_variables(reader, setting, error))
                return FALSE;
            continue;
        }
        inner = g_strconcat(name, ".", NULL);
        if (!read_section(reader, setting, inner, error))
            return FALSE;
    }
    return TRUE;
}

/* One that is not wanted is read as well, for its mistakes. */
static gboolean read_named_section(const FileReader *outer, const config_setting_t *group,
                                   GError **error)
{
    const char *name = config_setting_name(group);
    g_autoptr(ConfSections) unwanted = sections_new(NULL);
    ConfSections *target = sections_want(outer->sections, name) ? outer->sections : unwanted;
    FileReader reader = {outer->path, &target->values, outer->sections, name};

    if (!config_setting_is_group(group)) {
        error_set(error, ERROR_CONFIG, CONF_SECTIONS ".%s is not a group", name);
        error_set_hint(error, "write %s: { database: { ... }; };", name);
    } else if (sections_add(outer->sections, name, error)) {
        return read_section(&reader, group, "", error);
    }
    set_site(outer, group, error);
    return FALSE;
}

static gboolean read_sections(FileReader *reader, const config_setting_t *group, GError **error)
{
    if (!config_setting_is_group(group))
        return refuse_flat_section(reader, group, CONF_SECTIONS, error);
    for (int i = 0; i < config_setting_length(group); i++) {
        if (!read_named_section(reader, config_setting_get_elem(group, (unsigned)i), error))
            return FALSE;
    }
    return TRUE;
}

/* The text of the line stays out of the error: it may hold a password. */
static gboolean refuse_syntax(const FileReader *reader, const config_t *config, GError **error)
{
    g_autofree char *path = source_path(reader, config_error_file(config));
    ErrorSite site = {.path = path, .line = (unsigned)config_error_line(config)};
    gboolean is_include = strstr(config_error_text(config), "include") != NULL;

    error_set(error, ERROR_CONFIG, "%s: %s", path, config_error_text(config));
    if (is_include)
        error_set_hint(error, "an @include is relative to the folder of %s", reader->path);
    else if (g_str_has_suffix(path, ".ini"))
        error_set_hint(error, "this looks like Alembic's configuration; pgsluice has its own, "
                              "pgsluice.conf, and takes over the project: pgsluice import alembic");
    else
        error_set_hint(error,
                       "a section is `name: { ... };`, a key `name = value;`, text stands in "
                       "double quotes; the mistake may be at the end of the line before");
    error_set_site(error, &site);
    return FALSE;
}

static gboolean read_text(FileReader *reader, const char *text, GError **error)
{
    g_autofree char *folder = g_path_get_dirname(reader->path);
    gboolean is_read;
    config_t config;

    config_init(&config);
    config_set_include_dir(&config, folder);
    if (config_read_string(&config, text))
        is_read = read_section(reader, config_root_setting(&config), "", error);
    else
        is_read = refuse_syntax(reader, &config, error);
    config_destroy(&config);
    return is_read;
}

gboolean conf_file_read(const char *path, ConfValues *values, ConfSections *sections,
                        GError **error)
{
    FileReader reader = {path, values, sections, NULL};
    g_autofree char *text = NULL;

    switch (slurp(path, CONF_FILE_MAX, &text, error)) {
    case SLURP_DONE:
        return read_text(&reader, text, error);
    case SLURP_MISSING:
        error_set(error, ERROR_CONFIG, "there is no configuration file %s", path);
        return FALSE;
    default:
        return FALSE;
    }
}
