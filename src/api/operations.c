/* The routes under /admin/operations. */
#include <string.h>

#include "api/desk.h"
#include "api/handlers.h"

HttpResponse *api_accepted(const char *id, const char *document)
{
    g_autofree char *location = g_strconcat("/admin/operations/", id, NULL);
    g_autoptr(GBytes) body = g_bytes_new(document, strlen(document));
    HttpResponse *response = http_response_new(202, "application/json", body);

    http_response_add_header(response, "Location", location);
    http_response_add_header(response, "Cache-Control", "no-store");
    return response;
}

static HttpResponse *answer_unknown(const HttpRequest *request)
{
    const HttpProblem problem = {.status = 404,
                                 .slug = "unknown-operation",
                                 .title = "No such operation",
                                 .detail = "No operation has this id",
                                 .hint = "pgsluice audit tells what was done to the database"};

    return http_problem(request, &problem);
}

HttpResponse *api_ask_database(Api *api, HttpRequest *request, Call *call)
{
    g_autofree char *why = NULL;

    if (desk_ask(api_desk(api), &why) != DESK_TAKEN) {
        g_autoptr(Snapshot) snapshot = api_current(api);

        call_free(call);
        return api_unavailable(request, snapshot, "The database cannot be asked now", NULL);
    }
    call->reply = http_request_defer(request);
    if (desk_take(api_desk(api), call, &why) != DESK_TAKEN)
        call_free(call);
    return NULL;
}

/* Older ones, and those of other daemons, the database knows. */
static HttpResponse *look_up(Api *api, HttpRequest *request, const char *id)
{
    Call *call = g_new0(Call, 1);

    call->kind = CALL_LOOKUP;
    call->operation = g_strdup(id);
    return api_ask_database(api, request, call);
}

HttpResponse *api_get_operation(HttpRequest *request, gpointer data)
{
    const char *id = http_request_parameter(request, "id");
    g_autoptr(GBytes) body = NULL;
    gboolean is_running;
    HttpResponse *response;
    char *document;

    if (!g_uuid_string_is_valid(id))
        return answer_unknown(request);
    document = desk_describe(api_desk(data), id, &is_running);
    if (!document)
        return look_up(data, request, id);
    body = g_bytes_new_take(document, strlen(document));
    response = http_response_new(200, "application/json", body);
    http_response_add_header(response, "Cache-Control", "no-store");
    if (is_running)
        http_response_add_header(response, "Retry-After", "1");
    return response;
}
