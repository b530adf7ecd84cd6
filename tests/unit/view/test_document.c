/* The smaller documents, whole. */
#include <jansson.h>

#include "base/error.h"
#include "sample.h"
#include "view/document.h"

/* a1 branches to b2 and c3, which m4 merges. */
static Graph *make_graph(void)
{
    static const char *const headers[] = {
        "-- first\n-- the doc\n-- Revision ID: a1\n-- Revises:\n-- Branch Labels: usage\n"
        "-- Create Date: 2025-11-22 14:02:11+00:00\n",
        "-- second\n-- Revision ID: b2\n-- Revises: a1\n",
        "-- third\n-- Revision ID: c3\n-- Revises: a1\n",
        "-- merge\n-- Revision ID: m4\n-- Revises: b2, c3\n-- Transaction: none\n",
        NULL,
    };

    return sample_graph(headers);
}

static json_t *parse(const char *document)
{
    json_error_t error;
    json_t *json = json_loads(document, 0, &error);

    if (!json)
        g_error("%s in %s", error.text, document);
    return json;
}

static void assert_compact(const json_t *json, const char *expected)
{
    char *text = json_dumps(json, JSON_COMPACT);

    g_assert_cmpstr(text, ==, expected);
    free(text);
}

static void assert_document(const char *document, const char *expected)
{
    json_t *json = parse(document);

    assert_compact(json, expected);
    g_assert_true(g_str_has_suffix(document, "\n"));
    json_decref(json);
}

static void test_gate(void)
{
    g_autofree char *document = gate_document("open", "a \"quoted\" \xc3 reason");

    assert_document(document,
                    "{\"state\":\"open\",\"reason\":\"a \\\"quoted\\\" \xef\xbf\xbd reason\"}");
}

static void test_plan(void)
{
    g_autoptr(Graph) graph = make_graph();
    char *from[] = {(char *)"b2", (char *)"c3", NULL};
    char *to[] = {(char *)"m4", NULL};
    PlanStep step = {.revision = graph_find(graph, "m4")};
    g_autoptr(GPtrArray) steps = g_ptr_array_new();
    Plan plan = {.direction = PLAN_UPGRADE, .steps = steps, .from = from, .to = to};
    g_autofree char *document = NULL;

    g_ptr_array_add(steps, &step);
    document = plan_document(&plan);

    assert_document(document, "{\"direction\":\"upgrade\",\"from\":[\"b2\",\"c3\"],\"to\":[\"m4\"],"
                              "\"steps\":[{\"revision\":\"m4\",\"down_revision\":[\"b2\",\"c3\"],"
                              "\"depends_on\":[],\"message\":\"merge\","
                              "\"path\":\"/m/versions/m4_x.sql\",\"transactional\":false}]}");
}

static void test_empty_plan(void)
{
    char *nothing[] = {NULL};
    g_autoptr(GPtrArray) steps = g_ptr_array_new();
    Plan plan = {.direction = PLAN_DOWNGRADE, .steps = steps, .from = nothing, .to = nothing};
    g_autofree char *document = plan_document(&plan);

    assert_document(document, "{\"direction\":\"downgrade\",\"from\":[],\"to\":[],\"steps\":[]}");
}

static void test_revisions(void)
{
    static const char *const current[] = {"b2", NULL};
    g_autoptr(Graph) graph = make_graph();
    g_autoptr(GPtrArray) revisions = g_ptr_array_new();
    g_autofree char *document = NULL;
    json_t *json;

    g_ptr_array_add(revisions, (gpointer)graph_find(graph, "a1"));
    g_ptr_array_add(revisions, (gpointer)graph_find(graph, "b2"));
    g_ptr_array_add(revisions, (gpointer)graph_find(graph, "m4"));
    document = revisions_document(graph, revisions, current);
    json = parse(document);

    g_assert_cmpuint(json_array_size(json), ==, 3);
    assert_compact(
        json_array_get(json, 0),
        "{\"revision\":\"a1\",\"down_revision\":[],\"depends_on\":[],\"children\":[\"b2\",\"c3\"],"
        "\"labels\":[\"usage\"],\"message\":\"first\",\"doc\":\"the doc\","
        "\"create_date\":\"2025-11-22 14:02:11+00:00\","
        "\"path\":\"/m/versions/a1_x.sql\",\"transactional\":true,\"is_head\":false,"
        "\"is_current\":false,\"is_branch_point\":true,\"is_merge_point\":false}");
    g_assert_true(json_is_true(json_object_get(json_array_get(json, 1), "is_current")));
    g_assert_true(json_is_true(json_object_get(json_array_get(json, 2), "is_merge_point")));
    g_assert_true(json_is_true(json_object_get(json_array_get(json, 2), "is_head")));
    json_decref(json);
}

static void test_revisions_without_database(void)
{
    g_autoptr(Graph) graph = make_graph();
    g_autoptr(GPtrArray) none = g_ptr_array_new();
    g_autofree char *document = revisions_document(graph, none, NULL);

    assert_document(document, "[]");
}

static void test_full_error(void)
{
    const ErrorSite site = {.path = "/m/versions/a1_x.sql", .line = 7, .column = 3};
    g_autoptr(GError) error = NULL;
    g_autofree char *document = NULL;

    error_set(&error, ERROR_MIGRATION, "applying a1: no postgres://u:sesame@h/d \xff");
    error_set_site(&error, &site);
    error_set_sql(&error, "42P01", "the detail", "the server's hint", NULL);
    error_set_outcome(&error, "nothing of a1 is in the database");
    document = error_document(error);

    assert_document(document, "{\"error\":{\"kind\":\"migration-failed\","
                              "\"message\":\"applying a1: no postgres://u:***@h/d \xef\xbf\xbd\","
                              "\"path\":\"/m/versions/a1_x.sql\",\"line\":7,\"column\":3,"
                              "\"sqlstate\":\"42P01\",\"detail\":\"the detail\","
                              "\"database\":\"nothing of a1 is in the database\","
                              "\"hint\":\"the server's hint\"}}");
}

static void test_bare_error(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *document = NULL;

    error_set(&error, ERROR_USAGE, "what");
    document = error_document(error);

    assert_document(document, "{\"error\":{\"kind\":\"usage\",\"message\":\"what\",\"path\":null,"
                              "\"line\":null,\"column\":null,\"sqlstate\":null,\"detail\":null,"
                              "\"database\":null,\"hint\":null}}");
}

/* The end of a JSON string is not the end of a password. */
static void test_secret(void)
{
    g_autofree char *document = gate_document("open", "dsn 'host=h password=s3cret-word'");
    g_autofree char *other = gate_document("open", "host=h password=s3cret-word");

    assert_document(document, "{\"state\":\"open\",\"reason\":\"dsn 'host=h password=***\"}");
    assert_document(other, "{\"state\":\"open\",\"reason\":\"host=h password=***\"}");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/view/document/gate", test_gate);
    g_test_add_func("/view/document/plan", test_plan);
    g_test_add_func("/view/document/empty-plan", test_empty_plan);
    g_test_add_func("/view/document/revisions", test_revisions);
    g_test_add_func("/view/document/revisions-without-database", test_revisions_without_database);
    g_test_add_func("/view/document/full-error", test_full_error);
    g_test_add_func("/view/document/bare-error", test_bare_error);
    g_test_add_func("/view/document/secret", test_secret);
    return g_test_run();
}
