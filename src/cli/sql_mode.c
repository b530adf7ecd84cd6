/* Reading the range, printing the script. */
#include "cli/sql_mode.h"

#include "cli/terminal.h"
#include "engine/offline.h"
#include "revision/range.h"

/* A document would pass the redactor, and a script that was redacted must not run. */
static gboolean refuse_json(Cli *cli, GError **error)
{
    if (!cli_options(cli)->wants_json)
        return TRUE;
    error_set(error, ERROR_USAGE, "--sql prints a script for psql, not JSON");
    error_set_hint(error, "the steps as JSON: pgsluice plan upgrade|downgrade TARGET --from REV "
                          "--json");
    return FALSE;
}

/* Takes `script`; NULL when there is an error. */
static gboolean print_script(char *script)
{
    if (script)
        terminal_print_verbatim(script);
    g_free(script);
    return script != NULL;
}

static gboolean require_start(PlanDirection direction, const char *start, const char *target,
                              GError **error)
{
    if (start || direction == PLAN_UPGRADE)
        return TRUE;
    error_set(error, ERROR_USAGE, "downgrade with --sql requires <fromrev>:<torev>");
    error_set_hint(error,
                   "without a database nobody else knows where it is: pgsluice downgrade "
                   "%s:%s --sql",
                   target[0] == '-' ? "head" : "FROM", target);
    return FALSE;
}

/* A script takes the place of a run: what is acknowledged for the one is so for the other. */
static gboolean read_settings(Cli *cli, EngineSettings *settings, GError **error)
{
    if (!cli_offline_settings(cli, settings, error))
        return FALSE;
    if (cli_options(cli)->environment)
        settings->environment = cli_options(cli)->environment;
    return TRUE;
}

gboolean sql_mode_change(Cli *cli, PlanDirection direction, const char *range, GError **error)
{
    g_autofree char *start = NULL;
    g_autofree char *target = NULL;
    g_auto(GStrv) from = NULL;
    EngineSettings settings;
    const Graph *graph;

    if (!refuse_json(cli, error) || !range_split(range, &start, &target, error) ||
        !require_start(direction, start, target, error) || !read_settings(cli, &settings, error))
        return FALSE;
    graph = cli_graph(cli, error);
    from = graph ? range_start(graph, start ? start : "base", error) : NULL;
    return from &&
           print_script(offline_change(&settings, graph, direction, (const char *const *)from,
                                       target, cli_options(cli)->tag, error));
}

/* All starts must be one; without any it is base. */
static gboolean split_operands(const char *const *operands, char **start, GPtrArray *targets,
                               GError **error)
{
    g_autofree char *first = NULL;

    for (; *operands; operands++) {
        g_autofree char *own = NULL;
        char *target;

        if (!range_split(*operands, &own, &target, error))
            return FALSE;
        g_ptr_array_add(targets, target);
        if (own && first && !g_str_equal(own, first)) {
            error_set(error, ERROR_USAGE,
                      "Stamp operation with --sql only supports a single starting revision at a "
                      "time");
            error_set_hint(error, "a start may have several heads: A,B:TARGET");
            return FALSE;
        }
        if (own && !first)
            first = g_steal_pointer(&own);
    }
    g_ptr_array_add(targets, NULL);
    *start = first ? g_steal_pointer(&first) : g_strdup("base");
    return TRUE;
}

gboolean sql_mode_stamp(Cli *cli, const char *const *operands, GError **error)
{
    g_autoptr(GPtrArray) targets = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *start = NULL;
    g_auto(GStrv) from = NULL;
    EngineSettings settings;
    const Graph *graph;

    if (!refuse_json(cli, error) || !split_operands(operands, &start, targets, error) ||
        !read_settings(cli, &settings, error))
        return FALSE;
    graph = cli_graph(cli, error);
    from = graph ? range_start(graph, start, error) : NULL;
    return from && print_script(offline_stamp(&settings, graph, (const char *const *)from,
                                              (const char *const *)targets->pdata,
                                              cli_options(cli)->tag, error));
}

gboolean sql_mode_ensure_version(Cli *cli, GError **error)
{
    EngineSettings settings;

    return refuse_json(cli, error) && cli_offline_settings(cli, &settings, error) &&
           print_script(offline_ensure_version(&settings));
}
