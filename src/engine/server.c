/* The identity of the server, and what the ledger says of it. */
#include "engine/server.h"

#include "base/error.h"
#include "engine/ahead.h"
#include "engine/run.h"
#include "engine/session_private.h"
#include "engine/sql_engine.h"

static gboolean learn_identity(Session *session, GError **error)
{
    g_autofree char *sql = session_expand(session, sql_server_identity);
    g_autoptr(Result) result = NULL;
    g_autoptr(GError) reason = NULL;

    if (session->server.is_known)
        return TRUE;
    if (ahead_ask(session, AHEAD_IDENTITY, sql, &result, &reason)) {
        session->server.system_identifier = g_strdup(result_text(result, 0, 0));
        session->server.timeline = g_strdup(result_text(result, 0, 1));
    } else if (!error_is(reason, ERROR_PRIVILEGE)) {
        g_propagate_error(error, g_steal_pointer(&reason));
        return FALSE;
    }
    session->server.is_known = TRUE;
    return TRUE;
}

void server_clear(Session *session)
{
    g_free(session->server.system_identifier);
    g_free(session->server.timeline);
}

gboolean server_add_identity(Session *session, Pairs *pairs, GError **error)
{
    if (!learn_identity(session, error))
        return FALSE;
    pairs_add(pairs, "system_identifier", session->server.system_identifier);
    pairs_add(pairs, "timeline", session->server.timeline);
    return TRUE;
}

/* *other is the recorded system identifier when it is not that of the server, else NULL; g_free. */
static gboolean find_other(Session *session, char **other, GError **error)
{
    g_autofree char *sql = NULL;
    g_autoptr(Result) result = NULL;
    const char *recorded;

    *other = NULL;
    if (session->has_state)
        sql = session_expand(session, sql_recorded_server);
    if (!ahead_ask(session, AHEAD_RECORDED_SERVER, sql, &result, error) ||
        !learn_identity(session, error))
        return FALSE;
    recorded = result && result_rows(result) ? result_text(result, 0, 0) : NULL;
    if (recorded && session->server.system_identifier &&
        !g_str_equal(recorded, session->server.system_identifier))
        *other = g_strdup(recorded);
    return TRUE;
}

gboolean server_require_recorded(Session *session, GError **error)
{
    g_autofree char *other = NULL;

    if (session->server.is_accepted)
        return TRUE;
    if (!find_other(session, &other, error))
        return FALSE;
    session->server.is_accepted = !other;
    if (!other)
        return TRUE;
    error_set(
        error, ERROR_REFUSED,
        "the ledger was last written on the server with system identifier %s, this one (%s) "
        "has %s: a dump that was restored here, or not the server that the name should lead to",
        other, conn_describe(session->conn), session->server.system_identifier);
    error_set_outcome(error, "nothing was changed");
    error_set_hint(error, "if this is the database you mean: pgsluice repair --accept-server "
                          "--reason \"why it moved\"");
    return FALSE;
}

gboolean server_accept(Session *session, const char *actor, const char *reason, char **before,
                       GError **error)
{
    g_autoptr(DatabaseState) state = session_read_state(session, error);
    g_autofree char *other = NULL;
    g_autofree char *run = NULL;
    g_autofree char *message = NULL;

    if (!state || !find_other(session, &other, error))
        return FALSE;
    *before = NULL;
    session->server.is_accepted = TRUE;
    if (!other)
        return TRUE;
    run = run_format(session, &(RunOrigin){NULL, actor, reason}, error);
    message = g_strdup_printf("accepted the server with system identifier %s in place of %s",
                              session->server.system_identifier, other);
    if (!run || !run_record_event(session, run, "accept-server", NULL,
                                  (const char *const *)state->heads, NULL, NULL, message, error))
        return FALSE;
    *before = g_steal_pointer(&other);
    return TRUE;
}
