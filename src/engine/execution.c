/* What all parts of a run share. */
#include "engine/execution.h"

#include "base/clock.h"
#include "base/failpoint.h"
#include "engine/fence.h"
#include "engine/session_private.h"
#include "engine/settings.h"
#include "engine/sql_engine.h"

enum { LAST_WORDS = G_USEC_PER_SEC }; /* for what is said to the server after a failure */

void execution_clear(Execution *execution)
{
    g_free(execution->run);
    g_free(execution->version_table);
    g_free(execution->record_sql);
    g_free(execution->segment_sql);
    g_free(execution->restoring_record_sql);
    g_free(execution->restoring_segment_sql);
    g_free(execution->prepared_record);
    g_free(execution->last_commit_sql);
    g_free(execution->release_locks_sql);
    g_free(execution->listen_sql);
    g_clear_pointer(&execution->in_the_way, sight_unref);
    ledger_end_clear(&execution->ledger_end);
}

void execution_tell(const Execution *execution, EventKind kind, guint index, EngineEvent event)
{
    const Script *script = execution_script(execution, index);

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
    const Script *script = execution_script(execution, execution->next);

    for (guint i = execution->statement; i < script->statements->len; i++) {
        const Statement *statement = g_ptr_array_index(script->statements, i);

        if (g_str_has_prefix(statement->sql, text))
            return i;
    }
    return execution->statement;
}

/* A lock timeout would leave an invalid index behind for each short wait: only who waits for as
 * long as transactions are tried again is ended. */
static void bound_wait(Execution *execution, const Sight *sight)
{
    gint64 now = clock_monotonic();

    if (!execution->is_alone || execution->in_the_way)
        return;
    if (!sight || !sight->blockers->len) {
        execution->waits_since = 0;
        return;
    }
    if (!execution->waits_since)
        execution->waits_since = now;
    if (now - execution->waits_since < execution->session->settings->retry_deadline)
        return;
    execution->in_the_way = sight_ref(sight);
    conn_end_statement(execution->session->conn);
}

static void tell_progress(gint64 elapsed, const Sight *sight, gpointer data)
{
    Execution *execution = data;
    EngineEvent event = {.statement = execution->statement, .elapsed = elapsed, .sight = sight};

    if (sight && sight->text) {
        event.statement = find_running(execution, sight->text);
        event.elapsed = sight->age;
    }
    execution_tell(execution, EVENT_PROGRESS, execution->next, event);
    bound_wait(execution, sight);
}

void execution_await(Execution *execution, const StepMessage *message)
{
    if (message->phase == PHASE_BEGIN || message->phase == PHASE_STATEMENT)
        execution->statement = message->index;
    watch_begin_statement(execution->watch);
}

gboolean execution_is_last(const Execution *execution, guint index)
{
    return index + 1 == execution->scripts->len;
}

Script *execution_script(const Execution *execution, guint index)
{
    return g_ptr_array_index(execution->scripts, index);
}

void execution_begin_last_words(const Execution *execution)
{
    conn_set_cancel(execution->session->conn, NULL);
    conn_set_timeout(execution->session->conn, LAST_WORDS);
}

void execution_end_last_words(const Execution *execution)
{
    conn_set_timeout(execution->session->conn, 0);
    conn_set_cancel(execution->session->conn, execution->session->cancel);
}

/* The last commit must reach the disk, and with it all before it: as durable as role, database and
 * server ask for (remote_apply, say), and at least on. It also sends the news, under a lock of the
 * whole server that others' commits hold for as long as their disk takes: too long for a try's lock
 * timeout, and no reason to run the revision again. */
static char *last_commit_sql(const Session *session)
{
    const char *durability = session->default_synchronous_commit;

    return g_strdup_printf("SELECT pg_catalog.set_config('synchronous_commit', '%s', true), "
                           "pg_catalog.set_config('lock_timeout', '%" G_GINT64_FORMAT "us', true)",
                           g_str_equal(durability, "off") ? "on" : durability,
                           session->settings->lock_timeout);
}

GArray *execution_messages(const Execution *execution, guint index)
{
    const StepEnding ending = {execution_is_last(execution, index) ? execution->last_commit_sql
                                                                   : NULL,
                               execution->release_locks_sql, execution->listen_sql};

    return step_messages(execution_script(execution, index), &ending);
}

/* Where a transaction ends that is not the last of its revision. */
static GPtrArray *segment_values(const Execution *execution, Script *script)
{
    GPtrArray *values = g_ptr_array_new_full(5, g_free);

    g_ptr_array_add(values,
                    step_segment_facts(script, script_segment(script), SEGMENT_FINISHED, NULL));
    for (guint i = 0; i < 3; i++)
        g_ptr_array_add(values, NULL); /* nothing was asked of the catalog */
    g_ptr_array_add(values, g_strdup(execution->run));
    return values;
}

GPtrArray *execution_values(const Execution *execution, guint index, ScriptPhase phase)
{
    gboolean ends_run = execution_is_last(execution, index);
    Script *script = execution_script(execution, index);

    return phase == PHASE_JOURNAL
               ? segment_values(execution, script)
               : step_arguments(script, execution->version_table, ends_run,
                                ends_run ? execution->listing : NULL, execution->run);
}

const char *execution_own_sql(const Execution *execution, guint index, ScriptPhase phase)
{
    gboolean restores = execution_script(execution, index)->may_change_session;

    if (phase == PHASE_JOURNAL)
        return restores ? execution->restoring_segment_sql : execution->segment_sql;
    return restores ? execution->restoring_record_sql : execution->record_sql;
}

FailurePlace execution_place(const Execution *execution, const Script *script,
                             const StepMessage *message)
{
    return (FailurePlace){.script = script,
                          .phase = message->phase,
                          .statement = message->statement,
                          .index = message->index,
                          .before = execution->next,
                          .has_time_limit = execution->session->settings->statement_timeout > 0};
}

void execution_move_place(const Execution *execution, FailurePlace *place)
{
    const Script *script = execution_script(execution, execution->next);

    if (place->script != script)
        *place = execution_place(execution, script, &(StepMessage){.phase = PHASE_BEGIN});
    place->before = execution->next;
}

unsigned execution_position(const Execution *execution, const StepMessage *message)
{
    const Conn *conn = execution->session->conn;
    unsigned position = conn_error_position(conn);

    if (position == 0 || !message->sql || !conn_counts_bytes(conn))
        return position;
    return (unsigned)g_utf8_strlen(message->sql, (gssize)position - 1) + 1;
}

void execution_advance(Execution *execution, guint index, gint64 took)
{
    Script *script = execution_script(execution, index);

    if (!script_ends_next(script)) {
        FAILPOINT("segment-committed");
        script->segment++;
        return;
    }
    FAILPOINT("revision-committed");
    execution->next = index + 1;
    execution_tell(execution, EVENT_REVISION_DONE, index, (EngineEvent){.elapsed = took});
}

void execution_roll_back(const Execution *execution)
{
    Conn *conn = execution->session->conn;

    execution_begin_last_words(execution);
    if (conn_is_alive(conn))
        conn_pipeline_end(conn, NULL);
    if (conn_is_alive(conn) && conn_in_transaction(conn))
        conn_exec(conn, "ROLLBACK", NULL, NULL);
    execution_end_last_words(execution);
}

static gboolean may_keep_locks(const GPtrArray *scripts)
{
    for (guint i = 0; i < scripts->len; i++)
        if (((const Script *)g_ptr_array_index(scripts, i))->may_keep_locks)
            return TRUE;
    return FALSE;
}

static char *format_release(const Session *session)
{
    g_autofree char *key = g_strdup_printf("%" G_GINT64_FORMAT, session->key.key);
    g_autofree char *instance_class = NULL;
    g_autofree char *own_locks = fence_own_locks(session, &instance_class);
    const char *const values[] = {"lock_key",     key, "own_locks", own_locks, "instance_class",
                                  instance_class, NULL};

    return sql_expand(sql_release_locks, values);
}

static void set_leavings(Execution *execution)
{
    const Session *session = execution->session;

    g_free(execution->release_locks_sql);
    g_free(execution->listen_sql);
    execution->release_locks_sql =
        may_keep_locks(execution->scripts) ? format_release(session) : NULL;
    execution->listen_sql = session->listens ? session_listen_sql(session) : NULL;
}

static void set_restoring(char **restoring, const char *sql, const char *parameters)
{
    g_free(*restoring);
    *restoring = g_strconcat(sql, ", ", parameters,
                             ", pg_catalog.set_config('synchronous_commit', 'off', false)", NULL);
}

void execution_prepare_try(Execution *execution, gint64 lock_timeout)
{
    g_autofree char *parameters = session_parameters(execution->session, lock_timeout);

    execution->sent = execution->next;
    execution->lock_timeout = lock_timeout;
    set_leavings(execution);
    set_restoring(&execution->restoring_record_sql, execution->record_sql, parameters);
    set_restoring(&execution->restoring_segment_sql, execution->segment_sql, parameters);
}

char *execution_opening_sql(const Execution *execution)
{
    return g_strdup_printf("SELECT pg_catalog.set_config('lock_timeout', '%" G_GINT64_FORMAT
                           "us', false), pg_catalog.set_config('synchronous_commit', 'off', false)",
                           execution->lock_timeout);
}

char *execution_patience_sql(const Execution *execution)
{
    return g_strdup_printf("SET lock_timeout = '%" G_GINT64_FORMAT "us'",
                           settings_patience(execution->session->settings));
}

void execution_restore(const Execution *execution)
{
    Conn *conn = execution->session->conn;
    g_autofree char *patience = execution_patience_sql(execution);
    g_autofree char *both = g_strconcat(EXECUTION_DURABILITY_SQL "; ", patience, NULL);

    execution_begin_last_words(execution);
    if (conn_is_alive(conn))
        conn_exec(conn, both, NULL, NULL);
    if (conn_is_alive(conn) && execution->release_locks_sql)
        conn_exec(conn, execution->release_locks_sql, NULL, NULL);
    execution_end_last_words(execution);
}

static void tell_notice(const char *severity, const char *message, gpointer data)
{
    const Execution *execution = data;
    g_autofree char *text = g_strdup_printf("%s: %s", severity, message);
    EngineEvent event = {.kind = EVENT_NOTICE, .text = text};

    event_send(execution->events, &event);
}

gboolean execution_connect(Execution *execution, GError **error)
{
    Session *session = execution->session;

    g_clear_pointer(&execution->prepared_record, g_free);
    g_free(execution->run);
    execution->run = run_format(session, execution->origin, error);
    if (!execution->run)
        return FALSE;
    g_free(execution->last_commit_sql);
    execution->last_commit_sql = last_commit_sql(session);
    conn_set_notice_sink(session->conn, tell_notice, execution);
    execution->watch = watch_new(session->conn, session->facts.backend_pid,
                                 session->settings->instance, tell_progress, execution);
    return TRUE;
}
