/* The routes under /admin/migrations. */
#include "api/handlers.h"
#include "http/etag.h"

HttpResponse *api_get_migrations(HttpRequest *request, gpointer data)
{
    g_autoptr(Snapshot) snapshot = api_current(data);

    if (!snapshot->document)
        return api_unavailable(request, snapshot, "The status is not known yet", NULL);
    if (snapshot->etag &&
        etag_list_has(http_request_header(request, "If-None-Match"), snapshot->etag))
        return http_response_ref(snapshot->not_modified);
    return http_response_ref(snapshot->document);
}
