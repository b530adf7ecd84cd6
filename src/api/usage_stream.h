/* NDJSON as the body of a POST: written while it comes, and read no faster than it is written.
 *
 * What is stored of a stream is always a beginning of it: the lines that came while others were
 * being written are handed to the writers when those are done. So one number tells a client what is
 * settled, in no more memory than two portions of lines take. For this room only. */
#pragma once

#include "api/handlers.h"

/* That are read or written now. */
guint usage_streams_count(const UsageStreams *streams);

typedef struct UsageStream UsageStream;

/* Gives the body of the request a reader, or returns the refusal. */
HttpResponse *usage_stream_open(Api *api, HttpRequest *request);
/* The body is complete: puts the answer off until all of it is settled. Returns NULL. */
HttpResponse *usage_stream_finish(UsageStream *stream, HttpRequest *request);
