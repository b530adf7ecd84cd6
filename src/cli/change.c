/* Running a change and telling of it. */
#include "cli/change.h"

#include "base/units.h"
#include "cli/format.h"
#include "cli/sql_mode.h"
#include "cli/terminal.h"
#include "setup/setup.h"
#include "view/document.h"

MigrateOptions change_options(Cli *cli, const char *target)
{
    const GlobalOptions *options = cli_options(cli);

    return (MigrateOptions){.target = target,
                            .actor = g_get_user_name(),
                            .reason = options->tag,
                            .environment = options->environment,
                            .despite_instances = options->despite_instances};
}

char *change_describe_heads(const Graph *graph, const char *const *heads)
{
    g_auto(Listing) listing = listing_new(graph, NULL);
    g_autoptr(GString) text = g_string_new(NULL);

    for (gsize i = 0; heads[i]; i++) {
        const Revision *revision = graph_find(graph, heads[i]);
        g_autofree char *entry = revision ? format_entry(&listing, revision, 0)
                                          : g_strdup_printf("%s (unknown)", heads[i]);

        g_string_append_printf(text, "%s%s", i ? ", " : "", entry);
    }
    return text->len ? g_string_free(g_steal_pointer(&text), FALSE) : g_strdup("<base>");
}

/* The plan that the engine announced; it announces none when there is nothing to do. */
static void print_plan(Cli *cli, PlanDirection direction, const MigrateResult *result)
{
    const char *announced = progress_plan_document(cli_progress(cli));
    g_autoptr(GPtrArray) no_steps = g_ptr_array_new();
    g_autofree char *empty = NULL;
    Plan plan = {direction, no_steps, result->from, result->to, ""};

    if (!announced)
        announced = empty = plan_document(&plan);
    terminal_print_document(announced);
}

/* All of them heads of the files: known without the files. */
static char *describe_settled_heads(const char *const *heads)
{
    g_autofree char *joined = g_strjoinv(" (head), ", (char **)heads);

    return g_strconcat(joined, " (head)", NULL);
}

static void note_summary(PlanDirection direction, const MigrateResult *result, const char *at)
{
    g_autofree char *revisions = format_count(result->count, "revision");
    g_autofree char *elapsed = duration_describe(result->elapsed);

    if (result->count == 0)
        terminal_note("Nothing to do: the database is at %s\n", at);
    else
        terminal_note("%s %s in %s; the database is at %s\n", revisions,
                      direction == PLAN_UPGRADE ? "applied" : "undone", elapsed, at);
}

/* The usual start of a deploy: an upgrade that has nothing to do, found out without reading a
 * file. *result is filled when it is one. */
static gboolean look_for_settled(Cli *cli, const char *target, gboolean *settled,
                                 MigrateResult *result, GError **error)
{
    const Conf *conf = cli_conf(cli, error);
    g_auto(GStrv) folders = conf ? setup_folders(conf, error) : NULL;
    Session *session = folders ? cli_session(cli, TRUE, error) : NULL;
    g_autoptr(DatabaseState) state = session ? session_read_state(session, error) : NULL;

    if (!state || !migrate_is_settled(state, (const char *const *)folders, target, settled, error))
        return FALSE;
    if (*settled)
        *result = (MigrateResult){.from = g_strdupv(state->heads), .to = g_strdupv(state->heads)};
    return TRUE;
}

static gboolean migrate(Cli *cli, PlanDirection direction, const char *target,
                        MigrateResult *result, GError **error)
{
    const Graph *graph = cli_graph(cli, error);
    Session *session = graph ? cli_session(cli, TRUE, error) : NULL;
    MigrateOptions options = change_options(cli, target);

    return session &&
           (direction == PLAN_UPGRADE ? migrate_upgrade : migrate_downgrade)(
               session, graph, &options, progress_events(cli_progress(cli)), result, error);
}

static gboolean run(Cli *cli, PlanDirection direction, const char *target, GError **error)
{
    gboolean settled = FALSE;
    g_auto(MigrateResult) result = {0};
    g_autofree char *at = NULL;

    if (cli_options(cli)->wants_json)
        progress_keep_plan(cli_progress(cli));
    if (direction == PLAN_UPGRADE && !look_for_settled(cli, target, &settled, &result, error))
        return FALSE;
    if (!settled && !migrate(cli, direction, target, &result, error))
        return FALSE;
    at = settled ? describe_settled_heads((const char *const *)result.to)
                 : change_describe_heads(cli_graph(cli, NULL), (const char *const *)result.to);
    if (result.count > 0)
        cli_set_changed(cli, at);
    progress_break_line(cli_progress(cli));
    if (cli_options(cli)->wants_json)
        print_plan(cli, direction, &result);
    if (!cli_options(cli)->is_quiet)
        note_summary(direction, &result, at);
    return TRUE;
}

gboolean change_obey(Cli *cli, const Verb *verb, const char *const *words, PlanDirection direction,
                     const char *fallback, GError **error)
{
    gboolean undoes = direction == PLAN_DOWNGRADE;
    gboolean is_offline = FALSE;
    const GOptionEntry entries[] = {
        {"sql", 0, 0, G_OPTION_ARG_NONE, &is_offline,
         "Print a script for psql that does it; TARGET is FROM:TO", NULL},
        CHANGE_TAG(cli),
        CHANGE_ENVIRONMENT(cli),
        undoes ? (GOptionEntry)CHANGE_DESPITE_INSTANCES(cli) : (GOptionEntry){NULL},
        {NULL},
    };
    g_auto(GStrv) operands = NULL;
    const char *target;

    if (!options_parse(cli, verb, entries, words, &operands, error))
        return FALSE;
    target = operands[0] ? operands[0] : fallback;
    return (is_offline ? sql_mode_change : run)(cli, direction, target, error);
}
