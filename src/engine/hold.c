/* Setting and lifting a hold. */
#include "engine/hold.h"

#include "base/error.h"
#include "engine/budget.h"
#include "engine/session_private.h"
#include "engine/sql_engine.h"

/* The tables are made under the lock; where they are, none is needed. */
static gboolean require_state(Session *session, const EventSink *events, GError **error)
{
    gboolean prepared;
    gboolean taken;

    if (session->has_version_table && session->has_state)
        return TRUE;
    if (session->has_lock)
        return session_prepare_state(session, events, error);
    if (!session_lock(session, NULL, NULL, &taken, events, error))
        return FALSE;
    prepared = session_prepare_state(session, events, error);
    return session_unlock(session, prepared ? error : NULL) && prepared;
}

static gboolean explain_privilege(const Session *session, GError **error)
{
    if (error && error_is(*error, ERROR_PRIVILEGE))
        error_set_hint(error,
                       "as the owner run: GRANT USAGE ON SCHEMA \"%s\" TO \"%s\"; GRANT SELECT, "
                       "INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA \"%s\" TO \"%s\"",
                       session->settings->state_schema, session->facts.role,
                       session->settings->state_schema, session->facts.role);
    return FALSE;
}

gboolean hold_set(Session *session, const char *target, const RunOrigin *origin,
                  const EventSink *events, GError **error)
{
    g_autoptr(DatabaseState) state = session_read_state(session, error);
    g_autofree char *sql = session_expand(session, sql_record_hold);
    g_autofree char *heads = NULL;
    g_autofree char *run = NULL;

    if (!state || !require_state(session, events, error))
        return FALSE;
    run = run_format(session, origin, error);
    if (!run)
        return FALSE;
    heads = text_array_format((const char *const *)state->heads);
    return conn_exec_params(session->conn, sql, 3, (const char *[]){target, heads, run}, NULL,
                            error) ||
           explain_privilege(session, error);
}

gboolean hold_release(Session *session, const RunOrigin *origin, char **released, GError **error)
{
    g_autoptr(DatabaseState) state = session_read_state(session, error);
    g_autofree char *sql = session_expand(session, sql_record_release);
    g_autoptr(Result) result = NULL;
    g_autofree char *heads = NULL;
    g_autofree char *run = NULL;

    if (!state)
        return FALSE;
    if (!state->hold) {
        *released = NULL;
        return TRUE;
    }
    run = run_format(session, origin, error);
    if (!run)
        return FALSE;
    heads = text_array_format((const char *const *)state->heads);
    if (!conn_exec_params(session->conn, sql, 2, (const char *[]){heads, run}, &result, error))
        return explain_privilege(session, error);
    *released = g_strdup(result_text(result, 0, 0));
    return TRUE;
}

gboolean hold_require_none(const Hold *hold, const Graph *files, GError **error)
{
    hold = budget_hold_in_force(hold, files);
    if (!hold)
        return TRUE;
    error_set(error, ERROR_HELD, "the database is on hold at %s since %s%s%s%s%s",
              *hold->target ? hold->target : "base", hold->since, hold->actor ? ", set by " : "",
              hold->actor ? hold->actor : "", hold->reason ? ": " : "",
              hold->reason ? hold->reason : "");
    error_set_outcome(error, "nothing was changed");
    error_set_hint(error, "lift the hold first: pgsluice release --reason \"why it is over\"");
    return FALSE;
}
