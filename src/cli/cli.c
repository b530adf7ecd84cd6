/* The context of a verb: global options, and what is loaded on demand. */
#include "cli/cli.h"

#include <signal.h>

#include "cli/neighbour.h"
#include "cli/terminal.h"
#include "engine/overridden.h"
#include "setup/setup.h"

enum { VERBOSITY_CONF = 3 }; /* from this many -v on the configuration is shown */

struct Cli {
    GlobalOptions options;
    Conf *conf;
    Graph *graph;
    char *instance;
    EngineSettings settings;
    gboolean has_settings;
    Progress *progress;
    Session *session;
    Cancel *cancel;
    char *changed_to; /* NULL: nothing has been changed */
    gboolean is_refused;
    int status;
};

/* A signal handler can reach nothing but these. */
static Cancel *volatile signal_cancel;
static volatile sig_atomic_t signal_received;

static void on_signal(int number)
{
    signal_received = number;
    if (signal_cancel)
        cancel_trigger(signal_cancel);
}

Cli *cli_new(void)
{
    Cli *cli = g_new0(Cli, 1);

    cli->options.sets = g_ptr_array_new_with_free_func(g_free);
    cli->options.variables = g_ptr_array_new_with_free_func(g_free);
    cli->progress = progress_new(&cli->options.is_quiet, &cli->options.verbosity);
    return cli;
}

void cli_free(Cli *cli)
{
    if (!cli)
        return;
    g_clear_pointer(&cli->session, session_close);
    progress_free(cli->progress);
    signal_cancel = NULL; /* the handler stays: a late signal must not change how this ends */
    cancel_free(cli->cancel);
    g_clear_pointer(&cli->graph, graph_free);
    g_clear_pointer(&cli->conf, conf_free);
    g_free(cli->instance);
    g_free(cli->changed_to);
    g_free(cli->options.config_path);
    g_free(cli->options.section);
    g_ptr_array_unref(cli->options.sets);
    g_ptr_array_unref(cli->options.variables);
    g_free(cli->options.tag);
    g_free(cli->options.environment);
    g_free(cli);
}

GlobalOptions *cli_options(Cli *cli)
{
    return &cli->options;
}

Cancel *cli_cancel(Cli *cli)
{
    struct sigaction action = {.sa_handler = on_signal}; /* no SA_RESTART: waits must end */

    if (cli->cancel)
        return cli->cancel;
    cli->cancel = cancel_new();
    signal_cancel = cli->cancel;
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    return cli->cancel;
}

int cli_signal(void)
{
    return (int)signal_received;
}

void cli_set_changed(Cli *cli, const char *at)
{
    g_free(cli->changed_to);
    cli->changed_to = g_strdup(at);
}

gboolean cli_is_changed(const Cli *cli)
{
    return cli->changed_to != NULL;
}

void cli_set_refused(Cli *cli)
{
    cli->is_refused = TRUE;
}

void cli_set_status(Cli *cli, int status)
{
    cli->status = status;
}

int cli_status(const Cli *cli)
{
    return cli->is_refused ? error_kind_exit_status(ERROR_FINDINGS) : cli->status;
}

int cli_exit_status(const Cli *cli, GError **error)
{
    ErrorKind kind = error_kind(*error);

    if (cli->changed_to) {
        error_set_outcome(error, "the change is done: the database is at %s", cli->changed_to);
        return error_kind_exit_status(ERROR_MIGRATION);
    }
    if (kind == ERROR_CANCELLED && cli_signal() != 0)
        return 128 + cli_signal();
    return error_kind_exit_status(kind);
}

static void show_conf(const Conf *conf)
{
    g_autofree char *text = setup_show(conf);

    terminal_note("%s\n", text);
}

/* NULL-terminated; the strings stay with `texts`. */
static GPtrArray *terminated(const GPtrArray *texts)
{
    GPtrArray *copy = g_ptr_array_new();

    for (guint i = 0; i < texts->len; i++)
        g_ptr_array_add(copy, texts->pdata[i]);
    g_ptr_array_add(copy, NULL);
    return copy;
}

const Conf *cli_conf(Cli *cli, GError **error)
{
    g_autoptr(GPtrArray) sets = NULL;
    g_autoptr(GPtrArray) variables = NULL;
    ConfSources sources = {.path = cli->options.config_path,
                           .section = cli->options.section,
                           .tag = cli->options.tag,
                           .reads_dotenv = TRUE};

    if (cli->conf)
        return cli->conf;
    sets = terminated(cli->options.sets);
    variables = terminated(cli->options.variables);
    sources.options = (const char *const *)sets->pdata;
    sources.variables = (const char *const *)variables->pdata;
    cli->conf = conf_load(&sources, error);
    if (cli->conf && cli->options.verbosity >= VERBOSITY_CONF)
        show_conf(cli->conf);
    return cli->conf;
}

const Graph *cli_graph(Cli *cli, GError **error)
{
    const Conf *conf = cli_conf(cli, error);

    if (!conf)
        return NULL;
    if (cli->graph)
        return cli->graph;
    cli->graph = setup_graph(conf, error);
    if (cli->graph && graph_count(cli->graph) == 0 && !cli->options.is_quiet &&
        !cli->options.completes)
        neighbour_note(graph_folders(cli->graph));
    return cli->graph;
}

const EngineSettings *cli_settings(Cli *cli, GError **error)
{
    const Conf *conf = cli_conf(cli, error);

    if (!conf)
        return NULL;
    if (cli->has_settings)
        return &cli->settings;
    if (!cli->instance)
        cli->instance = setup_instance();
    cli->has_settings = setup_engine(conf, cli->instance, &cli->settings, error);
    return cli->has_settings ? &cli->settings : NULL;
}

gboolean cli_offline_settings(Cli *cli, EngineSettings *settings, GError **error)
{
    const Conf *conf = cli_conf(cli, error);

    if (conf)
        setup_engine_offline(conf, settings);
    return conf != NULL;
}

/* For -v: what a person set and a migration does not run with. */
static gboolean tell_overridden(Cli *cli, GError **error)
{
    g_autoptr(GPtrArray) all = overridden_read(cli->session, error);

    for (guint i = 0; all && i < all->len; i++) {
        const Overridden *overridden = g_ptr_array_index(all, i);

        terminal_note("Overriding %s = %s, set for %s%s\n", overridden->name, overridden->value,
                      g_str_equal(overridden->source, "all roles") ? "" : "the ",
                      overridden->source);
    }
    return all != NULL;
}

Session *cli_session(Cli *cli, gboolean retries, GError **error)
{
    const EngineSettings *settings = cli_settings(cli, error);

    if (!settings)
        return NULL;
    if (cli->session)
        return cli->session;
    cli->session =
        session_open(settings, retries, cli_cancel(cli), progress_events(cli->progress), error);
    if (cli->session && cli->options.verbosity > 0 && !cli->options.is_quiet &&
        !tell_overridden(cli, error))
        g_clear_pointer(&cli->session, session_close);
    return cli->session;
}

Progress *cli_progress(Cli *cli)
{
    return cli->progress;
}

DatabaseState *cli_read_state(Cli *cli, GError **error)
{
    Session *session = cli_session(cli, FALSE, error);

    return session ? session_read_state(session, error) : NULL;
}
