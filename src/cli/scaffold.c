/* Project templates, built in or in a folder. */
#include "cli/scaffold.h"

#include <string.h>

#include "base/error.h"
#include "base/nearest.h"
#include "base/slurp.h"

#define CONF_NAME "pgsluice.conf.in"
#define SCRIPTS "scripts/"
#define DIRECTORY_TOKEN "@{directory}"

enum { FILE_MAX = 1024 * 1024, FILES_MAX = 1000, DEPTH_MAX = 8 };

static void file_free(gpointer data)
{
    ScaffoldFile *file = data;

    g_free(file->path);
    g_free(file->text);
    g_free(file);
}

void scaffold_free(Scaffold *scaffold)
{
    if (!scaffold)
        return;
    g_free(scaffold->conf);
    g_ptr_array_unref(scaffold->files);
    g_free(scaffold);
}

static Scaffold *scaffold_new(void)
{
    Scaffold *scaffold = g_new0(Scaffold, 1);

    scaffold->files = g_ptr_array_new_with_free_func(file_free);
    return scaffold;
}

/* Takes what belongs to a project, `text` included; the rest is about the template. */
static void add(Scaffold *scaffold, const char *path, char *text)
{
    ScaffoldFile *file;

    if (strcmp(path, CONF_NAME) == 0) {
        g_free(scaffold->conf);
        scaffold->conf = text;
        return;
    }
    if (!g_str_has_prefix(path, SCRIPTS)) {
        g_free(text);
        return;
    }
    file = g_new0(ScaffoldFile, 1);
    file->path = g_strdup(path + strlen(SCRIPTS));
    file->text = text;
    g_ptr_array_add(scaffold->files, file);
}

/* --- Built in --------------------------------------------------------------------------------- */

const char **scaffold_names(void)
{
    GPtrArray *names = g_ptr_array_new();

    for (const ScaffoldRow *row = scaffold_rows; row->template; row++) {
        if (names->len == 0 || strcmp(names->pdata[names->len - 1], row->template) != 0)
            g_ptr_array_add(names, (gpointer)row->template);
    }
    g_ptr_array_add(names, NULL);
    return (const char **)g_ptr_array_free(names, FALSE);
}

char *scaffold_describe(const char *name)
{
    for (const ScaffoldRow *row = scaffold_rows; row->template; row++) {
        if (strcmp(row->template, name) == 0 && strcmp(row->path, "README") == 0)
            return g_strndup(row->text, strcspn(row->text, "\n"));
    }
    return g_strdup("");
}

static Scaffold *load_builtin(const char *name)
{
    g_autoptr(Scaffold) scaffold = scaffold_new();

    for (const ScaffoldRow *row = scaffold_rows; row->template; row++) {
        if (strcmp(row->template, name) == 0)
            add(scaffold, row->path, g_strdup(row->text));
    }
    return scaffold->conf ? g_steal_pointer(&scaffold) : NULL;
}

static void refuse_name(const char *name, GError **error)
{
    g_autofree const char **names = scaffold_names();
    g_autofree char *all = g_strjoinv(", ", (char **)names);
    const char *near = nearest_slip(name, names);

    error_set(error, ERROR_USAGE, "there is no template \"%s\"", name);
    if (near)
        error_set_hint(error, "did you mean \"%s\"?", near);
    else if (g_file_test(name, G_FILE_TEST_IS_DIR))
        error_set_hint(error, "a folder is written with a slash: ./%s", name);
    else
        error_set_hint(error, "the templates are %s; a folder of your own is written with a slash",
                       all);
}

/* --- In a folder ------------------------------------------------------------------------------ */

static gboolean load_folder(Scaffold *scaffold, const char *root, const char *inner, guint depth,
                            GError **error);

static gboolean load_file(Scaffold *scaffold, const char *path, const char *inner, GError **error)
{
    char *text = NULL;

    if (!g_file_test(path, G_FILE_TEST_IS_REGULAR)) {
        error_set(error, ERROR_FILE, "%s is neither a file nor a folder", path);
        error_set_hint(error, "a template has only these");
        return FALSE;
    }
    if (slurp(path, FILE_MAX, &text, error) != SLURP_DONE)
        return FALSE;
    add(scaffold, inner, text);
    return TRUE;
}

static gboolean load_entry(Scaffold *scaffold, const char *root, const char *inner, guint depth,
                           GError **error)
{
    g_autofree char *path = g_build_filename(root, inner, NULL);

    if (scaffold->files->len >= FILES_MAX || depth > DEPTH_MAX) {
        error_set(error, ERROR_FILE,
                  "%s is more than a template: over %d files, or %d folders deep", root, FILES_MAX,
                  DEPTH_MAX);
        error_set_hint(error, "name the folder that has a " CONF_NAME " in it");
        return FALSE;
    }
    return g_file_test(path, G_FILE_TEST_IS_DIR) ? load_folder(scaffold, root, inner, depth, error)
                                                 : load_file(scaffold, path, inner, error);
}

static gint compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The names in a folder, sorted; NULL when it cannot be read. */
static GPtrArray *list_folder(const char *path, GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) problem = NULL;
    g_autoptr(GDir) folder = g_dir_open(path, 0, &problem);
    const char *name;

    if (!folder) {
        error_set(error, ERROR_FILE, "%s", problem->message);
        error_set_hint(error, "pgsluice list_templates lists the templates that are built in");
        return NULL;
    }
    while ((name = g_dir_read_name(folder)))
        g_ptr_array_add(names, g_strdup(name));
    g_ptr_array_sort(names, compare_names);
    return g_steal_pointer(&names);
}

/* `inner`: below `root`, "" for that itself. */
static gboolean load_folder(Scaffold *scaffold, const char *root, const char *inner, guint depth,
                            GError **error)
{
    g_autofree char *path = g_build_filename(root, inner, NULL);
    g_autoptr(GPtrArray) names = list_folder(path, error);

    for (guint i = 0; names && i < names->len; i++) {
        g_autofree char *below =
            *inner ? g_build_filename(inner, names->pdata[i], NULL) : g_strdup(names->pdata[i]);

        if (!load_entry(scaffold, root, below, depth + 1, error))
            return FALSE;
    }
    return names != NULL;
}

static Scaffold *load_own(const char *folder, GError **error)
{
    g_autoptr(Scaffold) scaffold = scaffold_new();

    if (!load_folder(scaffold, folder, "", 0, error))
        return NULL;
    if (scaffold->conf || scaffold->files->len > 0)
        return g_steal_pointer(&scaffold);
    error_set(error, ERROR_FILE, "%s is no template", folder);
    error_set_hint(error, "a template has a " CONF_NAME " and a folder " SCRIPTS);
    return NULL;
}

Scaffold *scaffold_load(const char *name, GError **error)
{
    Scaffold *scaffold = strchr(name, '/') ? load_own(name, error) : load_builtin(name);

    if (!scaffold && !strchr(name, '/'))
        refuse_name(name, error);
    return scaffold;
}

/* --- The configuration ------------------------------------------------------------------------ */

/* Within a string of libconfig. */
static char *quote(const char *text)
{
    g_auto(GStrv) backslashes = g_strsplit(text, "\\", -1);
    g_autofree char *escaped = g_strjoinv("\\\\", backslashes);
    g_auto(GStrv) quotes = g_strsplit(escaped, "\"", -1);

    return g_strjoinv("\\\"", quotes);
}

char *scaffold_conf(const Scaffold *scaffold, const char *directory)
{
    g_autofree char *quoted = quote(directory);
    g_auto(GStrv) parts = g_strsplit(scaffold->conf, DIRECTORY_TOKEN, -1);

    return g_strjoinv(quoted, parts);
}
