/* Answers that come later: a handler that has to wait for something lets go of its thread, and
 * whoever has the answer sends it. */
#pragma once

#include "http/respond.h"

typedef struct HttpReply HttpReply;

/* By a handler, at most once, after which it returns NULL. The client waits, without a thread of
 * ours and without a time limit, until http_reply_send. The request is no longer the handler's
 * after that: what the answer needs of it is to be copied before.
 *
 * By the reader of a body (request.h) any number of times, but not while it waits already: nothing
 * more is read until http_reply_go_on. */
HttpReply *http_request_defer(HttpRequest *request);
/* From any thread, exactly once: answers. Takes both references. Quiet when the server has stopped
 * meanwhile, which has answered with 503. */
void http_reply_send(HttpReply *reply, HttpResponse *response);
/* Instead of http_reply_send, where the reader of a body waits. */
void http_reply_go_on(HttpReply *reply);
/* http_problem with the id of the request that is answered. */
HttpResponse *http_reply_problem(const HttpReply *reply, const HttpProblem *problem);
/* Whether the client has hung up, so that nobody will read the answer (which is to be sent all the
 * same). One system call. */
gboolean http_reply_is_abandoned(const HttpReply *reply);
