/* Opening the one connection that migrates, and holding the lock on it. */
#include "engine/session.h"

#include <string.h>

#include "base/backoff.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/failpoint.h"
#include "base/units.h"
#include "engine/ahead.h"
#include "engine/fence.h"
#include "engine/server.h"
#include "engine/session_private.h"
#include "engine/settings.h"
#include "engine/sql_engine.h"

enum {
    LOCK_PAUSE_FIRST = 20 * 1000, /* microseconds */
    LOCK_PAUSE_LONGEST = 500 * 1000,
    LOCK_HOLDER_AFTER = G_USEC_PER_SEC, /* most waits are shorter: they do not ask for whom */
    LOCK_NEWS_EVERY = 5 * G_USEC_PER_SEC,
    FIRST_ANSWER = 30 * G_USEC_PER_SEC, /* a server that is frozen after the login */
};

typedef struct {
    const EventSink *events;
} RetryNews;

static void tell_retry(const GError *reason, gint64 pause, gpointer data)
{
    RetryNews *news = data;
    EngineEvent event = {.kind = EVENT_CONNECT_RETRY, .error = reason, .pause = pause};

    event_send(news->events, &event);
}

/* Retries for `patience` microseconds; 0: one try. */
static Conn *connect_to_server(const EngineSettings *settings, gint64 patience, Cancel *cancel,
                               const EventSink *events, GError **error)
{
    g_autoptr(Dsn) dsn = dsn_parse(secret_reveal(settings->url), error);
    g_autofree char *application_name = g_strdup_printf("pgsluice/%s", settings->instance);
    RetryNews news = {events};

    if (!dsn) {
        g_prefix_error(error, "database.migration_url: ");
        return NULL;
    }
    if (patience == 0)
        return conn_open(dsn, application_name, settings->connect_timeout, cancel, error);
    return conn_open_until(dsn, application_name, clock_monotonic() + patience, cancel, tell_retry,
                           &news, error);
}

/* "SET a = ''; SET b = ''; " for a session's start, "set_config(...), set_config(...)" for a
 * query's list. */
typedef enum { AS_STATEMENTS, AS_LIST } ParameterForm;

static void add_parameter(GString *text, ParameterForm form, const char *name, const char *value)
{
    g_autofree char *quoted = sql_quote_literal(value);

    if (form == AS_STATEMENTS)
        g_string_append_printf(text, "SET %s = %s; ", name, quoted);
    else
        g_string_append_printf(text, "%spg_catalog.set_config('%s', %s, false)",
                               text->len ? ", " : "", name, quoted);
}

/* All but the search_path, which SET would take for one name. */
static GString *format_parameters(const Session *session, ParameterForm form, gint64 lock_timeout)
{
    SessionParameter parameters[SESSION_PARAMETERS];
    GString *text = g_string_new(NULL);

    settings_parameters(session->settings, lock_timeout, parameters);
    for (guint i = 0; i < SESSION_PARAMETERS; i++)
        if (conn_server_version(session->conn) >= parameters[i].since)
            add_parameter(text, form, parameters[i].name, parameters[i].value);
    return text;
}

char *session_parameters(const Session *session, gint64 lock_timeout)
{
    GString *list = format_parameters(session, AS_LIST, lock_timeout);
    g_autofree char *search_path = settings_search_path_sql(session->settings);

    g_string_append_printf(list, ", pg_catalog.set_config('search_path', %s, false)", search_path);
    return g_string_free(list, FALSE);
}

/* Plain SETs cost a new server process less than a query with as many functions. */
static char *opening_statements(const Session *session)
{
    GString *text = format_parameters(session, AS_STATEMENTS, settings_patience(session->settings));
    g_autofree char *search_path = settings_search_path_sql(session->settings);

    g_string_append_printf(text, "SELECT pg_catalog.set_config('search_path', %s, false); ",
                           search_path);
    return g_string_free(text, FALSE);
}

/* libpq is asked for a primary, but a service file or the URL may say otherwise. */
static gboolean refuse_standby(const Session *session, GError **error)
{
    if (!session->facts.in_recovery)
        return TRUE;
    error_set(error, ERROR_NOT_PRIMARY,
              "%s is a standby: it takes no changes, and its locks are its own",
              conn_describe(session->conn));
    error_set_hint(error, "give the URL of the primary, or all hosts: host=a,b");
    error_set_outcome(error, "nothing was changed");
    return FALSE;
}

static gboolean refuse_pooler(const Session *session, int backend_pid, GError **error)
{
    if (backend_pid == conn_backend_pid(session->conn) || session->settings->accepts_session_pooler)
        return TRUE;
    error_set(
        error, ERROR_POOLER,
        "%s is reached through a connection pooler: login was answered by process %d, queries "
        "by process %d",
        conn_describe(session->conn), conn_backend_pid(session->conn), backend_pid);
    error_set_hint(error, "use the server's direct address (port 5432 of the database host) for "
                          "migrations; if the pooler is in session mode and must stay, set "
                          "database.pooler = \"session\"");
    error_set_outcome(error, "nothing was changed");
    return FALSE;
}

static gboolean learn_facts(Session *session, GError **error)
{
    g_autofree char *parameters = opening_statements(session);
    g_autofree char *question = session_expand(session, sql_facts);
    g_autofree char *both = NULL;
    g_autoptr(Result) result = NULL;

    both = g_strconcat(parameters, question, NULL);
    conn_set_timeout(session->conn, FIRST_ANSWER);
    if (!conn_exec(session->conn, both, &result, error)) {
        g_prefix_error(error, "preparing the session: ");
        return FALSE;
    }
    conn_set_timeout(session->conn, 0);
    session->facts.server_version = g_strdup(result_text(result, 0, 0));
    session->facts.database = g_strdup(result_text(result, 0, 1));
    session->facts.role = g_strdup(result_text(result, 0, 2));
    session->facts.in_recovery = result_boolean(result, 0, 3);
    session->facts.backend_pid = g_strdup(result_text(result, 0, 4));
    session->default_synchronous_commit = g_strdup(result_text(result, 0, 5));
    session->has_version_table = result_boolean(result, 0, 6);
    session->has_state = result_boolean(result, 0, 7);
    session->just_looked = TRUE;
    return refuse_pooler(session, (int)result_int64(result, 0, 4), error) &&
           refuse_standby(session, error);
}

static Session *open_with_patience(const EngineSettings *settings, gint64 patience, Cancel *cancel,
                                   const EventSink *events, GError **error)
{
    g_autoptr(Session) session = g_new0(Session, 1);
    EngineEvent event = {.kind = EVENT_CONNECTED};

    session->settings = settings;
    session->cancel = cancel;
    session->key = lock_key(settings->version_table_schema, settings->version_table);
    session->variables = settings_variables(settings);
    session->read_state_sql = session_expand(session, sql_read_state);
    session->conn = connect_to_server(settings, patience, cancel, events, error);
    if (!session->conn || !learn_facts(session, error))
        return NULL;
    FAILPOINT("connected");
    event.text = conn_describe(session->conn);
    event_send(events, &event);
    return g_steal_pointer(&session);
}

Session *session_open(const EngineSettings *settings, gboolean retries, Cancel *cancel,
                      const EventSink *events, GError **error)
{
    return open_with_patience(settings, retries ? settings->connect_timeout : 0, cancel, events,
                              error);
}

gboolean session_reconnect(Session *session, const EventSink *events, GError **error)
{
    const EngineSettings *settings = session->settings;
    g_autoptr(Session) other =
        open_with_patience(settings, settings->retry_deadline, session->cancel, events, error);
    Session broken;

    if (!other)
        return FALSE;
    other->reconnections = session->reconnections + 1;
    broken = *session;
    *session = *other;
    *other = broken;
    fence_carry_over(session, other);
    return TRUE;
}

guint session_reconnections(const Session *session)
{
    return session->reconnections;
}

void session_close(Session *session)
{
    if (!session)
        return;
    ahead_clear(session);
    conn_free(session->conn);
    server_clear(session);
    g_clear_pointer(&session->overridden, g_ptr_array_unref);
    g_free(session->facts.server_version);
    g_free(session->facts.database);
    g_free(session->facts.role);
    g_free(session->facts.backend_pid);
    g_free(session->default_synchronous_commit);
    g_strfreev(session->variables);
    g_free(session->prepared_state);
    g_free(session->read_state_sql);
    g_strfreev(session->fence);
    g_free(session->bars);
    g_free(session);
}

char *session_listen_sql(const Session *session)
{
    g_autofree char *channel = sql_quote_identifier(session->settings->state_schema);

    return g_strconcat("LISTEN ", channel, NULL);
}

gboolean session_listen(Session *session, GError **error)
{
    g_autofree char *sql = session_listen_sql(session);

    session->listens = conn_exec(session->conn, sql, NULL, error);
    return session->listens;
}

char *session_expand(const Session *session, const char *sql)
{
    return sql_expand(sql, (const char *const *)session->variables);
}

const DatabaseFacts *session_facts(const Session *session)
{
    return &session->facts;
}

Conn *session_conn(Session *session)
{
    return session->conn;
}

const EngineSettings *session_settings(const Session *session)
{
    return session->settings;
}

/* The first news comes at once and without a name. */
static gboolean tell_waiting(Session *session, gint64 waited, const EventSink *events,
                             GError **error)
{
    g_autoptr(LockHolder) holder = NULL;
    EngineEvent event = {.kind = EVENT_WAITING_FOR_LOCK, .elapsed = waited};

    if (waited >= LOCK_HOLDER_AFTER &&
        !lock_find_holder(session->conn, session->key, &holder, error))
        return FALSE;
    event.holder = holder;
    event_send(events, &event);
    return TRUE;
}

static void give_up_waiting(Session *session, gint64 start, GError **error)
{
    g_autoptr(LockHolder) holder = NULL;
    g_autofree char *waited = duration_describe(clock_monotonic() - start);
    g_autofree char *who = NULL;

    if (cancel_is_triggered(session->cancel)) {
        error_set(error, ERROR_CANCELLED, "interrupted while waiting for the migration lock");
        error_set_outcome(error, "nothing was changed");
        return;
    }
    if (!lock_find_holder(session->conn, session->key, &holder, error))
        return;
    who = holder ? lock_holder_describe(holder) : g_strdup("somebody who has just left");
    error_set(error, ERROR_LOCK_TIMEOUT,
              "the migration lock was not free within %s; it is held by %s", waited, who);
    error_set_outcome(error, "nothing was changed");
    if (holder)
        error_set_hint(
            error,
            "wait for it and try again, or raise gate.lock_wait; only if that process is "
            "stuck: SELECT pg_terminate_backend(%d)",
            holder->pid);
}

/* Whether another migrator has done the work meanwhile. */
static gboolean look_again(Session *session, SessionIsDone is_done, gpointer data, gboolean *done,
                           GError **error)
{
    g_autoptr(DatabaseState) state = NULL;

    *done = FALSE;
    if (!is_done)
        return TRUE;
    state = session_read_state(session, error);
    if (!state)
        return FALSE;
    *done = is_done(state, data);
    return TRUE;
}

/* The next pause, cut short by a notification. FALSE at the deadline or when it was interrupted. */
static gboolean pause_for_lock(Session *session, Backoff *backoff, gint64 start, GError **error)
{
    g_autoptr(GError) reason = NULL;
    gint64 pause = backoff_next(backoff);

    if (pause >= 0 && conn_wait_notify(session->conn, pause, NULL, &reason))
        return TRUE;
    if (pause < 0 || error_is(reason, ERROR_CANCELLED))
        give_up_waiting(session, start, error);
    else
        g_propagate_error(error, g_steal_pointer(&reason));
    return FALSE;
}

/* Only the first try, which is mostly the last, asks ahead: the others come often. */
static gboolean try_lock(Session *session, gboolean is_first, gboolean *is_ours, GError **error)
{
    return is_first ? ahead_try_lock(session, is_ours, error)
                    : lock_try(session->conn, session->key, is_ours, error);
}

static gboolean wait_for_lock(Session *session, SessionIsDone is_done, gpointer is_done_data,
                              gboolean *taken, const EventSink *events, GError **error)
{
    gint64 start = clock_monotonic(), waited = 0, next_news = 0;
    Backoff backoff = {.initial = LOCK_PAUSE_FIRST,
                       .ceiling = LOCK_PAUSE_LONGEST,
                       .factor = 2.0,
                       .jitter = 0.5,
                       .deadline = start + session->settings->lock_wait};
    EngineEvent event = {.kind = EVENT_LOCK_TAKEN};
    gboolean is_ours = FALSE, done = FALSE;

    session->just_looked = FALSE;
    for (;;) {
        if (!try_lock(session, next_news == 0, &is_ours, error))
            return FALSE;
        if (is_ours)
            break;
        if (!look_again(session, is_done, is_done_data, &done, error))
            return FALSE;
        if (done)
            break;
        waited = clock_monotonic() - start;
        if (next_news == 0 && !session_listen(session, error))
            return FALSE;
        if (waited >= next_news) {
            if (!tell_waiting(session, waited, events, error))
                return FALSE;
            next_news = waited + (waited < LOCK_HOLDER_AFTER ? LOCK_HOLDER_AFTER : LOCK_NEWS_EVERY);
        }
        if (!pause_for_lock(session, &backoff, start, error))
            return FALSE;
    }
    session->has_lock = *taken = is_ours;
    FAILPOINT("lock-decided");
    event.elapsed = clock_monotonic() - start;
    if (is_ours)
        event_send(events, &event);
    return TRUE;
}

gboolean session_lock(Session *session, SessionIsDone is_done, gpointer is_done_data,
                      gboolean *taken, const EventSink *events, GError **error)
{
    g_autoptr(GError) reason = NULL;

    if (wait_for_lock(session, is_done, is_done_data, taken, events, &reason))
        return TRUE;
    if (!error_outcome(reason)) /* an interruption may meet any of the questions */
        error_set_outcome(&reason, "nothing was changed");
    g_propagate_error(error, g_steal_pointer(&reason));
    return FALSE;
}

gboolean session_lock_now(Session *session, gboolean *taken, LockHolder **holder, GError **error)
{
    session->just_looked = FALSE;
    if (!lock_try(session->conn, session->key, taken, error))
        return FALSE;
    session->has_lock = *taken;
    return *taken || lock_find_holder(session->conn, session->key, holder, error);
}

gboolean session_unlock(Session *session, GError **error)
{
    g_autoptr(GError) reason = NULL;

    if (!session->has_lock)
        return TRUE;
    session->has_lock = FALSE;
    ahead_clear(session);
    if (lock_release(session->conn, session->key, &reason))
        return TRUE;
    /* A cancellation that was meant for the work before may arrive only now. */
    if (g_strcmp0(error_sqlstate(reason), "57014") == 0)
        return lock_release(session->conn, session->key, error);
    g_propagate_error(error, g_steal_pointer(&reason));
    return FALSE;
}

static gboolean take_answers(Session *session, Result **unlocked, GError **statement_failure,
                             GError **failure, GError **error)
{
    PipelineOutcome outcome;

    return conn_pipeline_next(session->conn, &outcome, NULL, statement_failure, error) &&
           conn_pipeline_next(session->conn, &outcome, NULL, NULL, error) &&
           conn_pipeline_next(session->conn, &outcome, unlocked, failure, error);
}

gboolean session_unlock_behind(Session *session, const char *sql, const GPtrArray *values,
                               GError **failure, GError **error)
{
    Conn *conn = session->conn;
    g_autoptr(Result) unlocked = NULL;
    g_autoptr(GError) reason = NULL;

    if (!session->has_lock)
        return TRUE;
    session->has_lock = FALSE;
    ahead_clear(session);
    if (!conn_pipeline_begin(conn, error) ||
        !conn_pipeline_send(conn, sql, (int)values->len, (const char *const *)values->pdata,
                            error) ||
        !conn_pipeline_sync(conn, error) || !lock_release_queue(conn, session->key, error) ||
        !conn_pipeline_sync(conn, error) ||
        !take_answers(session, &unlocked, failure, &reason, error) ||
        !conn_pipeline_end(conn, error))
        return FALSE;
    if (unlocked)
        return lock_release_answer(conn, unlocked, error);
    /* A cancellation that was meant for the work before may arrive only now. */
    if (g_strcmp0(error_sqlstate(reason), "57014") == 0)
        return lock_release(conn, session->key, error);
    g_propagate_error(error, g_steal_pointer(&reason));
    return FALSE;
}
