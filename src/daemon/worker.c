/* The worker's thread: connect, look, bring in what is pending, watch. It posts reports and never
 * logs, and all its waits obey `stop`. */
#include "daemon/worker.h"

#include "base/backoff.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/failpoint.h"
#include "base/secret.h"
#include "daemon/clerk.h"
#include "daemon/ground.h"
#include "daemon/narrate.h"
#include "daemon/pulse.h"
#include "daemon/report.h"
#include "daemon/tally.h"
#include "daemon/verdict.h"
#include "engine/drift.h"
#include "engine/fence.h"
#include "engine/migrate.h"
#include "engine/operations.h"
#include "metrics/metrics.h"
#include "usage/shape.h"

enum {
    PAUSE_FIRST = 100 * 1000, /* microseconds between tries to connect */
    PAUSE_LONGEST = 3 * G_USEC_PER_SEC,
    OWN_STEP =
        G_USEC_PER_SEC, /* the longest that the worker computes by itself between two waits */
    BARRED_PAUSE = 250 * 1000,          /* until the next try for the fence */
    ANSWER_WITHIN = 5 * G_USEC_PER_SEC, /* what a server may take to tell heads and lock */
};

/* What comes after a step of the work. */
typedef enum { NEXT_WATCH, NEXT_CONNECT, NEXT_END } Next;

struct Worker {
    GThread *thread;
    Bundle *bundle;
    Cluster *cluster;
    gint owns_cluster; /* atomic */
    Mailbox *reports;
    Api *api;
    Mailbox *reloads; /* Bundle * */
    Cancel *stop;     /* ends everything, on the server too */
    Cancel *wake;     /* ends an idle wait only */
    Pulse *pulse;
    Session *session;
    Ground ground;
    Backoff tries; /* to connect, since the database was last read */
    gboolean is_trying;
    gboolean has_opened;
    gboolean is_open;     /* the last verdict */
    gboolean is_barred;   /* that would open the gate, but for a rollback that runs */
    GPtrArray *instances; /* Instance *, as last seen; shared with the board, so never changed */
    /* An upgrade is this daemon's to run at boot and after a reload, not whenever somebody moves
     * the heads: a person who downgrades by hand must not find it undone. */
    gboolean wants_upgrade;
    gboolean is_revision_running;
    const char *task;     /* the operation that runs, which hears of the engine's events; or NULL */
    gint64 drift_due;     /* when to compare the schema next, on clock_monotonic(); 0: not set */
    gint64 polled_at;     /* on clock_monotonic() */
    gboolean must_settle; /* the database may believe that an operation runs which does not */
    char *usage;          /* what was last told of the usage log's table; NULL: nothing yet */
    Tally tally;
};

static Desk *desk_of(const Worker *worker)
{
    return api_desk(worker->api);
}

/* What the desk may promise to those who call. */
static void set_chore(Worker *worker, DeskVerdict verdict, const char *why)
{
    desk_set_chore(desk_of(worker), verdict, why);
}

/* What happens once a second would push out what happens once. */
static void tell_task(const Worker *worker, const EngineEvent *event)
{
    Narration narration;

    if (!worker->task || event->kind == EVENT_PROGRESS)
        return;
    narration = narrate(event);
    if (narration.line || narration.reason)
        desk_note(desk_of(worker), worker->task, engine_event_name(event->kind), narration.revision,
                  narration.line ? narration.line : narration.reason);
    narration_clear(&narration);
}

static void observe(const EngineEvent *event, gpointer data)
{
    Worker *worker = data;

    pulse_await_server(worker->pulse);
    tally_event(&worker->tally, event);
    if (event->kind == EVENT_REVISION_STARTED || event->kind == EVENT_REVISION_DONE)
        worker->is_revision_running = event->kind == EVENT_REVISION_STARTED;
    tell_task(worker, event);
    report_engine_event(worker->reports, event);
}

static gboolean is_stopping(const Worker *worker)
{
    return cancel_is_triggered(worker->stop);
}

static gboolean start_cluster(Worker *worker)
{
    GError *error = NULL;
    gboolean was_running = FALSE;

    if (!worker->cluster)
        return TRUE;
    report_gate(
        worker->reports, GATE_EVENT_PROGRESS,
        g_strdup_printf("starting the embedded server in %s", cluster_directory(worker->cluster)));
    if (cluster_start(worker->cluster, worker->stop, &was_running, &error)) {
        g_atomic_int_set(&worker->owns_cluster, !was_running);
        return TRUE;
    }
    if (is_stopping(worker))
        g_clear_error(&error);
    else
        report_failure(worker->reports, GATE_EVENT_FAIL, "starting the embedded server", error);
    return FALSE;
}

/* The newest bundle that waits, the caller's; older ones are passed over. */
static Bundle *take_reload(Worker *worker)
{
    Bundle *newest = NULL;
    Bundle *next;

    while ((next = mailbox_take(worker->reloads)) != NULL) {
        bundle_unref(newest);
        newest = next;
    }
    return newest;
}

static void put_in_force(Worker *worker, Bundle *next)
{
    bundle_unref(worker->bundle);
    worker->bundle = next;
    worker->wants_upgrade = TRUE;
    ground_forget_tries(&worker->ground);
    report_reloaded(worker->reports, next);
}

static gboolean listen_for_changes(Worker *worker, Session *session, GError **error)
{
    g_autofree char *channel = sql_quote_identifier(session_settings(session)->state_schema);
    g_autofree char *sql = g_strconcat("LISTEN ", channel, NULL);

    return conn_exec(session_conn(session), sql, NULL, error);
}

/* A server that stopped answering without hanging up (frozen, or behind a dead link) must close the
 * gate too. Lifted while migrating: a statement may take its time. */
static void limit_answers(Session *session, const Bundle *bundle)
{
    gint64 interval = conf_duration(bundle->conf, CONF_GATE_POLL_INTERVAL);

    conn_set_timeout(session_conn(session), MAX(ANSWER_WITHIN, 2 * interval));
}

static Session *open_session(Worker *worker, const Bundle *bundle, GError **error)
{
    g_autoptr(Session) session = NULL;

    pulse_await_server(worker->pulse);
    session = session_open(&bundle->settings, FALSE, worker->stop, NULL, error);
    if (session)
        limit_answers(session, bundle);
    if (!session || !listen_for_changes(worker, session, error)) {
        tally_connect_failed();
        return NULL;
    }
    tally_connected(&worker->tally);
    return g_steal_pointer(&session);
}

static void report_connecting(Worker *worker)
{
    g_autoptr(Dsn) dsn = dsn_parse(secret_reveal(worker->bundle->settings.url), NULL);
    g_autofree char *where = dsn ? dsn_describe(dsn) : g_strdup("the database");

    report_gate(worker->reports, GATE_EVENT_CONNECT, g_strdup_printf("connecting to %s", where));
}

static void report_connected(Worker *worker)
{
    const DatabaseFacts *facts = session_facts(worker->session);

    report_gate(
        worker->reports, GATE_EVENT_CONNECTED,
        g_strdup_printf("checking %s on PostgreSQL %s", facts->database, facts->server_version));
}

static void begin_tries(Worker *worker)
{
    gint64 limit = worker->bundle->connect_timeout;
    gint64 deadline = worker->has_opened ? 0 : clock_monotonic() + limit;

    worker->tries = (Backoff){PAUSE_FIRST, PAUSE_LONGEST, 2.0, 0.3, deadline, 0};
    worker->is_trying = TRUE;
}

/* Takes the error. To a starter it is all one whether the server refused or hung up. */
static Next give_up(Worker *worker, GError *error)
{
    if (error_is(error, ERROR_CONNECTION_LOST))
        error_reclassify(&error, ERROR_UNREACHABLE);
    report_failure(worker->reports, GATE_EVENT_FAIL, "connecting", error);
    return NEXT_END;
}

static Next rest(Worker *worker, gint64 pause)
{
    pulse_beat(worker->pulse, pause);
    if (!clock_wait(pause, worker->wake))
        cancel_reset(worker->wake);
    return is_stopping(worker) ? NEXT_END : NEXT_CONNECT;
}

/* Before the gate has opened for the first time the tries end at database.connect_timeout, and an
 * answer that a later try will not change ends them at once. After that the daemon never gives up:
 * its clients wait at the gate, and a restart would not help them. */
static Next connect_failed(Worker *worker, GError *error)
{
    gint64 pause = backoff_next(&worker->tries);

    if (!worker->has_opened && (pause < 0 || !error_kind_is_retryable(error_kind(error))))
        return give_up(worker, error);
    report_retry(worker->reports, error, pause);
    g_error_free(error);
    return rest(worker, pause);
}

static Next connect_to_server(Worker *worker)
{
    GError *error = NULL;
    Bundle *next = take_reload(worker);

    set_chore(worker, DESK_AWAY, "the database cannot be reached");
    desk_turn_away(desk_of(worker));
    worker->must_settle = TRUE;
    if (next)
        put_in_force(worker, next);
    if (!worker->is_trying)
        begin_tries(worker);
    worker->session = open_session(worker, worker->bundle, &error);
    if (worker->session) {
        report_connected(worker);
        return NEXT_WATCH;
    }
    if (!is_stopping(worker))
        return connect_failed(worker, error);
    g_error_free(error);
    return NEXT_END;
}

static Next look(Worker *worker, gboolean asks_holder);

/* References `instances`; NULL: nobody is known to be there. */
static void remember_instances(Worker *worker, GPtrArray *instances)
{
    g_clear_pointer(&worker->instances, g_ptr_array_unref);
    worker->instances = instances ? g_ptr_array_ref(instances) : NULL;
}

/* The first try comes after a pause as well: a server that accepts sessions and cuts them would
 * else be called without one. */
static Next lose_connection(Worker *worker, GError *error)
{
    gboolean was_trying = worker->is_trying;
    gint64 pause;

    g_clear_pointer(&worker->session, session_close);
    tally_lost(&worker->tally);
    worker->is_open = FALSE;
    remember_instances(worker, NULL);
    if (!was_trying)
        begin_tries(worker);
    pause = backoff_next(&worker->tries);
    if (pause < 0 && was_trying)
        return give_up(worker, error);
    report_failure(worker->reports, GATE_EVENT_LOST, "lost the database, trying again", error);
    return rest(worker, MAX(pause, 0));
}

/* A question to the database failed; nothing was being changed. */
static Next look_failed(Worker *worker, GError *error)
{
    if (is_stopping(worker)) {
        g_error_free(error);
        return NEXT_END;
    }
    if (!conn_is_alive(session_conn(worker->session)))
        return lose_connection(worker, error);
    ground_doubt(&worker->ground);
    if (!worker->has_opened) {
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
static Next look_after(Worker *worker, guint connections)
{
    GError *error = NULL;

    if (session_reconnections(worker->session) != connections &&
        !listen_for_changes(worker, worker->session, &error))
        return lose_connection(worker, error);
    return look(worker, FALSE);
}

/* The upgrade failed. A connection that broke while nothing was being run (waiting for the lock,
 * say) is only lost; one that broke under a revision may have been broken by it, so it counts as a
 * failure. A failed upgrade is not tried again until a person or another migrator has moved
 * something. */
static Next upgrade_failed(Worker *worker, guint connections, GError *error)
{
    gboolean is_alive = conn_is_alive(session_conn(worker->session));
    g_autoptr(GError) reason = g_error_copy(error);

    if (is_stopping(worker)) {
        g_error_free(error);
        return NEXT_END;
    }
    if (!is_alive && !worker->is_revision_running)
        return lose_connection(worker, error);
    metrics_count(METRIC_OPERATIONS, "upgrade", "failed");
    worker->wants_upgrade = FALSE;
    ground_note_try(&worker->ground, error);
    report_failure(worker->reports, GATE_EVENT_FAIL, "upgrading", error);
    if (!worker->has_opened)
        return NEXT_END;
    return is_alive ? look_after(worker, connections)
                    : lose_connection(worker, g_steal_pointer(&reason));
}

static Next bring_in(Worker *worker, const Verdict *verdict, Status *status)
{
    MigrateOptions options = {.target = "heads", .obeys_hold = TRUE, .actor = "pgsluiced"};
    EventSink events = {observe, worker};
    MigrateResult result = {0};
    GError *error = NULL;
    gboolean stays_open = worker->is_open && verdict->serves;
    guint connections = session_reconnections(worker->session);
    gboolean is_done;

    set_chore(worker, DESK_BUSY, "pgsluiced's own upgrade");
    worker->is_open = stays_open;
    worker->is_revision_running = FALSE;
    report_status(worker->reports, stays_open ? GATE_EVENT_PROGRESS : GATE_EVENT_CHECK,
                  verdict->reason, worker->bundle, status);
    if (!stays_open && !fence_release(worker->session, &error))
        return look_failed(worker, error);
    conn_set_timeout(session_conn(worker->session), 0);
    is_done =
        migrate_upgrade(worker->session, worker->bundle->graph, &options, &events, &result, &error);
    limit_answers(worker->session, worker->bundle);
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
    return look_after(worker, connections);
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
static void look_for_usage(Worker *worker)
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
    if (!shape && (!conn_is_alive(conn) || is_stopping(worker)))
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
    look_for_usage(worker);
    worker->is_open = worker->has_opened = TRUE;
    report_status(worker->reports, GATE_EVENT_SATISFIED, verdict->reason, worker->bundle, status);
    return NEXT_WATCH;
}

static Next close_gate(Worker *worker, const char *reason, Status *status)
{
    GError *error = NULL;

    worker->is_open = FALSE;
    report_status(worker->reports, GATE_EVENT_BLOCKED, reason, worker->bundle, status);
    return fence_release(worker->session, &error) ? NEXT_WATCH : look_failed(worker, error);
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
        return look_failed(worker, error);
    }
    if (is_stale) {
        status_free(status);
        return look(worker, FALSE);
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
    };
}

/* `asks_holder`: also who has the migration lock. A start has no time for that; the first poll
 * tells. */
static Next look(Worker *worker, gboolean asks_holder)
{
    GError *error = NULL;
    GatePolicy policy;
    g_autoptr(Verdict) verdict = NULL;
    Status *status;

    pulse_await_server(worker->pulse);
    status = status_read(worker->session, worker->bundle->graph, asks_holder, &error);
    if (!status)
        return look_failed(worker, error);
    if (status->instances)
        remember_instances(worker, status->instances);
    else if (worker->instances)
        status->instances = g_ptr_array_ref(worker->instances);
    worker->is_trying = FALSE;
    ground_remember(&worker->ground, status);
    policy = current_policy(worker);
    verdict = verdict_reach(worker->bundle->graph, status, &policy);
    return act_on(worker, verdict, status);
}

/* Opens a session with the new bundle before the old one is given up. */
static Next reload_session(Worker *worker)
{
    Bundle *next = take_reload(worker);
    GError *error = NULL;
    Session *session;

    if (!next)
        return NEXT_WATCH;
    session = open_session(worker, next, &error);
    if (is_stopping(worker)) {
        session_close(session);
        bundle_unref(next);
        g_clear_error(&error);
        return NEXT_END;
    }
    if (!session) {
        bundle_unref(next);
        report_reload_refused(worker->reports, error);
        return NEXT_WATCH;
    }
    if (!fence_hand_over(worker->session, session, &error)) {
        session_close(session);
        bundle_unref(next);
        report_reload_refused(worker->reports, error);
        return NEXT_WATCH;
    }
    session_close(worker->session);
    worker->session = session;
    put_in_force(worker, next);
    return look(worker, FALSE);
}

/* --- What is asked for over HTTP -------------------------------------------------------------- */

enum {
    DRAIN_LOOK = 1000, /* microseconds between the first two looks at what is in flight */
    DRAIN_LOOK_LONGEST = 50 * 1000,
    LAST_WORDS = G_USEC_PER_SEC,
};

static Clerk clerk_of(Worker *worker)
{
    return (Clerk){worker->session, worker->bundle, desk_of(worker)};
}

/* The gate is moved by the event loop: until it has, requests still come in. */
static gboolean is_quiet(const Worker *worker)
{
    g_autofree char *state = desk_state(desk_of(worker));

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
    desk_note(desk_of(worker), commission->id, "drained", NULL,
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
    document = desk_prepare_end(desk_of(worker), commission->id, error,
                                state ? (const char *const *)state->heads : NULL,
                                worker->is_open ? "open" : "closed");
    FAILPOINT("operation-ending");
    if (state)
        is_saved = operations_end(worker->session, commission->id, document, NULL);
    if (conn && conn_is_alive(conn)) {
        limit_answers(worker->session, worker->bundle);
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

    if (is_stopping(worker))
        return NEXT_END;
    report_failure(worker->reports, event, doing, g_error_copy(error));
    return conn_is_alive(session_conn(worker->session))
               ? look_after(worker, connections)
               : lose_connection(worker, g_error_copy(error));
}

static Next change_done(Worker *worker, guint connections)
{
    worker->drift_due = clock_monotonic();
    report_gate(worker->reports, GATE_EVENT_FINISHED, g_strdup("checking what is applied now"));
    return look_after(worker, connections);
}

/* What a person has asked for is not to be undone by our own zeal. */
static Next carry_out(Worker *worker, Commission *accepted)
{
    g_autoptr(Commission) commission = accepted;
    g_autofree char *chore =
        g_strdup_printf("%s, asked for by %s (operation %s)", commission->action,
                        commission->call->principal, commission->id);
    Clerk clerk = clerk_of(worker);
    EventSink events = {observe, worker};
    guint connections = session_reconnections(worker->session);
    g_autoptr(GError) error = NULL;
    gboolean is_done;
    Next next;

    set_chore(worker, DESK_BUSY, chore);
    move_gate(worker, commission);
    worker->task = commission->id;
    conn_set_timeout(session_conn(worker->session), 0);
    is_done = clerk_run(&clerk, commission, &events, &error);
    limit_answers(worker->session, worker->bundle);
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
    return look_failed(worker, error);
}

/* As many as may wait at once; those that have come meanwhile have their turn after a look at the
 * database. */
static Next obey_all(Worker *worker)
{
    Next next = NEXT_WATCH;

    for (guint i = 0; i < DESK_CALLS_MAX && next == NEXT_WATCH && !is_stopping(worker); i++) {
        Call *call = desk_next(desk_of(worker));

        if (!call)
            return NEXT_WATCH;
        next = obey(worker, call);
    }
    cancel_trigger(worker->wake);
    return is_stopping(worker) ? NEXT_END : next;
}

/* Not before the database has been looked at, and never in the way of that. */
static void settle(Worker *worker)
{
    Clerk clerk = clerk_of(worker);
    gboolean is_done = FALSE;

    if (worker->must_settle && clerk_settle(&clerk, &is_done, NULL))
        worker->must_settle = !is_done;
}

/* Many daemons that were started together do not all read the catalog at once. */
static gboolean is_drift_due(Worker *worker, gint64 interval)
{
    gint64 now = clock_monotonic();

    if (!worker->drift_due)
        worker->drift_due = now + (gint64)(g_random_double() * (double)interval);
    return now >= worker->drift_due;
}

/* Between two waits, when the gate has long been decided. A database that cannot be read is for the
 * next poll to find out. */
static void compare_schema(Worker *worker)
{
    gint64 interval = conf_duration(worker->bundle->conf, CONF_DRIFT_INTERVAL);
    Drift *drift;

    if (!interval || !is_drift_due(worker, interval))
        return;
    pulse_await_server(worker->pulse);
    drift = drift_read(worker->session, FALSE, NULL);
    worker->drift_due = clock_monotonic() + interval;
    if (drift)
        report_drift(worker->reports, drift);
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
    remember_instances(worker, instances);
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
        return look_failed(worker, error);
    if (notified || moved)
        return look(worker, moved);
    if (worker->is_open)
        look_for_usage(worker);
    return NEXT_WATCH;
}

/* A reload first: whoever calls after it expects it to be in force. However many call, the database
 * is looked at as often as gate.poll_interval says. */
static Next answer_wake(Worker *worker)
{
    gint64 interval = conf_duration(worker->bundle->conf, CONF_GATE_POLL_INTERVAL);
    Next next = reload_session(worker);

    if (next == NEXT_WATCH)
        next = obey_all(worker);
    if (next == NEXT_WATCH && clock_monotonic() - worker->polled_at > interval)
        next = poll_database(worker, FALSE);
    return next;
}

static Next watch_once(Worker *worker)
{
    GError *error = NULL;
    gboolean notified = FALSE;
    gboolean is_there;

    settle(worker);
    set_chore(worker, DESK_TAKEN, NULL);
    compare_schema(worker);
    is_there = wait_for_change(worker, &notified, &error);
    if (cancel_is_triggered(worker->wake)) {
        g_clear_error(&error);
        cancel_reset(worker->wake);
        return is_stopping(worker) ? NEXT_END : answer_wake(worker);
    }
    if (!is_there)
        return lose_connection(worker, error);
    return poll_database(worker, notified);
}

static gpointer work(gpointer data)
{
    Worker *worker = data;
    Next next = NEXT_END;

    pulse_attach(worker->pulse);
    if (start_cluster(worker)) {
        report_connecting(worker);
        next = NEXT_CONNECT;
    }
    while (next != NEXT_END) {
        if (next == NEXT_WATCH) {
            next = watch_once(worker);
            continue;
        }
        next = connect_to_server(worker);
        if (next == NEXT_WATCH)
            next = look(worker, FALSE);
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
    remember_instances(worker, NULL);
    g_free(worker);
}
