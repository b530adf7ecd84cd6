/* The status document, whole, and when its entity tag moves. */
#include <string.h>

#include "sample.h"
#include "view/document.h"

static char **strv(const char *texts)
{
    return *texts ? g_strsplit(texts, " ", -1) : g_new0(char *, 1);
}

/* a1 <- b2 <- c3, the last under `head`'s name. */
static Graph *make_graph(const char *head)
{
    g_autofree char *last = g_strdup_printf("-- third\n-- Revision ID: %s\n-- Revises: b2\n", head);
    const char *const headers[] = {
        "-- first\n-- Revision ID: a1\n-- Revises:\n",
        "-- second\n-- Revision ID: b2\n-- Revises: a1\n",
        last,
        NULL,
    };

    return sample_graph(headers);
}

static void free_mismatch(gpointer data)
{
    Mismatch *mismatch = data;

    g_free(mismatch->revision);
    g_free(mismatch->file_checksum);
    g_free(mismatch->applied_checksum);
    g_free(mismatch->path);
    g_free(mismatch);
}

/* Not status_free: what a test makes, the test frees. */
static void free_status(Status *status)
{
    g_strfreev(status->heads);
    g_strfreev(status->unknown);
    g_ptr_array_unref(status->overridden);
    g_ptr_array_unref(status->pending);
    g_ptr_array_unref(status->mismatched);
}

/* What role set of a session's parameters. */
static GPtrArray *sample_overridden(void)
{
    static Overridden overridden = {(char *)"statement_timeout", (char *)"5s", (char *)"role"};
    GPtrArray *all = g_ptr_array_new();

    g_ptr_array_add(all, &overridden);
    return all;
}

static Status make_status(const Graph *graph, const char *heads)
{
    Status status = {.server_version = (char *)"15.18",
                     .database = (char *)"shop",
                     .heads = strv(heads),
                     .unknown = strv(""),
                     .overridden = sample_overridden(),
                     .pending = g_ptr_array_new(),
                     .mismatched = g_ptr_array_new_with_free_func(free_mismatch)};

    g_ptr_array_add(status.pending, (gpointer)graph_find(graph, "b2"));
    return status;
}

static void add_mismatch(Status *status, const char *file_checksum)
{
    Mismatch *mismatch = g_new0(Mismatch, 1);

    mismatch->revision = g_strdup("a1");
    mismatch->file_checksum = g_strdup(file_checksum);
    mismatch->applied_checksum = g_strdup("22");
    mismatch->path = g_strdup("/m/versions/a1_x.sql");
    g_ptr_array_add(status->mismatched, mismatch);
}

static const ServiceView service = {"0.1.0", "host:1", 1763820131123456};
static const GateView gate = {.state = "closed",
                              .reason = "2 revisions are pending",
                              .since = 1763820132000000,
                              .required_revision = "head"};

static void assert_golden(const char *document, const char *const *lines)
{
    g_autofree char *expected = g_strjoinv("\n", (char **)lines);

    g_assert_cmpstr(document, ==, expected);
}

static const char *const full_document[] = {
    "{",
    "  \"service\": {",
    "    \"version\": \"0.1.0\",",
    "    \"instance\": \"host:1\",",
    "    \"started_at\": \"2025-11-22T14:02:11.123456Z\"",
    "  },",
    "  \"gate\": {",
    "    \"state\": \"closed\",",
    "    \"reason\": \"2 revisions are pending\",",
    "    \"since\": \"2025-11-22T14:02:12.000000Z\",",
    "    \"controlled\": false,",
    "    \"required_revision\": \"head\"",
    "  },",
    "  \"database\": {",
    "    \"server_version\": \"15.18\",",
    "    \"name\": \"shop\",",
    "    \"in_recovery\": false,",
    "    \"heads\": [",
    "      \"a1\",",
    "      \"zz\"",
    "    ],",
    "    \"environment\": null,",
    "    \"foreign\": false,",
    "    \"overridden\": [",
    "      {",
    "        \"name\": \"statement_timeout\",",
    "        \"value\": \"5s\",",
    "        \"source\": \"role\"",
    "      }",
    "    ]",
    "  },",
    "  \"scripts\": {",
    "    \"directory\": \"/m\",",
    "    \"folders\": [],",
    "    \"heads\": [",
    "      \"c3\"",
    "    ],",
    "    \"implied_heads\": [],",
    "    \"count\": 3",
    "  },",
    "  \"pending\": [",
    "    {",
    "      \"revision\": \"b2\",",
    "      \"message\": \"second\",",
    "      \"down_revision\": [",
    "        \"a1\"",
    "      ],",
    "      \"depends_on\": []",
    "    }",
    "  ],",
    "  \"unknown\": [",
    "    \"zz\"",
    "  ],",
    "  \"mismatched\": [",
    "    {",
    "      \"revision\": \"a1\",",
    "      \"file_checksum\": \"11\",",
    "      \"applied_checksum\": \"22\",",
    "      \"path\": \"/m/versions/a1_x.sql\",",
    "      \"kind\": \"changed\",",
    "      \"detail\": null,",
    "      \"text\": \"the SQL of revision a1 has changed since it was applied\"",
    "    }",
    "  ],",
    "  \"hold\": {",
    "    \"target\": \"a1\",",
    "    \"reason\": \"bad \xef\xbf\xbd index\",",
    "    \"actor\": \"ops\",",
    "    \"since\": \"2025-11-22T14:00:00Z\",",
    "    \"failed_revision\": null,",
    "    \"void\": false",
    "  },",
    "  \"half_run\": null,",
    "  \"lock\": {",
    "    \"held\": true,",
    "    \"holder\": {",
    "      \"pid\": 42,",
    "      \"application_name\": \"pgsluice/other:7\",",
    "      \"since\": \"2025-11-22T14:01:00Z\",",
    "      \"user\": null,",
    "      \"client\": \"[local]\"",
    "    }",
    "  },",
    "  \"drift\": null,",
    "  \"operation\": null,",
    "  \"fence\": {",
    "    \"held\": true,",
    "    \"required\": [",
    "      \"b2\"",
    "    ]",
    "  },",
    "  \"instances\": [",
    "    {",
    "      \"instance\": \"web1:7\",",
    "      \"host\": \"10.0.0.7\",",
    "      \"version\": \"1.2.3\",",
    "      \"required_revision\": \"a1, b2, unknown\",",
    "      \"required\": [",
    "        \"a1\",",
    "        \"b2\"",
    "      ],",
    "      \"unknown\": 1,",
    "      \"since\": \"2025-11-22T14:01:00Z\",",
    "      \"pid\": 42",
    "    },",
    "    {",
    "      \"instance\": \"\",",
    "      \"host\": null,",
    "      \"version\": \"0.1.0\",",
    "      \"required_revision\": null,",
    "      \"required\": [],",
    "      \"unknown\": 0,",
    "      \"since\": null,",
    "      \"pid\": 43",
    "    }",
    "  ]",
    "}",
    "",
    NULL,
};

/* One of whom all is known, and one that requires nothing and may not be looked at. */
static GPtrArray *make_instances(void)
{
    static char *none[] = {NULL};
    static char *required[] = {(char *)"a1", (char *)"b2", NULL};
    static Instance known = {42,
                             (char *)"web1:7",
                             (char *)"10.0.0.7",
                             (char *)"1.2.3",
                             (char *)"2025-11-22T14:01:00Z",
                             required,
                             1};
    static Instance hidden = {43, (char *)"", NULL, (char *)"0.1.0", NULL, none, 0};
    GPtrArray *instances = g_ptr_array_new();

    g_ptr_array_add(instances, &known);
    g_ptr_array_add(instances, &hidden);
    return instances;
}

static void test_full_document(void)
{
    Hold hold = {(char *)"a1", (char *)"bad \xff index", (char *)"ops",
                 (char *)"2025-11-22T14:00:00Z"};
    LockHolder holder = {.pid = 42,
                         .application_name = (char *)"pgsluice/other:7",
                         .client = (char *)"[local]",
                         .since = (char *)"2025-11-22T14:01:00Z"};
    g_autoptr(Graph) graph = make_graph("c3");
    Status status = make_status(graph, "a1 zz");
    g_autofree char *document = NULL;
    const char *fence[] = {"b2", NULL};
    GateView behind = gate;

    behind.fence = fence;
    status.instances = make_instances();
    g_strfreev(status.unknown);
    status.unknown = strv("zz");
    add_mismatch(&status, "11");
    status.hold = &hold;
    status.is_locked = TRUE;
    status.holder = &holder;

    document = status_document(&service, &behind, &status, graph, "/m", NULL);

    assert_golden(document, full_document);
    g_ptr_array_unref(status.instances);
    free_status(&status);
}

static const char *const empty_document[] = {
    "{",
    "  \"service\": {",
    "    \"version\": \"0.1.0\",",
    "    \"instance\": null,",
    "    \"started_at\": null",
    "  },",
    "  \"gate\": {",
    "    \"state\": null,",
    "    \"reason\": null,",
    "    \"since\": null,",
    "    \"controlled\": true,",
    "    \"required_revision\": null",
    "  },",
    "  \"database\": null,",
    "  \"scripts\": {",
    "    \"directory\": \"/m\",",
    "    \"folders\": [],",
    "    \"heads\": [],",
    "    \"implied_heads\": [],",
    "    \"count\": null",
    "  },",
    "  \"pending\": [],",
    "  \"unknown\": [],",
    "  \"mismatched\": [],",
    "  \"hold\": null,",
    "  \"half_run\": null,",
    "  \"lock\": {",
    "    \"held\": null,",
    "    \"holder\": null",
    "  },",
    "  \"drift\": null,",
    "  \"operation\": null,",
    "  \"fence\": {",
    "    \"held\": false,",
    "    \"required\": []",
    "  },",
    "  \"instances\": []",
    "}",
    "",
    NULL,
};

static void test_nothing_known_yet(void)
{
    const ServiceView cli = {.version = "0.1.0"};
    const GateView no_gate = {.is_controlled = TRUE};
    g_autofree char *etag = NULL;
    g_autofree char *document = status_document(&cli, &no_gate, NULL, NULL, "/m", &etag);

    assert_golden(document, empty_document);
    g_assert_cmpuint(strlen(etag), ==, 66);
    g_assert_true(etag[0] == '"' && etag[65] == '"');
}

static void test_operation(void)
{
    static Revision revision = {.id = (char *)"b2", .message = (char *)"second"};
    static const PlanStep step = {.revision = &revision};
    Blocker blocker = {.pid = 42, .application_name = (char *)"psql", .query = (char *)"SELECT 1"};
    Sight *sight = g_atomic_rc_box_new0(Sight);
    const EngineEvent event = {.kind = EVENT_PROGRESS,
                               .step = &step,
                               .count = 2,
                               .statement = 1,
                               .statements = 3,
                               .elapsed = 5,
                               .sight = sight};
    GateView working = gate;
    g_autoptr(Operation) operation = NULL;
    g_autofree char *etag = NULL, *idle_etag = NULL, *idle = NULL, *document = NULL;

    sight->phase = g_strdup("building index: scanning table");
    sight->done = 1;
    sight->total = 3;
    sight->blockers = g_ptr_array_new();
    g_ptr_array_add(sight->blockers, &blocker);
    working.operation = operation = operation_new(&event);
    document = status_document(&service, &working, NULL, NULL, "/m", &etag);
    idle = status_document(&service, &gate, NULL, NULL, "/m", &idle_etag);
    g_assert_nonnull(strstr(document, "  \"operation\": {\n"
                                      "    \"revision\": \"b2\",\n"
                                      "    \"message\": \"second\",\n"
                                      "    \"number\": 1,\n"
                                      "    \"count\": 2,\n"
                                      "    \"statement\": 2,\n"
                                      "    \"statements\": 3,\n"
                                      "    \"elapsed_us\": 5,\n"
                                      "    \"wait_event_type\": null,\n"
                                      "    \"wait_event\": null,\n"
                                      "    \"command\": null,\n"
                                      "    \"phase\": \"building index: scanning table\",\n"
                                      "    \"percent\": 33,\n"
                                      "    \"blockers\": [\n"
                                      "      {\n"
                                      "        \"pid\": 42,\n"
                                      "        \"application_name\": \"psql\",\n"
                                      "        \"user\": null,\n"
                                      "        \"state\": null,\n"
                                      "        \"query\": \"SELECT 1\",\n"
                                      "        \"query_start\": null\n"));
    g_assert_cmpstr(etag, ==, idle_etag);
    sight_unref(sight);
}

static char *etag_of(const GateView *view, const Status *status, const Graph *graph)
{
    char *etag = NULL;
    g_autofree char *document = status_document(&service, view, status, graph, "/m", &etag);

    return etag;
}

static void test_etag_ignores_what_moves_by_itself(void)
{
    LockHolder holder = {.pid = 42};
    GateView later = gate;
    g_autoptr(Graph) graph = make_graph("c3");
    g_autoptr(Graph) same_graph = make_graph("c3");
    Status status = make_status(graph, "a1");
    g_autofree char *before = etag_of(&gate, &status, graph);
    g_autofree char *after = NULL;

    later.since += 1;
    later.reason = "another sentence";
    status.is_locked = TRUE;
    status.holder = &holder;
    status.instances = make_instances();
    after = etag_of(&later, &status, same_graph);

    g_assert_cmpstr(before, ==, after);
    g_ptr_array_unref(status.instances);
    free_status(&status);
}

static void test_etag_moves_with_the_ground(void)
{
    Hold hold = {.target = (char *)"a1", .since = (char *)"2025-11-22T14:00:00Z"};
    GateView open = gate;
    g_autoptr(Graph) graph = make_graph("c3");
    Status status = make_status(graph, "a1");
    Status moved = make_status(graph, "b2");
    Status held = make_status(graph, "a1");
    Status changed_files = make_status(graph, "a1");
    Status edited = make_status(graph, "a1");
    Status edited_again = make_status(graph, "a1");
    g_autoptr(GHashTable) tags = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    open.state = "open";
    held.hold = &hold;
    changed_files.files_digest = (char *)"other files";
    add_mismatch(&edited, "11");
    add_mismatch(&edited_again, "12");
    g_hash_table_add(tags, etag_of(&gate, &status, graph));
    g_hash_table_add(tags, etag_of(&open, &status, graph));
    g_hash_table_add(tags, etag_of(&gate, &changed_files, graph));
    g_hash_table_add(tags, etag_of(&gate, NULL, graph));
    g_hash_table_add(tags, etag_of(&gate, &moved, graph));
    g_hash_table_add(tags, etag_of(&gate, &held, graph));
    g_hash_table_add(tags, etag_of(&gate, &edited, graph));
    g_hash_table_add(tags, etag_of(&gate, &edited_again, graph));

    g_assert_cmpuint(g_hash_table_size(tags), ==, 8);
    free_status(&status);
    free_status(&moved);
    free_status(&held);
    changed_files.files_digest = NULL;
    free_status(&changed_files);
    free_status(&edited);
    free_status(&edited_again);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/view/status/full-document", test_full_document);
    g_test_add_func("/view/status/operation", test_operation);
    g_test_add_func("/view/status/nothing-known-yet", test_nothing_known_yet);
    g_test_add_func("/view/status/etag-ignores-what-moves-by-itself",
                    test_etag_ignores_what_moves_by_itself);
    g_test_add_func("/view/status/etag-moves-with-the-ground", test_etag_moves_with_the_ground);
    return g_test_run();
}
