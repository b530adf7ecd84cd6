/* Requests to the daemon itself as usage logs. For this room only. */
#pragma once

#include "api/snapshot.h"

/* Whether a request that is over is one to record: calls of /admin are; what came to the traffic
 * listener when that is wanted; but usage logs themselves never. */
gboolean tracker_wants(const ApiUsage *usage, ApiListener listener, const HttpExchange *exchange);
/* Records it, without ever waiting: what the queue has no room for is only counted. */
void tracker_note(const ApiUsage *usage, const Snapshot *snapshot, const HttpExchange *exchange);
