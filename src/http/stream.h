/* Answers of any length: somebody writes a body piece by piece while the client reads it, and
 * neither can run away from the other. */
#pragma once

#include "http/respond.h"

typedef struct HttpStream HttpStream;

/* There is room again after http_stream_write has said that there is none, or the client has gone.
 * On a polling thread: must be quick and must not call the stream. */
typedef void (*HttpStreamRoom)(gpointer data);

/* With one reference: the writer's, which ends with http_stream_end. At about `room` bytes that
 * nobody has read yet the writer is told to wait. */
HttpStream *http_stream_new(gsize room, HttpStreamRoom on_room, gpointer data);
/* The answer that sends what is written. At most one for each stream. Sent in chunks, so that a
 * client can tell the end from a break, where http_request_knows_chunks. */
HttpResponse *http_response_new_stream(unsigned status, const char *content_type,
                                       HttpStream *stream);

/* By the writer, on any thread. Copies. FALSE: write no more until `on_room`. */
gboolean http_stream_write(HttpStream *stream, const char *bytes, gsize length);
/* Whether nobody will read the rest: the client has hung up, or was cut off. One system call. */
gboolean http_stream_is_abandoned(HttpStream *stream);
/* The body is complete; or, when it is not, the connection is cut behind what was written. Drops
 * the reference; `on_room` is not called any more. */
void http_stream_end(HttpStream *stream, gboolean is_complete);
