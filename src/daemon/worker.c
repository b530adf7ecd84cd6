/* The worker's thread: connect, look, bring in what is pending, watch. It posts reports and never
 * logs, and all its waits obey `stop`. */
#include "daemon/worker.h"

#include "base/clock.h"
#include "daemon/narrate.h"
#include "daemon/report.h"
#include "daemon/worker_private.h"
#include "engine/fence.h"

enum { BARRED_PAUSE = 250 * 1000 }; /* until the next try for the fence */

Desk *worker_desk(const Worker *worker)
{
    return api_desk(worker->api);
}

void worker_set_chore(Worker *worker, DeskVerdict verdict, const char *why)
{
    desk_set_chore(worker_desk(worker), verdict, why);
}

/* What happens once a second would push out what happens once. */
static void tell_task(const Worker *worker, const EngineEvent *event)
{
    Narration narration;

    if (!worker->task || event->kind == EVENT_PROGRESS)
        return;
    narration = narrate(event);
    if (narration.line || narration.reason)
        desk_note(worker_desk(worker), worker->task, engine_event_name(event->kind),
                  narration.revision, narration.line ? narration.line : narration.reason);
    narration_clear(&narration);
}

void worker_observe(const EngineEvent *event, gpointer data)
{
    Worker *worker = data;

    pulse_await_server(worker->pulse);
    tally_event(&worker->tally, event);
    if (event->kind == EVENT_REVISION_STARTED || event->kind == EVENT_REVISION_DONE)
        worker->is_revision_running = event->kind == EVENT_REVISION_STARTED;
    tell_task(worker, event);
    report_engine_event(worker->reports, event);
}

gboolean worker_is_stopping(const Worker *worker)
{
    return cancel_is_triggered(worker->stop);
}

/* Many daemons that were started together do not all read the catalog at once. */
static gboolean is_drift_due(Worker *worker, gint64 interval)
{
    gint64 now = clock_monotonic();

    if (!worker->drift_due)
        worker->drift_due = now + (gint64)(g_random_double() * (double)interval);
    return now >= worker->drift_due;
}

/* Between two waits, when the gate has long been decided. */
static gboolean compare_schema(Worker *worker)
{
    gint64 interval = conf_duration(worker->bundle->conf, CONF_DRIFT_INTERVAL);

    return interval && is_drift_due(worker, interval) && worker_note_drift(worker);
}

/* Waits for a NOTIFY, the next poll, or somebody in this process. */
static gboolean wait_for_change(Worker *worker, gboolean *notified, GError **error)
{
    Conn *conn = session_conn(worker->session);
    gint64 interval = conf_duration(worker->bundle->conf, CONF_GATE_POLL_INTERVAL);
    gboolean is_there;

    if (worker->is_barred)
        interval = MIN(interval, BARRED_PAUSE);
    pulse_beat(worker->pulse, interval + OWN_STEP);
    conn_set_cancel(conn, worker->wake);
    is_there = conn_wait_notify(conn, interval, notified, error);
    conn_set_cancel(conn, worker->stop);
    pulse_await_server(worker->pulse);
    return is_there;
}

/* Others come and go; and a fence that the server does not show any more has to be taken again. */
static gboolean look_for_instances(Worker *worker, gboolean *moved, GError **error)
{
    Session *session = worker->session;
    g_autoptr(GPtrArray) instances =
        instances_read(session, worker->bundle->graph, fence_revisions(session), error);

    if (!instances)
        return FALSE;
    *moved |= worker->is_open && !fence_is_listed(session, instances);
    if (instances_equal(instances, worker->instances))
        return TRUE;
    worker_remember_instances(worker, instances);
    report_instances(worker->reports, instances);
    return TRUE;
}

/* A look reads more than this does, so it is taken only when heads, hold or the lock's holder
 * moved. */
static gboolean has_moved(Worker *worker, gboolean *moved, GError **error)
{
    const EngineSettings *settings = session_settings(worker->session);
    LockKey key = lock_key(settings->version_table_schema, settings->version_table);
    g_autoptr(DatabaseState) state = session_read_state(worker->session, error);
    g_autoptr(LockHolder) holder = NULL;

    if (!state || !lock_find_holder(session_conn(worker->session), key, &holder, error))
        return FALSE;
    *moved = worker->is_barred || ground_has_moved(&worker->ground, state, holder);
    return look_for_instances(worker, moved, error);
}

static Next poll_database(Worker *worker, gboolean notified)
{
    GError *error = NULL;
    gboolean moved = FALSE;

    worker->polled_at = clock_monotonic();
    if (!notified && !has_moved(worker, &moved, &error))
        return worker_look_failed(worker, error);
    if (notified || moved)
        return worker_look(worker, moved);
    if (worker->is_open)
        worker_look_for_usage(worker);
    return NEXT_WATCH;
}

/* A reload first: whoever calls after it expects it to be in force. However many call, the database
 * is looked at as often as gate.poll_interval says. */
static Next answer_wake(Worker *worker)
{
    gint64 interval = conf_duration(worker->bundle->conf, CONF_GATE_POLL_INTERVAL);
    Next next = worker_renew_session(worker);

    if (next == NEXT_WATCH)
        next = worker_obey_all(worker);
    if (next == NEXT_WATCH && clock_monotonic() - worker->polled_at > interval)
        next = poll_database(worker, FALSE);
    return next;
}

static Next watch_once(Worker *worker)
{
    GError *error = NULL;
    gboolean notified = FALSE;
    gboolean is_there;

    worker_settle_operations(worker);
    worker_set_chore(worker, DESK_TAKEN, NULL);
    if (compare_schema(worker))
        return worker_look(worker, FALSE);
    is_there = wait_for_change(worker, &notified, &error);
    if (cancel_is_triggered(worker->wake)) {
        g_clear_error(&error);
        cancel_reset(worker->wake);
        return worker_is_stopping(worker) ? NEXT_END : answer_wake(worker);
    }
    if (!is_there)
        return worker_lose_connection(worker, error);
    return poll_database(worker, notified);
}

static gpointer work(gpointer data)
{
    Worker *worker = data;
    Next next = NEXT_END;

    pulse_attach(worker->pulse);
    if (worker_start_cluster(worker)) {
        worker_report_connecting(worker);
        next = NEXT_CONNECT;
    }
    while (next != NEXT_END) {
        if (next == NEXT_WATCH) {
            next = watch_once(worker);
            continue;
        }
        next = worker_connect(worker);
        if (next == NEXT_WATCH)
            next = worker_look(worker, FALSE);
    }
    g_clear_pointer(&worker->session, session_close);
    report_ended(worker->reports);
    return NULL;
}

/* From any thread. */
static void wake_up(gpointer data)
{
    cancel_trigger(((Worker *)data)->wake);
}

Worker *worker_new(Bundle *bundle, Cluster *cluster, Mailbox *reports, Api *api)
{
    Worker *worker = g_new0(Worker, 1);

    worker->bundle = bundle_ref(bundle);
    worker->cluster = cluster;
    worker->reports = reports;
    worker->reloads = mailbox_new((GDestroyNotify)bundle_unref);
    worker->stop = cancel_new();
    worker->wake = cancel_new();
    worker->pulse = pulse_new();
    worker->wants_upgrade = TRUE;
    worker->api = api;
    desk_set_bell(api_desk(api), wake_up, worker);
    return worker;
}

void worker_start(Worker *worker)
{
    worker->thread = g_thread_new("engine", work, worker);
}

void worker_reload(Worker *worker, Bundle *bundle)
{
    mailbox_post(worker->reloads, bundle_ref(bundle));
    cancel_trigger(worker->wake);
}

void worker_stop(Worker *worker)
{
    cancel_trigger(worker->stop);
    cancel_trigger(worker->wake);
}

gboolean worker_is_sound(Worker *worker)
{
    return pulse_is_alive(worker->pulse);
}

gboolean worker_owns_cluster(const Worker *worker)
{
    return g_atomic_int_get(&worker->owns_cluster);
}

void worker_join(Worker *worker)
{
    if (worker && worker->thread)
        g_thread_join(g_steal_pointer(&worker->thread));
}

void worker_free(Worker *worker)
{
    if (!worker)
        return;
    worker_join(worker);
    mailbox_free(worker->reloads);
    bundle_unref(worker->bundle);
    cancel_free(worker->stop);
    cancel_free(worker->wake);
    pulse_free(worker->pulse);
    ground_clear(&worker->ground);
    g_free(worker->usage);
    g_free(worker->drift);
    worker_remember_instances(worker, NULL);
    g_free(worker);
}
