/* pgsluice cluster start|stop|status|url [DIR]: a private server for work on a laptop and for
 * tests. Needs no database and no configuration file. */
#include <string.h>

#include "cli/options.h"
#include "cli/terminal.h"
#include "cli/verb.h"
#include "db/cluster.h"
#include "view/answer.h"

static const char directory_default[] = ".pgsluice";

/* `pid` 0: it does not run. `url` and `major` may be unknown. */
static void print_document(int pid, const char *url, const char *directory, int major)
{
    g_autoptr(Answer) answer = answer_new();
    g_autofree char *document = NULL;

    answer_add_boolean(answer, "running", pid > 0);
    answer_add_number(answer, "pid", pid);
    answer_add_text(answer, "url", url);
    answer_add_text(answer, "directory", directory);
    answer_add_number(answer, "version", major);
    document = answer_format(answer);
    terminal_print_document(document);
}

static void print_cluster(Cluster *cluster, int pid)
{
    print_document(pid, pid > 0 ? cluster_url(cluster) : NULL, cluster_directory(cluster),
                   cluster_server_major(cluster));
}

static gboolean start(Cli *cli, Cluster *cluster, GError **error)
{
    gboolean was_running;
    int pid = 0;

    if (!cluster_start(cluster, cli_cancel(cli), &was_running, error))
        return FALSE;
    if (!cli_options(cli)->is_quiet)
        terminal_note("PostgreSQL %d %s in %s\n", cluster_server_major(cluster),
                      was_running ? "was already running" : "started", cluster_directory(cluster));
    if (!cli_options(cli)->wants_json)
        terminal_print("%s\n", cluster_url(cluster));
    else if (cluster_is_running(cluster, &pid))
        print_cluster(cluster, pid);
    return TRUE;
}

static gboolean stop(Cli *cli, Cluster *cluster, GError **error)
{
    gboolean was_running = cluster_is_running(cluster, NULL);

    if (!cluster_stop(cluster, error))
        return FALSE;
    if (!cli_options(cli)->is_quiet)
        terminal_note("The server in %s %s\n", cluster_directory(cluster),
                      was_running ? "was stopped" : "was not running");
    if (cli_options(cli)->wants_json)
        print_cluster(cluster, 0);
    return TRUE;
}

static gboolean require_running(Cluster *cluster, int *pid, GError **error)
{
    if (cluster_is_running(cluster, pid))
        return TRUE;
    error_set(error, ERROR_FINDINGS, "no server is running in %s", cluster_directory(cluster));
    error_set_hint(error, "pgsluice cluster start %s", cluster_directory(cluster));
    return FALSE;
}

static gboolean status(Cli *cli, Cluster *cluster, GError **error)
{
    int pid;

    if (!require_running(cluster, &pid, error))
        return FALSE;
    if (cli_options(cli)->wants_json)
        print_cluster(cluster, pid);
    else
        terminal_print("running, process %d, %s\n", pid, cluster_url(cluster));
    return TRUE;
}

static gboolean url(Cli *cli, Cluster *cluster, GError **error)
{
    int pid;

    if (!require_running(cluster, &pid, error))
        return FALSE;
    if (cli_options(cli)->wants_json)
        print_cluster(cluster, pid);
    else
        terminal_print("%s\n", cluster_url(cluster));
    return TRUE;
}

typedef struct {
    const char *name;
    gboolean (*run)(Cli *cli, Cluster *cluster, GError **error);
} Action;

static const Action actions[] = {
    {"start", start}, {"stop", stop}, {"status", status}, {"url", url}};

static const Action *find_action(const char *name, GError **error)
{
    for (gsize i = 0; i < G_N_ELEMENTS(actions); i++)
        if (strcmp(actions[i].name, name) == 0)
            return &actions[i];
    error_set(error, ERROR_USAGE, "\"%s\" is none of start, stop, status, url", name);
    error_set_hint(error, "usage: pgsluice cluster start|stop|status|url [DIR]");
    return NULL;
}

/* Only start makes the folder. Where there is none, stop has nothing to do and the others say so.
 */
static gboolean run_without_directory(Cli *cli, const Action *action, const char *directory,
                                      GError **error)
{
    if (action->run == stop) {
        if (!cli_options(cli)->is_quiet)
            terminal_note("There is no cluster in %s\n", directory);
        if (cli_options(cli)->wants_json)
            print_document(0, NULL, directory, 0);
        return TRUE;
    }
    error_set(error, ERROR_FINDINGS, "there is no cluster in %s", directory);
    error_set_hint(error, "pgsluice cluster start %s", directory);
    return FALSE;
}

/* start makes the folder when there is nothing of that name. */
static gboolean check_directory(const char *directory, GError **error)
{
    if (!g_file_test(directory, G_FILE_TEST_EXISTS) || g_file_test(directory, G_FILE_TEST_IS_DIR))
        return TRUE;
    error_set(error, ERROR_FILE, "%s is not a folder", directory);
    error_set_hint(error, "name another one: pgsluice cluster start DIR");
    return FALSE;
}

static gboolean run_action(Cli *cli, const Action *action, const char *directory,
                           gboolean is_throwaway, GError **error)
{
    const Conf *conf = cli_conf(cli, error);
    ClusterOptions options = {.directory = directory, .is_throwaway = is_throwaway};
    g_autoptr(Cluster) cluster = NULL;

    if (!conf)
        return FALSE;
    if (action->run != start && !g_file_test(directory, G_FILE_TEST_IS_DIR))
        return run_without_directory(cli, action, directory, error);
    if (!check_directory(directory, error))
        return FALSE;
    options.bindir = conf_path(conf, CONF_EMBEDDED_BINDIR);
    options.user = conf_string(conf, CONF_EMBEDDED_USER);
    cluster = cluster_new(&options, error);
    return cluster && action->run(cli, cluster, error);
}

gboolean verb_cluster(Cli *cli, const Verb *verb, const char *const *words, GError **error)
{
    gboolean is_throwaway = FALSE;
    const GOptionEntry entries[] = {
        {"throwaway", 0, 0, G_OPTION_ARG_NONE, &is_throwaway,
         "With start: trade safety for speed (fsync off), for tests", NULL},
        {NULL},
    };
    g_auto(GStrv) operands = NULL;
    const Action *action;

    if (!options_parse(cli, verb, entries, words, &operands, error))
        return FALSE;
    action = find_action(operands[0], error);
    return action && run_action(cli, action, operands[1] ? operands[1] : directory_default,
                                is_throwaway, error);
}
