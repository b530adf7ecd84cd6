/* One synchronous HTTP conversation with a daemon. Every wait ends when the Cancel is triggered or
 * the time is up; an answer has a ceiling; a redirect is an answer like any other and is not
 * followed; no proxy and no .netrc is used, whatever the environment says, so that the token goes
 * to the host that was named and nowhere else. */
#pragma once

#include "base/cancel.h"
#include "client/endpoint.h"

typedef struct Client Client;

/* The largest answer that is read: 8 MiB. */
enum { CLIENT_ANSWER_MAX = 8 * 1024 * 1024 };

/* Takes `endpoint`; `cancel` must outlive it. ERROR_CONFIG without libcurl; then, too, the endpoint
 * is gone. */
Client *client_new(Endpoint *endpoint, Cancel *cancel, GError **error);
void client_free(Client *client);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Client, client_free)

/* Where it calls; belongs to the client. */
const Endpoint *client_endpoint(const Client *client);

typedef struct {
    const char *method;         /* "GET", "POST" */
    const char *path;           /* from the first slash on; escaped */
    const char *body;           /* JSON, or NULL */
    const char *const *headers; /* "Name: value", NULL-terminated; or NULL */
    gint64 timeout;             /* microseconds for this one; 0: the endpoint's */
} ClientRequest;

typedef struct {
    unsigned status;
    char *content_type; /* "" when there is none */
    char *etag;         /* with its quotes; NULL when there is none */
    GString *body;      /* NUL-terminated; NUL bytes may be in it */
} ClientReply;
void client_reply_clear(ClientReply *reply);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ClientReply, client_reply_clear)

/* Whatever status the daemon answers with is TRUE. ERROR_DAEMON_UNREACHABLE: nobody answered, or
 * the connection broke before the end of the answer (the request may have been obeyed then);
 * ERROR_DAEMON_LOGIN: the TLS handshake failed; ERROR_DAEMON_ANSWER: the answer is none of HTTP's
 * or too large; ERROR_CONFIG: a file of the endpoint cannot be used; ERROR_CANCELLED. */
gboolean client_send(Client *client, const ClientRequest *request, ClientReply *reply,
                     GError **error);

/* The same, where anything but a 2xx is an error too: the daemon's problem, by client/problem.h. */
gboolean client_call(Client *client, const ClientRequest *request, ClientReply *reply,
                     GError **error);
