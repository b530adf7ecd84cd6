/* Counts the requests of one listener into the metrics. */
#pragma once

#include "http/server.h"

typedef struct Meter Meter;

/* `listener` ("traffic", "admin") and `routes`, which end with a NULL method, must outlive it. */
Meter *meter_new(const char *listener, const HttpRoute *routes);
void meter_free(Meter *meter);

/* An HttpObserver; `meter` is the Meter. No label has more values than there are routes, methods
 * and classes of status: what the request itself says is never one. */
void meter_note(const HttpExchange *exchange, gpointer meter);
