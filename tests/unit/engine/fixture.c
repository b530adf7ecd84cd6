/* Setting up engine tests. */
#include "fixture.h"

#include <string.h>

#include "base/error.h"

/* In the order of EventKind: connect Retry, Connected, Waiting, Lock, State, Plan, revision Begins,
 * statement (.), revision Done, retrY, connection broKe, progress (-), Notice, Finished. */
static const char letters[] = "RCWLSPB.DYK-NF";

static void note(const EngineEvent *event, gpointer data)
{
    Fixture *fixture = data;

    if (fixture->disturb)
        fixture->disturb(fixture, event);
    if (event->kind != EVENT_PROGRESS) /* how often it comes is a matter of time */
        g_string_append_c(fixture->told, letters[event->kind]);
}

void fixture_set_up(Fixture *fixture, gconstpointer data)
{
    (void)data;
    G_STATIC_ASSERT(sizeof letters == EVENT_FINISHED + 2);
    fixture->url = testdb_create();
    fixture->folder = g_dir_make_tmp("engine-XXXXXX", NULL);
    fixture->cancel = cancel_new();
    fixture->told = g_string_new(NULL);
    fixture->events = (EventSink){note, fixture};
    fixture->secret = secret_new(fixture->url);
    fixture->settings = (EngineSettings){.url = fixture->secret,
                                         .version_table = "alembic_version",
                                         .version_table_schema = "public",
                                         .state_schema = "pgsluice",
                                         .instance = "unit",
                                         .environment = "test",
                                         .search_path = "\"$user\", public",
                                         .connect_timeout = 10 * G_USEC_PER_SEC,
                                         .lock_wait = 10 * G_USEC_PER_SEC,
                                         .lock_timeout = 2 * G_USEC_PER_SEC,
                                         .retry_deadline = 10 * G_USEC_PER_SEC};
    fixture->variables = variables_new();
    fixture->settings.variables = fixture->variables;
    fixture->witness = testdb_connect(fixture->url);
    fixture_reopen(fixture);
}

void fixture_tear_down(Fixture *fixture, gconstpointer data)
{
    const char *argv[] = {"rm", "-rf", fixture->folder, NULL};

    (void)data;
    session_close(fixture->session);
    conn_free(fixture->witness);
    testdb_drop(fixture->url);
    graph_free(fixture->graph);
    g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL,
                 NULL);
    g_free(fixture->folder);
    g_free(fixture->url);
    secret_free(fixture->secret);
    variables_free(fixture->variables);
    cancel_free(fixture->cancel);
    g_string_free(fixture->told, TRUE);
}

void fixture_revision(Fixture *fixture, const char *id, const char *revises, const char *header,
                      const char *up, const char *down)
{
    g_autofree char *path = g_strdup_printf("%s/%s_test.sql", fixture->folder, id);
    g_autofree char *text = g_strdup_printf(
        "-- make %s\n--\n-- Revision ID: %s\n-- Revises: %s\n%s\n-- migrate:up\n%s\n%s%s%s", id, id,
        revises, header ? header : "", up, down ? "\n-- migrate:down\n" : "", down ? down : "",
        down ? "\n" : "");

    g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

void fixture_three(Fixture *fixture)
{
    fixture_revision(fixture, "aaaa1111", "", NULL, "CREATE TABLE t1 (a int);", "DROP TABLE t1;");
    fixture_revision(fixture, "bbbb2222", "aaaa1111", NULL, "CREATE TABLE t2 (a int);",
                     "DROP TABLE t2;");
    fixture_revision(fixture, "cccc3333", "bbbb2222", NULL, "CREATE TABLE t3 (a int);",
                     "DROP TABLE t3;");
    fixture_load(fixture);
}

void fixture_load(Fixture *fixture)
{
    const char *folders[] = {fixture->folder, NULL};
    g_autoptr(GError) error = NULL;

    g_clear_pointer(&fixture->graph, graph_free);
    fixture->graph = graph_load(folders, &error);
    g_assert_no_error(error);
}

void fixture_reopen(Fixture *fixture)
{
    g_autoptr(GError) error = NULL;

    g_clear_pointer(&fixture->session, session_close);
    fixture->session = session_open(&fixture->settings, FALSE, fixture->cancel, NULL, &error);
    g_assert_no_error(error);
}

gboolean fixture_upgrade(Fixture *fixture, const char *target, MigrateResult *result,
                         GError **error)
{
    MigrateOptions options = {.target = target, .actor = "tester", .reason = "a test"};

    return migrate_upgrade(fixture->session, fixture->graph, &options, &fixture->events, result,
                           error);
}

gboolean fixture_downgrade(Fixture *fixture, const char *target, MigrateResult *result,
                           GError **error)
{
    MigrateOptions options = {.target = target, .actor = "tester"};

    return migrate_downgrade(fixture->session, fixture->graph, &options, &fixture->events, result,
                             error);
}

void fixture_assert_ledger(Fixture *fixture, int rows)
{
    g_autofree char *count = g_strdup_printf("%d", rows);

    testdb_assert_value(fixture->witness, "SELECT count(*) FROM pgsluice.ledger", count);
    testdb_assert_value(
        fixture->witness,
        "SELECT count(*) FROM (SELECT *, lag(hash, 1, '') OVER (ORDER BY id) AS before"
        " FROM pgsluice.ledger) l WHERE previous_hash = before AND hash = sha256(previous_hash ||"
        " convert_to(jsonb_build_array(id, (extract(epoch FROM at) * 1000000)::bigint, event,"
        " revision, heads_before, heads_after, plan_digest, up_checksum, role, actor, peer, "
        "request_id, host,"
        " instance, reason, sqlstate, message, duration_us, system_identifier, timeline)::text,"
        " 'UTF8'))",
        count);
}
