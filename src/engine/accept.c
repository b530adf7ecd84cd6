/* Recording a file anew. */
#include "engine/accept.h"

#include "base/error.h"
#include "engine/facts.h"
#include "engine/integrity.h"
#include "engine/run.h"
#include "engine/session_private.h"
#include "engine/sql_engine.h"

static gboolean refuse_unrecorded(const Integrity *integrity, const GPtrArray *records,
                                  const Revision *revision, GError **error)
{
    if (integrity_wants(integrity, revision))
        return TRUE;
    error_set(error, ERROR_REFUSED, "revision %s %s", revision->id,
              records_find(records, revision->id)
                  ? "is not applied"
                  : "has no record here that its file could differ from");
    error_set_outcome(error, "nothing was changed");
    error_set_hint(error, "pgsluice verify lists what differs");
    return FALSE;
}

/* Whether the file says anything else than the record. */
static gboolean differs(Integrity *integrity, const Revision *revision, const RevisionBody *body)
{
    const GPtrArray *const lists[] = {integrity_mismatches(integrity),
                                      integrity_edited_downs(integrity)};

    integrity_look(integrity, revision, body);
    for (gsize i = 0; i < G_N_ELEMENTS(lists); i++)
        for (guint k = 0; k < lists[i]->len; k++)
            if (g_str_equal(((const Mismatch *)lists[i]->pdata[k])->revision, revision->id))
                return TRUE;
    return FALSE;
}

static gboolean record_file(Session *session, const DatabaseState *state, const Record *record,
                            const Revision *revision, const RevisionBody *body, const char *actor,
                            const char *reason, GError **error)
{
    g_autofree char *sql = session_expand(session, sql_record_accept);
    g_autofree char *heads = text_array_format((const char *const *)state->heads);
    g_autofree char *message = g_strdup_printf("checksum %s accepted in the place of %s",
                                               body->up.checksum, record->up_checksum);
    g_autoptr(Pairs) pairs = pairs_new();
    g_autofree char *facts = NULL;
    g_autofree char *run = run_format(session, &(RunOrigin){NULL, actor, reason}, error);

    if (!run)
        return FALSE;
    facts_add(pairs, revision, body);
    facts = pairs_format(pairs);
    return conn_exec_params(session->conn, sql, 4, (const char *[]){heads, facts, message, run},
                            NULL, error);
}

static gboolean accept_locked(Session *session, const Graph *graph, const Revision *revision,
                              const char *actor, const char *reason, gboolean *accepted,
                              GError **error)
{
    g_autoptr(DatabaseState) state = session_read_state(session, error);
    g_autoptr(GPtrArray) records = state ? records_read(session, error) : NULL;
    g_autoptr(Integrity) integrity = NULL;
    g_autoptr(RevisionBody) body = NULL;

    if (!records)
        return FALSE;
    integrity = integrity_new(graph, (const char *const *)state->heads, records);
    if (!refuse_unrecorded(integrity, records, revision, error))
        return FALSE;
    body = revision_read_body(revision, error);
    if (!body)
        return FALSE;
    *accepted = differs(integrity, revision, body);
    return !*accepted || record_file(session, state, records_find(records, revision->id), revision,
                                     body, actor, reason, error);
}

gboolean accept_file(Session *session, const Graph *graph, const Revision *revision,
                     const char *actor, const char *reason, const EventSink *events,
                     gboolean *accepted, GError **error)
{
    gboolean is_done;
    gboolean taken;

    if (!session_lock(session, NULL, NULL, &taken, events, error))
        return FALSE;
    is_done = accept_locked(session, graph, revision, actor, reason, accepted, error);
    return session_unlock(session, is_done ? error : NULL) && is_done;
}
