/* Holds that failures set. */
#include "engine/budget.h"

#include "engine/session_private.h"
#include "engine/sql_engine.h"
#include "revision/file.h"

static void tell(const char *revision, gint64 failures, const EventSink *events)
{
    g_autofree char *text = g_strdup_printf(
        "revision %s has failed %" G_GINT64_FORMAT " times with the same SQL: the database is on "
        "hold until its file is corrected, or until `pgsluice release`",
        revision, failures);
    EngineEvent event = {.kind = EVENT_NOTICE, .text = text};

    event_send(events, &event);
}

void budget_spend(Session *session, const char *revision, const char *checksum,
                  const char *const *heads, const char *run, const EventSink *events)
{
    g_autofree char *sql = session_expand(session, sql_record_failure_hold);
    g_autofree char *limit = g_strdup_printf("%d", session->settings->failure_limit);
    g_autofree char *heads_text = text_array_format(heads);
    const char *values[] = {revision, checksum, heads_text, limit, run};
    g_autoptr(Result) result = NULL;

    if (session->settings->failure_limit == 0 ||
        !conn_exec_params(session->conn, sql, G_N_ELEMENTS(values), values, &result, NULL))
        return;
    if (result_text(result, 0, 0))
        tell(revision, result_int64(result, 0, 0), events);
}

gboolean budget_hold_is_void(const Hold *hold, const Graph *graph)
{
    const Revision *revision;
    g_autoptr(RevisionBody) body = NULL;

    if (!hold || !hold->failed_revision)
        return FALSE;
    revision = graph_find(graph, hold->failed_revision);
    if (!revision)
        return TRUE;
    body = revision_read_body(revision, NULL);
    return body && g_strcmp0(body->up.checksum, hold->failed_checksum) != 0;
}

const Hold *budget_hold_in_force(const Hold *hold, const Graph *graph)
{
    return budget_hold_is_void(hold, graph) ? NULL : hold;
}
