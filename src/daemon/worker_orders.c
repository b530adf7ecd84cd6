/* What is asked for over HTTP: the desk's calls, answered and carried out on the worker's thread.
 */
#include "base/clock.h"
#include "base/failpoint.h"
#include "base/secret.h"
#include "daemon/clerk.h"
#include "daemon/report.h"
#include "daemon/worker_private.h"
#include "engine/operations.h"
#include "metrics/metrics.h"

enum {
    DRAIN_LOOK = 1000, /* microseconds between the first two looks at what is in flight */
    DRAIN_LOOK_LONGEST = 50 * 1000,
    LAST_WORDS = G_USEC_PER_SEC,
};

static Clerk clerk_of(Worker *worker)
{
    return (Clerk){worker->session, worker->bundle, worker_desk(worker)};
}

/* The gate is moved by the event loop: until it has, requests still come in. */
static gboolean is_quiet(const Worker *worker)
{
    g_autofree char *state = desk_state(worker_desk(worker));

    return g_strcmp0(state, "rolling_back") == 0 && api_in_flight(worker->api, API_TRAFFIC) == 0;
}

static void drain(Worker *worker, const Commission *commission)
{
    gint64 limit = conf_duration(worker->bundle->conf, CONF_ROLLBACK_DRAIN_TIMEOUT);
    Backoff pause = {DRAIN_LOOK, DRAIN_LOOK_LONGEST, 2.0, 0.0, clock_monotonic() + MAX(limit, 1),
                     0};
    g_autofree char *text = NULL;

    pulse_beat(worker->pulse, limit + OWN_STEP);
    while (!is_quiet(worker) && backoff_wait(&pause, worker->stop))
        continue;
    pulse_await_server(worker->pulse);
    if (!is_quiet(worker))
        text = g_strdup_printf("%u requests are still in flight after rollback.drain_timeout",
                               api_in_flight(worker->api, API_TRAFFIC));
    desk_note(worker_desk(worker), commission->id, "drained", NULL,
              text ? text : "the gate is closed, and no request is in flight");
}

/* An upgrade leaves an open gate open: what is served stays applied. */
static void move_gate(Worker *worker, const Commission *commission)
{
    const Call *call = commission->call;
    g_autofree char *why = secret_redact(call->order->reason);
    char *reason =
        g_strdup_printf("%s, asked for by %s: %s", commission->action, call->principal, why);
    gboolean closes = commission->direction == PLAN_DOWNGRADE;

    report_line(worker->reports,
                g_strdup_printf("Operation %s: %s, from %s, request %s", commission->id, reason,
                                call->peer, call->request_id),
                FALSE);
    report_gate(worker->reports,
                closes            ? GATE_EVENT_ROLL_BACK
                : worker->is_open ? GATE_EVENT_PROGRESS
                                  : GATE_EVENT_CHECK,
                reason);
    worker->is_open &= !closes;
    if (closes)
        drain(worker, commission);
}

/* The document goes to the database when that can be reached, else later (clerk_settle). */
static void end_task(Worker *worker, const Commission *commission, const GError *error)
{
    g_autoptr(DatabaseState) state = NULL;
    g_autofree char *document = NULL;
    Conn *conn = worker->session ? session_conn(worker->session) : NULL;
    gboolean is_saved = FALSE;

    if (conn && conn_is_alive(conn)) {
        conn_set_cancel(conn, NULL);
        conn_set_timeout(conn, LAST_WORDS);
        state = session_read_state(worker->session, NULL);
    }
    document = desk_prepare_end(worker_desk(worker), commission->id, error,
                                state ? (const char *const *)state->heads : NULL,
                                worker->is_open ? "open" : "closed");
    FAILPOINT("operation-ending");
    if (state)
        is_saved = operations_end(worker->session, commission->id, document, NULL);
    if (conn && conn_is_alive(conn)) {
        worker_limit_answers(worker->session);
        conn_set_cancel(conn, worker->stop);
    }
    worker->must_settle |= !is_saved;
    metrics_count(METRIC_OPERATIONS, order_kind_name(commission->call->order->kind),
                  error ? "failed" : "succeeded");
    report_line(worker->reports,
                g_strdup_printf("Operation %s: %s %s", commission->id, commission->action,
                                error ? "failed" : "succeeded"),
                error != NULL);
    report_task_ended(worker->reports, commission->id);
}

static Next change_failed(Worker *worker, const Commission *commission, guint connections,
                          const GError *error)
{
    GateEvent event =
        commission->direction == PLAN_DOWNGRADE ? GATE_EVENT_FAIL : GATE_EVENT_FINISHED;
    g_autofree char *doing =
        g_strdup_printf("%s, asked for by %s", commission->action, commission->call->principal);

    if (worker_is_stopping(worker))
        return NEXT_END;
    report_failure(worker->reports, event, doing, g_error_copy(error));
    return conn_is_alive(session_conn(worker->session))
               ? worker_look_after(worker, connections)
               : worker_lose_connection(worker, g_error_copy(error));
}

static Next change_done(Worker *worker, guint connections)
{
    worker->drift_due = clock_monotonic();
    report_gate(worker->reports, GATE_EVENT_FINISHED, g_strdup("checking what is applied now"));
    return worker_look_after(worker, connections);
}

/* What a person has asked for is not to be undone by our own zeal. */
static Next carry_out(Worker *worker, Commission *accepted)
{
    g_autoptr(Commission) commission = accepted;
    g_autofree char *chore =
        g_strdup_printf("%s, asked for by %s (operation %s)", commission->action,
                        commission->call->principal, commission->id);
    Clerk clerk = clerk_of(worker);
    EventSink events = {worker_observe, worker};
    guint connections = session_reconnections(worker->session);
    g_autoptr(GError) error = NULL;
    gboolean is_done;
    Next next;

    worker_set_chore(worker, DESK_BUSY, chore);
    move_gate(worker, commission);
    worker->task = commission->id;
    conn_set_timeout(session_conn(worker->session), 0);
    is_done = clerk_run(&clerk, commission, &events, &error);
    worker_limit_answers(worker->session);
    worker->task = NULL;
    worker->wants_upgrade = FALSE;
    ground_note_try(&worker->ground, NULL);
    next = is_done ? change_done(worker, connections)
                   : change_failed(worker, commission, connections, error);
    end_task(worker, commission, error);
    return next;
}

static Next obey(Worker *worker, Call *call)
{
    Clerk clerk = clerk_of(worker);
    gboolean is_change =
        call->kind == CALL_ORDER && !call->order->is_dry_run &&
        (call->order->kind == ORDER_ROLLBACK || call->order->kind == ORDER_UPGRADE);
    Commission *commission = NULL;
    GError *error = NULL;
    gboolean is_done;

    pulse_await_server(worker->pulse);
    if (call->reply && http_reply_is_abandoned(call->reply)) {
        desk_drop_claim(clerk.desk, call);
        call_free(call);
        return NEXT_WATCH;
    }
    if (is_change) {
        is_done = clerk_consider(&clerk, call, &commission, &error);
    } else {
        is_done = clerk_answer(&clerk, call, &error);
        desk_drop_claim(clerk.desk, call);
        call_free(call);
    }
    if (commission)
        return carry_out(worker, commission);
    if (is_done || conn_is_alive(session_conn(worker->session))) {
        g_clear_error(&error);
        return NEXT_WATCH;
    }
    return worker_look_failed(worker, error);
}

Next worker_obey_all(Worker *worker)
{
    Next next = NEXT_WATCH;

    for (guint i = 0; i < DESK_CALLS_MAX && next == NEXT_WATCH && !worker_is_stopping(worker);
         i++) {
        Call *call = desk_next(worker_desk(worker));

        if (!call)
            return NEXT_WATCH;
        next = obey(worker, call);
    }
    cancel_trigger(worker->wake);
    return worker_is_stopping(worker) ? NEXT_END : next;
}

void worker_settle_operations(Worker *worker)
{
    Clerk clerk = clerk_of(worker);
    gboolean is_done = FALSE;

    if (worker->must_settle && clerk_settle(&clerk, &is_done, NULL))
        worker->must_settle = !is_done;
}
