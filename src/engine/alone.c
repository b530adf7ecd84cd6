/* One statement between two rows of the journal. The rows are written by the role that logged in,
 * and durably: what the statement does may not be in the write-ahead log. */
#include "engine/alone.h"

#include "base/error.h"
#include "base/failpoint.h"
#include "engine/probe.h"
#include "engine/session_private.h"
#include "engine/sql_engine.h"
#include "engine/step.h"

/* CREATE INDEX CONCURRENTLY waits for old transactions by locks: a timeout would leave it invalid.
 */
#define PARAMETERS "SET lock_timeout = 0; SET synchronous_commit = on"

/* Brings the session to where the statements before have left it. */
static gboolean enter_session(Session *session, const Script *script, guint first, GError **error)
{
    g_autoptr(GArray) messages = g_array_new(FALSE, FALSE, sizeof(StepMessage));

    if (!conn_exec(session->conn, PARAMETERS, NULL, error))
        return FALSE;
    step_add_session(messages, script, first);
    for (guint i = 0; i < messages->len; i++)
        if (!conn_exec(session->conn, g_array_index(messages, StepMessage, i).sql, NULL, error))
            return FALSE;
    return TRUE;
}

static gboolean leave_session(Session *session, const Script *script, GError **error)
{
    g_autofree char *parameters = NULL;
    g_autofree char *sql = NULL;

    if (!script->may_change_session)
        return TRUE;
    parameters = session_parameters(session, session->settings->lock_timeout);
    sql = g_strconcat("RESET SESSION AUTHORIZATION; RESET ROLE; RESET ALL; SET statement_timeout = "
                      "0; SELECT ",
                      parameters, "; " PARAMETERS, NULL);
    return conn_exec(session->conn, sql, NULL, error);
}

static gboolean record(Session *session, Script *script, const char *run, SegmentState state,
                       const char *sqlstate, const Probe *probe, GError **error)
{
    g_autofree char *facts = step_segment_facts(script, script_segment(script), state, sqlstate);
    g_autofree char *sql = session_expand(session, sql_record_segment);
    const char *const values[] = {facts, probe ? probe->object : NULL, probe ? probe->part : NULL,
                                  probe ? probe->state : NULL, run};

    return conn_exec_params(session->conn, sql, G_N_ELEMENTS(values), values, NULL, error);
}

static gboolean ask(Session *session, const Script *script, Probe *probe, GError **error)
{
    const Nature *nature = g_ptr_array_index(script->natures, script_segment(script)->first);

    return probe_ask(session, probe_name(nature), nature->object, nature->part, probe, error);
}

/* IF NOT EXISTS is content with an index that an earlier try has left invalid. */
static gboolean require_valid(const Nature *nature, const Probe *after, GError **error)
{
    if (nature->kind != NATURE_BUILD_INDEX || !g_str_has_prefix(after->state, "invalid"))
        return TRUE;
    error_set(error, ERROR_MIGRATION, "index %s is there, but it is not valid",
              after->leftovers[0] ? after->leftovers[0] : nature->part);
    error_set_hint(error,
                   "it was left by somebody else: DROP INDEX CONCURRENTLY %s, then run the "
                   "same command again",
                   after->leftovers[0] ? after->leftovers[0] : nature->part);
    return FALSE;
}

static gboolean run_statement(Session *session, const Script *script, GError **error)
{
    guint index = script_segment(script)->first;
    const Statement *statement = g_ptr_array_index(script->statements, index);
    g_auto(Probe) after = {0};

    return conn_exec(session->conn, statement->sql, NULL, error) &&
           ask(session, script, &after, error) &&
           require_valid(g_ptr_array_index(script->natures, index), &after, error);
}

gboolean alone_run(Session *session, Script *script, const char *run, gboolean *ran, GError **error)
{
    guint first = script_segment(script)->first;
    g_auto(Probe) before = {0};

    *ran = FALSE;
    if (!enter_session(session, script, first, error) || !ask(session, script, &before, error) ||
        !leave_session(session, script, error) ||
        !record(session, script, run, SEGMENT_STARTED, NULL, &before, error))
        return FALSE;
    FAILPOINT("segment-started");
    *ran = TRUE;
    if (!enter_session(session, script, first, error) || !run_statement(session, script, error))
        return FALSE;
    FAILPOINT("segment-ran");
    *ran = FALSE;
    if (!leave_session(session, script, error) ||
        !record(session, script, run, SEGMENT_FINISHED, NULL, NULL, error))
        return FALSE;
    FAILPOINT("segment-finished");
    script->segment++;
    return TRUE;
}

void alone_record_failure(Session *session, Script *script, const char *run, const char *sqlstate)
{
    if (leave_session(session, script, NULL))
        record(session, script, run, SEGMENT_FAILED, sqlstate, NULL, NULL);
}
