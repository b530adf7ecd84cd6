/* The facts of a run: who, where, on which server, under which lock. */
#include "engine/run.h"

#include "base/error.h"
#include "base/secret.h"
#include "engine/pairs.h"
#include "engine/server.h"
#include "engine/session_private.h"
#include "engine/sql_engine.h"

char *run_format(Session *session, const RunOrigin *origin, GError **error)
{
    const EngineSettings *settings = session->settings;
    g_autoptr(Pairs) pairs = pairs_new();
    g_autofree char *lock_key = g_strdup_printf("%" G_GINT64_FORMAT, session->key.key);
    g_autofree char *class_id = g_strdup_printf("%u", (guint32)session->key.class_id);
    g_autofree char *object_id = g_strdup_printf("%u", (guint32)session->key.object_id);

    if (!server_require_recorded(session, error) || !server_add_identity(session, pairs, error))
        return NULL;
    pairs_add(pairs, "plan_digest", origin->plan_digest);
    pairs_add_redacted(pairs, "actor", origin->actor);
    pairs_add_redacted(pairs, "reason", origin->reason);
    pairs_add(pairs, "peer", origin->peer);
    pairs_add(pairs, "request_id", origin->request_id);
    pairs_add_redacted(pairs, "holds", origin->holds);
    pairs_add(pairs, "host", g_get_host_name());
    pairs_add(pairs, "instance", settings->instance);
    pairs_add(pairs, "backend_pid", session->facts.backend_pid);
    pairs_add(pairs, "lock_key", lock_key);
    pairs_add(pairs, "lock_class", class_id);
    pairs_add(pairs, "lock_object", object_id);
    pairs_add(pairs, "channel", settings->state_schema);
    return pairs_format(pairs);
}

gboolean run_record_event(Session *session, const char *run, const char *event,
                          const char *revision, const char *const *heads, const char *checksum,
                          const char *sqlstate, const char *message, GError **error)
{
    g_autofree char *sql = session_expand(session, sql_record_event);
    g_autofree char *heads_text = text_array_format(heads);
    g_autofree char *redacted = secret_redact(message);
    const char *values[] = {event, revision, heads_text, checksum, sqlstate, redacted, run};

    return conn_exec_params(session->conn, sql, G_N_ELEMENTS(values), values, NULL, error);
}
