/* Running a change and telling of it. */
#include "cli/change.h"

#include "base/units.h"
#include "cli/format.h"
#include "cli/terminal.h"
#include "view/document.h"

MigrateOptions change_options(const char *target)
{
    return (MigrateOptions){.target = target, .actor = g_get_user_name()};
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
    terminal_print("%s", announced);
}

static void note_summary(const Graph *graph, PlanDirection direction, const MigrateResult *result)
{
    g_autofree char *at = change_describe_heads(graph, (const char *const *)result->to);
    g_autofree char *revisions = format_count(result->count, "revision");
    g_autofree char *elapsed = duration_describe(result->elapsed);

    if (result->count == 0)
        terminal_note("Nothing to do: the database is at %s\n", at);
    else
        terminal_note("%s %s in %s; the database is at %s\n", revisions,
                      direction == PLAN_UPGRADE ? "applied" : "undone", elapsed, at);
}

gboolean change_run(Cli *cli, PlanDirection direction, const char *target, GError **error)
{
    const Graph *graph = cli_graph(cli, error);
    Session *session = graph ? cli_session(cli, TRUE, error) : NULL;
    MigrateOptions options = change_options(target);
    g_auto(MigrateResult) result = {0};

    if (!session)
        return FALSE;
    if (cli_options(cli)->wants_json)
        progress_keep_plan(cli_progress(cli));
    if (!(direction == PLAN_UPGRADE ? migrate_upgrade : migrate_downgrade)(
            session, graph, &options, progress_events(cli_progress(cli)), &result, error))
        return FALSE;
    progress_break_line(cli_progress(cli));
    if (cli_options(cli)->wants_json)
        print_plan(cli, direction, &result);
    if (!cli_options(cli)->is_quiet)
        note_summary(graph, direction, &result);
    return TRUE;
}
