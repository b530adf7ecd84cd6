/* The routes under /admin/migrations. */
#include "api/handlers.h"
#include "base/clock.h"
#include "http/etag.h"

enum { LEDGER_LIMIT = 100, LEDGER_LIMIT_MAX = 1000 };

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

HttpResponse *api_get_revision(HttpRequest *request, gpointer data)
{
    Call *call = g_new0(Call, 1);

    call->kind = CALL_REVISION;
    call->revision = g_strdup(http_request_parameter(request, "rev"));
    return api_ask_database(data, request, call);
}

static HttpResponse *refuse_query(const HttpRequest *request, const char *detail)
{
    const HttpProblem problem = {.status = 422,
                                 .slug = "query",
                                 .detail = detail,
                                 .hint = "?since=2026-11-22T14:02:11Z&limit=100"};

    return http_problem(request, &problem);
}

HttpResponse *api_get_ledger(HttpRequest *request, gpointer data)
{
    g_autofree char *since = http_request_query(request, "since");
    g_autofree char *limit = http_request_query(request, "limit");
    guint64 count = LEDGER_LIMIT;
    gint64 wall;
    Call *call;

    if (since && !clock_parse_rfc3339(since, &wall, NULL))
        return refuse_query(request, "\"since\" is not a time");
    if (limit && !g_ascii_string_to_unsigned(limit, 10, 1, LEDGER_LIMIT_MAX, &count, NULL))
        return refuse_query(request, "\"limit\" is not a number from 1 to 1000");
    call = g_new0(Call, 1);
    call->kind = CALL_LEDGER;
    call->since = since ? clock_format_rfc3339(wall) : NULL;
    call->limit = (guint)count;
    return api_ask_database(data, request, call);
}
