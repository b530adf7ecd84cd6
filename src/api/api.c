/* The Api: the current snapshot and access rules, the listeners, the way down. Routes are answered
 * in the files of their families. */
#include "api/api.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "api/access.h"
#include "api/desk.h"
#include "api/handlers.h"
#include "api/logins.h"
#include "api/meter.h"
#include "api/tracker.h"
#include "api/usage_stream.h"
#include "base/backoff.h"
#include "base/clock.h"
#include "metrics/metrics.h"

enum { LISTENER_COUNT = API_ADMIN + 1 };

/* Who hears of the requests of one listener. */
typedef struct {
    Api *api;
    ApiListener listener;
} Audience;

struct Api {
    /* Guards the two pointers, what they point at never changes; and `servers` once one serves. */
    pthread_mutex_t mutex;
    Snapshot *snapshot;
    Access *access;
    Desk *desk;
    _Atomic(ApiUsage *) usage; /* NULL: not served */
    Meter *meters[LISTENER_COUNT];
    Audience audiences[LISTENER_COUNT];
    Logins *logins;
    GPtrArray *servers[LISTENER_COUNT]; /* HttpServer * */
    GPtrArray *urls[LISTENER_COUNT];    /* borrowed from the servers, NULL-terminated */
};

#define ROUTE_ENTRY(method, path, handler, opening, scope)                                         \
    {method, path, api_##handler, scope, opening},
#define ROUTE_NOWHERE(method, path, handler, opening, scope)
#define ROUTE(listener, method, path, handler, scope)                                              \
    ROUTE_##listener(method, path, handler, NULL, scope)
#define ROUTE_STREAM(listener, method, path, handler, opening, scope)                              \
    ROUTE_##listener(method, path, handler, api_##opening, scope)

#define ROUTE_BOTH ROUTE_ENTRY
#define ROUTE_TRAFFIC ROUTE_ENTRY
#define ROUTE_ADMIN ROUTE_NOWHERE
static const HttpRoute traffic_routes[] = {
#include "api/routes.def"
    {NULL, NULL, NULL, NULL, NULL}};
#undef ROUTE_TRAFFIC
#undef ROUTE_ADMIN

#define ROUTE_TRAFFIC ROUTE_NOWHERE
#define ROUTE_ADMIN ROUTE_ENTRY
static const HttpRoute admin_routes[] = {
#include "api/routes.def"
    {NULL, NULL, NULL, NULL, NULL}};
#undef ROUTE_TRAFFIC
#undef ROUTE_ADMIN
#undef ROUTE_BOTH
#undef ROUTE
#undef ROUTE_STREAM

static HttpResponse *guard_traffic(HttpRequest *request, const HttpRoute *route, gpointer data);
static HttpResponse *guard_admin(HttpRequest *request, const HttpRoute *route, gpointer data);

static const struct {
    const char *name;
    const HttpRoute *routes;
    HttpGuard guard;
} listeners[LISTENER_COUNT] = {
    [API_TRAFFIC] = {"traffic", traffic_routes, guard_traffic},
    [API_ADMIN] = {"admin", admin_routes, guard_admin},
};

static void free_server(gpointer server)
{
    http_server_free(server);
}

Api *api_new(void)
{
    const ApiSnapshot starting = {
        .state = "starting", .reason = "The service is starting", .retry_after = 1};
    const ApiAccess nobody = {.traffic_needs_scopes = TRUE};
    Api *api = g_new0(Api, 1);

    pthread_mutex_init(&api->mutex, NULL);
    api->snapshot = snapshot_new(&starting);
    api->access = access_new(&nobody);
    api->logins = logins_new();
    api->desk = desk_new();
    for (gsize i = 0; i < LISTENER_COUNT; i++) {
        api->meters[i] = meter_new(listeners[i].name, listeners[i].routes);
        api->audiences[i] = (Audience){api, (ApiListener)i};
        api->servers[i] = g_ptr_array_new_with_free_func(free_server);
        api->urls[i] = g_ptr_array_new();
        g_ptr_array_add(api->urls[i], NULL);
    }
    return api;
}

static void usage_free(ApiUsage *usage)
{
    if (!usage)
        return;
    origins_free(usage->origins);
    usage_streams_free(usage->streams);
    g_free(usage);
}

void api_free(Api *api)
{
    if (!api)
        return;
    for (gsize i = 0; i < LISTENER_COUNT; i++) {
        g_ptr_array_unref(api->urls[i]);
        g_ptr_array_unref(api->servers[i]);
        meter_free(api->meters[i]);
    }
    desk_free(api->desk);
    usage_free(atomic_load(&api->usage));
    snapshot_unref(api->snapshot);
    access_unref(api->access);
    logins_free(api->logins);
    pthread_mutex_destroy(&api->mutex);
    g_free(api);
}

void api_publish(Api *api, const ApiSnapshot *snapshot)
{
    Snapshot *next = snapshot_new(snapshot);
    Snapshot *previous;

    pthread_mutex_lock(&api->mutex);
    previous = api->snapshot;
    api->snapshot = next;
    pthread_mutex_unlock(&api->mutex);
    snapshot_unref(previous);
    desk_set_ground(api->desk, snapshot->state, snapshot->etag);
}

Snapshot *api_current(Api *api)
{
    Snapshot *snapshot;

    pthread_mutex_lock(&api->mutex);
    snapshot = snapshot_ref(api->snapshot);
    pthread_mutex_unlock(&api->mutex);
    return snapshot;
}

void api_set_access(Api *api, const ApiAccess *access)
{
    Access *next = access_new(access);
    Access *previous;

    pthread_mutex_lock(&api->mutex);
    previous = api->access;
    api->access = next;
    pthread_mutex_unlock(&api->mutex);
    access_unref(previous);
}

static Access *current_access(Api *api)
{
    Access *access;

    pthread_mutex_lock(&api->mutex);
    access = access_ref(api->access);
    pthread_mutex_unlock(&api->mutex);
    return access;
}

/* Who is known and may not is worth a line in the ledger. */
static HttpResponse *guard(Api *api, ApiListener listener, HttpRequest *request,
                           const HttpRoute *route)
{
    g_autoptr(Access) access = current_access(api);
    HttpResponse *refusal = access_check(access, api->logins, listener, request, route);

    if (refusal && http_request_principal(request) && strcmp(route->method, "GET") != 0)
        api_note_refusal(api, request, route->scope);
    return refusal;
}

static HttpResponse *guard_traffic(HttpRequest *request, const HttpRoute *route, gpointer data)
{
    return guard(data, API_TRAFFIC, request, route);
}

static HttpResponse *guard_admin(HttpRequest *request, const HttpRoute *route, gpointer data)
{
    return guard(data, API_ADMIN, request, route);
}

void api_set_usage(Api *api, const ApiUsage *usage)
{
    atomic_store(&api->usage, g_memdup2(usage, sizeof *usage));
}

const ApiUsage *api_usage(Api *api)
{
    return atomic_load(&api->usage);
}

Desk *api_desk(Api *api)
{
    return api->desk;
}

HttpResponse *api_unavailable(const HttpRequest *request, const Snapshot *snapshot,
                              const char *detail, const char *hint)
{
    const char *const members[] = {"state", snapshot->state, "reason", snapshot->reason, NULL};
    const HttpProblem problem = {.status = 503,
                                 .slug = "gate",
                                 .title = "The gate does not let this pass now",
                                 .detail = detail ? detail : snapshot->reason,
                                 .hint = hint ? hint
                                              : "ask again later; GET /admin/migrations on the "
                                                "admin listener tells everything",
                                 .members = members};
    g_autofree char *retry_after = g_strdup_printf("%" G_GINT64_FORMAT, snapshot->retry_after);
    HttpResponse *response = http_problem(request, &problem);

    http_response_add_header(response, "Retry-After", retry_after);
    return response;
}

static void hear(const HttpExchange *exchange, gpointer data)
{
    const Audience *audience = data;
    const ApiUsage *usage = api_usage(audience->api);
    g_autoptr(Snapshot) snapshot = NULL;

    meter_note(exchange, audience->api->meters[audience->listener]);
    if (!usage || !tracker_wants(usage, audience->listener, exchange))
        return;
    snapshot = api_current(audience->api);
    tracker_note(usage, snapshot, exchange);
}

gboolean api_listen(Api *api, const ApiListenOptions *options, GError **error)
{
    ApiListener which = options->listener;
    const HttpServerOptions server_options = {
        .name = listeners[which].name,
        .address = options->address,
        .socket = options->socket,
        .routes = listeners[which].routes,
        .guard = listeners[which].guard,
        .data = api,
        .observer = hear,
        .observer_data = &api->audiences[which],
        .threads = options->threads,
        .connections_max = options->connections_max,
        .idle_timeout = options->idle_timeout,
        .request_timeout = options->request_timeout,
        .body_max = options->body_max,
        .header_max = options->header_max,
        .tls = options->tls,
        .is_private = options->is_private,
        .plaintext = options->plaintext,
    };
    HttpServer *server = http_server_start(&server_options, error);

    if (!server)
        return FALSE;
    pthread_mutex_lock(&api->mutex);
    g_ptr_array_add(api->servers[which], server);
    pthread_mutex_unlock(&api->mutex);
    g_ptr_array_insert(api->urls[which], (int)api->urls[which]->len - 1,
                       (gpointer)http_server_url(server));
    return TRUE;
}

static void measure_listener(Api *api, ApiListener which)
{
    unsigned connections = 0;
    unsigned in_flight = 0;

    for (guint i = 0; i < api->servers[which]->len; i++) {
        const HttpServer *server = g_ptr_array_index(api->servers[which], i);

        connections += http_server_connections(server);
        in_flight += http_server_in_flight(server);
    }
    metrics_set(METRIC_HTTP_CONNECTIONS, connections, listeners[which].name);
    metrics_set(METRIC_HTTP_IN_FLIGHT, in_flight, listeners[which].name);
}

static void measure_usage(const ApiUsage *usage)
{
    const UsageFigures figures = usage_log_figures(usage->log);

    metrics_set(METRIC_USAGE_RECORDS, (gint64)figures.stored, "stored");
    metrics_set(METRIC_USAGE_RECORDS, (gint64)figures.repeated, "repeated");
    metrics_set(METRIC_USAGE_RECORDS, (gint64)figures.refused, "refused");
    metrics_set(METRIC_USAGE_RECORDS, (gint64)figures.lost, "lost");
    metrics_set(METRIC_USAGE_RECORDS, (gint64)figures.full, "full");
    metrics_set(METRIC_USAGE_QUEUE_ROWS, figures.waiting_rows);
    metrics_set(METRIC_USAGE_QUEUE_BYTES, (gint64)figures.waiting_bytes);
    metrics_set(METRIC_USAGE_STREAMS, usage_streams_count(usage->streams));
}

static void measure_reader(UsageReader *reader)
{
    const PoolFigures figures = usage_reader_figures(reader);

    metrics_set(METRIC_USAGE_READER_CONNECTIONS, figures.connections);
    metrics_set(METRIC_USAGE_READER_BUSY, figures.busy);
    metrics_set(METRIC_USAGE_READER_WAITING, figures.waiting);
}

void api_measure(Api *api)
{
    const ApiUsage *usage = api_usage(api);

    pthread_mutex_lock(&api->mutex);
    for (ApiListener which = API_TRAFFIC; which <= API_ADMIN; which++)
        measure_listener(api, which);
    pthread_mutex_unlock(&api->mutex);
    if (usage) {
        measure_usage(usage);
        measure_reader(usage->reader);
    }
}

void api_set_tls(Api *api, HttpTls *tls)
{
    for (gsize i = 0; i < LISTENER_COUNT; i++) {
        for (guint j = 0; j < api->servers[i]->len; j++)
            http_server_set_tls(g_ptr_array_index(api->servers[i], j), tls);
    }
}

void api_share_sockets(Api *api, GArray *fds)
{
    for (gsize i = 0; i < LISTENER_COUNT; i++) {
        for (guint j = 0; j < api->servers[i]->len; j++) {
            int fd = http_server_share(g_ptr_array_index(api->servers[i], j));

            if (fd >= 0)
                g_array_append_val(fds, fd);
        }
    }
}

gboolean api_check_private(Api *api, ApiListener listener, const char *const *plaintext,
                           GError **error)
{
    const GPtrArray *servers = api->servers[listener];

    for (guint i = 0; i < servers->len; i++) {
        if (!http_server_check_private(g_ptr_array_index(servers, i), plaintext, error))
            return FALSE;
    }
    return TRUE;
}

const char *const *api_urls(Api *api, ApiListener listener)
{
    return (const char *const *)api->urls[listener]->pdata;
}

static void quiesce(gpointer server, gpointer data)
{
    (void)data;
    http_server_quiesce(server);
}

unsigned api_in_flight(const Api *api, ApiListener listener)
{
    unsigned count = 0;

    for (guint i = 0; i < api->servers[listener]->len; i++)
        count += http_server_in_flight(g_ptr_array_index(api->servers[listener], i));
    return count;
}

static unsigned count_in_flight(const Api *api)
{
    return api_in_flight(api, API_TRAFFIC) + api_in_flight(api, API_ADMIN);
}

void api_drain(Api *api, gint64 timeout)
{
    Backoff look = {
        .initial = 500, .ceiling = 10000, .factor = 1.5, .deadline = clock_monotonic() + timeout};

    for (gsize i = 0; i < LISTENER_COUNT; i++)
        g_ptr_array_foreach(api->servers[i], quiesce, NULL);
    /* The wait comes first: a thread may just be accepting somebody. */
    while (backoff_wait(&look, NULL) && count_in_flight(api) > 0)
        continue;
}
