/* Answers that are ready and go out later, without a thread for each. */
#pragma once

#include "http/reply.h"

typedef struct Delays Delays;

/* Its one thread starts with the first delay. */
Delays *delays_new(void);
/* What still waits is sent at once. */
void delays_free(Delays *delays);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Delays, delays_free)

/* http_reply_send after `delay` microseconds; takes both references. */
void delays_add(Delays *delays, HttpReply *reply, HttpResponse *response, gint64 delay);
