/* A segment that is a transaction goes the way of all transactions (retry.h), a statement that
 * cannot run in one the way of alone.h. The journal is asked again on each new connection. */
#include "engine/segmented.h"

#include "base/error.h"
#include "engine/alone.h"
#include "engine/breakage.h"
#include "engine/recover.h"
#include "engine/retry.h"
#include "engine/session_private.h"

/* An answer of the server's is as good as none when the connection broke: then the journal's row
 * stays open. */
static void record_statement_failure(Execution *execution, Script *script, gboolean ran,
                                     GError **error)
{
    Session *session = execution->session;
    const char *sqlstate = error_sqlstate(*error);

    if (!ran || !sqlstate || !conn_is_alive(session->conn))
        return;
    execution_begin_last_words(execution);
    alone_record_failure(session, script, execution->run, sqlstate);
    execution_end_last_words(execution);
}

/* The server's words for it name nobody. */
static void say_what_ended_it(const Execution *execution, GError **error)
{
    if (!execution->in_the_way || g_strcmp0(error_sqlstate(*error), "57014") != 0)
        return;
    g_free((*error)->message);
    (*error)->message =
        g_strdup("it waited for others for as long as execution.retry_deadline says");
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

/* The statement that comes next runs by itself. TRUE too when the connection broke under it: then
 * the journal is asked on the new one how it ended, as the next run would ask. */
static gboolean run_alone(Execution *execution, Script *script, GError **error)
{
    Session *session = execution->session;
    guint index = script_segment(script)->first;
    const Statement *statement = g_ptr_array_index(script->statements, index);
    StepMessage message = {
        .phase = PHASE_STATEMENT, .statement = statement, .index = index, .sql = statement->sql};
    FailurePlace place = execution_place(execution, script, &message);
    gboolean is_done;
    gboolean ran;

    tell_guess(execution, script, index);
    execution_await(execution, &message);
    execution->is_alone = TRUE;
    execution->waits_since = 0;
    g_clear_pointer(&execution->in_the_way, sight_unref);
    is_done = alone_run(session, script, execution->run, &ran, error);
    execution->is_alone = FALSE;
    watch_rest(execution->watch);
    if (is_done) {
        execution_tell(execution, EVENT_STATEMENT_DONE, execution->next,
                       (EngineEvent){.statement = index});
        return TRUE;
    }
    place.position = ran ? execution_position(execution, &message) : 0;
    execution_roll_back(execution);
    record_statement_failure(execution, script, ran, error);
    say_what_ended_it(execution, error);
    if (breakage_settle(execution, &place, error))
        return TRUE;
    if (execution->in_the_way)
        failure_name_blockers(*error, execution->in_the_way);
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

gboolean segmented_run(Execution *execution, GError **error)
{
    guint index = execution->next;
    Script *script = execution_script(execution, index);
    guint connection = 0; /* the one on which the journal was asked last; 0: none yet */

    if (!find_segment(execution, script, &connection, error))
        return FALSE;
    execution_tell(execution, EVENT_REVISION_STARTED, index, (EngineEvent){0});
    while (execution->next == index) {
        const Segment *segment;

        if (!find_segment(execution, script, &connection, error))
            return FALSE;
        segment = script_segment(script);
        if (segment && !segment->is_transaction ? !run_alone(execution, script, error)
                                                : !retry_run(execution, index + 1, error))
            return FALSE;
    }
    return TRUE;
}
