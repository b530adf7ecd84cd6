/* The pipeline of revisions. One batch is: BEGIN, the statements, record_step, COMMIT for each of
 * its revisions and one sync at the end, so that the server skips everything behind a failure. */
#include "engine/execute.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/failpoint.h"
#include "engine/failure.h"
#include "engine/run.h"
#include "engine/session_private.h"
#include "engine/settings.h"
#include "engine/sql_engine.h"
#include "engine/step.h"
#include "engine/tries.h"
#include "engine/watch.h"

enum {
    BATCH_REVISIONS = 256, /* to one sync point */
    /* Sent and not yet answered: enough to hide a far server's distance, and little enough for the
     * socket's buffer, so that answers are read as they come. */
    WINDOW_REVISIONS = 64,
    WINDOW_BYTES = 64 * 1024,
    LAST_WORDS = G_USEC_PER_SEC,  /* for what is said to the server after a failure */
    ANSWER_OF_WATCH = 250 * 1000, /* how long a retry is not told of for want of a name */
};

typedef struct {
    Session *session;
    GPtrArray *scripts;
    const char *run;
    const char *listing; /* goes with the last script; NULL: none */
    const EventSink *events;
    char *record_sql;
    char *restoring_record_sql; /* the same, and sets the session's parameters again */
    char *prepared_record;      /* the name under which the server has record_sql; NULL: has not */
    char *version_table;
    guint next;      /* the first script that is not committed */
    guint statement; /* of that script, the last that was awaited */
    Watch *watch;
} Execution;

#define RECORD_STATEMENT "pgsluice_record"

static void tell(const Execution *execution, EventKind kind, guint index, EngineEvent event)
{
    const Script *script = g_ptr_array_index(execution->scripts, index);

    event.kind = kind;
    event.step = script->step;
    event.index = index;
    event.count = execution->scripts->len;
    event.statements = script->statements->len;
    event_send(execution->events, &event);
}

/* The server sends its answers when a revision is at its end, so it may be further on than the
 * statement whose answer is awaited. */
static guint find_running(const Execution *execution, const char *text)
{
    const Script *script = g_ptr_array_index(execution->scripts, execution->next);

    for (guint i = execution->statement; i < script->statements->len; i++) {
        const Statement *statement = g_ptr_array_index(script->statements, i);

        if (g_str_has_prefix(statement->sql, text))
            return i;
    }
    return execution->statement;
}

static void tell_progress(gint64 elapsed, const Sight *sight, gpointer data)
{
    const Execution *execution = data;
    EngineEvent event = {.statement = execution->statement, .elapsed = elapsed, .sight = sight};

    if (sight && sight->text) {
        event.statement = find_running(execution, sight->text);
        event.elapsed = sight->age;
    }
    tell(execution, EVENT_PROGRESS, execution->next, event);
}

/* What is waited for from now on. */
static void await(Execution *execution, const StepMessage *message)
{
    if (message->phase == PHASE_BEGIN || message->phase == PHASE_STATEMENT)
        execution->statement = message->index;
    watch_begin_statement(execution->watch);
}

static gboolean is_last(const Execution *execution, guint index)
{
    return index + 1 == execution->scripts->len;
}

/* --- One script ------------------------------------------------------------------------------- */

/* The last commit must reach the disk, and with it all before it: as durable as role, database and
 * server ask for (remote_apply, say), and at least on. */
static const char *durability_sql(const Execution *execution, guint index)
{
    if (!is_last(execution, index))
        return NULL;
    return g_str_equal(execution->session->default_synchronous_commit, "off")
               ? "SET LOCAL synchronous_commit = on"
               : "SET LOCAL synchronous_commit TO DEFAULT";
}

static GArray *messages_of(const Execution *execution, guint index, gboolean only_record)
{
    return step_messages(g_ptr_array_index(execution->scripts, index), only_record,
                         durability_sql(execution, index));
}

static gboolean send_record(Execution *execution, guint index, GError **error)
{
    const Script *script = g_ptr_array_index(execution->scripts, index);
    Conn *conn = execution->session->conn;
    gboolean ends_run = is_last(execution, index);
    g_autoptr(GPtrArray) arguments =
        step_arguments(script, execution->version_table, ends_run,
                       ends_run ? execution->listing : NULL, execution->run);
    const char *const *values = (const char *const *)arguments->pdata;

    FAILPOINT("statements-sent");
    if (!script->may_change_session && execution->prepared_record)
        return conn_pipeline_send_prepared(conn, execution->prepared_record, (int)arguments->len,
                                           values, error);
    /* It may have dropped prepared statements, too. */
    if (script->may_change_session)
        g_clear_pointer(&execution->prepared_record, g_free);
    return conn_pipeline_send(
        conn, script->may_change_session ? execution->restoring_record_sql : execution->record_sql,
        (int)arguments->len, values, error);
}

static gboolean send_script(Execution *execution, guint index, gboolean only_record, GError **error)
{
    Conn *conn = execution->session->conn;
    g_autoptr(GArray) messages = messages_of(execution, index, only_record);

    for (guint i = 0; i < messages->len; i++) {
        const StepMessage *message = &g_array_index(messages, StepMessage, i);

        if (!(message->sql ? conn_pipeline_send(conn, message->sql, 0, NULL, error)
                           : send_record(execution, index, error)))
            return FALSE;
    }
    if (!conn_pipeline_flush(conn, error))
        return FALSE;
    FAILPOINT("revision-sent");
    return TRUE;
}

/* Takes one answer. FALSE only when the connection is unusable; a statement that failed sets
 * *failure. *took is set by the record: how long the revision has taken, in microseconds. Rows of
 * the file's own statements are not kept. */
static gboolean take_answer(Conn *conn, const StepMessage *message, gint64 *took, GError **failure,
                            GError **error)
{
    g_autoptr(Result) result = NULL;
    PipelineOutcome outcome;
    gboolean is_record = !message->sql;

    if (!conn_pipeline_next(conn, &outcome, is_record ? &result : NULL, failure, error))
        return FALSE;
    if (is_record && outcome == PIPELINE_RESULT)
        *took = result_int64(result, 0, 0);
    return TRUE;
}

/* Where in the statement the server saw the failure, in characters. */
static unsigned failure_position(const Conn *conn, const StepMessage *message)
{
    unsigned position = conn_error_position(conn);

    if (position == 0 || !message->sql || !conn_counts_bytes(conn))
        return position;
    return (unsigned)g_utf8_strlen(message->sql, (gssize)position - 1) + 1;
}

static FailurePlace place_of(const Execution *execution, const Script *script,
                             const StepMessage *message)
{
    return (FailurePlace){.script = script,
                          .phase = message->phase,
                          .statement = message->statement,
                          .index = message->index,
                          .before = execution->next,
                          .has_time_limit = execution->session->settings->statement_timeout > 0};
}

/* Takes the answers of one script. When a statement failed, *failure and *place are set. */
static gboolean receive_script(Execution *execution, guint index, gboolean only_record,
                               FailurePlace *place, GError **failure, GError **error)
{
    const Script *script = g_ptr_array_index(execution->scripts, index);
    Conn *conn = execution->session->conn;
    g_autoptr(GArray) messages = messages_of(execution, index, only_record);
    gint64 took = 0;

    if (!only_record)
        tell(execution, EVENT_REVISION_STARTED, index, (EngineEvent){0});
    for (guint i = 0; i < messages->len; i++) {
        const StepMessage *message = &g_array_index(messages, StepMessage, i);

        *place = place_of(execution, script, message);
        await(execution, message);
        if (!take_answer(conn, message, &took, failure, error))
            return FALSE;
        if (*failure) {
            place->position = failure_position(conn, message);
            return TRUE;
        }
        if (message->phase == PHASE_STATEMENT)
            tell(execution, EVENT_STATEMENT_DONE, index,
                 (EngineEvent){.statement = message->index});
    }
    FAILPOINT("revision-committed");
    execution->next = index + 1;
    tell(execution, EVENT_REVISION_DONE, index, (EngineEvent){.elapsed = took});
    return TRUE;
}

/* Reads on to the sync point; everything between was skipped. */
static gboolean receive_sync(Conn *conn, GError **error)
{
    for (;;) {
        g_autoptr(GError) ignored = NULL;
        PipelineOutcome outcome;

        if (!conn_pipeline_next(conn, &outcome, NULL, &ignored, error))
            return FALSE;
        if (outcome == PIPELINE_SYNC)
            return TRUE;
    }
}

/* --- One batch -------------------------------------------------------------------------------- */

static guint batch_end(const Execution *execution)
{
    guint end = execution->next;

    while (end < execution->scripts->len && end - execution->next < BATCH_REVISIONS &&
           ((const Script *)g_ptr_array_index(execution->scripts, end))->is_transactional)
        end++;
    return end;
}

/* Leaves the pipeline and the transaction that a failure or a cancellation has left open. */
static void roll_back(Session *session)
{
    conn_set_cancel(session->conn, NULL);
    conn_set_timeout(session->conn, LAST_WORDS);
    if (conn_is_alive(session->conn))
        conn_pipeline_end(session->conn, NULL);
    if (conn_is_alive(session->conn) && conn_in_transaction(session->conn))
        conn_exec(session->conn, "ROLLBACK", NULL, NULL);
    conn_set_timeout(session->conn, 0);
    conn_set_cancel(session->conn, session->cancel);
}

/* Sends ahead as far as the window allows. *sent and *bytes say what is on its way. */
static gboolean fill_window(Execution *execution, guint end, gboolean only_record, guint *sent,
                            gsize *bytes, GError **error)
{
    while (*sent < end && *sent - execution->next < WINDOW_REVISIONS &&
           (*bytes < WINDOW_BYTES || *sent == execution->next)) {
        const Script *script = g_ptr_array_index(execution->scripts, *sent);

        if (!send_script(execution, *sent, only_record, error))
            return FALSE;
        *bytes += script->length;
        (*sent)++;
    }
    return TRUE;
}

static gboolean exchange_batch(Execution *execution, guint end, gboolean only_record,
                               FailurePlace *place, GError **failure, GError **error)
{
    Conn *conn = execution->session->conn;
    guint sent = execution->next;
    gsize bytes = 0;

    while (execution->next < end && !*failure) {
        const Script *script = g_ptr_array_index(execution->scripts, execution->next);

        *place = place_of(execution, script, &(StepMessage){.phase = PHASE_BEGIN});
        if (!fill_window(execution, end, only_record, &sent, &bytes, error) ||
            !receive_script(execution, execution->next, only_record, place, failure, error))
            return FALSE;
        bytes -= script->length;
    }
    return conn_pipeline_sync(conn, error) && receive_sync(conn, error);
}

/* Runs scripts [next, end) in one pipeline. With only_record their statements have run already. */
static gboolean run_batch(Execution *execution, guint end, gboolean only_record, GError **error)
{
    Conn *conn = execution->session->conn;
    FailurePlace place = {0};
    g_autoptr(GError) failure = NULL;
    gboolean is_usable;

    if (!conn_pipeline_begin(conn, error))
        return FALSE;
    is_usable = exchange_batch(execution, end, only_record, &place, &failure, error);
    watch_rest(execution->watch);
    if (is_usable)
        is_usable = conn_pipeline_end(conn, error);
    if (is_usable && !failure)
        return TRUE;
    roll_back(execution->session);
    if (failure) {
        g_clear_error(error);
        g_propagate_error(error, g_steal_pointer(&failure));
    }
    failure_describe(&place, error);
    return FALSE;
}

/* --- Tries ------------------------------------------------------------------------------------ */

/* Sets the try's lock timeout, for its first revision now and for the others with each record, and
 * prepares the record, which many revisions need. One round trip. */
static gboolean prepare_try(Execution *execution, gint64 timeout, GError **error)
{
    Session *session = execution->session;
    g_autofree char *parameters = session_parameters(session, timeout);
    g_autofree char *sql = NULL;

    g_free(execution->restoring_record_sql);
    execution->restoring_record_sql =
        g_strconcat(execution->record_sql, ", ", parameters,
                    ", pg_catalog.set_config('synchronous_commit', 'off', false)", NULL);
    if (execution->prepared_record) {
        sql = g_strdup_printf("SET lock_timeout = '%" G_GINT64_FORMAT "us'", timeout);
    } else {
        execution->prepared_record = g_strdup_printf("pgsluice_record_%u", session->prepared++);
        sql = g_strdup_printf("SET lock_timeout = '%" G_GINT64_FORMAT "us'; PREPARE %s AS %s",
                              timeout, execution->prepared_record, execution->record_sql);
    }
    return conn_exec(session->conn, sql, NULL, error);
}

/* --- Transaction: none ------------------------------------------------------------------------ */

/* Statement by statement, each committing by itself; the record follows in a transaction. */
static gboolean run_plainly(Execution *execution, GError **error)
{
    guint index = execution->next;
    const Script *script = g_ptr_array_index(execution->scripts, index);
    Conn *conn = execution->session->conn;

    if (!prepare_try(execution, execution->session->settings->lock_timeout, error))
        return FALSE;
    tell(execution, EVENT_REVISION_STARTED, index, (EngineEvent){0});
    /* CREATE INDEX CONCURRENTLY waits for old transactions by locks: a timeout would leave it
     * invalid. */
    if (!conn_exec(conn, "SET lock_timeout = 0", NULL, error))
        return FALSE;
    for (guint i = 0; i < script->statements->len; i++) {
        const Statement *statement = g_ptr_array_index(script->statements, i);
        StepMessage message = {PHASE_STATEMENT, statement, i, statement->sql};

        await(execution, &message);
        if (!conn_exec(conn, statement->sql, NULL, error)) {
            FailurePlace place = place_of(execution, script, &message);

            watch_rest(execution->watch);
            place.position = failure_position(conn, &message);
            roll_back(execution->session);
            failure_describe(&place, error);
            return FALSE;
        }
        FAILPOINT("plain-statement-done");
        tell(execution, EVENT_STATEMENT_DONE, index, (EngineEvent){.statement = i});
    }
    return run_batch(execution, index + 1, TRUE, error);
}

/* --- Retries ---------------------------------------------------------------------------------- */

static void name_blockers(GError *error, const Sight *sight)
{
    g_autofree char *who = sight_describe_blockers(sight);
    g_autofree char *remedy = sight_remedy(sight);
    g_autofree char *message = error->message;

    error->message = g_strdup_printf("%s; in its way: %s", message, who);
    error_set_hint(&error,
                   "wait for whoever is in its way, or end that: %s; then run the same command "
                   "again. execution.retry_deadline says how long it is tried",
                   remedy);
}

/* The first try that meets a lock finds nobody looking: the next one comes as soon as somebody
 * does, so that the news of it has a name. */
static gboolean begins_to_watch(Execution *execution, gint64 pause)
{
    return !watch_is_open(execution->watch) &&
           watch_prepare(execution->watch, pause, execution->session->cancel);
}

/* After a failed batch: TRUE when the same transaction shall be tried again. */
static gboolean waits_for_retry(Execution *execution, Tries *tries, GError *error)
{
    Cancel *cancel = execution->session->cancel;
    g_autoptr(Sight) sight = NULL;
    EngineEvent event = {.error = error};

    if (!failure_is_retryable(error) || !conn_is_alive(execution->session->conn))
        return FALSE;
    sight = watch_find_blockers(execution->watch, ANSWER_OF_WATCH, cancel);
    tries_note_failure(tries, sight);
    event.pause = tries_next_pause(tries);
    event.sight = sight;
    if (event.pause >= 0 && begins_to_watch(execution, event.pause))
        return TRUE;
    if (event.pause >= 0) {
        tell(execution, EVENT_REVISION_RETRY, execution->next, event);
        return clock_wait(event.pause, cancel);
    }
    if (tries->latest)
        name_blockers(error, tries->latest);
    return FALSE;
}

/* Runs the next batch, as often as it takes. */
static gboolean run_with_retries(Execution *execution, GError **error)
{
    const EngineSettings *settings = execution->session->settings;
    g_auto(Tries) tries = {0};

    tries_begin(&tries, settings);
    for (;;) {
        g_autoptr(GError) reason = NULL;
        guint before = execution->next;

        if (!prepare_try(execution, tries_lock_timeout(&tries, settings), error))
            return FALSE;
        watch_look_out(execution->watch);
        if (run_batch(execution, batch_end(execution), FALSE, &reason))
            return TRUE;
        if (execution->next > before)
            tries_begin(&tries, settings);
        if (!waits_for_retry(execution, &tries, reason)) {
            g_propagate_error(error, g_steal_pointer(&reason));
            return FALSE;
        }
    }
}

static gboolean run_all(Execution *execution, GError **error)
{
    while (execution->next < execution->scripts->len) {
        const Script *script = g_ptr_array_index(execution->scripts, execution->next);

        if (script->is_transactional ? !run_with_retries(execution, error)
                                     : !run_plainly(execution, error))
            return FALSE;
    }
    return TRUE;
}

/* --- The whole -------------------------------------------------------------------------------- */

/* Writes the failure to the ledger, durably, which also brings the commits before it to the disk.
 */
static void record_failure(Execution *execution, const GError *error)
{
    Session *session = execution->session;
    g_autofree char **heads = NULL;
    const Script *script;

    if (!conn_is_alive(session->conn) || execution->next >= execution->scripts->len)
        return;
    script = g_ptr_array_index(execution->scripts, execution->next);
    heads = step_heads_before(script->step);
    conn_set_cancel(session->conn, NULL);
    conn_set_timeout(session->conn, LAST_WORDS);
    if (conn_exec(session->conn, "SET synchronous_commit = on", NULL, NULL))
        run_record_event(session, execution->run, "fail", script->step->revision->id,
                         (const char *const *)heads, script->body->up.checksum,
                         error_sqlstate(error), error->message, NULL);
    conn_set_timeout(session->conn, 0);
    conn_set_cancel(session->conn, session->cancel);
}

static void tell_notice(const char *severity, const char *message, gpointer data)
{
    const Execution *execution = data;
    g_autofree char *text = g_strdup_printf("%s: %s", severity, message);
    EngineEvent event = {.kind = EVENT_NOTICE, .text = text};

    event_send(execution->events, &event);
}

/* Everything is committed: from here on an interruption comes too late to matter. */
static void finish(const Execution *execution)
{
    Conn *conn = execution->session->conn;
    g_autofree char *sql = g_strdup_printf(
        "SET synchronous_commit TO DEFAULT%s%s", execution->prepared_record ? "; DEALLOCATE " : "",
        execution->prepared_record ? execution->prepared_record : "");

    conn_set_cancel(conn, NULL);
    conn_exec(conn, sql, NULL, NULL);
    conn_set_cancel(conn, execution->session->cancel);
}

gboolean execute_scripts(Session *session, GPtrArray *scripts, const char *run, const char *listing,
                         const EventSink *events, guint *committed, GError **error)
{
    Execution execution = {
        .session = session, .scripts = scripts, .run = run, .listing = listing, .events = events};
    g_autofree char *version_table = settings_version_table(session->settings);
    g_autofree char *record_sql = session_expand(session, sql_record_step);
    g_autoptr(GError) reason = NULL;
    gboolean succeeded;

    *committed = 0;
    if (!conn_exec(session->conn, "SET synchronous_commit = off", NULL, error))
        return FALSE;
    execution.version_table = version_table;
    execution.record_sql = record_sql;
    conn_set_notice_sink(session->conn, tell_notice, &execution);
    execution.watch = watch_new(session->conn, session->facts.backend_pid,
                                session->settings->instance, tell_progress, &execution);
    succeeded = run_all(&execution, &reason);
    watch_free(execution.watch);
    conn_set_notice_sink(session->conn, NULL, NULL);
    if (succeeded)
        finish(&execution);
    else
        record_failure(&execution, reason);
    g_free(execution.restoring_record_sql);
    g_free(execution.prepared_record);
    *committed = execution.next;
    if (!succeeded)
        g_propagate_error(error, g_steal_pointer(&reason));
    return succeeded;
}
