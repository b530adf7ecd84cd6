/* Turning gate, status and configuration into the API's snapshot and the manager's STATUS=. */
#include "daemon/board.h"

#include "api/desk.h"
#include "base/clock.h"
#include "base/log.h"
#include "daemon/echo.h"
#include "daemon/notify.h"
#include "daemon/tally.h"

struct Board {
    Api *api;
    ServiceView service;
    Gate gate;
    char *reason;
    gint64 since; /* of the state, microseconds since 1970 */
    Bundle *bundle;
    Bundle *status_bundle; /* whose graph `status` borrows from */
    Status *status;
    Drift *drift;         /* NULL: never compared */
    Operation *operation; /* NULL: nothing runs */
    char **action_types;  /* of usage logs; NULL: none can be taken */
    char *usage_absence;  /* why */
    gboolean is_stale;
    Echo drift_news;
    Echo news; /* the last change that the log has in full */
};

Board *board_new(Api *api, const char *instance)
{
    Board *board = g_new0(Board, 1);

    board->api = api;
    board->service = (ServiceView){PACKAGE_VERSION, instance, clock_wall()};
    board->gate = (Gate){GATE_STARTING, FALSE};
    board->reason = g_strdup("starting");
    board->since = board->service.started_at;
    tally_begin(&board->gate);
    return board;
}

void board_free(Board *board)
{
    if (!board)
        return;
    status_free(board->status);
    drift_free(board->drift);
    operation_free(board->operation);
    bundle_unref(board->status_bundle);
    bundle_unref(board->bundle);
    g_free(board->reason);
    g_strfreev(board->action_types);
    g_free(board->usage_absence);
    echo_forget(&board->news);
    echo_forget(&board->drift_news);
    g_free(board);
}

/* It stands while the gate is open, and falls with the connection. */
static const char *const *standing_fence(const Board *board)
{
    gboolean stands = board->status && board->gate.state == GATE_OPEN;

    return stands ? (const char *const *)board->status->fence : NULL;
}

static void publish(Board *board)
{
    static const char *const none[] = {NULL};
    const Conf *conf = board->bundle->conf;
    const Graph *graph = board->status ? board->status_bundle->graph : board->bundle->graph;
    GateView view = {
        .state = gate_state_name(board->gate.state),
        .reason = board->reason,
        .since = board->since,
        .is_controlled = conf_boolean(conf, CONF_ENVIRONMENT_CONTROLLED),
        .required_revision = conf_string(conf, CONF_GATE_REQUIRED_REVISION),
        .operation = board->operation,
        .fence = standing_fence(board),
        .drift = board->drift,
    };
    g_autofree char *task = NULL;
    g_autofree char *task_kind = NULL;
    g_autofree char *etag = NULL;
    g_autofree char *document = NULL;
    ApiSnapshot snapshot;

    desk_running(api_desk(board->api), &task, &task_kind);
    view.task = task;
    view.task_kind = task_kind;
    document = status_document(&board->service, &view, board->status, graph,
                               board->bundle->directory, &etag);
    snapshot = (ApiSnapshot){
        .is_open = board->gate.state == GATE_OPEN,
        .is_controlled = view.is_controlled,
        .allows_rollback = conf_boolean(conf, CONF_ROLLBACK_ENABLED),
        .state = view.state,
        .reason = view.reason,
        .retry_after = MAX(conf_duration(conf, CONF_GATE_POLL_INTERVAL) / G_USEC_PER_SEC, 1),
        .action_types = (const char *const *)board->action_types,
        .usage_absence = board->usage_absence,
        .document = document,
        .etag = etag,
        .heads = board->status ? (const char *const *)board->status->heads : none,
        .applied = board->status ? (const char *const *)board->status->applied : none,
        .graph = graph,
    };

    api_publish(board->api, &snapshot);
    board->is_stale = FALSE;
}

void board_set_bundle(Board *board, Bundle *bundle)
{
    bundle_ref(bundle);
    bundle_unref(board->bundle);
    board->bundle = bundle;
    publish(board);
}

void board_publish(Board *board)
{
    publish(board);
}

void board_set_instances(Board *board, GPtrArray *instances)
{
    if (!board->status)
        return;
    g_clear_pointer(&board->status->instances, g_ptr_array_unref);
    board->status->instances = g_ptr_array_ref(instances);
    publish(board);
}

/* Said once, not every drift.interval. */
static void log_drift(Board *board)
{
    g_autofree char *state = drift_describe_state(board->drift);
    g_autofree char *objects = drift_describe(board->drift);

    if (!echo_is_news(&board->drift_news, objects))
        return;
    if (board->drift->objects->len)
        log_warning("The schema is not as the last run left it: %s; pgsluice drift shows more",
                    objects);
    else if (state)
        log_debug("Drift is not known: %s", state);
}

void board_set_drift(Board *board, Drift *drift)
{
    drift_free(board->drift);
    board->drift = drift;
    tally_drift(drift);
    log_drift(board);
    publish(board);
}

void board_take_usage(Board *board, Report *report)
{
    g_strfreev(board->action_types);
    g_free(board->usage_absence);
    board->action_types = g_steal_pointer(&report->action_types);
    board->usage_absence = g_steal_pointer(&report->reason);
    publish(board);
}

void board_refresh(Board *board)
{
    if (!board->is_stale)
        return;
    publish(board);
    notify_status(board->reason);
}

/* A server that comes and goes would fill the log with one and the same sentence. */
static gboolean is_news(Board *board)
{
    g_autofree char *text =
        g_strdup_printf("%s: %s", gate_state_name(board->gate.state), board->reason);

    return (board->gate.state == GATE_OPEN || board->gate.state == GATE_CLOSED) &&
           echo_is_news(&board->news, text);
}

static void log_change(Board *board, GateState before)
{
    const char *name = gate_state_name(board->gate.state);
    const LogField field = {"PGSLUICE_STATE", name};

    if (board->gate.state != before)
        log_event(is_news(board) ? LOG_LEVEL_INFO : LOG_LEVEL_DEBUG, &field, 1, "Gate %s -> %s: %s",
                  gate_state_name(before), name, board->reason);
    else
        log_debug("%s: %s", name, board->reason);
}

static void take_status(Board *board, Report *report)
{
    if (!report->status)
        return;
    status_free(board->status);
    board->status = g_steal_pointer(&report->status);
    bundle_unref(board->status_bundle);
    board->status_bundle = bundle_ref(report->bundle);
    tally_status(board->status);
}

/* Progress that says nothing of a migration leaves it as it was; everything else ends it. */
static void take_operation(Board *board, Report *report)
{
    if (report->event == GATE_EVENT_PROGRESS && !report->operation)
        return;
    operation_free(board->operation);
    board->operation = g_steal_pointer(&report->operation);
}

/* READY=1 and STOPPING=1 go out with the sentence that explains them, and only after the API says
 * the same: whoever acts on READY finds /readyz at 200. */
static void tell(Board *board, GateAction action)
{
    publish(board);
    if (action == GATE_ACTION_READY)
        notify_ready(board->reason);
    else if (action == GATE_ACTION_DRAIN)
        notify_stopping(board->reason);
    else
        notify_status(board->reason);
}

GateAction board_step(Board *board, Report *report)
{
    GateState before = board->gate.state;
    GateAction action = gate_step(&board->gate, report->event);

    if (action == GATE_ACTION_REFUSE) {
        log_debug("gate %s: \"%s\" means nothing here", gate_state_name(before),
                  gate_event_name(report->event));
        return action;
    }
    if (report->reason) {
        g_free(board->reason);
        board->reason = g_steal_pointer(&report->reason);
    }
    if (board->gate.state != before)
        board->since = clock_wall();
    tally_gate(before, &board->gate, board->since);
    take_status(board, report);
    take_operation(board, report);
    log_change(board, before);
    if (report->event == GATE_EVENT_PROGRESS)
        board->is_stale = TRUE;
    else
        tell(board, action);
    return action;
}

GateAction board_step_alone(Board *board, GateEvent event, const char *reason)
{
    Report report = {.kind = REPORT_GATE, .event = event, .reason = g_strdup(reason)};
    GateAction action = board_step(board, &report);

    g_free(report.reason);
    return action;
}

const Gate *board_gate(const Board *board)
{
    return &board->gate;
}

const char *board_reason(const Board *board)
{
    return board->reason;
}
