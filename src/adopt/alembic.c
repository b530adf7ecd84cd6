/* Starts export_alembic.py with the project's Python and reads what it says. */
#include "adopt/alembic.h"

#include "adopt/child.h"
#include "adopt/embedded.h"
#include "adopt/interpreter.h"
#include "adopt/records.h"
#include "base/error.h"

/* A revision of the longest kind takes well under a second to render. */
static const gint64 patience = 2 * G_TIME_SPAN_MINUTE;
static const gsize answer_max = 256 * 1024 * 1024;

static char *ini_path(const char *project)
{
    g_autofree char *whole = g_canonicalize_filename(project, NULL);

    return g_file_test(whole, G_FILE_TEST_IS_DIR) ? g_build_filename(whole, "alembic.ini", NULL)
                                                  : g_steal_pointer(&whole);
}

char *alembic_folder(const char *project)
{
    g_autofree char *ini = ini_path(project);

    return g_path_get_dirname(ini);
}

gboolean alembic_has_revisions(const char *folder)
{
    g_autoptr(GDir) directory = g_dir_open(folder, 0, NULL);
    const char *name;

    while (directory && (name = g_dir_read_name(directory)) != NULL) {
        if (g_str_has_suffix(name, ".py") && *name != '_' && *name != '.')
            return TRUE;
    }
    return FALSE;
}

static gboolean check_project(const char *ini, GError **error)
{
    if (g_file_test(ini, G_FILE_TEST_IS_REGULAR))
        return TRUE;
    error_set(error, ERROR_FILE, "there is no Alembic configuration %s", ini);
    error_set_hint(error, "name the folder with alembic.ini, or the ini file itself");
    return FALSE;
}

/* python -c PROGRAM DESCRIPTOR INI [-n SECTION] [-x KEY=VALUE]... */
static GPtrArray *compose_words(char **python, const char *ini, const AlembicOptions *options)
{
    GPtrArray *words = g_ptr_array_new_with_free_func(g_free);

    for (; *python; python++)
        g_ptr_array_add(words, g_strdup(*python));
    g_ptr_array_add(words, g_strdup("-c"));
    g_ptr_array_add(words, g_strdup(program_export_alembic_py));
    g_ptr_array_add(words, g_strdup_printf("%d", CHILD_DESCRIPTOR));
    g_ptr_array_add(words, g_strdup(ini));
    if (options->section)
        g_ptr_array_add(words, g_strconcat("--name=", options->section, NULL));
    for (guint i = 0; i < options->x->len; i++) {
        g_ptr_array_add(words, g_strdup("-x"));
        g_ptr_array_add(words, g_strdup(options->x->pdata[i]));
    }
    g_ptr_array_add(words, NULL);
    return words;
}

Import *alembic_import(const AlembicOptions *options, Cancel *cancel, char **said, GError **error)
{
    g_autofree char *ini = ini_path(options->project);
    g_autofree char *folder = g_path_get_dirname(ini);
    g_auto(GStrv) python = NULL;
    g_autoptr(GPtrArray) words = NULL;
    g_autoptr(GByteArray) answer = NULL;
    g_autoptr(Import) import = NULL;
    ChildOptions run = {.environment = options->environment,
                        .directory = folder,
                        .answer_max = answer_max,
                        .patience = patience};

    *said = NULL;
    python = check_project(ini, error) ? interpreter_find(folder, options->program, error) : NULL;
    if (!python)
        return NULL;
    words = compose_words(python, ini, options);
    run.argv = (const char *const *)words->pdata;
    answer = child_run(&run, cancel, said, error);
    if (!answer)
        return NULL;
    import = records_parse(answer->len ? (const char *)answer->data : "", answer->len, error);
    for (guint i = 0; import && i < import->arrivals->len; i++)
        arrival_inspect(import->arrivals->pdata[i]);
    return g_steal_pointer(&import);
}
