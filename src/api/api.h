/* The HTTP API over one immutable snapshot that the daemon publishes: no handler touches the
 * database or waits. Routes: routes.def. */
#pragma once

#include "view/document.h"

typedef struct Api Api;

/* What every answer is made from. All strings are copied by api_publish. */
typedef struct {
    gboolean is_open;           /* traffic may pass */
    const char *state;          /* the gate's state by name */
    const char *reason;         /* a sentence */
    gint64 retry_after;         /* seconds, for 503 */
    const char *document;       /* status_document(); NULL: 503 until there is one */
    const char *etag;           /* its entity tag with quotes */
    const char *const *heads;   /* applied heads, NULL-terminated; for /gate?revision= */
    const char *const *applied; /* ids recorded as applied; may be NULL. They count where a head is
                                 * one that no file knows, but is among them */
    const Graph *graph; /* may be NULL; while open, api_publish makes of it and of heads the set of
                         * satisfied ids: time grows with the number of revisions */
} ApiSnapshot;

/* Who may read the admin listener. */
typedef struct {
    const char *name;
    const char *sha256; /* hex */
    const char *const *scopes;
} ApiToken;

/* Answers with state "starting" until the first api_publish, and 401 on the admin listener until
 * api_set_access (but for /livez and /readyz, which need nothing). */
Api *api_new(void);
/* Stops all listeners, cutting what is still in flight: api_drain first. */
void api_free(Api *api);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Api, api_free)

/* Thread-safe; requests that already run finish on the old snapshot. */
void api_publish(Api *api, const ApiSnapshot *snapshot);
/* Thread-safe; copies. Anonymous reads are GET and HEAD from loopback and Unix sockets. */
void api_set_access(Api *api, gboolean anonymous_read, const ApiToken *tokens, gsize count);

typedef enum { API_TRAFFIC, API_ADMIN } ApiListener;
typedef struct {
    ApiListener listener;
    const char *address;
    unsigned threads;
    unsigned connections_max;
    gint64 idle_timeout;    /* microseconds */
    gint64 request_timeout; /* microseconds; 0: no limit */
    gsize body_max;
    gsize header_max;
} ApiListenOptions;

/* Starts a listener with the routes of routes.def; see http/server.h for errors. The Api keeps it.
 */
gboolean api_listen(Api *api, const ApiListenOptions *options, GError **error);
/* URLs of all listeners, NULL-terminated; belongs to the Api until the next api_listen. */
const char *const *api_urls(Api *api, ApiListener listener);
/* Stops accepting on all listeners, then waits until nothing is in flight or `timeout` microseconds
 * pass. */
void api_drain(Api *api, gint64 timeout);
