/* Asking ahead: the try for the lock, and in the same round trip what its holder asks next. */
#include "engine/ahead.h"

#include "engine/session_private.h"
#include "engine/sql_engine.h"

void ahead_clear(Session *session)
{
    for (guint i = 0; i < AHEAD_QUESTIONS; i++)
        g_clear_pointer(&session->ahead[i], result_free);
}

/* Whoever waits for the lock tries often: what that does not get should cost it nothing. */
static char *applied_sql(const Session *session)
{
    g_autofree char *sql = session_expand(session, sql_read_applied);

    return g_strdup_printf("SELECT a.* FROM (%s) a WHERE (SELECT EXISTS (SELECT FROM "
                           "pg_catalog.pg_locks l WHERE l.locktype = 'advisory' AND l.granted AND "
                           "l.mode = 'ExclusiveLock' AND l.pid = pg_catalog.pg_backend_pid()))",
                           sql);
}

/* The text of a question, g_free; NULL when there is nothing to ask. */
static char *question_sql(const Session *session, AheadQuestion question)
{
    gboolean has_both = session->has_version_table && session->has_state;

    switch (question) {
    case AHEAD_PRESENCE:
        return has_both ? NULL : session_expand(session, sql_presence);
    case AHEAD_STATE:
        return has_both ? g_strdup(session->read_state_sql) : NULL;
    case AHEAD_PRIVILEGES:
        return session_expand(session, sql_privileges);
    case AHEAD_RECORDED_SERVER:
        return session->has_state ? session_expand(session, sql_recorded_server) : NULL;
    case AHEAD_LEDGER_END:
        return session->has_state ? session_expand(session, sql_ledger_end) : NULL;
    case AHEAD_APPLIED:
        return session->has_state ? applied_sql(session) : NULL;
    case AHEAD_NAMESPACES:
        return session->settings->records_schema ? g_strdup(sql_catalog_namespaces) : NULL;
    case AHEAD_IDENTITY:
        return session->server.is_known ? NULL : session_expand(session, sql_server_identity);
    default:
        g_assert_not_reached();
    }
}

/* Sends the try and the questions; `asked` tells which ones. Each question sees what is committed
 * when it runs: after the try, so under the lock. */
static gboolean send_all(Session *session, gboolean asked[AHEAD_QUESTIONS], GError **error)
{
    if (!lock_try_queue(session->conn, session->key, error))
        return FALSE;
    for (guint i = 0; i < AHEAD_QUESTIONS; i++) {
        g_autofree char *sql = question_sql(session, i);

        asked[i] = sql != NULL;
        if (sql && !conn_pipeline_send(session->conn, sql, 0, NULL, error))
            return FALSE;
    }
    return conn_pipeline_sync(session->conn, error);
}

static gboolean take_all(Session *session, const gboolean asked[AHEAD_QUESTIONS], gboolean *is_ours,
                         GError **failure, GError **error)
{
    g_autoptr(Result) lock = NULL;
    PipelineOutcome outcome;

    if (!conn_pipeline_next(session->conn, &outcome, &lock, failure, error))
        return FALSE;
    *is_ours = lock && lock_try_answer(lock);
    for (guint i = 0; i < AHEAD_QUESTIONS; i++) {
        g_autoptr(GError) ignored = NULL;

        if (asked[i] &&
            !conn_pipeline_next(session->conn, &outcome, &session->ahead[i], &ignored, error))
            return FALSE;
    }
    return TRUE;
}

gboolean ahead_try_lock(Session *session, gboolean *is_ours, GError **error)
{
    gboolean asked[AHEAD_QUESTIONS] = {FALSE};
    g_autoptr(GError) failure = NULL;

    *is_ours = FALSE;
    ahead_clear(session);
    if (!conn_pipeline_begin(session->conn, error))
        return FALSE;
    if (!send_all(session, asked, error) || !take_all(session, asked, is_ours, &failure, error) ||
        !conn_pipeline_end(session->conn, error)) {
        ahead_clear(session);
        return FALSE;
    }
    if (!*is_ours)
        ahead_clear(session);
    if (!failure)
        return TRUE;
    g_propagate_error(error, g_steal_pointer(&failure));
    return FALSE;
}

gboolean ahead_ask(Session *session, AheadQuestion question, const char *sql, Result **result,
                   GError **error)
{
    *result = g_steal_pointer(&session->ahead[question]);
    return *result || !sql || conn_exec(session->conn, sql, result, error);
}
