/* One request, as handlers and guards see it. Valid only during their call; what is borrowed from
 * it must not be kept. */
#pragma once

#include "http/server.h"

typedef enum {
    HTTP_PEER_REMOTE,
    HTTP_PEER_LOOPBACK, /* 127.0.0.0/8, ::1; a proxy on this host makes everybody look like this */
    HTTP_PEER_UNIX,
} HttpPeer;

/* "GET", "HEAD" (which arrives at the GET handler), "POST"... */
const char *http_request_method(const HttpRequest *request);
/* As sent, without the query and still percent-encoded. */
const char *http_request_path(const HttpRequest *request);
/* What stands in the route's "{name}", decoded; NULL when the route has none. Never empty, valid
 * UTF-8, without "/", control characters and "..". */
const char *http_request_parameter(const HttpRequest *request, const char *name);
/* The first "name=value" of the query, decoded and valid UTF-8; NULL when absent, "" when it has no
 * value. Free with g_free. */
char *http_request_query(const HttpRequest *request, const char *name);
/* Calls `visit` for each "name=value" of the query in its order, both decoded and valid UTF-8. */
typedef void (*HttpArgument)(const char *name, const char *value, gpointer data);
void http_request_visit_query(const HttpRequest *request, HttpArgument visit, gpointer data);
/* The first such field, any case of name; NULL when absent. */
const char *http_request_header(const HttpRequest *request, const char *name);
/* All such fields in their order, joined by ", "; NULL when absent; g_free. */
char *http_request_headers(const HttpRequest *request, const char *name);
/* Whether the client can tell the end of a streamed answer from a break: over HTTP/1.0 it cannot.
 */
gboolean http_request_knows_chunks(const HttpRequest *request);
/* The whole body, not NUL-terminated; *length 0 when there is none. */
const guint8 *http_request_body(const HttpRequest *request, gsize *length);

/* Takes a body piece by piece, on polling threads: must not block. */
typedef struct {
    /* The next bytes. http_request_defer puts off those that follow, until somebody calls
     * http_reply_go_on; a few more may come before that. */
    void (*take)(gpointer reader, HttpRequest *request, const guint8 *bytes, gsize size);
    /* The request is over, with or without an answer: nothing more comes. */
    void (*end)(gpointer reader);
} HttpReader;
/* By a route's opening. When more than `limit` bytes are announced the answer is 413 at once; what
 * comes all the same goes to the reader, and a client that sends twice as much is cut off. After
 * the last byte the handler is called as usual. */
void http_request_read_by(HttpRequest *request, const HttpReader *methods, gpointer reader,
                          gsize limit);
/* What was given there; NULL: the body is read as a whole. */
gpointer http_request_reader(const HttpRequest *request);
/* The body has brought something: the time limit for the request starts anew. */
void http_request_progress(HttpRequest *request);

/* What kind of place the client is at. */
HttpPeer http_request_peer(const HttpRequest *request);
/* Where the client is: "192.0.2.1", "::1", "unix (uid 1000)"; "unix" when the kernel does not tell.
 * Free with g_free. */
char *http_request_peer_address(const HttpRequest *request);
/* The same for counting who does something: all addresses of one IPv6 network are one. g_free. */
char *http_request_peer_network(const HttpRequest *request);
/* The user who has connected over a Unix socket, as the kernel tells; FALSE on any other. */
gboolean http_request_peer_uid(const HttpRequest *request, guint32 *uid);
/* Whether that user was in the group then, as the primary one or another. */
gboolean http_request_peer_has_gid(const HttpRequest *request, guint32 gid);
/* The subject of the client's certificate when an authority of ours vouches for it; NULL otherwise.
 * As RFC 4514 writes it, "CN=ops,O=Example"; belongs to the connection. */
const char *http_request_certificate(const HttpRequest *request);
/* Who asks, as the guard has found out; NULL when nobody did. Belongs to the request; copied. */
void http_request_set_principal(HttpRequest *request, const char *principal);
const char *http_request_principal(const HttpRequest *request);
/* By a guard that refuses: the refusal goes out so many microseconds later, which costs us no
 * thread. */
void http_request_delay_refusal(HttpRequest *request, gint64 delay);
/* Whether the Host field is what a client on this host writes: localhost, a loopback address, or
 * the host of the listener's address as configured; with any port. */
gboolean http_request_names_us(const HttpRequest *request);
/* The client's X-Request-Id when it is 1-64 characters of A-Za-z0-9._-, else one of ours, the same
 * at each call. Free with g_free. */
char *http_request_id(const HttpRequest *request);
