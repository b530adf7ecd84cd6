/* Look, lock, look again, run: upgrade, downgrade, stamp. */
#include "engine/migrate.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/failpoint.h"
#include "engine/baseline.h"
#include "engine/budget.h"
#include "engine/confirm.h"
#include "engine/environment.h"
#include "engine/execute.h"
#include "engine/fence.h"
#include "engine/hold.h"
#include "engine/integrity.h"
#include "engine/recover.h"
#include "engine/run.h"
#include "engine/session_private.h"
#include "engine/sql_engine.h"
#include "engine/stamp.h"
#include "engine/stored.h"

void migrate_result_clear(MigrateResult *result)
{
    g_strfreev(result->from);
    g_strfreev(result->to);
    *result = (MigrateResult){0};
}

/* What is asked for, before and after it meets the database. */
typedef struct {
    const Graph *files;
    PlanDirection direction;
    const MigrateOptions *options;
} Wish;

static const char *const *heads_of(const DatabaseState *state)
{
    return (const char *const *)state->heads;
}

static Plan *plan_up(const Wish *wish, const DatabaseState *state, gboolean *is_held,
                     GError **error)
{
    const Hold *hold = budget_hold_in_force(state->hold, wish->files);
    const char *target = wish->options->target;

    *is_held = FALSE;
    /* A boot goes as far as the hold lets it; at or past the target there is nothing to do. */
    if (hold && wish->options->obeys_hold) {
        *is_held = TRUE;
        target = *hold->target ? hold->target : "base";
    }
    if (g_str_equal(target, "base"))
        return plan_downgrade(wish->files, (const char *const[]){NULL}, "base", error);
    return plan_upgrade(wish->files, heads_of(state), target, error);
}

/* The way for a database as it was read. */
typedef struct {
    Stored *stored; /* of a downgrade; the plan borrows from it */
    Plan *plan;
    gboolean is_held;
    char *reason; /* for the ledger; NULL: none */
} Route;

static void route_clear(Route *route)
{
    plan_free(route->plan);
    stored_free(route->stored);
    g_free(route->reason);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Route, route_clear)

static gboolean find_route(Session *session, const Wish *wish, const DatabaseState *state,
                           Route *route, GError **error)
{
    if (wish->direction == PLAN_UPGRADE) {
        route->plan = plan_up(wish, state, &route->is_held, error);
        return route->plan != NULL;
    }
    route->stored = stored_read(session, wish->files, heads_of(state), error);
    if (!route->stored)
        return FALSE;
    route->plan =
        plan_downgrade(stored_graph(route->stored), heads_of(state), wish->options->target, error);
    return route->plan && stored_require(route->stored, route->plan, error);
}

static gboolean refuse_held(const DatabaseState *state, const Wish *wish, GError **error)
{
    return wish->options->obeys_hold || wish->direction == PLAN_DOWNGRADE ||
           hold_require_none(state->hold, wish->files, error);
}

/* While another migrator has the lock: nothing is left to do as soon as it has done our work. */
static gboolean is_wish_fulfilled(const DatabaseState *state, gpointer data)
{
    const Wish *wish = data;
    gboolean is_held;
    g_autoptr(Plan) plan = NULL;

    if (wish->direction == PLAN_DOWNGRADE)
        return FALSE;
    plan = plan_up(wish, state, &is_held, NULL);
    return plan && plan->steps->len == 0;
}

static void fill_result(MigrateResult *result, const char *const *from, const char *const *to,
                        guint count, gint64 elapsed, gboolean is_held)
{
    result->from = g_strdupv((char **)from);
    result->to = g_strdupv((char **)to);
    result->count = count;
    result->elapsed = elapsed;
    result->is_held = is_held;
}

/* What was confirmed is what is run, though files and heads may have moved since. */
static gboolean require_confirmed(const Plan *plan, const GPtrArray *scripts, const char *confirmed,
                                  GError **error)
{
    GChecksum *sum = confirm_begin(plan);
    g_autofree char *content = NULL;

    for (guint i = 0; i < scripts->len; i++) {
        const Script *script = g_ptr_array_index(scripts, i);

        confirm_add_step(sum, script->step->revision, script->section->checksum);
        for (guint k = 0; k < script->statements->len; k++)
            confirm_add_statement(sum, ((const Statement *)script->statements->pdata[k])->sql);
    }
    content = confirm_end(sum);
    if (!confirmed || g_str_equal(confirmed, content))
        return TRUE;
    error_set(error, ERROR_REFUSED,
              "what would be run now is not what was confirmed: heads, files "
              "or variables have changed in between");
    error_set_outcome(error, "nothing was changed");
    error_set_hint(error, "make a dry run again, and confirm that");
    return FALSE;
}

/* Runs `plan` under the lock. */
static gboolean run_plan(Session *session, const Route *route, const Wish *wish,
                         const EventSink *events, guint *committed, GError **error)
{
    const MigrateOptions *options = wish->options;
    const Plan *plan = route->plan;
    g_autofree char *listing = graph_listing_at(wish->files, (const char *const *)plan->to);
    g_autoptr(GPtrArray) scripts =
        scripts_load(plan, session->settings->variables, route->stored, error);
    RunOrigin origin = {.plan_digest = plan->digest,
                        .actor = options->actor,
                        .reason = route->reason,
                        .peer = options->peer,
                        .request_id = options->request_id,
                        .holds = options->holds};
    EngineEvent event = {.kind = EVENT_PLAN, .plan = plan, .count = plan->steps->len};

    if (!scripts || !require_confirmed(plan, scripts, options->confirmed, error) ||
        !session_prepare_state(session, events, error))
        return FALSE;
    event_send(events, &event);
    return execute_scripts(session, scripts, &origin, listing, events, committed, error);
}

gboolean migrate_is_settled(const DatabaseState *state, const char *const *folders,
                            const char *target, gboolean *settled, GError **error)
{
    g_autofree char *listing = NULL;
    gboolean asks_heads = g_str_equal(target, "heads") ||
                          (g_str_equal(target, "head") && g_strv_length(state->heads) == 1);

    *settled = FALSE;
    if (!state->listing || state->hold || state->half_run || !asks_heads)
        return TRUE;
    listing = graph_listing_of_folders(folders, error);
    *settled = g_strcmp0(listing, state->listing) == 0;
    return listing != NULL;
}

static void tell_notice(const EventSink *events, char *text)
{
    EngineEvent event = {.kind = EVENT_NOTICE, .text = text};

    event_send(events, &event);
    g_free(text);
}

/* Which down sections are not those that were reviewed with what they undo, or come from
 * elsewhere than from a file. */
static void tell_of_downs(const Route *route, const GPtrArray *edited_downs,
                          const EventSink *events)
{
    for (guint i = 0; i < route->plan->steps->len; i++) {
        const PlanStep *step = g_ptr_array_index(route->plan->steps, i);
        const char *id = step->revision->id;

        if (stored_has(route->stored, step->revision))
            tell_notice(events, g_strdup_printf("revision %s has no file here: what is run is the "
                                                "down section that the database keeps",
                                                id));
        for (guint k = 0; k < edited_downs->len; k++)
            if (g_str_equal(((const Mismatch *)edited_downs->pdata[k])->revision, id))
                tell_notice(events,
                            g_strdup_printf("the down section of revision %s has changed since it "
                                            "was applied: what is run is the file's",
                                            id));
    }
}

/* Files that are not what was applied lead a plan astray. */
static gboolean require_integrity(Session *session, const Wish *wish, const DatabaseState *state,
                                  const Route *route, const EventSink *events, GError **error)
{
    g_autoptr(GPtrArray) records = records_read(session, error);
    g_autoptr(Integrity) integrity = NULL;

    if (!records)
        return FALSE;
    integrity = integrity_new(wish->files, heads_of(state), records);
    if (route->plan->steps->len > 0)
        integrity_look_at_files(integrity);
    if (!integrity_require(integrity, error))
        return FALSE;
    if (wish->direction == PLAN_DOWNGRADE)
        tell_of_downs(route, integrity_edited_downs(integrity), events);
    return TRUE;
}

static gboolean release_void_hold(Session *session, const Wish *wish, const DatabaseState *state,
                                  GError **error)
{
    g_autofree char *released = NULL;
    g_autofree char *reason = NULL;

    if (wish->direction == PLAN_DOWNGRADE || !budget_hold_is_void(state->hold, wish->files))
        return TRUE;
    reason = g_strdup_printf("the file of revision %s, which had failed, has changed",
                             state->hold->failed_revision);
    return hold_release(session, &(RunOrigin){.actor = "pgsluice", .reason = reason}, &released,
                        error);
}

/* Who undoes what others run on is heard, and found in the ledger. *reason (g_free) is what the
 * ledger is to say. */
static gboolean pass_fence(Session *session, const Graph *files, const char *const *undone,
                           const MigrateOptions *options, const EventSink *events, char **reason,
                           GError **error)
{
    g_autofree char *overruled = NULL;

    if (!fence_require(session, files, undone, options->despite_instances, &overruled, error))
        return FALSE;
    if (!overruled) {
        *reason = g_strdup(options->reason);
        return TRUE;
    }
    *reason =
        g_strdup_printf("%s%sdespite running instances: %s", options->reason ? options->reason : "",
                        options->reason ? "; " : "", overruled);
    tell_notice(events, g_strdup_printf("what is undone is required by %s", overruled));
    return TRUE;
}

/* Every guard that has to be asked under the lock. */
static gboolean pass_guards(Session *session, const Wish *wish, const DatabaseState *state,
                            Route *route, const EventSink *events, GError **error)
{
    g_auto(GStrv) undone = fence_undone_by_plan(route->plan);

    return environment_require(session, state, wish->options->environment, error) &&
           require_integrity(session, wish, state, route, events, error) &&
           pass_fence(session, wish->files, (const char *const *)undone, wish->options, events,
                      &route->reason, error) &&
           release_void_hold(session, wish, state, error);
}

/* --- Recording the schema --------------------------------------------------------------------- */

static void tell_unrecorded(const EventSink *events, const GError *reason)
{
    tell_notice(events, g_strdup_printf("the schema could not be recorded, so `pgsluice drift` has "
                                        "nothing to compare with until --accept: %s",
                                        reason->message));
}

/* Behind the last commit of a run, which may have failed: what is committed stays. `revision` is
 * the last one of an upgrade, else NULL. NULL when there is nothing to record. */
static BaselineRecord *record_schema(Session *session, const char *revision,
                                     const EventSink *events)
{
    g_autoptr(GError) reason = NULL;
    g_autoptr(Baseline) baseline = NULL;

    if (!session->settings->records_schema || !conn_is_alive(session->conn))
        return NULL;
    baseline = baseline_read(session, &reason);
    if (!baseline)
        tell_unrecorded(events, reason);
    if (!baseline || baseline->state == BASELINE_HALF_RUN)
        return NULL;
    return baseline_record(session, baseline, revision, NULL, NULL);
}

static void write_record(Session *session, const BaselineRecord *record, const EventSink *events)
{
    g_autoptr(GError) reason = NULL;

    if (!conn_exec_params(session->conn, record->sql, (int)record->values->len,
                          (const char *const *)record->values->pdata, NULL, &reason))
        tell_unrecorded(events, reason);
}

/* --- Under the lock --------------------------------------------------------------------------- */

/* What a run has committed, whether or not it failed then. */
typedef struct {
    guint count;          /* of revisions */
    const char *revision; /* the last one of an upgrade; NULL. The graph's */
} Committed;

static void note_committed(Committed *committed, const Plan *plan, guint count)
{
    const PlanStep *last = count ? g_ptr_array_index(plan->steps, count - 1) : NULL;

    committed->count = count;
    committed->revision = last && plan->direction == PLAN_UPGRADE ? last->revision->id : NULL;
}

/* Second look and run, with the lock held. */
static gboolean migrate_locked(Session *session, const Wish *wish, const EventSink *events,
                               MigrateResult *result, Committed *committed, GError **error)
{
    g_autoptr(DatabaseState) state = session_read_state(session, error);
    g_auto(Route) route = {0};
    const Plan *plan;
    gint64 start = clock_monotonic();
    EngineEvent event = {.kind = EVENT_FINISHED};

    if (!state || !refuse_held(state, wish, error) ||
        !find_route(session, wish, state, &route, error))
        return FALSE;
    plan = route.plan;
    if (!(route.is_held || recover_allows(state, plan, error)))
        return FALSE;
    if (plan->steps->len > 0) {
        gboolean is_done = pass_guards(session, wish, state, &route, events, error) &&
                           run_plan(session, &route, wish, events, &event.count, error);

        note_committed(committed, plan, event.count);
        if (!is_done)
            return FALSE;
    }
    FAILPOINT("run-done");
    event.elapsed = clock_monotonic() - start;
    event.plan = plan;
    event_send(events, &event);
    fill_result(result, heads_of(state),
                plan->steps->len ? (const char *const *)plan->to : heads_of(state), event.count,
                event.elapsed, route.is_held);
    return TRUE;
}

static gboolean unlock_behind(Session *session, const BaselineRecord *record,
                              const EventSink *events, GError **error)
{
    g_autoptr(GError) failure = NULL;
    gboolean unlocked;

    if (!record)
        return session_unlock(session, error);
    unlocked = session_unlock_behind(session, record->sql, record->values, &failure, error);
    if (failure)
        tell_unrecorded(events, failure);
    return unlocked;
}

/* The lock is given back whatever happened; a failure of the work is what the caller hears. An
 * interruption that comes now is too late: the work is done or undone. A `record` (NULL: none) goes
 * out with it. */
static gboolean unlock_after(Session *session, gboolean succeeded, const BaselineRecord *record,
                             const EventSink *events, GError **error)
{
    g_autoptr(GError) reason = NULL;
    gboolean unlocked;

    FAILPOINT("unlocking");
    if (!conn_is_alive(session->conn)) {
        fence_lift(session, NULL);
        return succeeded;
    }
    conn_set_cancel(session->conn, NULL);
    unlocked = fence_lift(session, &reason);
    unlocked = unlock_behind(session, record, events, unlocked ? &reason : NULL) && unlocked;
    conn_set_cancel(session->conn, session->cancel);
    FAILPOINT("unlocked");
    if (succeeded && !unlocked)
        g_propagate_error(error, g_steal_pointer(&reason));
    return succeeded && unlocked;
}

/* Nothing is to be run. A revision that was put below what is applied would count as applied from
 * now on and never run: that is not nothing. */
static gboolean finish_idle(Session *session, const Wish *wish, const DatabaseState *state,
                            const Route *route, MigrateResult *result, GError **error)
{
    if (wish->direction == PLAN_UPGRADE &&
        !require_integrity(session, wish, state, route, NULL, error))
        return FALSE;
    fill_result(result, heads_of(state), heads_of(state), 0, 0, route->is_held);
    return TRUE;
}

/* The caller has the lock and keeps it. Not so the bars: others may require again what was undone,
 * and the session lives on. A bar that cannot be lifted now is lifted by the next change. */
static gboolean migrate_within(Session *session, const Wish *wish, const EventSink *events,
                               MigrateResult *result, GError **error)
{
    Committed committed = {0};
    gboolean is_done = migrate_locked(session, wish, events, result, &committed, error);
    g_autoptr(BaselineRecord) record =
        committed.count ? record_schema(session, committed.revision, events) : NULL;

    if (record)
        write_record(session, record, events);
    conn_set_cancel(session->conn, NULL);
    fence_lift(session, NULL);
    conn_set_cancel(session->conn, session->cancel);
    return is_done;
}

static gboolean migrate_and_unlock(Session *session, const Wish *wish, const EventSink *events,
                                   MigrateResult *result, GError **error)
{
    Committed committed = {0};
    gboolean is_done = migrate_locked(session, wish, events, result, &committed, error);
    g_autoptr(BaselineRecord) record =
        committed.count ? record_schema(session, committed.revision, events) : NULL;

    return unlock_after(session, is_done, record, events, error);
}

static gboolean migrate(Session *session, const Wish *wish, const EventSink *events,
                        MigrateResult *result, GError **error)
{
    g_autoptr(DatabaseState) state = NULL;
    g_auto(Route) route = {0};
    g_auto(MigrateResult) done = {0};
    gboolean taken;

    if (session->has_lock)
        return migrate_within(session, wish, events, result, error);
    state = session_read_state(session, error);
    if (!state || !find_route(session, wish, state, &route, error))
        return FALSE;
    if (!route.is_held && !recover_allows(state, route.plan, error))
        return FALSE;
    if (route.plan->steps->len == 0)
        return finish_idle(session, wish, state, &route, result, error);
    if (!refuse_held(state, wish, error) ||
        !environment_require(session, state, wish->options->environment, error))
        return FALSE;
    if (!session_lock(session, is_wish_fulfilled, (gpointer)wish, &taken, events, error))
        return FALSE;
    if (!taken) {
        fill_result(result, heads_of(state), heads_of(state), 0, 0, route.is_held);
        return TRUE;
    }
    if (!migrate_and_unlock(session, wish, events, &done, error))
        return FALSE;
    *result = done;
    done = (MigrateResult){0};
    return TRUE;
}

gboolean migrate_upgrade(Session *session, const Graph *graph, const MigrateOptions *options,
                         const EventSink *events, MigrateResult *result, GError **error)
{
    Wish wish = {graph, PLAN_UPGRADE, options};

    return migrate(session, &wish, events, result, error);
}

gboolean migrate_downgrade(Session *session, const Graph *graph, const MigrateOptions *options,
                           const EventSink *events, MigrateResult *result, GError **error)
{
    Wish wish = {graph, PLAN_DOWNGRADE, options};

    return migrate(session, &wish, events, result, error);
}

/* --- Stamp ------------------------------------------------------------------------------------ */

static gboolean send_stamp(Session *session, const Graph *graph, const DatabaseState *state,
                           char **heads_after, const char *run, GError **error)
{
    g_autoptr(GPtrArray) arguments = stamp_arguments(session->settings, graph, heads_of(state),
                                                     (const char *const *)heads_after, run, error);
    g_autofree char *sql = session_expand(session, sql_stamp);

    return arguments && conn_exec_params(session->conn, sql, (int)arguments->len,
                                         (const char *const *)arguments->pdata, NULL, error);
}

static gboolean stamp_locked(Session *session, const Graph *graph, const char *const *targets,
                             gboolean purges, const MigrateOptions *options,
                             const EventSink *events, MigrateResult *result, GError **error)
{
    const char *const nothing[] = {NULL};
    g_autoptr(DatabaseState) state = session_read_state(session, error);
    g_auto(GStrv) heads = NULL;
    g_auto(GStrv) undone = NULL;
    g_autofree char *reason = NULL;
    g_autofree char *run = NULL;
    gboolean succeeded;

    if (!state || !environment_require(session, state, options->environment, error))
        return FALSE;
    heads = plan_stamp(graph, purges ? nothing : heads_of(state), targets, error);
    undone = heads ? fence_undone_by_stamp(session, graph, state, (const char *const *)heads, error)
                   : NULL;
    if (!undone ||
        !pass_fence(session, graph, (const char *const *)undone, options, events, &reason, error) ||
        !session_prepare_state(session, events, error))
        return FALSE;
    run = run_format(session, &(RunOrigin){NULL, options->actor, reason}, error);
    succeeded = run && send_stamp(session, graph, state, heads, run, error);
    if (run && !succeeded && !conn_is_alive(session->conn))
        error_set_outcome(error,
                          "whether the stamp was made is not known: `pgsluice current` tells");
    if (succeeded)
        fill_result(result, heads_of(state), (const char *const *)heads, 0, 0, FALSE);
    return succeeded;
}

gboolean migrate_stamp(Session *session, const Graph *graph, const char *const *targets,
                       gboolean purges, const MigrateOptions *options, const EventSink *events,
                       MigrateResult *result, GError **error)
{
    g_auto(MigrateResult) done = {0};
    g_autoptr(BaselineRecord) record = NULL;
    gboolean is_done;
    gboolean taken;

    if (!session_lock(session, NULL, NULL, &taken, events, error))
        return FALSE;
    is_done = stamp_locked(session, graph, targets, purges, options, events, &done, error);
    record = is_done ? record_schema(session, NULL, events) : NULL;
    if (!unlock_after(session, is_done, record, events, error))
        return FALSE;
    *result = done;
    done = (MigrateResult){0};
    return TRUE;
}

gboolean migrate_ensure_version(Session *session, const EventSink *events, GError **error)
{
    g_autoptr(DatabaseState) state = session_read_state(session, error);
    gboolean taken;

    if (!state)
        return FALSE;
    if (state->has_version_table && state->has_state)
        return TRUE;
    if (!session_lock(session, NULL, NULL, &taken, events, error))
        return FALSE;
    g_clear_pointer(&state, database_state_free);
    state = session_read_state(session, error);
    return unlock_after(session, state && session_prepare_state(session, events, error), NULL,
                        events, error);
}
