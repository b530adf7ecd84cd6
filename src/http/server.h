/* An HTTP listener on libmicrohttpd: sockets, limits, threads, and one routing table. Knows nothing
 * of migrations. The only room that includes microhttpd.h. */
#pragma once

#include <glib.h>

#include "http/tls.h"

typedef struct HttpRequest HttpRequest;   /* see request.h */
typedef struct HttpResponse HttpResponse; /* see respond.h */

/* Answers one request whose body (if any) is complete. Runs on a polling thread: must not block.
 * Returns the response, whose reference goes to the server, or NULL after http_request_defer
 * (reply.h). */
typedef HttpResponse *(*HttpHandler)(HttpRequest *request, gpointer data);

/* Looks at a request whose header is complete and that the guard lets pass: refuses it, or gives
 * its body a reader (request.h) and returns NULL. Without a reader the body is read as a whole. */
typedef HttpResponse *(*HttpOpening)(HttpRequest *request, gpointer data);

/* One route; "{name}" in a path takes one segment. HEAD goes to the GET handler, OPTIONS is
 * answered by the server. A table ends with a NULL method. */
typedef struct {
    const char *method; /* GET POST PUT PATCH DELETE */
    const char *path;
    HttpHandler handler;
    const char *scope;   /* a token's scope that the call needs; NULL: anybody */
    HttpOpening opening; /* NULL: the body is read as a whole */
} HttpRoute;

/* Decides who may call, before the body is read, and may note who it is
 * (http_request_set_principal): returns NULL to let the request pass, or the refusal. */
typedef HttpResponse *(*HttpGuard)(HttpRequest *request, const HttpRoute *route, gpointer data);

/* One request that is over. */
typedef struct {
    const HttpRequest *request;
    const HttpRoute *route; /* NULL: none was found for path and method */
    const char *method;     /* as sent */
    unsigned status;        /* 0: the client has gone, or was cut off, without an answer */
    gint64 elapsed;         /* microseconds from its first line to the end of the answer */
    gsize received;         /* bytes of the request's body */
    gsize sent;             /* bytes of the answer's body */
} HttpExchange;

/* Hears of each request that came as far as its complete header, on a polling thread; what it gets
 * is valid during the call only. */
typedef void (*HttpObserver)(const HttpExchange *exchange, gpointer data);

/* All pointers but `address` and `plaintext` must outlive the server. */
typedef struct {
    const char *name;    /* "traffic", "admin": for messages */
    const char *address; /* "127.0.0.1:8080", "[::1]:0", "localhost:80", "unix:/path", or "fd:3";
                            "tls:" in front of one that is no Unix socket */
    int socket; /* listens at the address already, and is as one that came as fd:; 0: there is none
                 */
    const HttpRoute *routes;
    HttpGuard guard;       /* may be NULL */
    gpointer data;         /* for handlers and guard */
    HttpObserver observer; /* may be NULL */
    gpointer observer_data;
    unsigned threads;
    unsigned connections_max;
    gint64 idle_timeout;    /* microseconds; counted in whole seconds, rounded up */
    gint64 request_timeout; /* microseconds for one request and its answer, or a piece of an answer
                               that is streamed; 0: no limit */
    gsize body_max;         /* bytes; more is answered with 413 */
    gsize header_max;       /* bytes of memory for request line and fields; more is 414 or 431 */
    HttpTls *tls;           /* what a "tls:" address speaks; a reference is taken; else unused */
    gboolean is_private;    /* secrets cross it: http_server_check_private must hold */
    const char *const *plaintext; /* see there; only read at the start */
} HttpServerOptions;

typedef struct HttpServer HttpServer;

/* Binds, listens and serves at once. A stale Unix socket file (nobody accepts) is replaced; one
 * that it makes has mode 0660, and folders are never made. Errors: ERROR_CONFIG with the address,
 * the reason and a hint (port in use, no permission, no such folder, no certificate, a private one
 * that is exposed). */
HttpServer *http_server_start(const HttpServerOptions *options, GError **error);
/* New connections speak TLS with this from now on; those that there are go on as they began. Does
 * nothing where there is no TLS. Thread-safe. */
void http_server_set_tls(HttpServer *server, HttpTls *tls);
/* ERROR_CONFIG when others than this host's can reach it without TLS, where all that they send can
 * be read on the way, and its address (that of the socket, of an inherited one) is not in
 * `plaintext`, NULL-terminated. */
gboolean http_server_check_private(const HttpServer *server, const char *const *plaintext,
                                   GError **error);
/* Which of the listening sockets `fds`, -1 where there is none, has that address: its index, or -1.
 */
int http_socket_find(const char *address, const int *fds, gsize count);
/* Refuses all clients of a listening socket that nobody serves, also where other processes have it:
 * its address is free. Closes it. */
void http_socket_retire(int fd);
/* Another process has its socket as well, and answers who connects after this one: from now on it
 * is as one that came as fd:. Returns the socket, which stays the server's; -1 when it came so. */
int http_server_share(HttpServer *server);
/* "http://127.0.0.1:43021", "https://..." or "unix:/run/x.sock": the real port; belongs to the
 * server. */
const char *http_server_url(const HttpServer *server);
/* Stops accepting (new clients are refused) and asks kept connections to close after their next
 * answer; requests in flight go on. A socket that came as fd: stays open and queues for a
 * successor. Once or more, from one thread. */
void http_server_quiesce(HttpServer *server);
/* Requests now being read, handled or answered, also the first of a connection that has only just
 * been accepted. Thread-safe. */
unsigned http_server_in_flight(const HttpServer *server);
/* Connections that are open now. Thread-safe. */
unsigned http_server_connections(const HttpServer *server);
/* Quiesces, cuts what is still in flight (503 for whom an answer was put off), joins the threads.
 */
void http_server_free(HttpServer *server);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HttpServer, http_server_free)
