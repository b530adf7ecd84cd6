/* pgsluice plan upgrade|downgrade TARGET: the steps in order. With --from it needs no database. */
#include <string.h>

#include "cli/format.h"
#include "cli/options.h"
#include "cli/terminal.h"
#include "cli/verb.h"
#include "revision/range.h"
#include "view/document.h"

static char **heads_of_database(Cli *cli, GError **error)
{
    g_autoptr(DatabaseState) state = cli_read_state(cli, error);

    if (state && state->half_run)
        terminal_note(
            "Revision %s is half-run: a run goes on where it stopped; see pgsluice status\n",
            state->half_run);
    return state ? g_steal_pointer(&state->heads) : NULL;
}

static void print_steps(const Plan *plan)
{
    g_autofree char *from = format_ids((const char *const *)plan->from, "<base>");
    g_autofree char *to = format_ids((const char *const *)plan->to, "<base>");
    g_autofree char *steps = format_count(plan->steps->len, "step");

    if (plan->steps->len == 0) {
        terminal_print("Nothing to do at %s\n", from);
        return;
    }
    terminal_print("%s from %s to %s:\n", steps, from, to);
    for (guint i = 0; i < plan->steps->len; i++) {
        const PlanStep *step = plan->steps->pdata[i];
        g_autofree char *running = plan_describe_step(step->revision, plan->direction);

        /* "Running upgrade a -> b" without its first word: nothing runs */
        terminal_print("%4u. %s%s\n", i + 1, strchr(running, ' ') + 1,
                       step->revision->transaction == TRANSACTION_NONE ? " (no transaction)" : "");
    }
}

static gboolean parse_direction(const char *word, PlanDirection *direction, GError **error)
{
    if (strcmp(word, "upgrade") != 0 && strcmp(word, "downgrade") != 0) {
        error_set(error, ERROR_USAGE, "\"%s\" is neither upgrade nor downgrade", word);
        error_set_hint(error, "usage: pgsluice plan upgrade|downgrade TARGET");
        return FALSE;
    }
    *direction = *word == 'u' ? PLAN_UPGRADE : PLAN_DOWNGRADE;
    return TRUE;
}

gboolean verb_plan(Cli *cli, const Verb *verb, const char *const *words, GError **error)
{
    g_autofree char *from = NULL;
    const GOptionEntry entries[] = {
        {"from", 0, 0, OPTION_TEXT, &from,
         "Start from these heads instead of the database's (empty: from base)", "REV[,REV]"},
        {NULL},
    };
    g_auto(GStrv) operands = NULL;
    g_auto(GStrv) current = NULL;
    g_autoptr(Plan) plan = NULL;
    PlanDirection direction;
    const Graph *graph;

    if (!options_parse(cli, verb, entries, words, &operands, error) ||
        !parse_direction(operands[0], &direction, error))
        return FALSE;
    graph = cli_graph(cli, error);
    if (!graph)
        return FALSE;
    current = from ? range_start(graph, from, error) : heads_of_database(cli, error);
    if (!current)
        return FALSE;
    plan = (direction == PLAN_UPGRADE ? plan_upgrade : plan_downgrade)(
        graph, (const char *const *)current, operands[1], error);
    if (!plan)
        return FALSE;
    if (cli_options(cli)->wants_json) {
        g_autofree char *document = plan_document(plan);

        terminal_print_document(document);
    } else
        print_steps(plan);
    return TRUE;
}
