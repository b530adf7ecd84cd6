/* The handlers of routes.def, and what they share. For this room only. */
#pragma once

#include "api/desk.h"
#include "api/snapshot.h"
#include "http/respond.h"

#define ROUTE(listener, method, path, handler, scope)                                              \
    HttpResponse *api_##handler(HttpRequest *request, gpointer data);
#define ROUTE_STREAM(listener, method, path, handler, opening, scope)                              \
    ROUTE(listener, method, path, handler, scope)                                                  \
    HttpResponse *api_##opening(HttpRequest *request, gpointer data);
#include "api/routes.def"
#undef ROUTE
#undef ROUTE_STREAM

/* For the ledger: a known principal was refused for want of `scope`. */
void api_note_refusal(Api *api, const HttpRequest *request, const char *scope);

/* Puts the answer off until whoever has the database gives it; 503 when that cannot be. Takes the
 * call. */
HttpResponse *api_ask_database(Api *api, HttpRequest *request, Call *call);

/* 202 with Location: the operation `id`, with `document` as body. */
HttpResponse *api_accepted(const char *id, const char *document);

/* NULL when usage logs are not served. */
const ApiUsage *api_usage(Api *api);

/* NULL: usage logs can be taken and read now. */
HttpResponse *api_refuse_usage(const HttpRequest *request, const ApiUsage *usage,
                               const Snapshot *snapshot);

/* The snapshot now, with a reference for the caller. */
Snapshot *api_current(Api *api);

/* Sets the metrics that nobody counts: connections and requests of the listeners, now. */
void api_measure(Api *api);

/* 503 with Retry-After and the members "state" and "reason": why nothing passes now. `detail` NULL
 * repeats the reason. */
HttpResponse *api_unavailable(const HttpRequest *request, const Snapshot *snapshot,
                              const char *detail, const char *hint);
