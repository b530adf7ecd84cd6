/* Graphs, specs and plans, from the table cases/graphs.txt, and what a table cannot say: long
 * chains, digests, threads' worth of immutability. */
#include "revision/graph.h"

#include <string.h>

#include "base/error.h"
#include "revision/file.h"
#include "revision/plan.h"
#include "revision/range.h"
#include "revision/spec.h"
#include "table.h"

/* What one case has come to. */
typedef struct {
    Graph *graph;
    Plan *plan;
    GError *error; /* the last one expected */
} Scene;

static void scene_clear(Scene *scene)
{
    g_clear_pointer(&scene->plan, plan_free);
    g_clear_pointer(&scene->graph, graph_free);
    g_clear_error(&scene->error);
}

static void assert_contains(const char *text, const char *part)
{
    if (!text || !strstr(text, part))
        g_error("expected \"%s\" in \"%s\"", part, text ? text : "(nothing)");
}

/* The words of `line` from the word `mark` up to the next mark, joined by ", ". */
static char *words_after(char **words, const char *mark)
{
    GString *list = g_string_new(NULL);
    gboolean is_on = FALSE;

    for (; *words; words++) {
        gboolean is_mark = strlen(*words) == 1 && strchr("<+#", **words);

        if (is_mark)
            is_on = strcmp(*words, mark) == 0;
        else if (is_on)
            g_string_append_printf(list, "%s%s", list->len ? ", " : "", *words);
    }
    return g_string_free(list, FALSE);
}

static Revision *revision_of(const char *line)
{
    g_auto(GStrv) words = g_strsplit(line, " ", -1);
    g_autofree char *parents = words_after(words, "<");
    g_autofree char *dependencies = words_after(words, "+");
    g_autofree char *labels = words_after(words, "#");
    g_autofree char *path = g_strdup_printf("%s.sql", words[0]);
    g_autofree char *text = g_strdup_printf("-- Revision ID: %s\n-- Revises: %s\n-- Depends On: "
                                            "%s\n-- Branch Labels: %s\n-- migrate:up\n",
                                            words[0], parents, dependencies, labels);
    g_autoptr(GError) error = NULL;
    Revision *revision = revision_parse_header(text, strlen(text), path, NULL, &error);

    g_assert_no_error(error);
    return revision;
}

static char *ids_of(GPtrArray *revisions)
{
    GString *ids = g_string_new(NULL);

    for (guint i = 0; i < revisions->len; i++) {
        const Revision *revision = g_ptr_array_index(revisions, i);

        g_string_append_printf(ids, "%s%s", i ? " " : "", revision->id);
    }
    g_ptr_array_unref(revisions);
    return g_string_free(ids, FALSE);
}

static char *labels_of(const Scene *scene, const char *id)
{
    GPtrArray *labels = graph_labels(scene->graph, graph_find(scene->graph, id));
    char *text;

    g_ptr_array_add(labels, NULL);
    text = g_strjoinv(" ", (char **)labels->pdata);
    g_ptr_array_unref(labels);
    return text;
}

/* The heads after each step, and that each step's rows fit the ones before and after. */
static char *rows_of(const Plan *plan)
{
    GString *text = g_string_new(NULL);
    g_autofree char **before =
        g_memdup2(plan->from, sizeof(char *) * (g_strv_length(plan->from) + 1));

    for (guint i = 0; i < plan->steps->len; i++) {
        const PlanStep *step = g_ptr_array_index(plan->steps, i);
        g_autofree char **heads_before = step_heads_before(step);
        char **heads_after = step_heads_after(step);
        g_autofree char *after = g_strjoinv(" ", heads_after);

        g_assert_true(g_strv_equal((const char *const *)heads_before, (const char *const *)before));
        for (char **id = step->removed_heads; *id; id++) {
            g_assert_true(g_strv_contains((const char *const *)before, *id));
            g_assert_false(g_strv_contains((const char *const *)heads_after, *id));
        }
        for (char **id = step->added_heads; *id; id++) {
            g_assert_false(g_strv_contains((const char *const *)before, *id));
            g_assert_true(g_strv_contains((const char *const *)heads_after, *id));
        }
        g_assert_cmpuint(g_strv_length(heads_after), ==,
                         g_strv_length(before) + g_strv_length(step->added_heads) -
                             g_strv_length(step->removed_heads));
        g_string_append_printf(text, "%s%s", i ? "; " : "", after);
        g_free(before);
        before = heads_after;
    }
    g_assert_true(g_strv_equal((const char *const *)plan->to, (const char *const *)before));
    return g_string_free(text, FALSE);
}

static char *steps_of(const Plan *plan)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < plan->steps->len; i++) {
        const PlanStep *step = g_ptr_array_index(plan->steps, i);

        g_string_append_printf(text, "%s%s", i ? " " : "", step->revision->id);
    }
    return g_string_free(text, FALSE);
}

/* "TARGET... from HEAD..." apart; *heads NULL without "from". */
static void split_question(const char *question, char ***targets, char ***heads)
{
    const char *from = strstr(question, " from");
    g_autofree char *left = from ? g_strndup(question, (gsize)(from - question)) : NULL;

    *targets = g_strsplit(left ? left : question, " ", -1);
    *heads = NULL;
    if (from)
        *heads = *(from + 5) ? g_strsplit(from + 6, " ", -1) : g_new0(char *, 1);
}

static char *ask_plan(Scene *scene, const char *verb, const char *target, char **heads)
{
    const char *const *current = (const char *const *)heads;

    g_clear_pointer(&scene->plan, plan_free);
    scene->plan = strcmp(verb, "upgrade") == 0
                      ? plan_upgrade(scene->graph, current, target, &scene->error)
                      : plan_downgrade(scene->graph, current, target, &scene->error);
    if (!scene->plan)
        return NULL;
    g_free(rows_of(scene->plan)); /* checks each step */
    return steps_of(scene->plan);
}

static char *ask_stamp(Scene *scene, char **targets, char **heads)
{
    g_auto(GStrv) rows = plan_stamp(scene->graph, (const char *const *)heads,
                                    (const char *const *)targets, &scene->error);

    return rows ? g_strjoinv(" ", rows) : NULL;
}

static char *ask_show(Scene *scene, const char *text, char **heads)
{
    GPtrArray *found =
        spec_resolve(scene->graph, text, (const char *const *)heads, SPEC_FOR_SHOW, &scene->error);

    return found ? ids_of(found) : NULL;
}

static char *ask_range(Scene *scene, const char *text, char **heads)
{
    GPtrArray *found = range_select(scene->graph, text, (const char *const *)heads, &scene->error);

    return found ? ids_of(found) : NULL;
}

/* The answer to a question, or NULL with scene->error. */
static char *ask(Scene *scene, const char *verb, const char *question)
{
    g_auto(GStrv) targets = NULL;
    g_auto(GStrv) heads = NULL;

    g_clear_error(&scene->error);
    if (strcmp(verb, "heads") == 0)
        return ids_of(graph_heads(scene->graph));
    if (strcmp(verb, "effective") == 0)
        return ids_of(graph_effective_heads(scene->graph));
    if (strcmp(verb, "bases") == 0)
        return ids_of(graph_bases(scene->graph));
    if (strcmp(verb, "order") == 0)
        return ids_of(graph_revisions(scene->graph));
    if (strcmp(verb, "labels") == 0)
        return labels_of(scene, question);
    if (strcmp(verb, "rows") == 0)
        return rows_of(scene->plan);
    split_question(question, &targets, &heads);
    if (strcmp(verb, "stamp") == 0)
        return ask_stamp(scene, targets, heads);
    if (strcmp(verb, "range") == 0)
        return ask_range(scene, targets[0], heads);
    if (strcmp(verb, "show") == 0)
        return ask_show(scene, targets[0], heads);
    return ask_plan(scene, verb, targets[0], heads);
}

/* "VERB QUESTION = ANSWER" or "VERB QUESTION ! KIND TEXT". */
static void check_line(Scene *scene, const char *line)
{
    const char *refusal = strstr(line, " ! ");
    const char *equals = strstr(line, " =");
    const char *end = refusal ? refusal : equals;
    g_autofree char *left = NULL;
    g_autofree char *answer = NULL;
    const char *blank;
    g_autofree char *verb = NULL;

    g_assert_nonnull(end);
    left = g_strndup(line, (gsize)(end - line));
    blank = strchr(left, ' ');
    verb = blank ? g_strndup(left, (gsize)(blank - left)) : g_strdup(left);
    answer = ask(scene, verb, blank ? blank + 1 : "");
    g_test_message("%s -> %s", line, answer ? answer : scene->error->message);
    if (refusal) {
        const char *text = strchr(refusal + 3, ' ') + 1;

        g_assert_null(answer);
        g_assert_true(g_str_has_prefix(refusal + 3, error_kind_slug(error_kind(scene->error))));
        assert_contains(scene->error->message, text);
        return;
    }
    g_assert_no_error(scene->error);
    g_assert_cmpstr(answer, ==, end[2] ? end + 3 : "");
}

static void run(gconstpointer data)
{
    const Case *one = data;
    GPtrArray *revisions = g_ptr_array_new_with_free_func((GDestroyNotify)revision_free);
    Scene scene = {NULL, NULL, NULL};

    for (guint i = 0; i < one->lines->len; i++) {
        const char *line = g_ptr_array_index(one->lines, i);
        const char *rest = table_after(line, "r");

        if (rest) {
            g_ptr_array_add(revisions, revision_of(rest));
            continue;
        }
        if (revisions)
            scene.graph = graph_new(g_steal_pointer(&revisions), &scene.error);
        if ((rest = table_after(line, "!")) != NULL) {
            g_assert_true(error_is(scene.error, ERROR_GRAPH));
            g_assert_nonnull(error_hint(scene.error));
            assert_contains(scene.error->message, rest);
        } else if ((rest = table_after(line, "?")) != NULL) {
            assert_contains(error_hint(scene.error), rest);
        } else {
            g_assert_nonnull(scene.graph);
            check_line(&scene, line);
        }
    }
    scene_clear(&scene);
}

/* --- What a table cannot say
 * ---------------------------------------------------------------------- */
static Graph *chain_new(guint length)
{
    GPtrArray *revisions = g_ptr_array_new_with_free_func((GDestroyNotify)revision_free);
    g_autoptr(GError) error = NULL;
    Graph *graph;

    for (guint i = length; i > 0; i--) {
        g_autofree char *line =
            i > 1 ? g_strdup_printf("r%06u < r%06u", i, i - 1) : g_strdup("r000001");

        g_ptr_array_add(revisions, revision_of(line));
    }
    graph = graph_new(revisions, &error);
    g_assert_no_error(error);
    return graph;
}

static void test_a_long_chain_neither_recurses_nor_crawls(void)
{
    static const char *const none[] = {NULL};
    static const char *const top[] = {"r020000", NULL};
    g_autoptr(Graph) graph = chain_new(20000);
    g_autoptr(Plan) up = plan_upgrade(graph, none, "head", NULL);
    g_autoptr(Plan) down = plan_downgrade(graph, top, "base", NULL);
    g_autoptr(Plan) nothing = plan_upgrade(graph, top, "heads", NULL);

    g_assert_cmpuint(up->steps->len, ==, 20000);
    g_assert_cmpstr(up->to[0], ==, "r020000");
    g_assert_cmpuint(down->steps->len, ==, 20000);
    g_assert_null(down->to[0]);
    g_assert_cmpuint(nothing->steps->len, ==, 0);
}

/* A line, and on each of its revisions one that nothing follows: half of all are heads. */
static Graph *comb_new(guint length)
{
    GPtrArray *revisions = g_ptr_array_new_with_free_func((GDestroyNotify)revision_free);
    g_autoptr(GError) error = NULL;
    Graph *graph;

    for (guint i = 1; i <= length; i++) {
        g_autofree char *line =
            i > 1 ? g_strdup_printf("r%06u < r%06u # label%u", i, i - 1, i) : g_strdup("r000001");
        g_autofree char *head = g_strdup_printf("h%06u < r%06u", i, i);

        g_ptr_array_add(revisions, revision_of(line));
        g_ptr_array_add(revisions, revision_of(head));
    }
    graph = graph_new(revisions, &error);
    g_assert_no_error(error);
    return graph;
}

/* A plan that kept the whole table before and after each step would need gigabytes here. */
static void test_thousands_of_heads(void)
{
    static const char *const none[] = {NULL};
    g_autoptr(Graph) graph = comb_new(5000);
    g_autoptr(Plan) up = plan_upgrade(graph, none, "heads", NULL);
    g_autoptr(Plan) down = plan_downgrade(graph, (const char *const *)up->to, "base", NULL);
    const PlanStep *middle = g_ptr_array_index(up->steps, 4999);
    g_autofree char **before = step_heads_before(middle);
    g_autofree char **after = step_heads_after(middle);
    g_auto(GStrv) stamped = plan_stamp(graph, none, (const char *const[]){"heads", NULL}, NULL);
    g_autoptr(GPtrArray) labels = graph_labels(graph, graph_find(graph, "h005000"));

    g_assert_cmpuint(up->steps->len, ==, 10000);
    g_assert_cmpuint(g_strv_length(up->to), ==, 5000);
    g_assert_cmpuint(down->steps->len, ==, 10000);
    g_assert_null(down->to[0]);
    g_assert_cmpuint(g_strv_length(after), ==,
                     g_strv_length(before) + g_strv_length(middle->added_heads) -
                         g_strv_length(middle->removed_heads));
    g_assert_true(g_strv_contains((const char *const *)after, middle->revision->id));
    g_assert_cmpuint(g_strv_length(stamped), ==, 5000);
    g_assert_cmpuint(labels->len, ==, 4999);
}

static void test_the_digest_names_the_plan(void)
{
    static const char *const none[] = {NULL};
    static const char *const first[] = {"r000001", NULL};
    static const char *const third[] = {"r000003", NULL};
    g_autoptr(Graph) graph = chain_new(3);
    g_autoptr(Plan) all = plan_upgrade(graph, none, "head", NULL);
    g_autoptr(Plan) again = plan_upgrade(graph, none, "r000003", NULL);
    g_autoptr(Plan) rest = plan_upgrade(graph, first, "head", NULL);
    g_autoptr(Plan) back = plan_downgrade(graph, third, "base", NULL);

    g_assert_cmpuint(strlen(all->digest), ==, 64);
    g_assert_cmpstr(all->digest, ==, again->digest);
    g_assert_cmpstr(all->digest, !=, rest->digest);
    g_assert_cmpstr(all->digest, !=, back->digest);
}

static void test_a_graph_answers_about_its_revisions(void)
{
    static const char *const heads[] = {"r000002", "unknown", NULL};
    g_autoptr(Graph) graph = chain_new(3);
    const Revision *first = graph_find(graph, "r000001");
    const Revision *second = graph_find(graph, "r000002");
    const Revision *third = graph_find(graph, "r000003");
    g_autoptr(GHashTable) applied = graph_applied(graph, heads);
    g_auto(GStrv) unknown = graph_unknown(graph, heads);

    g_assert_null(graph_find(graph, "r0000"));
    g_assert_true(graph_is_head(graph, third));
    g_assert_false(graph_is_head(graph, second));
    g_assert_false(graph_is_branch_point(graph, second));
    g_assert_true(graph_is_ancestor(graph, first, third));
    g_assert_true(graph_is_ancestor(graph, third, third));
    g_assert_false(graph_is_ancestor(graph, third, first));
    g_assert_cmpuint(g_hash_table_size(applied), ==, 2);
    g_assert_true(g_hash_table_contains(applied, first));
    g_assert_cmpstr(unknown[0], ==, "unknown");
    g_assert_null(unknown[1]);
}

static void test_exactly_one(void)
{
    static const char *const none[] = {NULL};
    g_autoptr(Graph) graph = chain_new(2);
    g_autoptr(GError) error = NULL;

    g_assert_true(spec_resolve_one(graph, "head", none, SPEC_FOR_SHOW, NULL) ==
                  graph_find(graph, "r000002"));
    g_assert_null(spec_resolve_one(graph, "base", none, SPEC_FOR_SHOW, &error));
    g_assert_true(error_is(error, ERROR_USAGE));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    table_add("graph", "graphs.txt", run);
    g_test_add_func("/plan/a long chain neither recurses nor crawls",
                    test_a_long_chain_neither_recurses_nor_crawls);
    g_test_add_func("/plan/thousands of heads", test_thousands_of_heads);
    g_test_add_func("/plan/the digest names the plan", test_the_digest_names_the_plan);
    g_test_add_func("/graph/it answers about its revisions",
                    test_a_graph_answers_about_its_revisions);
    g_test_add_func("/spec/exactly one", test_exactly_one);
    return g_test_run();
}
