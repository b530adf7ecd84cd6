/* The facts of a run: who, where, on which server, under which lock. */
#include "engine/run.h"

#include "base/error.h"
#include "base/secret.h"
#include "engine/session_private.h"
#include "engine/sql_engine.h"

/* A managed server may keep pg_control_* to itself: then the ledger has no server identity. */
static gboolean ask_identity(Session *session, GPtrArray *pairs, GError **error)
{
    g_autofree char *sql = session_expand(session, sql_server_identity);
    g_autoptr(Result) result = NULL;
    g_autoptr(GError) reason = NULL;

    if (conn_exec(session->conn, sql, &result, &reason)) {
        g_ptr_array_add(pairs, g_strdup("system_identifier"));
        g_ptr_array_add(pairs, g_strdup(result_text(result, 0, 0)));
        g_ptr_array_add(pairs, g_strdup("timeline"));
        g_ptr_array_add(pairs, g_strdup(result_text(result, 0, 1)));
    } else if (!error_is(reason, ERROR_PRIVILEGE)) {
        g_propagate_error(error, g_steal_pointer(&reason));
        return FALSE;
    }
    return TRUE;
}

static void add_pair(GPtrArray *pairs, const char *name, const char *value)
{
    if (!value)
        return;
    g_ptr_array_add(pairs, g_strdup(name));
    g_ptr_array_add(pairs, secret_redact(value));
}

char *run_format(Session *session, const char *plan_digest, const char *actor, const char *reason,
                 GError **error)
{
    const EngineSettings *settings = session->settings;
    g_autoptr(GPtrArray) pairs = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *class_id = g_strdup_printf("%u", (guint32)session->key.class_id);
    g_autofree char *object_id = g_strdup_printf("%u", (guint32)session->key.object_id);

    if (!ask_identity(session, pairs, error))
        return NULL;
    add_pair(pairs, "plan_digest", plan_digest);
    add_pair(pairs, "actor", actor);
    add_pair(pairs, "reason", reason);
    add_pair(pairs, "host", g_get_host_name());
    add_pair(pairs, "instance", settings->instance);
    add_pair(pairs, "backend_pid", session->facts.backend_pid);
    add_pair(pairs, "lock_class", class_id);
    add_pair(pairs, "lock_object", object_id);
    add_pair(pairs, "channel", settings->state_schema);
    g_ptr_array_add(pairs, NULL);
    return text_array_format((const char *const *)pairs->pdata);
}

gboolean run_record_event(Session *session, const char *run, const char *event,
                          const char *revision, const char *const *heads, const char *checksum,
                          const char *sqlstate, const char *message, GError **error)
{
    g_autofree char *sql = session_expand(session, sql_append_event);
    g_autofree char *heads_text = text_array_format(heads);
    g_autofree char *redacted = secret_redact(message);
    const char *values[] = {event, revision, heads_text, checksum, sqlstate, redacted, run};

    return conn_exec_params(session->conn, sql, G_N_ELEMENTS(values), values, NULL, error);
}

char *run_version_table(const Session *session)
{
    g_autofree char *schema = sql_quote_identifier(session->settings->version_table_schema);
    g_autofree char *table = sql_quote_identifier(session->settings->version_table);

    return g_strconcat(schema, ".", table, NULL);
}
