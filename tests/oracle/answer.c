/* Answers questions about one revision graph after another, as the verbs would, without a process
 * for each. A question is a line of words with tabs between them, heads with commas:
 *
 *   graph FOLDER
 *   upgrade|downgrade HEADS TARGET     a line a step: its revision, a blank, the heads after it
 *   stamp HEADS TARGET...              the heads that are left
 *   history FLAGS HEADS RANGE          FLAGS: of "v" and "i"; what is printed
 *   heads FLAGS                        FLAGS: of "v" and "d" (--resolve-dependencies)
 *   branches FLAGS
 *   show HEADS REVISION
 *   current FLAGS HEADS
 *
 * The answer is a line "ok LENGTH" or "refused LENGTH", and so many bytes: the text, or the message
 * of the error and, after a line end, its hint. */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "cli/report.h"
#include "revision/plan.h"
#include "revision/range.h"

enum { LINE_MAX_LENGTH = 1 << 20 };

static Graph *graph;

static char **split_heads(const char *text)
{
    return *text ? g_strsplit(text, ",", -1) : g_new0(char *, 1);
}

static char *list_steps(const Plan *plan)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < plan->steps->len; i++) {
        const PlanStep *step = plan->steps->pdata[i];
        g_autofree char **heads = step_heads_after(step);
        g_autofree char *joined = g_strjoinv(",", heads);

        g_string_append_printf(text, "%s %s\n", step->revision->id, joined);
    }
    return g_string_free(text, FALSE);
}

static char *answer_graph(char **words, GError **error)
{
    const char *const folders[] = {words[1], NULL};

    g_clear_pointer(&graph, graph_free);
    graph = graph_load(folders, error);
    return graph ? g_strdup("") : NULL;
}

static char *answer_plan(char **words, GError **error)
{
    g_auto(GStrv) heads = split_heads(words[1]);
    const char *const *current = (const char *const *)heads;
    g_autoptr(Plan) plan = *words[0] == 'u' ? plan_upgrade(graph, current, words[2], error)
                                            : plan_downgrade(graph, current, words[2], error);

    return plan ? list_steps(plan) : NULL;
}

static char *answer_stamp(char **words, GError **error)
{
    g_auto(GStrv) heads = split_heads(words[1]);
    g_auto(GStrv) left =
        plan_stamp(graph, (const char *const *)heads, (const char *const *)words + 2, error);

    return left ? g_strjoinv(",", left) : NULL;
}

static char *answer_history(char **words, GError **error)
{
    g_auto(GStrv) heads = split_heads(words[2]);
    const char *const *current = (const char *const *)heads;
    g_autoptr(GPtrArray) revisions = range_select(graph, words[3], current, error);

    return revisions ? report_history(graph, revisions, strchr(words[1], 'i') ? current : NULL,
                                      strchr(words[1], 'v') != NULL)
                     : NULL;
}

static char *answer_heads(char **words)
{
    g_autoptr(GPtrArray) heads =
        strchr(words[1], 'd') ? graph_effective_heads(graph) : graph_heads(graph);

    return report_heads(graph, heads, strchr(words[1], 'v') != NULL);
}

static char *answer_branches(char **words)
{
    g_autoptr(GPtrArray) points = report_branch_points(graph);

    return report_branches(graph, points, strchr(words[1], 'v') != NULL);
}

static char *answer_show(char **words, GError **error)
{
    g_auto(GStrv) heads = split_heads(words[1]);
    const char *const *current = spec_asks_current(words[2]) ? (const char *const *)heads : NULL;
    g_autoptr(GPtrArray) revisions = spec_resolve(graph, words[2], current, SPEC_FOR_SHOW, error);

    return revisions ? report_history(graph, revisions, NULL, TRUE) : NULL;
}

static char *answer_current(char **words)
{
    g_auto(GStrv) heads = split_heads(words[2]);

    return report_current(graph, (const char *const *)heads, strchr(words[1], 'v') != NULL);
}

static char *answer(char **words, GError **error)
{
    if (strcmp(words[0], "graph") == 0)
        return answer_graph(words, error);
    if (strcmp(words[0], "stamp") == 0)
        return answer_stamp(words, error);
    if (strcmp(words[0], "history") == 0)
        return answer_history(words, error);
    if (strcmp(words[0], "heads") == 0)
        return answer_heads(words);
    if (strcmp(words[0], "branches") == 0)
        return answer_branches(words);
    if (strcmp(words[0], "show") == 0)
        return answer_show(words, error);
    if (strcmp(words[0], "current") == 0)
        return answer_current(words);
    return answer_plan(words, error);
}

static void print_answer(const char *status, const char *text)
{
    printf("%s %zu\n%s", status, strlen(text), text);
    fflush(stdout);
}

static void take_question(char *line)
{
    g_auto(GStrv) words = g_strsplit(g_strdelimit(line, "\n", '\0'), "\t", -1);
    g_autoptr(GError) error = NULL;
    g_autofree char *text = answer(words, &error);

    if (text) {
        print_answer("ok", text);
    } else {
        const char *hint = error_hint(error);
        g_autofree char *reason = g_strconcat(error->message, "\n", hint ? hint : "", NULL);

        print_answer("refused", reason);
    }
}

int main(void)
{
    g_autofree char *line = g_malloc(LINE_MAX_LENGTH);

    while (fgets(line, LINE_MAX_LENGTH, stdin))
        take_question(line);
    g_clear_pointer(&graph, graph_free);
    return 0;
}
