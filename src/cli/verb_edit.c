/* pgsluice edit REVISION: its file in the editor, and whether it is still a revision afterwards. */
#include <signal.h>
#include <string.h>

#include "base/process.h"
#include "cli/options.h"
#include "cli/terminal.h"
#include "cli/verb.h"
#include "revision/inspect.h"
#include "revision/spec.h"
#include "setup/setup.h"
#include "view/answer.h"

/* The editor's words: $VISUAL, $EDITOR, or a program that is there; g_strfreev. */
static char **choose_editor(GError **error)
{
    static const char *const variables[] = {"VISUAL", "EDITOR"};
    static const char *const programs[] = {"editor", "vi"};

    for (gsize i = 0; i < G_N_ELEMENTS(variables); i++) {
        const char *text = g_getenv(variables[i]);
        g_autoptr(GError) reason = NULL;
        char **words = NULL;

        if (!text || !text[strspn(text, " \t")])
            continue;
        if (g_shell_parse_argv(text, NULL, &words, &reason))
            return words;
        error_set(error, ERROR_USAGE, "the variable %s is not a command: %s", variables[i], text);
        error_set_hint(error, "it is read as by a shell: close its quotes");
        return NULL;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(programs); i++) {
        g_autofree char *path = g_find_program_in_path(programs[i]);

        if (path)
            return g_strdupv((char *[]){path, NULL});
    }
    error_set(error, ERROR_USAGE, "no editor is known");
    error_set_hint(error, "name one: EDITOR=vi pgsluice edit REVISION");
    return NULL;
}

static char **join_command(char **editor, char **paths)
{
    g_autoptr(GStrvBuilder) command = g_strv_builder_new();

    g_strv_builder_addv(command, (const char **)editor);
    g_strv_builder_addv(command, (const char **)paths);
    return g_strv_builder_end(command);
}

static void on_interrupt(int number)
{
}

/* In the child, after fork. */
static void become_editor(gpointer data)
{
    signal(SIGPIPE, SIG_DFL);
}

/* Ctrl-C and Ctrl-\ are keys of the editor: a handler that does nothing keeps us alive, and is not
 * inherited over exec. */
static gboolean run_editor(char **command, GError **error)
{
    struct sigaction ignoring = {.sa_handler = on_interrupt, .sa_flags = SA_RESTART};
    struct sigaction interrupt;
    struct sigaction quit;
    g_autoptr(GError) reason = NULL;
    gboolean is_started;
    gboolean is_good;
    GPid pid;

    sigemptyset(&ignoring.sa_mask);
    sigaction(SIGINT, &ignoring, &interrupt);
    sigaction(SIGQUIT, &ignoring, &quit);
    is_started = g_spawn_async(NULL, command, NULL,
                               G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD |
                                   G_SPAWN_CHILD_INHERITS_STDIN,
                               become_editor, NULL, &pid, &reason);
    is_good = is_started && g_spawn_check_wait_status(process_reap(pid), &reason);
    sigaction(SIGINT, &interrupt, NULL);
    sigaction(SIGQUIT, &quit, NULL);
    if (is_good)
        return TRUE;
    error_set(error, ERROR_FILE, "the editor %s failed: %s", command[0], reason->message);
    if (is_started)
        error_set_hint(error, "what it has saved stays; pgsluice check --no-database looks at it");
    else
        error_set_hint(error, "name another one: EDITOR=vi pgsluice edit REVISION");
    return FALSE;
}

/* The one file whose name begins with `word`, or NULL: the way to a file when the files are so
 * broken that names of revisions mean nothing. g_strfreev. */
static char **find_by_name(const char *const *folders, const char *word)
{
    g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);

    for (; *folders; folders++) {
        g_autoptr(GDir) folder = g_dir_open(*folders, 0, NULL);
        const char *name;

        while (folder && (name = g_dir_read_name(folder)) != NULL)
            if (g_str_has_prefix(name, word) && g_str_has_suffix(name, ".sql"))
                g_ptr_array_add(paths, g_build_filename(*folders, name, NULL));
    }
    if (paths->len != 1 || !*word)
        return NULL;
    g_ptr_array_add(paths, NULL);
    return (char **)g_ptr_array_steal(paths, NULL);
}

/* The files of what `word` names; g_strfreev. */
static char **find_files(Cli *cli, const Graph *graph, const char *word, GError **error)
{
    g_autoptr(DatabaseState) state = NULL;
    g_autoptr(GPtrArray) revisions = NULL;
    g_autoptr(GStrvBuilder) paths = g_strv_builder_new();

    if (strcmp(word, "current") == 0 && !(state = cli_read_state(cli, error)))
        return NULL;
    revisions = spec_resolve(graph, word, state ? (const char *const *)state->heads : NULL,
                             SPEC_FOR_SHOW, error);
    if (!revisions)
        return NULL;
    if (revisions->len == 0) {
        error_set(error, ERROR_USAGE, "\"%s\" is no revision: there is no file to edit", word);
        error_set_hint(error, "pgsluice history lists the revisions");
        return NULL;
    }
    for (guint i = 0; i < revisions->len; i++)
        g_strv_builder_add(paths, ((const Revision *)revisions->pdata[i])->path);
    return g_strv_builder_end(paths);
}

static char **choose_files(Cli *cli, const char *const *folders, const char *word, GError **error)
{
    g_autoptr(GError) broken = NULL;
    const Graph *graph = cli_graph(cli, &broken);
    char **paths = NULL;

    if (graph)
        return find_files(cli, graph, word, error);
    paths = find_by_name(folders, word);
    if (!paths)
        g_propagate_error(error, g_steal_pointer(&broken));
    return paths;
}

/* What an edit can break: its own files, and the links between all. */
static gboolean concerns(const GError *error, const char *const *paths)
{
    ErrorSite site;

    return error_is(error, ERROR_GRAPH) ||
           (error_site(error, &site) && g_strv_contains(paths, site.path));
}

static gboolean require_files(const char *const *paths, GError **error)
{
    for (; *paths; paths++) {
        if (g_file_test(*paths, G_FILE_TEST_EXISTS))
            continue;
        error_set(error, ERROR_FILE, "the file is gone since the editor ran: %s", *paths);
        error_set_hint(error, "bring it back when a database has it applied: a downgrade needs it");
        return FALSE;
    }
    return TRUE;
}

static gboolean inspect_edited(const char *const *folders, const char *const *paths, GError **error)
{
    g_autoptr(Findings) findings = findings_new(G_MAXUINT);
    g_autoptr(Graph) graph = NULL;
    guint files;

    graph = inspect_folders(folders, findings, &files);
    for (guint i = findings->errors->len; i-- > 0;)
        if (!concerns(findings->errors->pdata[i], paths))
            g_ptr_array_remove_index(findings->errors, i);
    if (findings->errors->len > 1)
        terminal_note("This is the first of %u problems; pgsluice check --no-database lists all.\n",
                      findings->errors->len);
    if (findings_require_none(findings, error))
        return TRUE;
    g_prefix_error(error, "the file is saved, but broken: ");
    return FALSE;
}

static void print_document(char **paths)
{
    g_autoptr(Answer) answer = answer_new();
    g_autofree char *document = NULL;

    answer_add_texts(answer, "files", (const char *const *)paths);
    document = answer_format(answer);
    terminal_print_document(document);
}

gboolean verb_edit(Cli *cli, const Verb *verb, const char *const *words, GError **error)
{
    g_auto(GStrv) operands = NULL;
    g_auto(GStrv) folders = NULL;
    g_auto(GStrv) paths = NULL;
    g_auto(GStrv) editor = NULL;
    g_auto(GStrv) command = NULL;
    const Conf *conf;

    if (!options_parse(cli, verb, NULL, words, &operands, error))
        return FALSE;
    conf = cli_conf(cli, error);
    folders = conf ? setup_folders(conf, error) : NULL;
    paths = folders ? choose_files(cli, (const char *const *)folders, operands[0], error) : NULL;
    editor = paths ? choose_editor(error) : NULL;
    if (!editor)
        return FALSE;
    command = join_command(editor, paths);
    if (!run_editor(command, error) || !require_files((const char *const *)paths, error) ||
        !inspect_edited((const char *const *)folders, (const char *const *)paths, error))
        return FALSE;
    if (cli_options(cli)->wants_json)
        print_document(paths);
    return TRUE;
}
