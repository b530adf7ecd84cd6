/* The bodies and headers of /admin/migrations/rollback. */
#include "client/rollback.h"

#include <jansson.h>
#include <stdlib.h>

#include "base/error.h"

/* Short, so that what takes longer is soon followed by its events. */
enum { WAIT_SECONDS = 2 };

static void set_text(json_t *json, const char *key, const char *value)
{
    if (value)
        json_object_set_new(json, key, json_string(value));
}

/* g_free. ERROR_USAGE when the target or reason is not UTF-8. */
static char *make_body(const RollbackCall *call, gboolean is_dry, GError **error)
{
    json_t *json = json_object();
    g_autofree char *body = NULL;
    char *text;

    if (!g_utf8_validate(call->target, -1, NULL) ||
        (call->reason && !g_utf8_validate(call->reason, -1, NULL))) {
        json_decref(json);
        error_set(error, ERROR_USAGE, "the target and the reason must be UTF-8");
        return NULL;
    }
    set_text(json, "target", call->target);
    json_object_set_new(json, "dry_run", json_boolean(is_dry));
    set_text(json, "confirm", is_dry ? NULL : call->digest);
    set_text(json, "reason", call->reason);
    json_object_set_new(json, "accept_data_loss", json_boolean(call->accepts_data_loss));
    json_object_set_new(json, "accept_drift", json_boolean(call->accepts_drift));
    text = json_dumps(json, JSON_COMPACT);
    json_decref(json);
    body = g_strdup(text);
    free(text);
    return g_steal_pointer(&body);
}

static gboolean post(Client *client, const char *body, const char *const *headers, gint64 timeout,
                     ClientReply *reply, GError **error)
{
    ClientRequest request = {.method = "POST",
                             .path = "/admin/migrations/rollback",
                             .body = body,
                             .headers = headers,
                             .timeout = timeout};

    return client_call(client, &request, reply, error);
}

RemotePlan *rollback_plan(Client *client, const RollbackCall *call, GError **error)
{
    g_autofree char *body = make_body(call, TRUE, error);
    g_auto(ClientReply) reply = {0};

    if (!body || !post(client, body, NULL, 0, &reply, error))
        return NULL;
    return remote_plan_read(reply.body->str, reply.body->len, error);
}

RemoteOperation *rollback_run(Client *client, const RollbackCall *call, GError **error)
{
    g_autofree char *body = make_body(call, FALSE, error);
    g_autofree char *key = g_strconcat("Idempotency-Key: ", call->key, NULL);
    g_autofree char *match = g_strconcat("If-Match: ", call->etag, NULL);
    g_autofree char *prefer = g_strdup_printf("Prefer: wait=%d", WAIT_SECONDS);
    const char *const headers[] = {key, match, prefer, NULL};
    g_auto(ClientReply) reply = {0};

    if (!body ||
        !post(client, body, headers,
              client_endpoint(client)->timeout + WAIT_SECONDS * G_TIME_SPAN_SECOND, &reply, error))
        return NULL;
    return remote_operation_read(reply.body->str, reply.body->len, error);
}

RemoteOperation *rollback_look(Client *client, const char *id, GError **error)
{
    g_autofree char *path = g_strconcat("/admin/operations/", id, NULL);
    ClientRequest request = {.method = "GET", .path = path};
    g_auto(ClientReply) reply = {0};

    if (!client_call(client, &request, &reply, error))
        return NULL;
    return remote_operation_read(reply.body->str, reply.body->len, error);
}
