/* The verdict, from a table: what the files say, where the database is, what the policy allows. The
 * files are always a <- b <- c and, as a second branch, x. */
#include "daemon/verdict.h"

#include <string.h>

#include "revision/file.h"

typedef struct {
    const char *name;
    const char *files;   /* how many of the chain: "abc", "abcx" */
    const char *heads;   /* of the database, blank separated */
    const char *applied; /* what pgsluice recorded */
    const char *required;
    const char *flags; /* c = controlled, m = may migrate, f = on_pending fail, h = held, F =
                        * failure, u = c is half undone, a = c is half applied, d = drift that
                        * closes the gate */
    VerdictKind kind;
    gboolean serves;
    const char *says; /* part of the reason */
} Case;

static const Case cases[] = {
    {"up to date", "abc", "c", "a b c", "head", "cm", VERDICT_SERVE, TRUE, "open at c"},
    {"up to date, uncontrolled", "abc", "c", "a b c", "head", "m", VERDICT_SERVE, TRUE, "at c"},
    {"no files, no database", "", "", "", "head", "cm", VERDICT_SERVE, TRUE, "open at base"},
    {"empty database", "abc", "", "", "head", "cm", VERDICT_MIGRATE, FALSE, "3 pending revisions"},
    {"one behind", "abc", "b", "a b", "head", "cm", VERDICT_MIGRATE, FALSE, "1 pending revision"},
    {"behind, uncontrolled", "abc", "b", "a b", "head", "m", VERDICT_WAIT, FALSE,
     "1 revision is pending, next c, message c; this environment is not controlled: run `pgsluice "
     "upgrade head`"},
    {"two branches behind", "abcx", "b", "a b", "head", "m", VERDICT_WAIT, FALSE,
     "run `pgsluice upgrade heads`"},
    {"one branch missing", "abcx", "c", "a b c", "head", "m", VERDICT_WAIT, FALSE, "next x"},
    {"both branches", "abcx", "c x", "a b c x", "heads", "m", VERDICT_SERVE, TRUE, "open at c, x"},
    {"on_pending fail", "abc", "b", "a b", "head", "mf", VERDICT_REFUSE, FALSE, "not controlled"},
    {"fail, but controlled", "abc", "b", "a b", "head", "cmf", VERDICT_MIGRATE, FALSE, "pending"},
    {"fail, but up to date", "abc", "c", "a b c", "head", "mf", VERDICT_SERVE, TRUE, "open at c"},
    {"required is older", "abc", "b", "a b", "b", "m", VERDICT_SERVE, TRUE, "open at b, 1 pending"},
    {"required is older, fail", "abc", "b", "a b", "a", "mf", VERDICT_SERVE, TRUE, "1 pending"},
    {"required is older, controlled", "abc", "b", "a b", "b", "cm", VERDICT_MIGRATE, TRUE,
     "1 pend"},
    {"required is not there yet", "abc", "a", "a", "b", "m", VERDICT_WAIT, FALSE,
     "2 revisions are"},
    {"required is not in the files", "abc", "c", "a b c", "zz", "m", VERDICT_WAIT, FALSE,
     "gate.required_revision is not usable"},
    {"required is in the database alone", "abc", "zz", "a b c zz", "zz", "m", VERDICT_SERVE, TRUE,
     "newer than the files"},
    {"newer database", "abc", "d", "a b c d", "head", "cm", VERDICT_SERVE, TRUE,
     "open at d, newer than the files here"},
    {"newer database, required recorded", "abc", "d", "a b c d", "b", "cm", VERDICT_SERVE, TRUE,
     "d"},
    {"unknown database", "abc", "q", "", "head", "cm", VERDICT_WAIT, FALSE,
     "the database is at q, which the files in /files do not have"},
    {"unknown head, everything recorded", "abc", "q", "a b c", "head", "cm", VERDICT_WAIT, FALSE,
     "at q, which the files in /files do not have and pgsluice did not apply"},
    {"unknown head, required recorded", "abc", "q", "a b c", "b", "cm", VERDICT_WAIT, FALSE,
     "nobody knows whether b is applied"},
    {"unknown head, required only recorded", "abc", "q", "a b c zz", "zz", "cm", VERDICT_WAIT,
     FALSE, "not usable"},
    {"one unknown head of two recorded", "abc", "d q", "a b c d", "head", "cm", VERDICT_WAIT, FALSE,
     "nobody knows"},
    {"known head beside an unknown one", "abc", "c q", "a b c", "head", "cm", VERDICT_SERVE, TRUE,
     "open at c, q"},
    {"unknown database, other record", "abc", "q", "p q", "head", "cm", VERDICT_WAIT, FALSE,
     "does not record the required revision c"},
    {"drifted", "abc", "c", "a b c", "head", "cmd", VERDICT_WAIT, FALSE,
     "table public.t (changed)"},
    {"drifted and behind", "abc", "b", "a b", "head", "cmd", VERDICT_WAIT, FALSE, "drift --adopt"},
    {"held, controlled", "abc", "b", "a b", "head", "cmh", VERDICT_MIGRATE, FALSE, "pending"},
    {"held, after a try", "abc", "b", "a b", "head", "ch", VERDICT_WAIT, FALSE,
     "a hold by ops since 2026-01-01T00:00:00Z pins the database at b (incident): "
     "`pgsluice release` lifts it"},
    {"held, required is older", "abc", "b", "a b", "b", "ch", VERDICT_SERVE, TRUE, "1 pending"},
    {"after a failure", "abc", "b", "a b", "head", "cF", VERDICT_WAIT, FALSE,
     "the last upgrade failed (boom)"},
    {"after a failure, required is older", "abc", "b", "a b", "b", "cF", VERDICT_SERVE, TRUE,
     "the last upgrade failed: boom"},
    {"half undone: not open", "abc", "c", "a b c", "head", "cmu", VERDICT_WAIT, FALSE,
     "revision c is half undone"},
    {"half undone, others pending", "abcx", "c", "a b c", "heads", "cmu", VERDICT_WAIT, FALSE,
     "revision c is half undone"},
    {"half undone, required is older", "abc", "c", "a b c", "b", "cmu", VERDICT_SERVE, TRUE,
     "open at c"},
    {"half applied", "abc", "b", "a b", "head", "cma", VERDICT_MIGRATE, FALSE, "pending"},
    {"downgraded by hand", "abc", "b", "a b", "head", "c", VERDICT_WAIT, FALSE, "on reload only"},
};

static char **words(const char *text)
{
    return text[0] ? g_strsplit(text, " ", -1) : g_new0(char *, 1);
}

static Revision *make_revision(char id, const char *parent)
{
    g_autofree char *text = g_strdup_printf("-- message %c\n--\n-- Revision ID: %c\n"
                                            "-- Revises: %s\n\n-- migrate:up\nSELECT 1;\n",
                                            id, id, parent);
    g_autoptr(GError) error = NULL;
    Revision *revision =
        revision_parse_header(text, strlen(text), "/files/versions/x.sql", NULL, &error);

    g_assert_no_error(error);
    return revision;
}

static Graph *make_graph(const char *files)
{
    GPtrArray *revisions = g_ptr_array_new_with_free_func((GDestroyNotify)revision_free);
    g_autoptr(GError) error = NULL;
    Graph *graph;

    for (const char *id = files; *id; id++) {
        char parent[] = {id == files || *id == 'x' ? '\0' : id[-1], '\0'};

        g_ptr_array_add(revisions, make_revision(*id, parent));
    }
    graph = graph_new(revisions, &error);
    g_assert_no_error(error);
    return graph;
}

static GPtrArray *find_pending(const Graph *graph, const char *const *heads)
{
    g_autoptr(GHashTable) applied = graph_applied(graph, heads);
    g_autoptr(GPtrArray) all = graph_revisions(graph);
    GPtrArray *pending = g_ptr_array_new();

    for (guint i = 0; i < all->len; i++)
        if (!g_hash_table_contains(applied, g_ptr_array_index(all, i)))
            g_ptr_array_add(pending, g_ptr_array_index(all, i));
    return pending;
}

static Status *make_status(const Graph *graph, const Case *given)
{
    Status *status = g_new0(Status, 1);

    status->heads = words(given->heads);
    status->applied = words(given->applied);
    status->unknown = graph_unknown(graph, (const char *const *)status->heads);
    status->pending = find_pending(graph, (const char *const *)status->heads);
    if (strchr(given->flags, 'h')) {
        status->hold = g_new0(Hold, 1);
        *status->hold = (Hold){g_strdup("b"), g_strdup("incident"), g_strdup("ops"),
                               g_strdup("2026-01-01T00:00:00Z")};
    }
    if (strpbrk(given->flags, "ua")) {
        status->half_run = g_new0(Journal, 1);
        status->half_run->revision = g_strdup("c");
        status->half_run->rows = g_ptr_array_new();
        status->half_run->direction = strchr(given->flags, 'u') ? PLAN_DOWNGRADE : PLAN_UPGRADE;
    }
    return status;
}

static void test_case(gconstpointer data)
{
    const Case *given = data;
    g_autoptr(Graph) graph = make_graph(given->files);
    g_autoptr(Status) status = make_status(graph, given);
    GatePolicy policy = {
        .required = given->required,
        .directory = "/files",
        .is_controlled = strchr(given->flags, 'c') != NULL,
        .may_migrate = strchr(given->flags, 'm') != NULL,
        .fails_when_pending = strchr(given->flags, 'f') != NULL,
        .failure = strchr(given->flags, 'F') ? "boom" : NULL,
        .drift = strchr(given->flags, 'd') ? "table public.t (changed)" : NULL,
    };
    g_autoptr(Verdict) verdict = verdict_reach(graph, status, &policy);

    g_test_message("%s", verdict->reason);
    g_assert_cmpint(verdict->kind, ==, given->kind);
    g_assert_cmpint(verdict->serves, ==, given->serves);
    g_assert_nonnull(strstr(verdict->reason, given->says));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strdup_printf("/daemon/verdict/%s", cases[i].name);

        g_test_add_data_func(path, &cases[i], test_case);
    }
    return g_test_run();
}
