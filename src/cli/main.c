/* pgsluice: finds the verb, runs it, reports the error that it returns. */
#include <signal.h>

#include "base/descriptors.h"
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
        g_autofree char *help = options_help();

        terminal_note("%s\n", help);
        error_set(error, ERROR_USAGE, "no verb is given");
        error_set_hint(error, "a new project begins with: pgsluice init");
        return FALSE;
    }
    verb = verb_find(words[0], error);
    return verb && verb->run(cli, verb, (const char *const *)words + 1, error);
}

/* A command line that is not understood may ask for JSON all the same. */
static gboolean wants_json(Cli *cli, const char *const *arguments)
{
    return cli_options(cli)->wants_json || g_strv_contains(arguments, "--json");
}

static void report(Cli *cli, const char *const *arguments, const GError *error)
{
    progress_break_line(cli_progress(cli));
    if (wants_json(cli, arguments)) {
        g_autofree char *document = error_document(error);

        terminal_print_document(document);
    }
    terminal_report(error);
}

/* Ends as other programs do whose output goes into `| head`. */
static void die_of_sigpipe(void)
{
    signal(SIGPIPE, SIG_DFL);
    raise(SIGPIPE);
}

int main(int argc, char **argv)
{
    g_autoptr(Cli) cli = NULL;
    g_autoptr(GError) error = NULL;
    const char *const *arguments = (const char *const *)argv + MIN(argc, 1);
    int status;

    descriptors_fill_standard();
    signal(SIGPIPE, SIG_IGN); /* a migration goes on to its end though nobody listens any more */
    cli = cli_new();
    terminal_init(FALSE);
    if (run(cli, arguments, &error) && terminal_flush(&error))
        return cli_status(cli);
    if (terminal_has_no_reader() && !cli_is_changed(cli))
        die_of_sigpipe();
    terminal_init(cli_options(cli)->refuses_colour);
    status = cli_exit_status(cli, &error);
    report(cli, arguments, error);
    return status;
}
