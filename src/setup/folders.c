/* Where revision files are read from, and what new ones are made from. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/slurp.h"
#include "revision/template.h"
#include "setup/setup.h"

#define TEMPLATE_NAME "revision.sql.in"

const char *setup_script_directory(const Conf *conf)
{
    return conf_path(conf, CONF_MIGRATIONS_DIRECTORY);
}

/* A script directory that nobody has named: of one of several databases, or of none yet. */
static void hint_at_init(const Conf *conf, GError **error)
{
    g_autofree char *names = g_strjoinv(" or -n ", (char **)conf_sections(conf));

    if (*names && !conf_section(conf))
        error_set_hint(error, "choose one of the databases in %s: -n %s", conf_file(conf), names);
    else
        error_set_hint(error, "make one with `pgsluice init`, or set migrations.directory");
}

static char **default_folders(const Conf *conf, GError **error)
{
    const char *directory = setup_script_directory(conf);
    g_autofree char *versions = g_build_filename(directory, "versions", NULL);
    const char *folders[] = {versions, NULL};
    gboolean is_default = conf_origin(conf, CONF_MIGRATIONS_DIRECTORY) == CONF_FROM_DEFAULT;

    if (g_file_test(versions, G_FILE_TEST_IS_DIR))
        return g_strdupv((char **)folders);
    error_set(error, ERROR_CONFIG, "the script directory %s has no folder versions (from %s)",
              directory, conf_origin_text(conf, CONF_MIGRATIONS_DIRECTORY));
    if (is_default)
        hint_at_init(conf, error);
    else
        error_set_hint(error, "make one with `pgsluice init %s`, or set migrations.directory",
                       directory);
    return NULL;
}

/* ERROR_CONFIG about the folders of migrations.version_locations, whose name begins the message. */
static void blame_locations(const Conf *conf, GError **error)
{
    g_prefix_error(error, "migrations.version_locations (from %s): ",
                   conf_origin_text(conf, CONF_MIGRATIONS_VERSION_LOCATIONS));
}

/* The folder without links in its path, or NULL; free. */
static char *find_folder(const char *folder, GError **error)
{
    char *real = realpath(folder, NULL);

    if (real && g_file_test(real, G_FILE_TEST_IS_DIR))
        return real;
    if (real) {
        error_set(error, ERROR_CONFIG, "%s is not a folder", folder);
        error_set_hint(error, "name the folder that the revision files are in");
    } else if (errno == ENOENT) {
        error_set(error, ERROR_CONFIG, "there is no folder %s", folder);
        error_set_hint(error,
                       "make it with `mkdir -p %s`, or correct the path, which is relative "
                       "to the file that names it",
                       folder);
    } else {
        error_set(error, ERROR_CONFIG, "the folder %s cannot be used: %s", folder,
                  g_strerror(errno));
        error_set_hint(error, "give the user that runs pgsluice permission to read it");
    }
    free(real);
    return NULL;
}

static gboolean is_within(const char *inner, const char *outer)
{
    gsize length = strlen(outer);

    return strncmp(inner, outer, length) == 0 && (inner[length] == '/' || outer[length - 1] == '/');
}

/* A folder that is read twice would have every revision twice; one within another is never meant,
 * because folders are not read with what is below them. */
static gboolean check_pair(const char *one, const char *other, GError **error)
{
    if (strcmp(one, other) == 0) {
        error_set(error, ERROR_CONFIG, "the folder %s is there twice", one);
        error_set_hint(error, "leave one out; links to a folder are the folder");
        return FALSE;
    }
    if (!is_within(one, other) && !is_within(other, one))
        return TRUE;
    error_set(error, ERROR_CONFIG, "one folder is within another: %s and %s", one, other);
    error_set_hint(error, "each folder is read without what is below it; put them side by side");
    return FALSE;
}

static gboolean check_locations(const char *const *locations, GError **error)
{
    g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func(free);

    for (gsize i = 0; locations[i]; i++) {
        char *real = find_folder(locations[i], error);

        if (!real)
            return FALSE;
        for (guint k = 0; k < found->len; k++) {
            if (check_pair(found->pdata[k], real, error))
                continue;
            free(real);
            return FALSE;
        }
        g_ptr_array_add(found, real);
    }
    return TRUE;
}

char **setup_folders(const Conf *conf, GError **error)
{
    const char *const *locations = conf_paths(conf, CONF_MIGRATIONS_VERSION_LOCATIONS);

    if (!locations[0])
        return default_folders(conf, error);
    if (check_locations(locations, error))
        return g_strdupv((char **)locations);
    blame_locations(conf, error);
    return NULL;
}

Graph *setup_graph(const Conf *conf, GError **error)
{
    g_auto(GStrv) folders = setup_folders(conf, error);

    return folders ? graph_load((const char *const *)folders, error) : NULL;
}

char *setup_describe_scripts(const Conf *conf)
{
    const char *const *locations = conf_paths(conf, CONF_MIGRATIONS_VERSION_LOCATIONS);

    return locations[0] ? g_strjoinv(", ", (char **)locations)
                        : g_strdup(setup_script_directory(conf));
}

char *setup_template(const Conf *conf, char **path, GError **error)
{
    g_autofree char *file = g_build_filename(setup_script_directory(conf), TEMPLATE_NAME, NULL);
    char *text = NULL;

    if (!g_file_test(file, G_FILE_TEST_EXISTS)) {
        *path = g_strdup("the built-in template");
        return g_strdup(template_builtin);
    }
    if (!g_file_test(file, G_FILE_TEST_IS_REGULAR)) {
        error_set(error, ERROR_CONFIG, "the template %s is not a file", file);
        error_set_hint(error, "remove it, or put a file in its place");
        return NULL;
    }
    if (slurp(file, TEMPLATE_MAX, &text, error) != SLURP_DONE)
        return NULL;
    *path = g_steal_pointer(&file);
    return text;
}
