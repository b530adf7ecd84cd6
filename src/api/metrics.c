/* GET /metrics. */
#include "metrics/metrics.h"

#include <string.h>

#include "api/handlers.h"

HttpResponse *api_get_metrics(HttpRequest *request, gpointer data)
{
    g_autoptr(GBytes) body = NULL;
    HttpResponse *response;
    char *text;

    (void)request;
    api_measure(data);
    text = metrics_format();
    body = g_bytes_new_take(text, strlen(text));
    response = http_response_new(200, METRICS_CONTENT_TYPE, body);
    http_response_add_header(response, "Cache-Control", "no-store");
    return response;
}
