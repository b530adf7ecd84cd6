/* From gate steps, statuses and the engine's events to metrics. Nothing here decides. */
#include "daemon/tally.h"

#include "base/clock.h"
#include "base/error.h"
#include "metrics/metrics.h"

void tally_begin(const Gate *gate)
{
    metrics_set(METRIC_BUILD, 1, PACKAGE_VERSION);
    metrics_set(METRIC_DATABASE_CONNECTED, FALSE);
    for (GateState state = 0; state < GATE_STATE_COUNT; state++)
        metric_series(METRIC_GATE_STATE, METRIC_VALUES(gate_state_name(state)));
    metrics_enter(METRIC_GATE_STATE, gate_state_name(gate->state));
}

void tally_gate(GateState before, const Gate *gate, gint64 wall)
{
    const char *state = gate_state_name(gate->state);

    if (gate->state == before)
        return;
    metrics_count(METRIC_GATE_CHANGES, state);
    metrics_enter(METRIC_GATE_STATE, state);
    if (gate->state == GATE_OPEN)
        metrics_set(METRIC_GATE_READY, wall);
}

void tally_status(const Status *status)
{
    metrics_set(METRIC_HEADS, g_strv_length(status->heads));
    metrics_set(METRIC_UNKNOWN_HEADS, g_strv_length(status->unknown));
    metrics_set(METRIC_PENDING, status->pending->len);
    metrics_set(METRIC_MISMATCHED, status->mismatched->len);
    metrics_set(METRIC_HOLD, status->hold != NULL);
}

void tally_drift(const Drift *drift)
{
    metrics_set(METRIC_DRIFT, drift->objects->len);
}

void tally_connected(Tally *tally)
{
    tally->is_connected = TRUE;
    metrics_count(METRIC_DATABASE_SESSIONS);
    metrics_set(METRIC_DATABASE_CONNECTED, TRUE);
}

void tally_lost(Tally *tally)
{
    if (!tally->is_connected)
        return;
    tally->is_connected = FALSE;
    metrics_count(METRIC_DATABASE_LOST);
    metrics_set(METRIC_DATABASE_CONNECTED, FALSE);
}

void tally_connect_failed(void)
{
    metrics_count(METRIC_DATABASE_FAILURES);
}

static void tally_statement(Tally *tally)
{
    gint64 now = clock_monotonic();

    metrics_observe(METRIC_STATEMENT_DURATION, now - tally->asked_at, tally->direction);
    tally->asked_at = now;
}

static void tally_retry(Tally *tally, const EngineEvent *event)
{
    const char *sqlstate = error_sqlstate(event->error);

    metrics_count(METRIC_RETRIES, sqlstate ? sqlstate : "none");
    tally->asked_at = clock_monotonic() + event->pause;
}

void tally_event(Tally *tally, const EngineEvent *event)
{
    switch (event->kind) {
    case EVENT_LOCK_TAKEN:
        metrics_observe(METRIC_LOCK_WAIT, event->elapsed);
        break;
    case EVENT_PLAN:
        tally->direction = event->plan->direction == PLAN_UPGRADE ? "upgrade" : "downgrade";
        break;
    case EVENT_REVISION_STARTED:
        tally->asked_at = clock_monotonic();
        break;
    case EVENT_STATEMENT_DONE:
        tally_statement(tally);
        break;
    case EVENT_REVISION_DONE:
        metrics_observe(METRIC_REVISION_DURATION, event->elapsed, tally->direction);
        break;
    case EVENT_REVISION_RETRY:
        tally_retry(tally, event);
        break;
    case EVENT_CONNECTION_BROKE:
        tally_lost(tally);
        break;
    case EVENT_CONNECT_RETRY:
        tally_connect_failed();
        break;
    case EVENT_CONNECTED:
        tally_connected(tally);
        break;
    default:
        break;
    }
}
