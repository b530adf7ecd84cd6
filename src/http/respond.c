/* Responses over MHD_Response, and problem documents. Which response is right is decided elsewhere.
 */
#include "http/respond.h"

#include <jansson.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "http/internal.h"

struct HttpResponse {
    atomic_uint references;
    unsigned status;
    struct MHD_Response *mhd;
    GBytes *body;
    HttpStream *stream; /* in its place, or NULL */
};

static void release_body(void *body)
{
    g_bytes_unref(body);
}

/* libmicrohttpd may send the bytes after the HttpResponse is gone, so it holds the body itself. */
static struct MHD_Response *make_mhd_response(GBytes *body)
{
    gsize size = 0;
    const void *bytes = g_bytes_get_data(body, &size);
    struct MHD_Response *mhd = MHD_create_response_from_buffer_with_free_callback_cls(
        size, (void *)(size > 0 ? bytes : ""), release_body, g_bytes_ref(body));

    if (!mhd)
        g_error("out of memory for a response of %" G_GSIZE_FORMAT " bytes", size);
    return mhd;
}

HttpResponse *http_response_new(unsigned status, const char *content_type, GBytes *body)
{
    HttpResponse *response = g_new0(HttpResponse, 1);

    atomic_init(&response->references, 1);
    response->status = status;
    response->body = body ? g_bytes_ref(body) : g_bytes_new_static("", 0);
    response->mhd = make_mhd_response(response->body);
    if (content_type)
        http_response_add_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, content_type);
    return response;
}

HttpResponse *http_response_new_stream(unsigned status, const char *content_type,
                                       HttpStream *stream)
{
    HttpResponse *response = g_new0(HttpResponse, 1);

    atomic_init(&response->references, 1);
    response->status = status;
    response->body = g_bytes_new_static("", 0);
    response->stream = stream_ref(stream);
    response->mhd = stream_mhd_response(stream);
    http_response_add_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, content_type);
    return response;
}

HttpStream *http_response_stream(const HttpResponse *response)
{
    return response->stream;
}

void http_response_add_header(HttpResponse *response, const char *name, const char *value)
{
    if (MHD_add_response_header(response->mhd, name, value) != MHD_YES)
        g_warning("the response field %s cannot be set to \"%s\"", name, value);
}

HttpResponse *http_response_ref(HttpResponse *response)
{
    atomic_fetch_add_explicit(&response->references, 1, memory_order_relaxed);
    return response;
}

void http_response_unref(HttpResponse *response)
{
    if (!response || atomic_fetch_sub(&response->references, 1) > 1)
        return;
    MHD_destroy_response(response->mhd);
    g_bytes_unref(response->body);
    stream_unref(response->stream);
    g_free(response);
}

unsigned http_response_status(const HttpResponse *response)
{
    return response->status;
}

gsize http_response_size(const HttpResponse *response)
{
    return g_bytes_get_size(response->body);
}

static enum MHD_Result copy_header(void *cls, enum MHD_ValueKind kind, const char *name,
                                   const char *value)
{
    struct MHD_Response *copy = cls;

    (void)kind;
    return MHD_add_response_header(copy, name, value);
}

enum MHD_Result http_response_queue(const HttpResponse *response, struct MHD_Connection *connection,
                                    gboolean closes)
{
    struct MHD_Response *copy;
    enum MHD_Result result;

    if (closes && response->stream) /* nobody else has it */
        MHD_add_response_header(response->mhd, MHD_HTTP_HEADER_CONNECTION, "close");
    if (!closes || response->stream)
        return MHD_queue_response(connection, response->status, response->mhd);
    copy = make_mhd_response(response->body);
    MHD_get_response_headers(response->mhd, copy_header, copy);
    MHD_add_response_header(copy, MHD_HTTP_HEADER_CONNECTION, "close");
    result = MHD_queue_response(connection, response->status, copy);
    MHD_destroy_response(copy);
    return result;
}

static json_t *text_or_null(const char *text)
{
    g_autofree char *valid = text ? g_utf8_make_valid(text, -1) : NULL;

    return valid ? json_string(valid) : json_null();
}

static json_t *problem_json(const HttpProblem *problem, const char *request_id)
{
    json_t *json = json_object();
    g_autofree char *type = problem->slug
                                ? g_strconcat("urn:pgsluice:problem:", problem->slug, NULL)
                                : g_strdup("about:blank");
    const char *title =
        problem->title ? problem->title : MHD_get_reason_phrase_for(problem->status);

    json_object_set_new(json, "type", text_or_null(type));
    json_object_set_new(json, "title", text_or_null(title));
    json_object_set_new(json, "status", json_integer(problem->status));
    json_object_set_new(json, "detail", text_or_null(problem->detail));
    json_object_set_new(json, "hint", text_or_null(problem->hint));
    json_object_set_new(json, "request_id", text_or_null(request_id));
    for (const char *const *member = problem->members; member && *member; member += 2)
        json_object_set_new(json, member[0], text_or_null(member[1]));
    for (const char *const *member = problem->documents; member && *member; member += 2)
        json_object_set_new(json, member[0], json_loads(member[1], JSON_DECODE_ANY, NULL));
    return json;
}

HttpResponse *problem_response(const char *request_id, const HttpProblem *problem)
{
    json_t *json = problem_json(problem, request_id);
    char *text = json_dumps(json, JSON_COMPACT);
    g_autoptr(GBytes) body = NULL;
    HttpResponse *response;

    json_decref(json);
    if (!text)
        g_error("out of memory for a problem document");
    body = g_bytes_new_take(g_strconcat(text, "\n", NULL), strlen(text) + 1);
    free(text);
    response = http_response_new(problem->status, "application/problem+json", body);
    http_response_add_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    http_response_add_header(response, "X-Request-Id", request_id);
    return response;
}

HttpResponse *http_problem(const HttpRequest *request, const HttpProblem *problem)
{
    g_autofree char *request_id = http_request_id(request);

    return problem_response(request_id, problem);
}
