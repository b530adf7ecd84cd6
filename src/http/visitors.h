/* The open connections of one listener, and the thread that cuts off those whose request takes too
 * long. libmicrohttpd itself only counts silence, and a byte now and then is none. */
#pragma once

#include <microhttpd.h>

#include <glib.h>

#include "http/tls.h"

typedef struct Visitors Visitors;

/* Microseconds; starts the thread. A request may take `request_timeout` from its first line to the
 * end of its answer; 0: as long as it likes. Waiting for a first line may take the longer one. */
Visitors *visitors_new(gint64 request_timeout, gint64 idle_timeout);
/* After the daemon has stopped. */
void visitors_free(Visitors *visitors);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Visitors, visitors_free)

/* What connections that begin from now on speak TLS with; takes a reference. Thread-safe. NULL: no
 * TLS, and never called. */
void visitors_set_tls(Visitors *visitors, HttpTls *tls);
/* The subject of http_request_certificate: belongs to the connection, and is found out once. */
const char *visitors_certificate(struct MHD_Connection *connection);

/* For MHD_OPTION_NOTIFY_CONNECTION; `visitors` is the Visitors. */
void visitors_notify(void *visitors, struct MHD_Connection *connection, void **context,
                     enum MHD_ConnectionNotificationCode what);
/* How many are open. Thread-safe. */
unsigned visitors_count(Visitors *visitors);
/* The first line of a request is there; the client waits for an answer that was put off, as long as
 * it takes; that answer is there; the answer is sent (or will never be). The last one returns the
 * microseconds since the first line. */
void visitors_request_begins(struct MHD_Connection *connection);
void visitors_request_waits(struct MHD_Connection *connection);
void visitors_request_goes_on(struct MHD_Connection *connection);
gint64 visitors_request_ends(struct MHD_Connection *connection);
/* How many connections must not be cut: their request is being read, handled or answered, or bytes
 * of one wait in the socket, or they are so new that their first one must be on its way. */
unsigned visitors_expectant(Visitors *visitors);
