/* The pipeline of revisions. One batch is: BEGIN, the statements, record_step, COMMIT for each of
 * its revisions and one sync at the end, so that the server skips everything behind a failure. */
#include "engine/execute.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/failpoint.h"
#include "engine/ahead.h"
#include "engine/alone.h"
#include "engine/budget.h"
#include "engine/doubt.h"
#include "engine/failure.h"
#include "engine/fence.h"
#include "engine/recover.h"
#include "engine/session_private.h"
#include "engine/settings.h"
#include "engine/sql_engine.h"
#include "engine/step.h"
#include "engine/tries.h"
#include "engine/watch.h"

enum {
    BATCH_REVISIONS = 256, /* to one sync point */
    /* Sent and not yet answered: enough to hide a far server's distance, and little enough for the
     * socket's buffer, so that answers are read as they come. What is answered makes room by
     * halves: one answer, one more revision would be a round trip for each. */
    WINDOW_REVISIONS = 128,
    WINDOW_BYTES = 128 * 1024,
    LAST_WORDS = G_USEC_PER_SEC,  /* for what is said to the server after a failure */
    ANSWER_OF_WATCH = 250 * 1000, /* how long a retry is not told of for want of a name */
};

typedef struct {
    Session *session;
    GPtrArray *scripts;
    const RunOrigin *origin;
    char *run;           /* run_format's, of this connection */
    const char *listing; /* goes with the last script; NULL: none */
    const EventSink *events;
    char *record_sql;
    char *segment_sql;          /* records a segment that is not the last of its revision */
    char *restoring_record_sql; /* the same, and sets the session's parameters again */
    char *restoring_segment_sql;
    char *prepared_record; /* the name under which the server has record_sql; NULL: has not */
    char *version_table;
    gint64 lock_timeout;  /* of this try, microseconds */
    LedgerEnd ledger_end; /* before the run */
    guint next;           /* the first script that is not committed */
    guint sent;           /* scripts from `next` to here have been sent, and may be committed */
    guint broken_under;   /* 1 + the script under which a connection broke last; 0: none did */
    guint statement;      /* of that script, the last that was awaited */
    Watch *watch;         /* of this connection */
} Execution;

static void execution_clear(Execution *execution)
{
    g_free(execution->run);
    g_free(execution->version_table);
    g_free(execution->record_sql);
    g_free(execution->segment_sql);
    g_free(execution->restoring_record_sql);
    g_free(execution->restoring_segment_sql);
    g_free(execution->prepared_record);
    ledger_end_clear(&execution->ledger_end);
}

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

static GArray *messages_of(const Execution *execution, guint index)
{
    return step_messages(g_ptr_array_index(execution->scripts, index),
                         durability_sql(execution, index));
}

/* Where a transaction ends that is not the last of its revision. */
static gboolean send_segment(Execution *execution, Script *script, GError **error)
{
    g_autofree char *facts =
        step_segment_facts(script, script_segment(script), SEGMENT_FINISHED, NULL);
    const char *const values[] = {facts, NULL, NULL, NULL, execution->run};

    FAILPOINT("statements-sent");
    return conn_pipeline_send(execution->session->conn,
                              script->may_change_session ? execution->restoring_segment_sql
                                                         : execution->segment_sql,
                              G_N_ELEMENTS(values), values, error);
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

static gboolean send_own(Execution *execution, guint index, ScriptPhase phase, GError **error)
{
    return phase == PHASE_JOURNAL
               ? send_segment(execution, g_ptr_array_index(execution->scripts, index), error)
               : send_record(execution, index, error);
}

static gboolean send_script(Execution *execution, guint index, GError **error)
{
    Conn *conn = execution->session->conn;
    g_autoptr(GArray) messages = messages_of(execution, index);

    for (guint i = 0; i < messages->len; i++) {
        const StepMessage *message = &g_array_index(messages, StepMessage, i);

        execution->sent = index + 1;
        if (!(message->sql ? conn_pipeline_send(conn, message->sql, 0, NULL, error)
                           : send_own(execution, index, message->phase, error)))
            return FALSE;
        FAILPOINT("message-sent");
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

/* A transaction has been committed. */
static void advance(Execution *execution, guint index, gint64 took)
{
    Script *script = g_ptr_array_index(execution->scripts, index);

    if (!script_ends_next(script)) {
        FAILPOINT("segment-committed");
        script->segment++;
        return;
    }
    FAILPOINT("revision-committed");
    execution->next = index + 1;
    tell(execution, EVENT_REVISION_DONE, index, (EngineEvent){.elapsed = took});
}

/* Takes the answers of one script. When a statement failed, *failure and *place are set. */
static gboolean receive_script(Execution *execution, guint index, FailurePlace *place,
                               GError **failure, GError **error)
{
    const Script *script = g_ptr_array_index(execution->scripts, index);
    Conn *conn = execution->session->conn;
    g_autoptr(GArray) messages = messages_of(execution, index);
    gint64 took = 0;

    if (script->is_transactional)
        tell(execution, EVENT_REVISION_STARTED, index, (EngineEvent){0});
    for (guint i = 0; i < messages->len; i++) {
        const StepMessage *message = &g_array_index(messages, StepMessage, i);

        *place = place_of(execution, script, message);
        await(execution, message);
        if (!take_answer(conn, message, &took, failure, error))
            return FALSE;
        FAILPOINT("answer-taken");
        if (*failure) {
            place->position = failure_position(conn, message);
            return TRUE;
        }
        if (message->phase == PHASE_STATEMENT)
            tell(execution, EVENT_STATEMENT_DONE, index,
                 (EngineEvent){.statement = message->index});
    }
    advance(execution, index, took);
    return TRUE;
}

/* Reads on to the sync point and keeps the first failure. */
static gboolean receive_group(Conn *conn, GError **failure, GError **error)
{
    for (;;) {
        g_autoptr(GError) reason = NULL;
        PipelineOutcome outcome;

        if (!conn_pipeline_next(conn, &outcome, NULL, &reason, error))
            return FALSE;
        if (outcome == PIPELINE_SYNC)
            return TRUE;
        if (reason && !*failure)
            *failure = g_steal_pointer(&reason);
    }
}

/* --- One batch -------------------------------------------------------------------------------- */

/* Ahead of the batch, to a sync point of its own, so that it is no part of the first revision's
 * transaction. Sets the try's lock timeout, for its first revision now and for the others with each
 * record, and prepares the record, which many revisions need. */
static gboolean send_opening(Execution *execution, GError **error)
{
    Session *session = execution->session;
    g_autofree char *sql =
        g_strdup_printf("SELECT pg_catalog.set_config('lock_timeout', '%" G_GINT64_FORMAT
                        "us', false), pg_catalog.set_config('synchronous_commit', 'off', false)",
                        execution->lock_timeout);
    g_autofree char *prepare = NULL;

    if (!conn_pipeline_send(session->conn, sql, 0, NULL, error))
        return FALSE;
    if (!execution->prepared_record) {
        execution->prepared_record = g_strdup_printf("pgsluice_record_%u", session->prepared++);
        prepare =
            g_strdup_printf("PREPARE %s AS %s", execution->prepared_record, execution->record_sql);
        if (!conn_pipeline_send(session->conn, prepare, 0, NULL, error))
            return FALSE;
    }
    return conn_pipeline_sync(session->conn, error);
}

/* Behind the batch. A transaction that failed is still open there and refuses it: the next try
 * sets, and uses, the same again. */
static gboolean send_closing(Execution *execution, GError **error)
{
    Conn *conn = execution->session->conn;
    g_autofree char *deallocate = NULL;

    if (!conn_pipeline_sync(conn, error) ||
        !conn_pipeline_send(conn, "SET synchronous_commit TO DEFAULT", 0, NULL, error))
        return FALSE;
    if (execution->prepared_record) {
        deallocate = g_strconcat("DEALLOCATE ", execution->prepared_record, NULL);
        if (!conn_pipeline_send(conn, deallocate, 0, NULL, error))
            return FALSE;
    }
    return conn_pipeline_sync(conn, error);
}

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

/* What is on its way to the server. */
typedef struct {
    guint end;  /* the first script that is not part of the batch */
    guint sent; /* the first script that is not sent */
    gsize bytes;
} Window;

static gboolean has_room(const Execution *execution, const Window *window, guint share)
{
    return window->sent - execution->next < WINDOW_REVISIONS / share &&
           window->bytes < WINDOW_BYTES / share;
}

/* Once half of the window is free sends ahead as far as it allows, behind the last script the
 * closing. */
static gboolean fill_window(Execution *execution, Window *window, GError **error)
{
    if (window->sent == window->end ||
        (window->sent > execution->next && !has_room(execution, window, 2)))
        return TRUE;
    do {
        const Script *script = g_ptr_array_index(execution->scripts, window->sent);

        if (!send_script(execution, window->sent, error))
            return FALSE;
        window->bytes += script->length;
        window->sent++;
    } while (window->sent < window->end && has_room(execution, window, 1));
    return window->sent < window->end || send_closing(execution, error);
}

static gboolean exchange_scripts(Execution *execution, Window *window, FailurePlace *place,
                                 GError **failure, GError **error)
{
    while (execution->next < window->end && !*failure) {
        const Script *script = g_ptr_array_index(execution->scripts, execution->next);

        *place = place_of(execution, script, &(StepMessage){.phase = PHASE_BEGIN});
        if (!fill_window(execution, window, error) ||
            !receive_script(execution, execution->next, place, failure, error))
            return FALSE;
        if (!script->is_transactional)
            break; /* what comes next may be a statement that runs by itself */
        window->bytes -= script->length;
    }
    return window->sent == window->end || send_closing(execution, error);
}

/* Without its opening no record succeeds: that failure is the reason for theirs. */
static void prefer_opening(GError *opening, FailurePlace *place, GError **failure)
{
    if (!opening || !*failure)
        return;
    g_error_free(*failure);
    *failure = g_error_copy(opening);
    place->phase = PHASE_BEGIN;
    place->position = 0;
}

static gboolean exchange_batch(Execution *execution, Window *window, FailurePlace *place,
                               GError **failure, GError **error)
{
    Conn *conn = execution->session->conn;
    g_autoptr(GError) opening = NULL;
    g_autoptr(GError) ignored = NULL;
    const Script *script = g_ptr_array_index(execution->scripts, execution->next);

    *place = place_of(execution, script, &(StepMessage){.phase = PHASE_BEGIN});
    if (!send_opening(execution, error) || !fill_window(execution, window, error) ||
        !receive_group(conn, &opening, error) ||
        !exchange_scripts(execution, window, place, failure, error))
        return FALSE;
    watch_rest(execution->watch); /* what is left are the closing's answers */
    prefer_opening(opening, place, failure);
    if (!*failure) /* all is committed: an interruption comes too late to matter */
        conn_set_cancel(conn, NULL);
    return receive_group(conn, &ignored, error) && receive_group(conn, &ignored, error);
}

/* Runs scripts [next, end) in one pipeline; of one that is not transactional, its next transaction.
 * A failure is not yet described: *place says where it was. */
static gboolean run_batch(Execution *execution, guint end, FailurePlace *place, GError **error)
{
    Conn *conn = execution->session->conn;
    Window window = {.end = end, .sent = execution->next};
    g_autoptr(GError) failure = NULL;
    gboolean is_usable;

    if (!conn_pipeline_begin(conn, error))
        return FALSE;
    is_usable = exchange_batch(execution, &window, place, &failure, error);
    watch_rest(execution->watch);
    if (is_usable)
        is_usable = conn_pipeline_end(conn, error);
    conn_set_cancel(conn, execution->session->cancel);
    FAILPOINT("batch-done");
    if (is_usable && !failure) {
        g_clear_pointer(&execution->prepared_record, g_free);
        return TRUE;
    }
    roll_back(execution->session);
    if (failure) {
        g_clear_error(error);
        g_propagate_error(error, g_steal_pointer(&failure));
        execution->sent = execution->next; /* the server has said that it skips all of it */
    }
    return FALSE;
}

/* --- Tries ------------------------------------------------------------------------------------ */

static void set_restoring(char **restoring, const char *sql, const char *parameters)
{
    g_free(*restoring);
    *restoring = g_strconcat(sql, ", ", parameters,
                             ", pg_catalog.set_config('synchronous_commit', 'off', false)", NULL);
}

/* What the next batch runs with. */
static void prepare_try(Execution *execution, gint64 lock_timeout)
{
    g_autofree char *parameters = session_parameters(execution->session, lock_timeout);

    execution->sent = execution->next;
    execution->lock_timeout = lock_timeout;
    set_restoring(&execution->restoring_record_sql, execution->record_sql, parameters);
    set_restoring(&execution->restoring_segment_sql, execution->segment_sql, parameters);
}

/* --- Broken connections ----------------------------------------------------------------------- */

static void tell_notice(const char *severity, const char *message, gpointer data)
{
    const Execution *execution = data;
    g_autofree char *text = g_strdup_printf("%s: %s", severity, message);
    EngineEvent event = {.kind = EVENT_NOTICE, .text = text};

    event_send(execution->events, &event);
}

/* What a connection needs before the first revision is sent on it. */
static gboolean prepare_connection(Execution *execution, GError **error)
{
    Session *session = execution->session;

    g_clear_pointer(&execution->prepared_record, g_free);
    g_free(execution->run);
    execution->run = run_format(session, execution->origin, error);
    if (!execution->run)
        return FALSE;
    conn_set_notice_sink(session->conn, tell_notice, execution);
    execution->watch = watch_new(session->conn, session->facts.backend_pid,
                                 session->settings->instance, tell_progress, execution);
    return TRUE;
}

/* The observer hears of what was committed unheard of, and of what is lost nothing: it runs again.
 */
static void take_found(Execution *execution, const Recovery *recovery)
{
    for (guint i = execution->next; i < recovery->committed; i++) {
        tell(execution, EVENT_REVISION_STARTED, i, (EngineEvent){0});
        tell(execution, EVENT_REVISION_DONE, i, (EngineEvent){.elapsed = recovery->durations[i]});
    }
    execution->next = execution->sent = recovery->committed;
}

/* Somebody who ends a session wants its work to stop; and what broke the connection twice under the
 * same revision is that revision. */
static gboolean may_go_on(Execution *execution, const GError *error)
{
    guint before = execution->broken_under;

    execution->broken_under = execution->next + 1;
    return g_strcmp0(error_sqlstate(error), "57P01") != 0 && before != execution->broken_under;
}

static void describe_doubt(const Execution *execution, FailurePlace *place, const char *why,
                           GError **error)
{
    place->in_doubt = execution->sent - execution->next;
    place->why_in_doubt = why;
    failure_describe(place, error);
}

/* The place in the first script that is not committed, where none of its own messages failed. */
static void move_place(const Execution *execution, FailurePlace *place)
{
    const Script *script = g_ptr_array_index(execution->scripts, execution->next);

    if (place->script != script)
        *place = place_of(execution, script, &(StepMessage){.phase = PHASE_BEGIN});
    place->before = execution->next;
}

/* The answers are gone, the commits may not be. TRUE with *error cleared: go on with
 * execution->next. */
static gboolean recover(Execution *execution, FailurePlace *place, GError **error)
{
    g_autoptr(GError) why = NULL;
    Recovery recovery = {0};

    g_clear_pointer(&execution->watch, watch_free); /* before what it watches is gone */
    tell(execution, EVENT_CONNECTION_BROKE, execution->next, (EngineEvent){.error = *error});
    if (!doubt_settle(execution->session, execution->scripts, &execution->ledger_end,
                      execution->events, &recovery, &why)) {
        describe_doubt(execution, place, why->message, error);
        return FALSE;
    }
    take_found(execution, &recovery);
    g_free(recovery.durations);
    if (execution->next == execution->scripts->len) {
        g_clear_error(error);
        return TRUE;
    }
    move_place(execution, place);
    if (may_go_on(execution, *error)) {
        g_clear_error(error);
        if (fence_require_again(execution->session, error) && prepare_connection(execution, error))
            return TRUE;
    }
    failure_describe(place, error);
    return FALSE;
}

/* After a failure of scripts [next, ...): TRUE with *error cleared when the run may go on, or has
 * committed all. */
static gboolean settle_failure(Execution *execution, FailurePlace *place, GError **error)
{
    if (execution->next == execution->scripts->len) {
        g_clear_error(error);
        return TRUE;
    }
    move_place(execution, place);
    if (conn_is_alive(execution->session->conn)) {
        failure_describe(place, error);
        return FALSE;
    }
    if (!error_is(*error, ERROR_CONNECTION_LOST)) {
        describe_doubt(execution, place, NULL, error);
        return FALSE;
    }
    return recover(execution, place, error);
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
static gboolean run_with_retries(Execution *execution, guint end, GError **error)
{
    const EngineSettings *settings = execution->session->settings;
    g_auto(Tries) tries = {0};

    tries_begin(&tries, settings);
    for (;;) {
        g_autoptr(GError) reason = NULL;
        FailurePlace place = {0};
        guint before = execution->next;

        prepare_try(execution, tries_lock_timeout(&tries, settings));
        watch_look_out(execution->watch);
        if (run_batch(execution, end, &place, &reason))
            return TRUE;
        if (settle_failure(execution, &place, &reason))
            return TRUE; /* on a new connection, or done */
        if (execution->next > before)
            tries_begin(&tries, settings);
        if (!waits_for_retry(execution, &tries, reason)) {
            g_propagate_error(error, g_steal_pointer(&reason));
            return FALSE;
        }
    }
}

/* --- Segments --------------------------------------------------------------------------------- */

/* An answer of the server's is as good as none when the connection broke: then the journal's row
 * stays open. */
static void record_statement_failure(Execution *execution, Script *script, gboolean ran,
                                     GError **error)
{
    Session *session = execution->session;
    const char *sqlstate = error_sqlstate(*error);

    if (!ran || !sqlstate || !conn_is_alive(session->conn))
        return;
    conn_set_cancel(session->conn, NULL);
    conn_set_timeout(session->conn, LAST_WORDS);
    alone_record_failure(session, script, execution->run, sqlstate);
    conn_set_timeout(session->conn, 0);
    conn_set_cancel(session->conn, session->cancel);
}

/* Says that only the words of a statement were read. */
static void tell_guess(const Execution *execution, const Script *script, guint index)
{
    const Nature *nature = g_ptr_array_index(script->natures, index);
    g_autofree char *place = script_describe_place(script, index);
    g_autofree char *text =
        g_strdup_printf("%s: the grammar here does not know this statement; by its words it runs "
                        "outside a transaction",
                        place);
    EngineEvent event = {.kind = EVENT_NOTICE, .text = text};

    if (nature->is_guessed)
        event_send(execution->events, &event);
}

/* The statement that comes next runs by itself. */
static gboolean run_alone(Execution *execution, Script *script, GError **error)
{
    Session *session = execution->session;
    guint index = script_segment(script)->first;
    const Statement *statement = g_ptr_array_index(script->statements, index);
    StepMessage message = {PHASE_STATEMENT, statement, index, statement->sql};
    FailurePlace place = place_of(execution, script, &message);
    gboolean is_done;
    gboolean ran;

    tell_guess(execution, script, index);
    await(execution, &message);
    is_done = alone_run(session, script, execution->run, &ran, error);
    watch_rest(execution->watch);
    if (is_done) {
        tell(execution, EVENT_STATEMENT_DONE, execution->next, (EngineEvent){.statement = index});
        return TRUE;
    }
    place.position = ran ? failure_position(session->conn, &message) : 0;
    roll_back(session);
    record_statement_failure(execution, script, ran, error);
    failure_describe(&place, error);
    return FALSE;
}

/* Where the journal says that the script stands: at first, and on each new connection, when what
 * was sent on the old one may or may not have been committed. */
static gboolean find_segment(Execution *execution, Script *script, guint *connection,
                             GError **error)
{
    guint now = session_reconnections(execution->session) + 1;

    if (*connection == now)
        return TRUE;
    *connection = now;
    script_resume(script, 0);
    return recover_script(execution->session, script, execution->events, error);
}

/* A revision that one transaction cannot hold, from where it stands. */
static gboolean run_segments(Execution *execution, GError **error)
{
    guint index = execution->next;
    Script *script = g_ptr_array_index(execution->scripts, index);
    guint connection = 0; /* the one on which the journal was asked last; 0: none yet */

    if (!find_segment(execution, script, &connection, error))
        return FALSE;
    tell(execution, EVENT_REVISION_STARTED, index, (EngineEvent){0});
    while (execution->next == index) {
        const Segment *segment;

        if (!find_segment(execution, script, &connection, error))
            return FALSE;
        segment = script_segment(script);
        if (segment && !segment->is_transaction ? !run_alone(execution, script, error)
                                                : !run_with_retries(execution, index + 1, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean run_all(Execution *execution, GError **error)
{
    while (execution->next < execution->scripts->len) {
        const Script *script = g_ptr_array_index(execution->scripts, execution->next);

        if (script->is_transactional ? !run_with_retries(execution, batch_end(execution), error)
                                     : !run_segments(execution, error))
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

    if (!session->has_lock || !conn_is_alive(session->conn) ||
        error_is(error, ERROR_CONNECTION_LOST) || execution->next >= execution->scripts->len)
        return;
    script = g_ptr_array_index(execution->scripts, execution->next);
    heads = step_heads_before(script->step);
    conn_set_cancel(session->conn, NULL);
    conn_set_timeout(session->conn, LAST_WORDS);
    if (conn_exec(session->conn, "SET synchronous_commit = on", NULL, NULL))
        run_record_event(session, execution->run, "fail", script->step->revision->id,
                         (const char *const *)heads, script->body->up.checksum,
                         error_sqlstate(error), error->message, NULL);
    if (script->direction == PLAN_UPGRADE && conn_is_alive(session->conn))
        budget_spend(session, script->step->revision->id, script->body->up.checksum,
                     (const char *const *)heads, execution->run, execution->events);
    conn_set_timeout(session->conn, 0);
    conn_set_cancel(session->conn, session->cancel);
}

/* A ledger that this session has just made is empty. */
static gboolean find_ledger_end(Execution *execution, GError **error)
{
    Session *session = execution->session;
    g_autofree char *question = session_expand(session, sql_ledger_end);
    g_autoptr(Result) result = NULL;

    if (session->has_new_ledger) {
        session->has_new_ledger = FALSE;
        return TRUE;
    }
    if (!ahead_ask(session, AHEAD_LEDGER_END, question, &result, error))
        return FALSE;
    ledger_end_read(&execution->ledger_end, result);
    return TRUE;
}

/* Where the ledger ends before the run, and all that a connection needs. */
static gboolean begin(Execution *execution, GError **error)
{
    FailurePlace place = {0};

    if (prepare_connection(execution, error) && find_ledger_end(execution, error))
        return TRUE;
    move_place(execution, &place);
    failure_describe(&place, error);
    return FALSE;
}

gboolean execute_scripts(Session *session, GPtrArray *scripts, const RunOrigin *origin,
                         const char *listing, const EventSink *events, guint *committed,
                         GError **error)
{
    Execution execution = {.session = session,
                           .scripts = scripts,
                           .origin = origin,
                           .listing = listing,
                           .events = events};
    g_autoptr(GError) reason = NULL;
    gboolean succeeded;

    execution.version_table = settings_version_table(session->settings);
    execution.record_sql = session_expand(session, sql_record_step);
    execution.segment_sql = session_expand(session, sql_record_segment);
    succeeded = begin(&execution, &reason) && run_all(&execution, &reason);
    g_clear_pointer(&execution.watch, watch_free);
    conn_set_notice_sink(session->conn, NULL, NULL);
    if (!succeeded && execution.run)
        record_failure(&execution, reason);
    *committed = execution.next;
    execution_clear(&execution);
    if (!succeeded)
        g_propagate_error(error, g_steal_pointer(&reason));
    return succeeded;
}
