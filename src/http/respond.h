/* Responses: immutable once handed out, so that one can answer any number of requests on any thread
 * at the price of a reference. */
#pragma once

#include "http/request.h"

/* A new response with one reference. `content_type` and `body` are NULL together (204, 304); the
 * body is shared, not copied. */
HttpResponse *http_response_new(unsigned status, const char *content_type, GBytes *body);
/* Adds a field; only before the response is shared. `value` must be free of control characters. */
void http_response_add_header(HttpResponse *response, const char *name, const char *value);
HttpResponse *http_response_ref(HttpResponse *response);
void http_response_unref(HttpResponse *response);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HttpResponse, http_response_unref)

/* An error by RFC 9457. All may be NULL but status and detail. */
typedef struct {
    unsigned status;
    const char *slug;   /* type becomes "urn:pgsluice:problem:<slug>"; NULL: "about:blank" */
    const char *title;  /* NULL: the status's own phrase */
    const char *detail; /* what happened, a sentence */
    const char *hint;   /* what to do next */
    const char *const *members;   /* more members: name, value, name, value, NULL */
    const char *const *documents; /* the same with values that are JSON texts, ours and so valid */
} HttpProblem;

/* application/problem+json with type, title, status, detail, hint and request_id, and the id as
 * X-Request-Id. Texts that are not UTF-8 are made so. */
HttpResponse *http_problem(const HttpRequest *request, const HttpProblem *problem);
