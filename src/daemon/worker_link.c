/* The worker's session: the embedded server that it may need first, connecting, losing it, and the
 * change to another one when the configuration is reloaded. */
#include "base/clock.h"
#include "base/error.h"
#include "base/secret.h"
#include "daemon/report.h"
#include "daemon/worker_private.h"
#include "engine/fence.h"

enum {
    PAUSE_FIRST = 100 * 1000, /* microseconds between tries to connect */
    PAUSE_LONGEST = 3 * G_USEC_PER_SEC,
};

gboolean worker_start_cluster(Worker *worker)
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
    if (worker_is_stopping(worker))
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

void worker_limit_answers(Session *session)
{
    conn_set_timeout(session_conn(session), session_settings(session)->answer_within);
}

static Session *open_session(Worker *worker, const Bundle *bundle, GError **error)
{
    g_autoptr(Session) session = NULL;

    pulse_await_server(worker->pulse);
    session = session_open(&bundle->settings, FALSE, worker->stop, NULL, error);
    if (session)
        worker_limit_answers(session);
    if (!session || !session_listen(session, error)) {
        tally_connect_failed();
        return NULL;
    }
    tally_connected(&worker->tally);
    return g_steal_pointer(&session);
}

void worker_report_connecting(Worker *worker)
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
    return worker_is_stopping(worker) ? NEXT_END : NEXT_CONNECT;
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

Next worker_connect(Worker *worker)
{
    GError *error = NULL;
    Bundle *next = take_reload(worker);

    worker_set_chore(worker, DESK_AWAY, "the database cannot be reached");
    desk_turn_away(worker_desk(worker));
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
    if (!worker_is_stopping(worker))
        return connect_failed(worker, error);
    g_error_free(error);
    return NEXT_END;
}

void worker_remember_instances(Worker *worker, GPtrArray *instances)
{
    g_clear_pointer(&worker->instances, g_ptr_array_unref);
    worker->instances = instances ? g_ptr_array_ref(instances) : NULL;
}

/* The first try comes after a pause as well: a server that accepts sessions and cuts them would
 * else be called without one. */
Next worker_lose_connection(Worker *worker, GError *error)
{
    gboolean was_trying = worker->is_trying;
    gint64 pause;

    g_clear_pointer(&worker->session, session_close);
    tally_lost(&worker->tally);
    worker->is_open = FALSE;
    worker_remember_instances(worker, NULL);
    if (!was_trying)
        begin_tries(worker);
    pause = backoff_next(&worker->tries);
    if (pause < 0 && was_trying)
        return give_up(worker, error);
    report_failure(worker->reports, GATE_EVENT_LOST, "lost the database, trying again", error);
    return rest(worker, MAX(pause, 0));
}

Next worker_renew_session(Worker *worker)
{
    Bundle *next = take_reload(worker);
    GError *error = NULL;
    Session *session;

    if (!next)
        return NEXT_WATCH;
    session = open_session(worker, next, &error);
    if (worker_is_stopping(worker)) {
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
    return worker_look(worker, FALSE);
}
