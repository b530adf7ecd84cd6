/* pgsluice completion SHELL: the script that is installed for that shell. */
#include <string.h>

#include "cli/completion_cli.h"
#include "cli/options.h"
#include "cli/terminal.h"
#include "cli/verb.h"
#include "view/answer.h"

static const struct {
    const char *shell;
    const char *script;
} scripts[] = {
    {"bash", completion_pgsluice},
    {"zsh", completion__pgsluice},
    {"fish", completion_pgsluice_fish},
};

static const char *find_script(const char *shell, GError **error)
{
    for (gsize i = 0; i < G_N_ELEMENTS(scripts); i++)
        if (strcmp(scripts[i].shell, shell) == 0)
            return scripts[i].script;
    error_set(error, ERROR_USAGE, "\"%s\" is none of bash, zsh, fish", shell);
    error_set_hint(error, "usage: pgsluice completion bash|zsh|fish");
    return NULL;
}

static void print_document(const char *shell, const char *script)
{
    g_autoptr(Answer) answer = answer_new();
    g_autofree char *document = NULL;

    answer_add_text(answer, "shell", shell);
    answer_add_text(answer, "script", script);
    document = answer_format(answer);
    terminal_print_document(document);
}

gboolean verb_completion(Cli *cli, const Verb *verb, const char *const *words, GError **error)
{
    g_auto(GStrv) operands = NULL;
    const char *script;

    if (!options_parse(cli, verb, NULL, words, &operands, error))
        return FALSE;
    script = find_script(operands[0], error);
    if (!script)
        return FALSE;
    if (cli_options(cli)->wants_json)
        print_document(operands[0], script);
    else
        terminal_print("%s", script);
    return TRUE;
}
