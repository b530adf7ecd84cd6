/* Looking at the database and doing what the verdict says: bring in what is pending, open the gate,
 * close it. */
#include "base/clock.h"
#include "base/error.h"
#include "daemon/report.h"
#include "daemon/verdict.h"
#include "daemon/worker_private.h"
#include "engine/drift.h"
#include "engine/fence.h"
#include "engine/migrate.h"
#include "metrics/metrics.h"
#include "usage/shape.h"

enum { DRIFTED_PAUSE = 5 * G_USEC_PER_SEC }; /* between looks at a schema that closes the gate */

/* What the server refuses now it may answer in a moment: a lock in the way, a deadlock, a statement
 * that somebody cancelled, memory or disk that ran out. A privilege, or a table that is not what it
 * should be, needs a person. */
static gboolean may_pass(const GError *error)
{
    static const char *const states[] = {"40", "53", "57014", "58"};
    const char *sqlstate = error_sqlstate(error);

    if (error_kind_is_retryable(error_kind(error)))
        return TRUE;
    for (gsize i = 0; sqlstate && i < G_N_ELEMENTS(states); i++)
        if (g_str_has_prefix(sqlstate, states[i]))
            return TRUE;
    return FALSE;
}

/* A question to the database failed; nothing was being changed. */
Next worker_look_failed(Worker *worker, GError *error)
{
    if (worker_is_stopping(worker)) {
        g_error_free(error);
        return NEXT_END;
    }
    if (!conn_is_alive(session_conn(worker->session)))
        return worker_lose_connection(worker, error);
    ground_doubt(&worker->ground);
    if (!worker->has_opened && !may_pass(error)) {
        report_failure(worker->reports, GATE_EVENT_FAIL, "reading the database's revision", error);
        return NEXT_END;
    }
    worker->is_open = FALSE;
    report_failure(worker->reports, GATE_EVENT_BLOCKED, "reading the database's revision", error);
    fence_release(worker->session, NULL); /* the next look will ask again */
    return NEXT_WATCH;
}

/* After work that may have gone on over a new connection: that one has not subscribed to anything.
 */
Next worker_look_after(Worker *worker, guint connections)
{
    GError *error = NULL;

    if (session_reconnections(worker->session) != connections &&
        !session_listen(worker->session, &error))
        return worker_lose_connection(worker, error);
    return worker_look(worker, FALSE);
}

/* The upgrade failed. A connection that broke while nothing was being run (waiting for the lock,
 * say) is only lost; one that broke under a revision may have been broken by it, so it counts as a
 * failure. A failed upgrade is not tried again until a person or another migrator has moved
 * something. */
static Next upgrade_failed(Worker *worker, guint connections, GError *error)
{
    gboolean is_alive = conn_is_alive(session_conn(worker->session));
    g_autoptr(GError) reason = g_error_copy(error);

    if (worker_is_stopping(worker)) {
        g_error_free(error);
        return NEXT_END;
    }
    if (!is_alive && !worker->is_revision_running)
        return worker_lose_connection(worker, error);
    metrics_count(METRIC_OPERATIONS, "upgrade", "failed");
    worker->wants_upgrade = FALSE;
    ground_note_try(&worker->ground, error);
    report_failure(worker->reports, GATE_EVENT_FAIL, "upgrading", error);
    if (!worker->has_opened)
        return NEXT_END;
    return is_alive ? worker_look_after(worker, connections)
                    : worker_lose_connection(worker, g_steal_pointer(&reason));
}

static Next bring_in(Worker *worker, const Verdict *verdict, Status *status)
{
    MigrateOptions options = {.target = "heads", .obeys_hold = TRUE, .actor = "pgsluiced"};
    EventSink events = {worker_observe, worker};
    MigrateResult result = {0};
    GError *error = NULL;
    gboolean stays_open = worker->is_open && verdict->serves;
    guint connections = session_reconnections(worker->session);
    gboolean is_done;

    worker_set_chore(worker, DESK_BUSY, "pgsluiced's own upgrade");
    worker->is_open = stays_open;
    worker->is_revision_running = FALSE;
    report_status(worker->reports, stays_open ? GATE_EVENT_PROGRESS : GATE_EVENT_CHECK,
                  verdict->reason, worker->bundle, status);
    if (!stays_open && !fence_release(worker->session, &error))
        return worker_look_failed(worker, error);
    conn_set_timeout(session_conn(worker->session), 0);
    is_done =
        migrate_upgrade(worker->session, worker->bundle->graph, &options, &events, &result, &error);
    worker_limit_answers(worker->session);
    if (!is_done)
        return upgrade_failed(worker, connections, error);
    worker->wants_upgrade = result.is_held; /* once the hold is lifted the upgrade goes on */
    ground_note_try(&worker->ground, NULL);
    if (result.count > 0) {
        metrics_count(METRIC_OPERATIONS, "upgrade", "succeeded");
        worker->drift_due = clock_monotonic();
    }
    migrate_result_clear(&result);
    report_gate(worker->reports, GATE_EVENT_FINISHED, g_strdup("checking what is applied now"));
    return worker_look_after(worker, connections);
}

static Next refuse_start(Worker *worker, const Verdict *verdict, Status *status)
{
    GError *error = NULL;

    error_set(&error, ERROR_NOT_CONTROLLED, "%s", verdict->reason);
    error_set_hint(&error, "gate.on_pending = \"wait\" would wait for that; environment.controlled "
                           "= true would let pgsluiced do it");
    status_free(status);
    report_failure(worker->reports, GATE_EVENT_FAIL, "gate.on_pending is \"fail\"", error);
    return NEXT_END;
}

static char *summarize(const char *const *action_types, const char *absence)
{
    g_autofree char *joined = action_types ? g_strjoinv("\n", (char **)action_types) : NULL;

    return g_strconcat(joined ? "+" : "-", joined ? joined : absence, NULL);
}

/* Anybody may change the enum, or the table, at any time. A database that has gone is found out by
 * the next question. */
void worker_look_for_usage(Worker *worker)
{
    const Conf *conf = worker->bundle->conf;
    Conn *conn = session_conn(worker->session);
    g_autoptr(GError) error = NULL;
    g_autoptr(UsageShape) shape = NULL;
    g_autofree char *summary = NULL;
    const char *const *types;

    if (!conf_boolean(conf, CONF_USAGE_LOG_ENABLED))
        return;
    shape = usage_shape_read(conn, conf_string(conf, CONF_USAGE_LOG_SCHEMA), &error);
    if (!shape && (!conn_is_alive(conn) || worker_is_stopping(worker)))
        return;
    types = shape ? (const char *const *)shape->action_types : NULL;
    summary = summarize(types, error ? error->message : NULL);
    if (g_strcmp0(summary, worker->usage) == 0)
        return;
    report_usage(worker->reports, types, error ? error->message : NULL);
    g_free(worker->usage);
    worker->usage = g_steal_pointer(&summary);
}

static Next open_gate(Worker *worker, const Verdict *verdict, Status *status)
{
    if (!status->pending->len)
        worker->wants_upgrade = FALSE;
    worker_look_for_usage(worker);
    worker->is_open = worker->has_opened = TRUE;
    report_status(worker->reports, GATE_EVENT_SATISFIED, verdict->reason, worker->bundle, status);
    return NEXT_WATCH;
}

static Next close_gate(Worker *worker, const char *reason, Status *status)
{
    GError *error = NULL;

    worker->is_open = FALSE;
    report_status(worker->reports, GATE_EVENT_BLOCKED, reason, worker->bundle, status);
    return fence_release(worker->session, &error) ? NEXT_WATCH : worker_look_failed(worker, error);
}

/* Traffic passes behind the fence only, and on nothing that was seen before it stood: *is_stale. */
static gboolean take_fence(Worker *worker, const Verdict *verdict, Status *status,
                           gboolean *is_stale, GError **error)
{
    g_autoptr(DatabaseState) state = NULL;
    FenceOutcome outcome;

    if (!fence_take(worker->session, (const char *const *)verdict->required, &outcome, error))
        return FALSE;
    worker->is_barred = outcome == FENCE_BARRED;
    status->fence = g_strdupv((char **)fence_revisions(worker->session));
    if (outcome != FENCE_TAKEN)
        return TRUE;
    state = session_read_state(worker->session, error);
    *is_stale = state && !g_strv_equal((const char *const *)state->heads,
                                       (const char *const *)status->heads);
    return state != NULL;
}

static Next wait_for_fence(Worker *worker, const Verdict *verdict, Status *status)
{
    g_autofree char *required = g_strjoinv(", ", verdict->required);
    g_autofree char *reason = g_strdup_printf(
        "a rollback is running that undoes what is required here (%s): the gate waits for its end",
        required);

    return close_gate(worker, reason, status);
}

static Next act_on(Worker *worker, const Verdict *verdict, Status *status)
{
    gboolean serves = verdict->kind == VERDICT_SERVE ||
                      (verdict->kind == VERDICT_MIGRATE && verdict->serves && worker->is_open);
    gboolean is_stale = FALSE;
    GError *error = NULL;

    worker->is_barred = FALSE;
    if (serves && !take_fence(worker, verdict, status, &is_stale, &error)) {
        status_free(status);
        return worker_look_failed(worker, error);
    }
    if (is_stale) {
        status_free(status);
        return worker_look(worker, FALSE);
    }
    if (worker->is_barred)
        return wait_for_fence(worker, verdict, status);
    if (verdict->kind == VERDICT_MIGRATE)
        return bring_in(worker, verdict, status);
    if (verdict->kind == VERDICT_REFUSE && !worker->has_opened)
        return refuse_start(worker, verdict, status);
    return serves ? open_gate(worker, verdict, status)
                  : close_gate(worker, verdict->reason, status);
}

static gboolean closes_on_drift(const Worker *worker)
{
    return g_str_equal(conf_string(worker->bundle->conf, CONF_GATE_ON_DRIFT), "close");
}

/* A database that cannot be read is for the next poll to find out: until then nothing is known to
 * have changed. */
gboolean worker_note_drift(Worker *worker)
{
    gint64 interval = conf_duration(worker->bundle->conf, CONF_DRIFT_INTERVAL);
    g_autofree char *former = NULL;
    Drift *drift;

    pulse_await_server(worker->pulse);
    drift = drift_read(worker->session, FALSE, NULL);
    worker->drift_due =
        clock_monotonic() + (worker->drift ? MIN(interval, DRIFTED_PAUSE) : interval);
    if (!drift)
        return FALSE;
    former = g_steal_pointer(&worker->drift);
    if (drift->objects->len && closes_on_drift(worker)) {
        worker->drift = drift_describe(drift);
        worker->drift_due = clock_monotonic() + MIN(interval, DRIFTED_PAUSE);
    }
    report_drift(worker->reports, drift);
    return g_strcmp0(former, worker->drift) != 0;
}

static GatePolicy current_policy(const Worker *worker)
{
    const Conf *conf = worker->bundle->conf;

    return (GatePolicy){
        .required = conf_string(conf, CONF_GATE_REQUIRED_REVISION),
        .directory = worker->bundle->scripts,
        .is_controlled = conf_boolean(conf, CONF_ENVIRONMENT_CONTROLLED),
        .may_migrate = worker->wants_upgrade && !ground_is_settled(&worker->ground),
        .fails_when_pending = g_str_equal(conf_string(conf, CONF_GATE_ON_PENDING), "fail"),
        .failure = ground_failure(&worker->ground),
        .drift = worker->drift,
    };
}

Next worker_look(Worker *worker, gboolean asks_holder)
{
    GError *error = NULL;
    GatePolicy policy;
    g_autoptr(Verdict) verdict = NULL;
    Status *status;

    pulse_await_server(worker->pulse);
    status = status_read(worker->session, worker->bundle->graph, asks_holder, &error);
    if (!status)
        return worker_look_failed(worker, error);
    if (status->instances)
        worker_remember_instances(worker, status->instances);
    else if (worker->instances)
        status->instances = g_ptr_array_ref(worker->instances);
    worker->is_trying = FALSE;
    ground_remember(&worker->ground, status);
    if (closes_on_drift(worker))
        worker_note_drift(worker);
    policy = current_policy(worker);
    verdict = verdict_reach(worker->bundle->graph, status, &policy);
    return act_on(worker, verdict, status);
}
