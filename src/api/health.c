/* The routes that tell orchestrators and proxies about the gate: /livez, /readyz, /gate. */
#include "api/handlers.h"

HttpResponse *api_get_livez(HttpRequest *request, gpointer data)
{
    g_autoptr(Snapshot) snapshot = api_current(data);

    (void)request;
    return http_response_ref(snapshot->live);
}

HttpResponse *api_get_readyz(HttpRequest *request, gpointer data)
{
    g_autoptr(Snapshot) snapshot = api_current(data);

    if (!snapshot->is_open)
        return api_unavailable(request, snapshot, NULL, NULL);
    return http_response_ref(snapshot->live);
}

static HttpResponse *refuse_revision(const HttpRequest *request, const Snapshot *snapshot,
                                     const char *revision, gboolean is_known)
{
    g_autofree char *detail =
        g_strdup_printf(is_known ? "Revision \"%s\" is not applied"
                                 : "Revision \"%s\" is neither in the files nor applied",
                        revision);

    return api_unavailable(request, snapshot, detail,
                           is_known ? "it passes when somebody upgrades the database that far"
                                    : "write the whole id; see `pgsluice history` on that host");
}

HttpResponse *api_get_gate(HttpRequest *request, gpointer data)
{
    g_autoptr(Snapshot) snapshot = api_current(data);
    g_autofree char *revision = http_request_query(request, "revision");
    gpointer is_applied = NULL;
    gboolean is_known;

    if (!snapshot->is_open)
        return api_unavailable(request, snapshot, NULL, NULL);
    if (!revision)
        return http_response_ref(snapshot->pass);
    is_known = g_hash_table_lookup_extended(snapshot->revisions, revision, NULL, &is_applied);
    if (!GPOINTER_TO_INT(is_applied))
        return refuse_revision(request, snapshot, revision, is_known);
    return http_response_ref(snapshot->pass);
}
