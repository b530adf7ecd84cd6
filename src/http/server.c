/* libmicrohttpd started, fed and stopped; each request taken from its first byte to its answer.
 * What an answer says comes from the handlers. */
#include "http/server.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/error.h"
#include "base/log.h"
#include "http/delay.h"
#include "http/internal.h"
#include "http/listener.h"
#include "http/peer.h"
#include "http/tls_session.h"
#include "http/visitors.h"

enum { LOG_LINE_MAX = 512, CACHE_LINE = 64 };

#define TLS_PREFIX "tls:"

struct HttpServer {
    HttpServerOptions options; /* without address and plaintext */
    Router *router;
    Listener *listener;
    char *host; /* of the configured address; NULL when it has none */
    struct MHD_Daemon *daemon;
    Visitors *visitors;
    Waiters *waiters;
    Delays *delays;
    char *address;
    gboolean speaks_tls;
    guint32 seed; /* tells the request ids of this server from others' */
    atomic_bool is_quiesced;
    /* Written by each request, so apart from what is only read. */
    _Alignas(CACHE_LINE) atomic_ullong requests;
};

/* Indexed by RouterVerdict; those without a status are no refusals. */
static const HttpProblem refusals[] = {
    [ROUTER_NO_PATH] = {.status = MHD_HTTP_NOT_FOUND,
                        .detail = "Nothing is served at this path",
                        .hint = "paths are exact: look for a slip or a trailing slash, and whether "
                                "it belongs to the other listener (traffic, admin)"},
    [ROUTER_WRONG_METHOD] = {.status = MHD_HTTP_METHOD_NOT_ALLOWED,
                             .detail = "This path does not take this method",
                             .hint = "the Allow field lists those that it takes"},
    [ROUTER_BAD_PATH] = {.status = MHD_HTTP_BAD_REQUEST,
                         .detail = "The path is not valid",
                         .hint = "it must be UTF-8, percent-encoded, without \".\" and \"..\" "
                                 "segments, %00 and %2F"},
    [ROUTER_LONG_PATH] = {.status = MHD_HTTP_URI_TOO_LONG,
                          .detail = "The path is longer than 2048 bytes",
                          .hint = "no path of this service is that long"},
};

static const HttpProblem bad_query = {
    .status = MHD_HTTP_BAD_REQUEST,
    .detail = "The query is not valid",
    .hint = "names and values must be UTF-8 and percent-encoded, without %00"};

static const HttpProblem large_body = {
    .status = MHD_HTTP_CONTENT_TOO_LARGE,
    .detail = "The body is larger than this service takes",
    .hint = "send less at a time, or raise http.body_max (or a stream's own limit)"};

static const HttpProblem unclear_framing = {
    .status = MHD_HTTP_BAD_REQUEST,
    .detail = "The request's first line or a field is not valid",
    .hint =
        "it must have one Host, at most one of Content-Length and \"Transfer-Encoding: "
        "chunked\" (HTTP/1.1 only), and no blank in the path, the query or the name of a field"};

/* Stands for a request whose first line has a blank too many, until `handle` sees it. */
static HttpRequest blank_in_line;

static HttpResponse *answer_options(const RouterMatch *match)
{
    HttpResponse *response = http_response_new(MHD_HTTP_NO_CONTENT, NULL, NULL);

    http_response_add_header(response, MHD_HTTP_HEADER_ALLOW, match->allow);
    return response;
}

static HttpResponse *refuse_match(const HttpRequest *request)
{
    const RouterMatch *match = &request->match;
    HttpResponse *response = http_problem(request, &refusals[match->verdict]);

    if (match->allow)
        http_response_add_header(response, MHD_HTTP_HEADER_ALLOW, match->allow);
    return response;
}

/* An answer that needs neither body nor handler, or NULL. */
static HttpResponse *decide_early(const HttpServer *server, HttpRequest *request)
{
    const HttpServerOptions *options = &server->options;
    const HttpRoute *route = request->match.route;
    HttpResponse *refusal = NULL;

    if (request->match.verdict == ROUTER_OPTIONS)
        return answer_options(&request->match);
    if (request->match.verdict != ROUTER_FOUND)
        return refuse_match(request);
    if (!http_request_query_is_valid(request))
        return http_problem(request, &bad_query);
    if (options->guard)
        refusal = options->guard(request, route, options->data);
    if (!refusal && route->opening)
        refusal = route->opening(request, options->data);
    return refusal;
}

/* Answered now, a client that waits for "100 Continue" does not even start to send; and what comes
 * after a header that is not clear is not looked at. An answer that is to come later cannot come
 * before the body. */
static gboolean is_answered_early(const HttpRequest *request)
{
    return request->is_unclear ||
           (request->refusal && request->delay == 0 && request->has_large_body);
}

static HttpRequest *begin(HttpServer *server, struct MHD_Connection *connection, const char *method,
                          const char *path, const char *version, gboolean has_clear_line)
{
    HttpRequest *request = http_request_new(connection, method, path);
    guint64 content_length;

    request->seed = server->seed;
    request->number = atomic_fetch_add(&server->requests, 1);
    request->own_host = server->host;
    request->waiters = server->waiters;
    request->body_max = server->options.body_max;
    request->knows_chunks = strcmp(version, MHD_HTTP_VERSION_1_0) != 0;
    router_find(server->router, method, path, &request->match);
    request->is_unclear =
        !http_request_framing_is_clear(request, version, &content_length) || !has_clear_line;
    if (request->is_unclear)
        request->refusal = http_problem(request, &unclear_framing);
    else
        request->refusal = decide_early(server, request);
    request->has_large_body = content_length > request->body_max;
    if (!request->refusal && request->has_large_body)
        request->refusal = http_problem(request, &large_body);
    return request;
}

/* What is longer than announced is the reader's to refuse; FALSE cuts the connection. */
static gboolean give_to_reader(HttpRequest *request, const char *data, gsize size)
{
    request->taken += size;
    request->reading->take(request->reader, request, (const guint8 *)data, size);
    return request->taken / 2 <= request->body_max;
}

/* A body that nobody wants is read and dropped, so that the client gets to see the refusal; up to a
 * point, after which FALSE cuts the connection. */
static gboolean take_body(HttpRequest *request, const char *data, gsize size)
{
    gsize body_max = request->body_max;

    if (request->reader && !request->refusal)
        return give_to_reader(request, data, size);
    if (!request->body)
        request->body = g_byte_array_new();
    if (!request->refusal && size > body_max - request->body->len)
        request->refusal = http_problem(request, &large_body);
    if (!request->refusal) {
        g_byte_array_append(request->body, (const guint8 *)data, (guint)size);
        return TRUE;
    }
    g_byte_array_set_size(request->body, 0);
    request->discarded += size;
    return request->discarded <= body_max;
}

/* NULL: the answer comes later, and with it another call. */
static HttpResponse *find_answer(const HttpServer *server, HttpRequest *request)
{
    HttpResponse *response = g_steal_pointer(&request->refusal);

    if (request->reply)
        visitors_request_goes_on(request->connection); /* the client is to take it now */
    else if (response && request->delay > 0)
        delays_add(server->delays, http_request_defer(request), response, request->delay);
    else if (!response)
        response = request->match.route->handler(request, server->options.data);
    return request->reply ? reply_take(request->reply) : response;
}

static void begin_stream(const HttpServer *server, HttpRequest *request, HttpStream *stream)
{
    if (!stream)
        return;
    request->stream = stream_ref(stream);
    stream_attach(stream, request->connection, server->waiters);
}

static enum MHD_Result answer(const HttpServer *server, HttpRequest *request)
{
    g_autoptr(HttpResponse) response = find_answer(server, request);

    if (!response)
        return MHD_YES;
    request->status = http_response_status(response);
    request->sent =
        strcmp(request->method, MHD_HTTP_METHOD_HEAD) == 0 ? 0 : http_response_size(response);
    begin_stream(server, request, http_response_stream(response));
    return http_response_queue(response, request->connection,
                               request->is_unclear || atomic_load(&server->is_quiesced));
}

/* Who has put off the rest of the body wants it now; or there is an answer without it. A library
 * that has read more before we could stop it hands that out while the pause lasts. */
static void end_pause(HttpRequest *request)
{
    if (!request->reply || request->is_complete || reply_is_waiting(request->reply))
        return;
    visitors_request_goes_on(request->connection);
    request->refusal = reply_take(request->reply);
    g_clear_pointer(&request->reply, reply_unref);
}

/* Called once when the header is complete, then for each piece of the body, then once to answer. */
static enum MHD_Result handle(void *cls, struct MHD_Connection *connection, const char *path,
                              const char *method, const char *version, const char *data,
                              size_t *size, void **context)
{
    HttpServer *server = cls;
    HttpRequest *request = *context;
    gboolean goes_on;

    if (!request || request == &blank_in_line) {
        request = *context = begin(server, connection, method, path, version, !request);
        return is_answered_early(request) ? answer(server, request) : MHD_YES;
    }
    end_pause(request);
    request->is_complete = *size == 0;
    if (request->is_complete)
        return answer(server, request);
    goes_on = take_body(request, data, *size);
    *size = 0;
    return goes_on ? MHD_YES : MHD_NO;
}

static void tell_observer(const HttpServer *server, const HttpRequest *request, gint64 elapsed)
{
    const HttpExchange exchange = {
        .request = request,
        .route = request->match.route,
        .method = request->method,
        .status = request->status,
        .elapsed = elapsed,
        .received = request->discarded + request->taken + (request->body ? request->body->len : 0),
        .sent = request->stream ? stream_sent(request->stream) : request->sent,
    };

    if (server->options.observer)
        server->options.observer(&exchange, server->options.observer_data);
}

static void complete(void *cls, struct MHD_Connection *connection, void **context,
                     enum MHD_RequestTerminationCode why)
{
    HttpServer *server = cls;
    gint64 elapsed = visitors_request_ends(connection);

    (void)why;
    if (!*context || *context == &blank_in_line)
        return;
    tell_observer(server, *context, elapsed);
    http_request_free(*context);
    *context = NULL;
}

/* libmicrohttpd's first word about a request; what is returned becomes its context. */
static void *notice_first_line(void *cls, const char *line, struct MHD_Connection *connection)
{
    (void)cls;
    visitors_request_begins(connection);
    return strchr(line, ' ') ? &blank_in_line : NULL;
}

/* The router and http_request_query decode; libmicrohttpd would turn %00 into an end of string. */
static size_t keep_escapes(void *cls, struct MHD_Connection *connection, char *text)
{
    (void)cls;
    (void)connection;
    return strlen(text);
}

static void log_from_library(void *cls, const char *format, va_list args) G_GNUC_PRINTF(2, 0);
static void log_from_library(void *cls, const char *format, va_list args)
{
    char line[LOG_LINE_MAX];

    (void)cls;
    if (log_level() < LOG_LEVEL_DEBUG)
        return;
    vsnprintf(line, sizeof line, format, args);
    log_debug("http: %s", g_strchomp(line));
}

/* poll, not epoll: with 128 busy connections on one thread the epoll loop of 0.9.75 hangs. ITC, or
 * stopping would shut down a listening socket that belongs to systemd. */
static struct MHD_Daemon *start_library(HttpServer *server)
{
    const HttpServerOptions *options = &server->options;
    const unsigned flags = MHD_USE_POLL_INTERNAL_THREAD | MHD_USE_ITC | MHD_USE_ERROR_LOG |
                           MHD_ALLOW_SUSPEND_RESUME | (server->speaks_tls ? MHD_USE_TLS : 0U);
    unsigned seconds = (unsigned)((options->idle_timeout + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC);

    return MHD_start_daemon(
        flags, 0, NULL, NULL, handle, server, MHD_OPTION_EXTERNAL_LOGGER, log_from_library, NULL,
        MHD_OPTION_LISTEN_SOCKET, listener_fd(server->listener), MHD_OPTION_NOTIFY_COMPLETED,
        complete, server, MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, NULL,
        MHD_OPTION_URI_LOG_CALLBACK, notice_first_line, NULL, MHD_OPTION_NOTIFY_CONNECTION,
        visitors_notify, server->visitors, MHD_OPTION_CONNECTION_LIMIT,
        MAX(options->connections_max, options->threads), MHD_OPTION_CONNECTION_TIMEOUT, seconds,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, options->header_max, MHD_OPTION_STRICT_FOR_CLIENT, 0,
        MHD_OPTION_THREAD_POOL_SIZE, options->threads > 1 ? options->threads : 0U,
        server->speaks_tls ? MHD_OPTION_HTTPS_CERT_CALLBACK2 : MHD_OPTION_END, tls_no_certificate,
        MHD_OPTION_END);
}

static gboolean refuse_without_tls(const HttpServer *server, const char *name, GError **error)
{
    error_set(error, ERROR_CONFIG, "the %s listener cannot use \"%s\": there is no certificate",
              name, server->address);
    error_set_hint(error,
                   "set http.tls_certificate and http.tls_key, or leave \"" TLS_PREFIX "\" away");
    return FALSE;
}

static gboolean refuse_tls_here(const HttpServer *server, const char *name, GError **error)
{
    error_set(error, ERROR_CONFIG, "the %s listener cannot use \"%s\": a Unix socket needs no TLS",
              name, server->address);
    error_set_hint(error,
                   "leave \"" TLS_PREFIX "\" away: what crosses it does not leave this host");
    return FALSE;
}

/* As people would write it who have not inherited it. */
static const char *address_for_people(const HttpServer *server)
{
    return g_str_has_prefix(server->address, "fd:")
               ? strstr(listener_url(server->listener), "://") + 3
               : server->address;
}

gboolean http_server_check_private(const HttpServer *server, const char *const *plaintext,
                                   GError **error)
{
    const char *name = server->options.name;
    const char *address;

    if (server->speaks_tls || listener_is_local(server->listener))
        return TRUE;
    address = address_for_people(server);
    if (plaintext && g_strv_contains(plaintext, address))
        return TRUE;
    error_set(error, ERROR_CONFIG,
              "the %s listener would take tokens at %s without TLS, where others can read them",
              name, address);
    error_set_hint(error,
                   "put \"" TLS_PREFIX
                   "\" in front of the address (http.tls_certificate), listen on "
                   "127.0.0.1 or a Unix socket behind a proxy, or take the risk by name: "
                   "http.%s.plaintext = [ \"%s\" ];",
                   name, address);
    return FALSE;
}

/* Opens the socket, on which nobody is accepted yet. */
static gboolean open_listener(HttpServer *server, GError **error)
{
    const HttpServerOptions *options = &server->options;
    const char *bare = server->address;

    if (server->speaks_tls)
        bare += strlen(TLS_PREFIX);
    if (server->speaks_tls && !options->tls)
        return refuse_without_tls(server, options->name, error);
    server->host = peer_split_host(bare);
    server->listener = options->socket ? listener_adopt(options->name, bare, options->socket, error)
                                       : listener_open(options->name, bare, error);
    if (!server->listener)
        return FALSE;
    if (server->speaks_tls && !listener_set_tls(server->listener))
        return refuse_tls_here(server, options->name, error);
    return !options->is_private || http_server_check_private(server, options->plaintext, error);
}

static HttpServer *server_new(const HttpServerOptions *options)
{
    HttpServer *server = g_aligned_alloc0(1, sizeof *server, CACHE_LINE);

    server->options = *options;
    server->address = g_strdup(options->address);
    server->speaks_tls = g_str_has_prefix(options->address, TLS_PREFIX);
    server->seed = g_random_int();
    server->router = router_new(options->routes);
    server->waiters = waiters_new();
    server->delays = delays_new();
    return server;
}

HttpServer *http_server_start(const HttpServerOptions *options, GError **error)
{
    g_autoptr(HttpServer) server = server_new(options);

    if (!open_listener(server, error))
        return NULL;
    server->visitors = visitors_new(options->request_timeout, options->idle_timeout);
    if (server->speaks_tls)
        visitors_set_tls(server->visitors, options->tls);
    server->daemon = start_library(server);
    if (!server->daemon) {
        error_set(error, ERROR_CONFIG, "the %s listener on %s cannot start its threads",
                  options->name, listener_url(server->listener));
        error_set_hint(error, "lower http.threads or http.connections_max, or raise the limits on "
                              "processes and open files (ulimit -u, ulimit -n)");
        return NULL;
    }
    return g_steal_pointer(&server);
}

void http_server_set_tls(HttpServer *server, HttpTls *tls)
{
    if (server->speaks_tls)
        visitors_set_tls(server->visitors, tls);
}

int http_socket_find(const char *address, const int *fds, gsize count)
{
    if (g_str_has_prefix(address, TLS_PREFIX))
        address += strlen(TLS_PREFIX);
    return listener_find(address, fds, count);
}

void http_socket_retire(int fd)
{
    shutdown(fd, SHUT_RDWR);
    close(fd);
}

int http_server_share(HttpServer *server)
{
    return listener_share(server->listener);
}

const char *http_server_url(const HttpServer *server)
{
    return listener_url(server->listener);
}

void http_server_quiesce(HttpServer *server)
{
    if (atomic_exchange(&server->is_quiesced, TRUE))
        return;
    MHD_quiesce_daemon(server->daemon);
    listener_stop(server->listener);
}

unsigned http_server_in_flight(const HttpServer *server)
{
    return visitors_expectant(server->visitors);
}

unsigned http_server_connections(const HttpServer *server)
{
    return visitors_count(server->visitors);
}

void http_server_free(HttpServer *server)
{
    if (!server)
        return;
    if (server->daemon) {
        http_server_quiesce(server);
        waiters_dismiss(server->waiters);
        MHD_stop_daemon(server->daemon);
    }
    delays_free(server->delays);
    visitors_free(server->visitors);
    waiters_unref(server->waiters);
    listener_free(server->listener);
    router_free(server->router);
    g_free(server->host);
    g_free(server->address);
    g_aligned_free(server);
}
