/* The words for engine events: what reaches STATUS= and the log. */
#include "daemon/narrate.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"

static char *no_ids[] = {NULL};
static char *one_parent[] = {(char *)"aaa", NULL};
static Revision first = {
    .id = (char *)"aaa", .message = (char *)"create table", .down_revisions = no_ids};
static Revision second = {.id = (char *)"bbb", .message = (char *)"", .down_revisions = one_parent};
static Plan forwards = {.direction = PLAN_UPGRADE};
static Plan backwards = {.direction = PLAN_DOWNGRADE};
static PlanStep first_step = {.plan = &forwards, .revision = &first};
static PlanStep second_step = {.plan = &forwards, .revision = &second};
static PlanStep undo_step = {.plan = &backwards, .revision = &second};

static void check(const EngineEvent *event, GateEvent gate_event, const char *reason,
                  const char *line, const char *revision)
{
    Narration narration = narrate(event);

    g_assert_cmpint(narration.event, ==, gate_event);
    g_assert_cmpstr(narration.reason, ==, reason);
    g_assert_cmpstr(narration.line, ==, line);
    g_assert_cmpstr(narration.revision, ==, revision);
    narration_clear(&narration);
}

static void test_revisions(void)
{
    check(&(EngineEvent){.kind = EVENT_REVISION_STARTED, .step = &first_step, .count = 2},
          GATE_EVENT_PROGRESS, "running 1 of 2: aaa, create table", NULL, "aaa");
    check(
        &(EngineEvent){
            .kind = EVENT_REVISION_DONE, .step = &first_step, .count = 2, .elapsed = 12000},
        GATE_EVENT_PROGRESS, "running 1 of 2: aaa, create table",
        "Running upgrade  -> aaa, create table (12.0 ms)", "aaa");
    check(&(EngineEvent){.kind = EVENT_REVISION_DONE,
                         .step = &second_step,
                         .index = 1,
                         .count = 2,
                         .elapsed = 12000},
          GATE_EVENT_PROGRESS, "running 2 of 2: bbb", "Running upgrade aaa -> bbb (12.0 ms)",
          "bbb");
}

static void test_downgrade(void)
{
    check(
        &(EngineEvent){
            .kind = EVENT_REVISION_DONE, .step = &undo_step, .count = 1, .elapsed = 12000},
        GATE_EVENT_PROGRESS, "running 1 of 1: bbb", "Running downgrade bbb -> aaa (12.0 ms)",
        "bbb");
    check(&(EngineEvent){.kind = EVENT_FINISHED, .plan = &backwards, .count = 1, .elapsed = 12000},
          GATE_EVENT_COUNT, NULL, "1 revision undone in 12.0 ms", NULL);
}

static void test_statements(void)
{
    check(&(EngineEvent){.kind = EVENT_STATEMENT_DONE,
                         .step = &second_step,
                         .index = 1,
                         .count = 2,
                         .statement = 2,
                         .statements = 5},
          GATE_EVENT_PROGRESS, "running 2 of 2: bbb (statement 3 of 5 done)", NULL, "bbb");
    check(&(EngineEvent){.kind = EVENT_STATEMENT_DONE,
                         .step = &second_step,
                         .index = 1,
                         .count = 2,
                         .statements = 1},
          GATE_EVENT_PROGRESS, "running 2 of 2: bbb", NULL, "bbb");
}

static void test_plan(void)
{
    g_autoptr(GPtrArray) steps = g_ptr_array_new();
    Plan plan = {.steps = steps};

    g_ptr_array_add(steps, &first_step);
    check(&(EngineEvent){.kind = EVENT_PLAN, .plan = &plan}, GATE_EVENT_MIGRATE,
          "running 1 revision", NULL, NULL);
    g_ptr_array_add(steps, &second_step);
    check(&(EngineEvent){.kind = EVENT_PLAN, .plan = &plan}, GATE_EVENT_MIGRATE,
          "running 2 revisions", NULL, NULL);
}

static gint64 fixed_wall(gpointer data)
{
    return G_GINT64_CONSTANT(1767273132) * G_USEC_PER_SEC; /* 2026-01-01 13:12:12 */
}

static void test_lock(void)
{
    const Clock clock = {.wall = fixed_wall};
    LockHolder holder = {.pid = 4711, .application_name = (char *)"pgsluice/db1:99"};

    clock_replace(&clock);
    check(&(EngineEvent){.kind = EVENT_WAITING_FOR_LOCK, .elapsed = 300}, GATE_EVENT_LOCK_WAIT,
          "waiting for the migration lock since 13:12:11 UTC",
          "waiting for the migration lock since 13:12:11 UTC", NULL);
    check(
        &(EngineEvent){.kind = EVENT_WAITING_FOR_LOCK, .holder = &holder, .elapsed = 5000000},
        GATE_EVENT_LOCK_WAIT,
        "waiting for the migration lock since 13:12:07 UTC, held by pgsluice/db1:99 (process 4711)",
        "waiting for the migration lock since 13:12:07 UTC, held by pgsluice/db1:99 (process 4711)",
        NULL);
    clock_replace(NULL);
}

static void test_notice(void)
{
    Narration narration =
        narrate(&(EngineEvent){.kind = EVENT_NOTICE, .text = "WARNING: there is no transaction"});

    g_assert_cmpint(narration.event, ==, GATE_EVENT_COUNT);
    g_assert_cmpstr(narration.line, ==, "WARNING: there is no transaction");
    g_assert_true(narration.is_warning);
    narration_clear(&narration);
}

static void test_retry(void)
{
    g_autoptr(GError) error = NULL;
    Narration narration;

    error_set(&error, ERROR_SQL, "canceling statement due to lock timeout");
    narration = narrate(&(EngineEvent){.kind = EVENT_REVISION_RETRY,
                                       .step = &second_step,
                                       .index = 1,
                                       .count = 2,
                                       .pause = 250000,
                                       .error = error});
    g_assert_cmpint(narration.event, ==, GATE_EVENT_PROGRESS);
    g_assert_true(g_str_has_prefix(narration.reason, "running 2 of 2: bbb: again in "));
    g_assert_nonnull(strstr(narration.line, "lock timeout"));
    narration_clear(&narration);
}

static void test_progress(void)
{
    static Blocker blocker = {.pid = 4711, .application_name = (char *)"psql"};
    g_autoptr(GPtrArray) blockers = g_ptr_array_new();
    Sight sight = {.phase = (char *)"building index: scanning table",
                   .done = 1,
                   .total = 2,
                   .blockers = blockers};
    EngineEvent event = {.kind = EVENT_PROGRESS,
                         .step = &second_step,
                         .index = 1,
                         .count = 2,
                         .statements = 5,
                         .elapsed = 12 * G_USEC_PER_SEC};

    check(&event, GATE_EVENT_PROGRESS, "running 2 of 2: bbb (statement 1 of 5, 12.0 s)", NULL,
          "bbb");
    event.sight = &sight;
    check(&event, GATE_EVENT_PROGRESS,
          "running 2 of 2: bbb (statement 1 of 5, 12.0 s, 50 % of building index: scanning table)",
          NULL, "bbb");
    g_ptr_array_add(blockers, &blocker);
    check(&event, GATE_EVENT_PROGRESS,
          "running 2 of 2: bbb (statement 1 of 5, 12.0 s, waiting for psql (process 4711))", NULL,
          "bbb");
    event.kind = EVENT_REVISION_RETRY;
    event.pause = 500000;
    check(&event, GATE_EVENT_PROGRESS,
          "running 2 of 2: bbb: again in 500.0 ms because of a lock of psql (process 4711)",
          "running 2 of 2: bbb: trying again because of a lock of psql (process 4711)", "bbb");
}

static void test_silent_kinds(void)
{
    check(&(EngineEvent){.kind = EVENT_CONNECTED, .text = "x"}, GATE_EVENT_COUNT, NULL, NULL, NULL);
    check(&(EngineEvent){.kind = EVENT_STATE_CREATED, .text = "schema \"pgsluice\""},
          GATE_EVENT_COUNT, NULL, "Created schema \"pgsluice\"", NULL);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/daemon/narrate/revisions", test_revisions);
    g_test_add_func("/daemon/narrate/downgrade", test_downgrade);
    g_test_add_func("/daemon/narrate/statements", test_statements);
    g_test_add_func("/daemon/narrate/plan", test_plan);
    g_test_add_func("/daemon/narrate/lock", test_lock);
    g_test_add_func("/daemon/narrate/notice", test_notice);
    g_test_add_func("/daemon/narrate/retry", test_retry);
    g_test_add_func("/daemon/narrate/progress", test_progress);
    g_test_add_func("/daemon/narrate/silent-kinds", test_silent_kinds);
    return g_test_run();
}
