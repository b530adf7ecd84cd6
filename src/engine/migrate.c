/* Look, lock, look again, run: upgrade, downgrade, stamp. */
#include "engine/migrate.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/failpoint.h"
#include "engine/execute.h"
#include "engine/run.h"
#include "engine/session_private.h"
#include "engine/sql_engine.h"
#include "engine/stamp.h"

void migrate_result_clear(MigrateResult *result)
{
    g_strfreev(result->from);
    g_strfreev(result->to);
    *result = (MigrateResult){0};
}

/* What is asked for, before and after it meets the database. */
typedef struct {
    const Graph *graph;
    PlanDirection direction;
    const MigrateOptions *options;
} Wish;

static const char *const *heads_of(const DatabaseState *state)
{
    return (const char *const *)state->heads;
}

static Plan *plan_wish(const Wish *wish, const DatabaseState *state, gboolean *is_held,
                       GError **error)
{
    const char *target = wish->options->target;

    *is_held = FALSE;
    if (wish->direction == PLAN_DOWNGRADE)
        return plan_downgrade(wish->graph, heads_of(state), target, error);
    /* A boot goes as far as the hold lets it; at or past the target there is nothing to do. */
    if (state->hold && wish->options->obeys_hold) {
        *is_held = TRUE;
        target = *state->hold->target ? state->hold->target : "base";
    }
    if (g_str_equal(target, "base"))
        return plan_downgrade(wish->graph, (const char *const[]){NULL}, "base", error);
    return plan_upgrade(wish->graph, heads_of(state), target, error);
}

/* A person who upgrades past a hold is told of it; the hold was set to be noticed. */
static gboolean refuse_held(const DatabaseState *state, const Wish *wish, GError **error)
{
    const Hold *hold = state->hold;

    if (!hold || wish->options->obeys_hold || wish->direction == PLAN_DOWNGRADE)
        return TRUE;
    error_set(error, ERROR_HELD, "the database is on hold at %s since %s%s%s%s%s",
              *hold->target ? hold->target : "base", hold->since, hold->actor ? ", set by " : "",
              hold->actor ? hold->actor : "", hold->reason ? ": " : "",
              hold->reason ? hold->reason : "");
    error_set_outcome(error, "nothing was changed");
    error_set_hint(error, "lift the hold first: pgsluice release --reason \"why it is over\"");
    return FALSE;
}

/* While another migrator has the lock: nothing is left to do as soon as it has done our work. */
static gboolean is_wish_fulfilled(const DatabaseState *state, gpointer data)
{
    const Wish *wish = data;
    gboolean is_held;
    g_autoptr(Plan) plan = NULL;

    if (wish->direction == PLAN_DOWNGRADE)
        return FALSE;
    plan = plan_wish(wish, state, &is_held, NULL);
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

/* Runs `plan` under the lock. */
static gboolean run_plan(Session *session, const Plan *plan, const Wish *wish,
                         const EventSink *events, guint *committed, GError **error)
{
    const MigrateOptions *options = wish->options;
    g_autofree char *listing = graph_listing_at(wish->graph, (const char *const *)plan->to);
    g_autoptr(GPtrArray) scripts = scripts_load(plan, session->settings->variables, error);
    RunOrigin origin = {plan->digest, options->actor, options->reason};
    EngineEvent event = {.kind = EVENT_PLAN, .plan = plan, .count = plan->steps->len};

    if (!scripts || !session_prepare_state(session, events, error))
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
    if (!state->listing || state->hold || !asks_heads)
        return TRUE;
    listing = graph_listing_of_folders(folders, error);
    *settled = g_strcmp0(listing, state->listing) == 0;
    return listing != NULL;
}

/* Second look and run, with the lock held. */
static gboolean migrate_locked(Session *session, const Wish *wish, const EventSink *events,
                               MigrateResult *result, GError **error)
{
    g_autoptr(DatabaseState) state = session_read_state(session, error);
    g_autoptr(Plan) plan = NULL;
    gint64 start = clock_monotonic();
    EngineEvent event = {.kind = EVENT_FINISHED};
    gboolean is_held;

    if (!state || !refuse_held(state, wish, error))
        return FALSE;
    plan = plan_wish(wish, state, &is_held, error);
    if (!plan)
        return FALSE;
    if (plan->steps->len > 0 && !run_plan(session, plan, wish, events, &event.count, error))
        return FALSE;
    FAILPOINT("run-done");
    event.elapsed = clock_monotonic() - start;
    event_send(events, &event);
    fill_result(result, heads_of(state),
                plan->steps->len ? (const char *const *)plan->to : heads_of(state), event.count,
                event.elapsed, is_held);
    return TRUE;
}

/* The lock is given back whatever happened; a failure of the work is what the caller hears. An
 * interruption that comes now is too late: the work is done or undone. */
static gboolean unlock_after(Session *session, gboolean succeeded, GError **error)
{
    g_autoptr(GError) reason = NULL;
    gboolean unlocked;

    FAILPOINT("unlocking");
    if (!conn_is_alive(session->conn))
        return succeeded;
    conn_set_cancel(session->conn, NULL);
    unlocked = session_unlock(session, &reason);
    conn_set_cancel(session->conn, session->cancel);
    FAILPOINT("unlocked");
    if (succeeded && !unlocked)
        g_propagate_error(error, g_steal_pointer(&reason));
    return succeeded && unlocked;
}

static gboolean migrate(Session *session, const Wish *wish, const EventSink *events,
                        MigrateResult *result, GError **error)
{
    g_autoptr(DatabaseState) state = session_read_state(session, error);
    g_autoptr(Plan) plan = NULL;
    g_auto(MigrateResult) done = {0};
    gboolean is_held, taken;

    if (!state)
        return FALSE;
    plan = plan_wish(wish, state, &is_held, error);
    if (!plan)
        return FALSE;
    if (plan->steps->len == 0) {
        fill_result(result, heads_of(state), heads_of(state), 0, 0, is_held);
        return TRUE;
    }
    if (!refuse_held(state, wish, error))
        return FALSE;
    if (!session_lock(session, is_wish_fulfilled, (gpointer)wish, &taken, events, error))
        return FALSE;
    if (!taken) {
        fill_result(result, heads_of(state), heads_of(state), 0, 0, is_held);
        return TRUE;
    }
    if (!unlock_after(session, migrate_locked(session, wish, events, &done, error), error))
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
    g_autofree char *run = NULL;
    gboolean succeeded;

    if (!state)
        return FALSE;
    heads = plan_stamp(graph, purges ? nothing : heads_of(state), targets, error);
    if (!heads || !session_prepare_state(session, events, error))
        return FALSE;
    run = run_format(session, &(RunOrigin){NULL, options->actor, options->reason}, error);
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
    gboolean taken;

    if (!session_lock(session, NULL, NULL, &taken, events, error))
        return FALSE;
    if (!unlock_after(session,
                      stamp_locked(session, graph, targets, purges, options, events, &done, error),
                      error))
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
    return unlock_after(session, state && session_prepare_state(session, events, error), error);
}
