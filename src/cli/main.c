/* pgsluice: finds the verb, runs it, reports the error that it returns. */
#include <stdlib.h>

#include "cli/options.h"
#include "cli/terminal.h"
#include "cli/verb.h"
#include "view/document.h"

/* Runs what the command line says. */
static gboolean run(Cli *cli, const char *const *arguments, GError **error)
{
    g_auto(GStrv) words = NULL;
    const Verb *verb;

    if (!options_parse_global(cli_options(cli), arguments, &words, error))
        return FALSE;
    if (!words[0]) {
        error_set(error, ERROR_USAGE, "no verb is given");
        error_set_hint(error, "pgsluice help lists the verbs");
        return FALSE;
    }
    verb = verb_find(words[0], error);
    return verb && verb->run(cli, verb, (const char *const *)words + 1, error);
}

static void report(Cli *cli, const GError *error)
{
    progress_break_line(cli_progress(cli));
    if (cli_options(cli)->wants_json) {
        g_autofree char *document = error_document(error);

        terminal_print("%s", document);
    }
    terminal_report(error);
}

int main(int argc, char **argv)
{
    g_autoptr(Cli) cli = cli_new();
    g_autoptr(GError) error = NULL;

    terminal_init(FALSE);
    if (run(cli, (const char *const *)argv + MIN(argc, 1), &error) && terminal_flush(&error))
        return EXIT_SUCCESS;
    terminal_init(cli_options(cli)->refuses_colour);
    report(cli, error);
    return cli_exit_status(error);
}
