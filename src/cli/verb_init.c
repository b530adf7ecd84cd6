/* pgsluice init [DIR]: a script directory, and a configuration file that points at it. */
#include <glib/gstdio.h>

#include "cli/create.h"
#include "cli/options.h"
#include "cli/terminal.h"
#include "cli/verb.h"
#include "view/answer.h"

static const char conf_name[] = "pgsluice.conf";

/* %s: the script directory. Only what a beginner needs; pgsluice.conf(5) has every key. */
static const char conf_template[] =
    "# pgsluice.conf: where the revision files are and which database they are for.\n"
    "# Every key is explained in pgsluice.conf(5).\n"
    "\n"
    "database: {\n"
    "    # A direct connection to the primary, not a pooler. Better not here when it holds a\n"
    "    # password: put SYNC_DATABASE_URL in the environment or in a .env file beside this one.\n"
    "    # migration_url = \"postgresql://app@localhost:5432/app\";\n"
    "};\n"
    "\n"
    "migrations: {\n"
    "    # Revision files are in its folder versions, the wanted schema as plain DDL in models.\n"
    "    # Relative to this file.\n"
    "    directory = \"%s\";\n"
    "};\n"
    "\n"
    "environment: {\n"
    "    name = \"development\";\n"
    "\n"
    "    # true lets pgsluiced run pending revisions by itself when it starts.\n"
    "    controlled = false;\n"
    "};\n";

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
    error_set_hint(error, "name another one: pgsluice init DIR");
    return FALSE;
}

/* Tells at once of what was made, or keeps it for the document. */
static void take_created(Cli *cli, GPtrArray *created, const char *what, const char *path)
{
    if (!cli_options(cli)->wants_json)
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

/* A string of libconfig. */
static char *quote(const char *text)
{
    g_auto(GStrv) backslashes = g_strsplit(text, "\\", -1);
    g_autofree char *escaped = g_strjoinv("\\\\", backslashes);
    g_auto(GStrv) quotes = g_strsplit(escaped, "\"", -1);

    return g_strjoinv("\\\"", quotes);
}

static gboolean create_conf(Cli *cli, GPtrArray *created, const char *directory, GError **error)
{
    g_autofree char *quoted = quote(directory);
    g_autofree char *text = g_strdup_printf(conf_template, quoted);
    g_autofree char *path = g_canonicalize_filename(conf_name, NULL);

    if (!g_file_test(conf_name, G_FILE_TEST_EXISTS)) {
        if (!create_file(path, text, error))
            return FALSE;
        take_created(cli, created, "", path);
        return TRUE;
    }
    terminal_note("%s is there already and stays as it is; it must say migrations.directory = "
                  "\"%s\"\n",
                  path, quoted);
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

gboolean verb_init(Cli *cli, const Verb *verb, const char *const *words, GError **error)
{
    g_auto(GStrv) operands = NULL;
    g_autofree char *path = NULL;
    g_autofree char *versions = NULL;
    g_autofree char *models = NULL;
    g_autoptr(GPtrArray) created = g_ptr_array_new_with_free_func(g_free);
    const char *directory;

    if (!options_parse(cli, verb, NULL, words, &operands, error))
        return FALSE;
    directory = operands[0] ? operands[0] : "migrations";
    path = g_canonicalize_filename(directory, NULL);
    versions = g_build_filename(path, "versions", NULL);
    models = g_build_filename(path, "models", NULL);
    if (!require_empty(path, error) || !create_script_folder(cli, created, versions, error) ||
        !create_script_folder(cli, created, models, error) ||
        !create_conf(cli, created, directory, error))
        return FALSE;
    if (cli_options(cli)->wants_json)
        print_document(created);
    if (!cli_options(cli)->is_quiet)
        terminal_note("Next: set SYNC_DATABASE_URL (in the environment or .env), then\n"
                      "  pgsluice revision -m \"create account table\"\n"
                      "  pgsluice upgrade head\n");
    return TRUE;
}
