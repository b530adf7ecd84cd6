/* What server.c, request.c and respond.c share. For this room only: others see request.h and
 * respond.h. */
#pragma once

#include <microhttpd.h>

#include "http/reply.h"
#include "http/router.h"
#include "http/stream.h"

/* The requests of one server whose answers come later (reply.h). */
typedef struct Waiters Waiters;
/* Thread-safe and counted: the server has one reference, each answer that is put off another. */
Waiters *waiters_new(void);
Waiters *waiters_ref(Waiters *waiters);
void waiters_unref(Waiters *waiters);
/* Answers all who wait, and whoever comes later, with 503: the server stops. Suspensions end. */
void waiters_dismiss(Waiters *waiters);

/* A connection in the middle of its answer that libmicrohttpd leaves alone until
 * waiters_resume. */
typedef struct {
    GList link; /* its data: the Suspension */
    struct MHD_Connection *connection;
    gboolean is_suspended;
} Suspension;
/* On the connection's own thread; FALSE when the server stops. */
gboolean waiters_suspend(Waiters *waiters, Suspension *suspension);
/* On any thread, while the connection exists; nothing when it is not suspended. */
void waiters_resume(Waiters *waiters, Suspension *suspension);

struct HttpRequest {
    struct MHD_Connection *connection;
    const char *method;
    const char *path;
    RouterMatch match;
    gsize body_max;
    GByteArray *body;          /* NULL until bytes come */
    const HttpReader *reading; /* of `reader` */
    gpointer reader;           /* takes the body instead; NULL: none */
    gsize taken;               /* bytes that it got */
    gsize discarded;           /* bytes of a body that nobody will read */
    gboolean knows_chunks;     /* the client speaks HTTP/1.1 */
    gboolean is_complete;      /* the body has come to its end */
    HttpResponse *refusal;     /* decided before the body: the handler is not asked */
    gint64 delay;              /* of the refusal, microseconds */
    const char *own_host;      /* of the listener's address; may be NULL */
    gboolean has_large_body;   /* Content-Length says more than is taken */
    gboolean is_unclear;       /* where it ends: nothing more is read from the connection */
    guint32 seed;              /* the server's, and which of its requests this is: our request id */
    guint64 number;
    unsigned status;    /* of the answer that was queued; 0: none yet */
    gsize sent;         /* bytes of its body */
    HttpStream *stream; /* its body; NULL: it was complete at once */
    char *principal;    /* who asks; NULL: nobody knows */
    Waiters *waiters;   /* the server's */
    HttpReply *reply;   /* the answer, or more of the body, comes later; NULL: at once */
};

/* What is known when the request line has come; `method` and `path` belong to libmicrohttpd and
 * live as long as the request. Freed when it is completed, with a body that nobody has taken. */
HttpRequest *http_request_new(struct MHD_Connection *connection, const char *method,
                              const char *path);
void http_request_free(HttpRequest *request);
/* FALSE when another program, such as a proxy in front of us, could read another request out of the
 * same bytes: two lengths, two hosts, blanks in a field's name... Or when Host is missing.
 * *content_length is what the field says; 0 without one. */
gboolean http_request_framing_is_clear(const HttpRequest *request, const char *version,
                                       guint64 *content_length);
/* FALSE when a name or value of the query has bad escapes, a NUL, or is not UTF-8. */
gboolean http_request_query_is_valid(const HttpRequest *request);

/* Queues the response; `closes` ends the connection after it. Keeps no reference of ours. */
enum MHD_Result http_response_queue(const HttpResponse *response, struct MHD_Connection *connection,
                                    gboolean closes);

/* The HTTP status. */
unsigned http_response_status(const HttpResponse *response);
/* Bytes of the body. */
gsize http_response_size(const HttpResponse *response);

/* http_problem for a request that has this id. */
HttpResponse *problem_response(const char *request_id, const HttpProblem *problem);

/* The body that is written while it is sent; NULL: none. Belongs to the response. */
HttpStream *http_response_stream(const HttpResponse *response);

/* The reader's side of a stream: its references, and the answer of libmicrohttpd that reads it
 * (MHD_destroy_response), which has one of its own. */
HttpStream *stream_ref(HttpStream *stream);
void stream_unref(HttpStream *stream);
struct MHD_Response *stream_mhd_response(HttpStream *stream);
/* The connection on which it is sent. */
void stream_attach(HttpStream *stream, struct MHD_Connection *connection, Waiters *waiters);
/* Bytes so far. */
gsize stream_sent(HttpStream *stream);

/* Whether neither http_reply_send nor http_reply_go_on has been called. */
gboolean reply_is_waiting(HttpReply *reply);
/* The answer that has come, with its reference; NULL: more of the body is wanted. */
HttpResponse *reply_take(HttpReply *reply);
void reply_unref(HttpReply *reply);
