/* pgsluice init [DIR]: a script directory, and a configuration file that points at it. */
#include <string.h>

#include "adopt/alembic.h"
#include "base/create.h"
#include "cli/options.h"
#include "cli/scaffold.h"
#include "cli/terminal.h"
#include "cli/verb.h"
#include "view/answer.h"

static const char conf_name[] = "pgsluice.conf";
static const char default_template[] = "generic";

/* The configuration must be able to name it. */
static gboolean check_name(const char *directory, GError **error)
{
    gboolean is_text = g_utf8_validate(directory, -1, NULL);

    for (const char *at = directory; *at; at++)
        is_text &= !g_ascii_iscntrl(*at);
    if (is_text && *directory)
        return TRUE;
    error_set(error, ERROR_USAGE, "the folder's name is empty, not UTF-8, or has a line end in it");
    error_set_hint(error, "name another one: pgsluice init DIR");
    return FALSE;
}

/* What to do about a folder that is there. */
static void hint_at_other(const char *directory, GError **error)
{
    g_autofree char *versions = g_build_filename(directory, "versions", NULL);

    if (alembic_has_revisions(versions))
        error_set_hint(error, "an Alembic project is taken over as it is: pgsluice import alembic "
                              "--adopt; a folder of its own for pgsluice: pgsluice init DIR");
    else
        error_set_hint(error, "name another one: pgsluice init DIR");
}

/* init never works in a folder that somebody else already uses. */
static gboolean require_empty(const char *directory, GError **error)
{
    g_autoptr(GDir) folder = NULL;

    if (!g_file_test(directory, G_FILE_TEST_EXISTS))
        return TRUE;
    folder = g_dir_open(directory, 0, NULL);
    if (folder && !g_dir_read_name(folder))
        return TRUE;
    if (folder)
        error_set(error, ERROR_FILE, "the folder %s is there already and is not empty", directory);
    else if (g_file_test(directory, G_FILE_TEST_IS_DIR))
        error_set(error, ERROR_FILE, "the folder %s cannot be read", directory);
    else
        error_set(error, ERROR_FILE, "%s is there already and is not a folder", directory);
    hint_at_other(directory, error);
    return FALSE;
}

/* Tells at once of what was made, or keeps it for the document. A hidden file only keeps its folder
 * in git. */
static void take_created(Cli *cli, GPtrArray *created, const char *what, const char *path)
{
    const char *name = strrchr(path, '/');

    if (!cli_options(cli)->wants_json && !(name && name[1] == '.'))
        terminal_print("Creating %s%s ...  done\n", what, path);
    g_ptr_array_add(created, g_strdup(path));
}

static gboolean create_script_folder(Cli *cli, GPtrArray *created, const char *path, GError **error)
{
    if (!create_folder(path, error))
        return FALSE;
    take_created(cli, created, "directory ", path);
    return TRUE;
}

static gboolean create_script_file(Cli *cli, GPtrArray *created, const char *directory,
                                   const ScaffoldFile *file, GError **error)
{
    g_autofree char *path = g_build_filename(directory, file->path, NULL);
    g_autofree char *folder = g_path_get_dirname(path);

    if (!g_file_test(folder, G_FILE_TEST_IS_DIR) &&
        !create_script_folder(cli, created, folder, error))
        return FALSE;
    if (!create_file(path, file->text, error))
        return FALSE;
    take_created(cli, created, "", path);
    return TRUE;
}

static gboolean create_scripts(Cli *cli, GPtrArray *created, const char *directory,
                               const Scaffold *scaffold, GError **error)
{
    for (guint i = 0; i < scaffold->files->len; i++) {
        if (!create_script_file(cli, created, directory, scaffold->files->pdata[i], error))
            return FALSE;
    }
    return TRUE;
}

/* `directory` as typed, which is how the file names it. */
static gboolean create_conf(Cli *cli, GPtrArray *created, const char *directory,
                            const Scaffold *scaffold, GError **error)
{
    g_autofree char *path = g_canonicalize_filename(conf_name, NULL);
    g_autofree char *text = NULL;

    if (!scaffold->conf)
        return TRUE;
    if (g_file_test(conf_name, G_FILE_TEST_EXISTS)) {
        if (!cli_options(cli)->is_quiet)
            terminal_note(
                "%s is there already and stays as it is; let migrations.directory in it be "
                "\"%s\"\n",
                path, directory);
        return TRUE;
    }
    text = scaffold_conf(scaffold, directory);
    if (!create_file(path, text, error))
        return FALSE;
    take_created(cli, created, "", path);
    return TRUE;
}

static void print_document(GPtrArray *created)
{
    g_autoptr(Answer) answer = answer_new();
    g_autofree char *document = NULL;

    g_ptr_array_add(created, NULL);
    answer_add_texts(answer, "created", (const char *const *)created->pdata);
    document = answer_format(answer);
    terminal_print_document(document);
}

static void print_next_step(const char *template)
{
    if (g_str_equal(template, default_template))
        terminal_note("Next: set SYNC_DATABASE_URL (in the environment or .env), then\n"
                      "  pgsluice revision -m \"create account table\"\n"
                      "  pgsluice upgrade head\n");
    else
        terminal_note("Next: %s says what to set and how to begin\n", conf_name);
}

static gboolean create(Cli *cli, const char *directory, const Scaffold *scaffold,
                       GPtrArray *created, GError **error)
{
    g_autofree char *path = g_canonicalize_filename(directory, NULL);

    return check_name(directory, error) && require_empty(path, error) &&
           create_scripts(cli, created, path, scaffold, error) &&
           create_conf(cli, created, directory, scaffold, error);
}

gboolean verb_init(Cli *cli, const Verb *verb, const char *const *words, GError **error)
{
    g_autofree char *template = NULL;
    gboolean makes_package = FALSE;
    const GOptionEntry entries[] = {
        {"template", 't', 0, OPTION_TEXT, &template,
         "Make what this template says (default: generic); a name, or a folder with a slash",
         "TEMPLATE"},
        {"package", 0, 0, G_OPTION_ARG_NONE, &makes_package, "Accepted for Alembic's sake", NULL},
        {NULL},
    };
    g_auto(GStrv) operands = NULL;
    g_autoptr(Scaffold) scaffold = NULL;
    g_autoptr(GPtrArray) created = g_ptr_array_new_with_free_func(g_free);

    if (!options_parse(cli, verb, entries, words, &operands, error))
        return FALSE;
    scaffold = scaffold_load(template ? template : default_template, error);
    if (!scaffold ||
        !create(cli, operands[0] ? operands[0] : "migrations", scaffold, created, error))
        return FALSE;
    if (cli_options(cli)->wants_json)
        print_document(created);
    if (cli_options(cli)->is_quiet)
        return TRUE;
    if (makes_package)
        terminal_note("--package has no effect: revision files are not Python\n");
    print_next_step(template ? template : default_template);
    return TRUE;
}
